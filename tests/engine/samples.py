"""Processes for the tests of the engine: one small process per feature, and planted faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.engine import bpmn as b

Files = Mapping[str, bytes]

TRIAGE: Final = b.decision("triage", ["score"], ["level"], [["&gt;= 80", '"major"'], ["", '"general"']])
LADDER: Final = b.decision(
    "ladder",
    ["step"],
    ["offset", "action"],
    [["0", "-5", '"remind"'], ["1", "3", '"town"'], ["", "0", '"none"']],
)


def one(
    key: str, *elements: str, flow: str, declared: str = "", dmn: bytes | None = None
) -> dict[str, bytes]:
    """Files of a definition with one process."""
    files = {f"{key}.bpmn": b.document(declared, b.process(key, *elements, b.flows(flow)))}
    return files if dmn is None else {**files, "table.dmn": dmn}


def _obligation() -> Files:
    inner = b.sub_process(
        "round",
        b.start("rs"),
        b.user("self_check"),
        b.boundary("remind", "self_check", b.timer("remind_at", "timeDate")),
        b.script("do_remind", "reminded = True"),
        b.end("end_r"),
        b.boundary("overdue", "self_check", b.timer("due_at", "timeDate")),
        b.user("urge"),
        b.end("end_o"),
        b.end("checked", b.TERMINATE),
        b.flows("rs>self_check self_check>checked remind>do_remind do_remind>end_r overdue>urge urge>end_o"),
    )
    return one(
        "obligation", b.start(), b.script("notify", "notified = True"), inner, b.exclusive("gw", "review"),
        b.user("review"), b.exclusive("gw2", "done"), b.end(),
        flow="start>notify notify>round round>gw gw>review gw>done?outcome~==~'na' review>gw2 gw2>done "
        "gw2>round?not~approved",
    )  # fmt: skip


def _remediation() -> Files:
    return one(
        "remediation", b.start(), b.user("report"), b.rule("triage", "triage"), b.exclusive("lvl", "fix"),
        b.user("fix"), b.user("verify"), b.exclusive("ok", "fix"), b.script("close", "closed = True"), b.end(),
        b.parallel("fork"), b.user("interim"), b.user("assess"), b.user("plan"),
        b.element("intermediateThrowEvent", "send_report", b.message("HazardReported")), b.parallel("join"),
        b.user("dept_check"), b.user("fix_major"),
        b.boundary("supervise", "fix_major", b.timer("supervision", "timeCycle")),
        b.script("log_supervision", "supervised = True"), b.end("end_s"), b.user("acceptance"),
        b.exclusive("acc", "fix_major"), b.user("dept_review"), b.exclusive("rev", "close"), b.user("suspended"),
        b.user("re_review"), b.exclusive("rr", "suspended"),
        flow="start>report report>triage triage>lvl lvl>fork?level~==~'major' lvl>fix fix>verify verify>ok "
        "ok>close?passed ok>fix close>done fork>interim fork>assess assess>plan plan>send_report "
        "send_report>join interim>join join>dept_check dept_check>fix_major supervise>log_supervision "
        "log_supervision>end_s fix_major>acceptance acceptance>acc acc>dept_review?accepted acc>fix_major "
        "dept_review>rev rev>suspended?decision~==~'suspend' rev>close suspended>re_review re_review>rr "
        "rr>close?passed rr>suspended",
        declared=b.declare("HazardReported"), dmn=TRIAGE,
    )  # fmt: skip


def _ladder() -> Files:
    """A round of work beside its ladder; an extension interrupts it and enters it again."""
    inner = b.sub_process(
        "round",
        b.start("rs"), b.parallel("fork"), b.user("self_check"), b.end("checked", b.TERMINATE),
        b.rule("next_step", "ladder"), b.exclusive("more", "wait"),
        b.catch("wait", b.timer("next_step_at", "timeDate")), b.script("act", "step = step + 1"), b.end("no_more"),
        b.flows(
            "rs>fork fork>self_check self_check>checked fork>next_step next_step>more more>wait "
            "more>no_more?action~==~'none' wait>act act>next_step"
        ),
    )  # fmt: skip
    return one(
        "ladder", b.start(), b.script("notify", "step = 0"), inner,
        b.boundary("extended", "round", b.message("ExtensionGranted"), interrupting=True),
        b.script("again", "step = 0"), b.exclusive("gw", "review"), b.user("review"), b.exclusive("gw2", "done"),
        b.end(),
        flow="start>notify notify>round round>gw gw>review gw>done?outcome~==~'na' review>gw2 gw2>done "
        "gw2>again?not~approved extended>again again>round",
        declared=b.declare("ExtensionGranted"), dmn=LADDER,
    )  # fmt: skip


def _called_ladder(*, interrupting: bool = True) -> Files:
    """The ladder as a called process: a terminate end of the round must stop it, and so must an extension."""
    callee = b.process(
        "escalate", b.start("es"), b.user("act"), b.boundary("rem", "act", b.timer("due_at", "timeDate")),
        b.user("nag"), b.end("nagged"), b.exclusive("more", "no_more"), b.end("no_more"),
        b.flows("es>act act>more more>no_more more>act?flag rem>nag nag>nagged"),
    )  # fmt: skip
    inner = b.sub_process(
        "round",
        b.start("rs"), b.parallel("fork"), b.call("ladder", "escalate"), b.end("ladder_done"), b.user("work"),
        b.user("sign"), b.exclusive("signed", "submitted"), b.end("submitted", b.TERMINATE),
        b.flows(
            "rs>fork fork>ladder ladder>ladder_done fork>work work>sign sign>signed signed>submitted "
            "signed>work?not~passed"
        ),
    )  # fmt: skip
    after = "extended>again again>round" if interrupting else "extended>noted noted>end_n"
    again = b.script("again", "rounds = 1")  # straight back is refused: E-BOUNDARY-BACK
    beside = [again] if interrupting else [b.user("noted"), b.end("end_n")]
    main = b.process(
        "called_ladder", b.start(), inner,
        b.boundary("extended", "round", b.message("Extended"), interrupting=interrupting), *beside,
        b.user("review"), b.exclusive("gw", "done"), b.end(),
        b.flows(f"start>round round>review review>gw gw>done gw>round?not~approved {after}"),
    )  # fmt: skip
    return {"main.bpmn": b.document(b.declare("Extended"), main), "called.bpmn": b.document(callee)}


def _nested_terminate() -> Files:
    """Terminate in an inner sub-process ends only that one; in the outer one it ends both."""
    inner = b.sub_process(
        "inner", b.start("i_s"), b.parallel("i_f"), b.user("i_a"), b.user("i_b"), b.end("i_e", b.TERMINATE),
        b.end("i_e2"), b.flows("i_s>i_f i_f>i_a i_f>i_b i_a>i_e i_b>i_e2"),
    )  # fmt: skip
    outer = b.sub_process(
        "outer", b.start("o_s"), b.parallel("o_f"), inner, b.end("o_e1"), b.user("o_a"),
        b.end("o_e", b.TERMINATE), b.flows("o_s>o_f o_f>inner inner>o_e1 o_f>o_a o_a>o_e"),
    )  # fmt: skip
    return one(
        "nested_terminate", b.start(), outer, b.user("z"), b.exclusive("ok", "outer"), b.end(),
        flow="start>outer outer>z z>ok ok>done?passed ok>outer",
    )  # fmt: skip


def _top_terminate() -> Files:
    return one(
        "top_terminate", b.start(), b.parallel("f"), b.user("a"), b.call("ca", "child"), b.end("e1"),
        b.exclusive("g", "a"), b.end("stop", b.TERMINATE),
        flow="start>f f>a f>ca ca>e1 a>g g>stop?passed g>a",
    ) | {
        "child.bpmn": b.document(
            b.process("child", b.start("c_s"), b.user("c_u"), b.end("c_e"), b.flows("c_s>c_u c_u>c_e"))
        )
    }  # fmt: skip


def _message_boundaries() -> Files:
    """Interrupting and non-interrupting message boundary events on one task."""
    return one(
        "message_boundaries", b.start(), b.user("u"),
        b.boundary("note", "u", b.message("Ack")), b.user("noted"), b.end("e1"),
        b.boundary("stop", "u", b.message("Stop"), interrupting=True), b.user("stopped"),
        b.boundary("due", "u", b.timer("due_at", "timeDate"), interrupting=True), b.user("late"),
        b.exclusive("ok", "u"), b.end(),
        flow="start>u u>ok stop>stopped stopped>ok due>late late>ok ok>done?passed ok>u note>noted noted>e1",
        declared=b.declare("Ack", "Stop"),
    )  # fmt: skip


def _features() -> dict[str, Files]:
    loop = "u>ok ok>done?passed ok>u"
    item = ("items", "results", "item", "result")
    inner_flow = "is>iu iu>iok iok>ie?passed iok>iu"
    callee = b.process(
        "callee", b.start("cs"), b.user("cu"), b.boundary("cr", "cu", b.timer('"P2D"')), b.user("cf"),
        b.end("ce1"), b.exclusive("cok", "cu"), b.end("ce"),
        b.flows("cs>cu cu>cok cok>ce?passed cok>cu cr>cf cf>ce1"),
    )  # fmt: skip
    with_timer = b.sub_process(
        "sp", b.start("is"), b.user("iu"), b.boundary("irem", "iu", b.timer('"P2D"')), b.script("irs", "r = 1"),
        b.end("ire"), b.exclusive("iok", "iu"), b.end("ie"), b.flows(inner_flow + " irem>irs irs>ire"),
    )  # fmt: skip
    with_join = b.sub_process(
        "sp", b.start("is"), b.parallel("ig"), b.user("ia"), b.user("ib"), b.parallel("ij"), b.end("ie"),
        b.flows("is>ig ig>ia ig>ib ia>ij ib>ij ij>ie"),
    )  # fmt: skip
    with_error = b.sub_process(
        "sp", b.start("is"), b.user("iu"), b.exclusive("iok", "ie"), b.end("ie"),
        b.end("ierr", '<bpmn:errorEventDefinition errorRef="E"/>'),
        b.flows("is>iu iu>iok iok>ie iok>ierr?passed"),
    )  # fmt: skip
    with_items = b.sub_process(
        "sp", b.start("is"), b.user("iu"), b.exclusive("iok", "iu"), b.script("fin", "result = item"), b.end("ie"),
        b.flows("is>iu iu>iok iok>fin?passed iok>iu fin>ie"), b.multi(*item),
    )  # fmt: skip
    return {
        "obligation": _obligation(),
        "remediation": _remediation(),
        "ladder": _ladder(),
        "called_ladder": _called_ladder(),
        "nested_terminate": _nested_terminate(),
        "top_terminate": _top_terminate(),
        "message_boundaries": _message_boundaries(),
        "interrupting": one(
            "interrupting", b.start(), b.user("u"), b.boundary("rem", "u", b.timer('"P7D"')), b.user("follow"),
            b.end("e1"), b.boundary("due", "u", b.timer('"P14D"'), interrupting=True), b.user("late"),
            b.end("e2"), b.exclusive("ok", "u"), b.end(),
            flow=f"start>u {loop} rem>follow follow>e1 due>late late>e2",
        ),
        "catch_timer_loop": one(
            "catch_timer_loop", b.start(), b.user("u"), b.catch("wait", b.timer("wait_for")),
            b.exclusive("ok", "u"), b.end(),
            flow="start>u u>wait wait>ok ok>done?passed ok>u",
        ),
        "cycle_timer": one(
            "cycle_timer", b.start(), b.user("u"), b.boundary("cyc", "u", b.timer('"R3/P1D"', "timeCycle")),
            b.script("s", "n = 1"), b.end("e1"), b.user("z"), b.exclusive("ok", "u"), b.end(),
            flow="start>u u>z z>ok ok>done?passed ok>u cyc>s s>e1",
        ),
        "parallel3": one(
            "parallel3", b.start(), b.parallel("g"), b.user("a"), b.user("b"),
            b.boundary("tb", "b", b.timer('"P1D"')), b.script("s", "fired = True"), b.end("e1"), b.user("c"),
            b.parallel("j"), b.user("z"), b.end(),
            flow="start>g g>a g>b g>c a>j b>j c>j j>z z>done tb>s s>e1",
        ),
        "inclusive": one(
            "inclusive", b.start(), b.user("q"), b.inclusive("g", "c"), b.user("a"), b.user("b"), b.user("c"),
            b.inclusive("j"), b.user("z"), b.end(),
            flow="start>q q>g g>a?x~&gt;~3 g>b?x~&gt;~6 g>c a>j b>j c>j j>z z>done",
        ),
        "messages": one(
            "messages", b.start(), b.user("a"),
            b.element("intermediateThrowEvent", "thr", b.message("HazardReported")), b.receive("rcv", "Ack"),
            b.boundary("tmo", "rcv", b.timer('"P3D"'), interrupting=True), b.user("chase"),
            b.catch("ic", b.message("Ack")), b.exclusive("ok", "a"), b.end(),
            flow="start>a a>thr thr>rcv rcv>ic ic>ok tmo>chase chase>ok ok>done?passed ok>a",
            declared=b.declare("HazardReported", "Ack"),
        ),
        "subprocess": one(
            "subprocess", b.start(), with_timer, b.boundary("due", "sp", b.timer('"P9D"'), interrupting=True),
            b.user("esc"), b.exclusive("ok", "sp"), b.end("d2"), b.end(),
            flow="start>sp sp>ok ok>done?flag ok>sp due>esc esc>d2",
        ),
        "parallel_in_sub_loop": one(
            "parallel_in_sub_loop", b.start(), with_join, b.exclusive("ok", "sp"), b.end(),
            flow="start>sp sp>ok ok>done?passed ok>sp",
        ),
        "error_boundary": one(
            "error_boundary", b.start(), with_error,
            b.boundary("be", "sp", '<bpmn:errorEventDefinition errorRef="E"/>', interrupting=True),
            b.user("handle"), b.exclusive("ok", "sp"), b.end("d2"), b.end(),
            flow="start>sp sp>ok ok>done?flag ok>sp be>handle handle>d2",
            declared='<bpmn:error id="E" name="E" errorCode="E1"/>',
        ),
        "call": one(
            "call", b.start(), b.call("ca", "callee"), b.exclusive("ok", "ca"), b.user("z"), b.end(),
            flow="start>ca ca>ok ok>z?flag ok>ca z>done",
        ) | {"callee.bpmn": b.document(callee)},
        "mi_parallel": one(
            "mi_parallel", b.start(), b.user("t", b.multi(*item)), b.user("z"), b.end(), flow="start>t t>z z>done"
        ),
        "mi_sequential": one(
            "mi_sequential", b.start(), b.user("t", b.multi(*item, sequential=True)), b.user("z"), b.end(),
            flow="start>t t>z z>done",
        ),
        "mi_subprocess": one(
            "mi_subprocess", b.start(), with_items, b.user("z"), b.end(), flow="start>sp sp>z z>done"
        ),
        "dmn": one(
            "dmn", b.start(), b.user("a"), b.rule("br", "triage"), b.exclusive("g", "b"), b.user("b"),
            b.user("c"), b.exclusive("ok", "a"), b.end(),
            flow="start>a a>br br>g g>c?level~==~'major' g>b b>ok c>ok ok>done?passed ok>a", dmn=TRIAGE,
        ),
    }  # fmt: skip


FEATURES: Final[Mapping[str, Files]] = _features()
NON_INTERRUPTING_EXTENSION: Final = _called_ladder(interrupting=False)

FAULTS: Final[Mapping[str, Files]] = {
    "xor_to_and": one(
        "xor_to_and", b.start(), b.user("a"), b.exclusive("x", "b"), b.user("b"), b.user("c"), b.parallel("j"),
        b.end(), flow="start>a a>x x>b x>c?p b>j c>j j>done",
    ),
    "and_to_xor": one(
        "and_to_xor", b.start(), b.parallel("g"), b.user("a"), b.user("b"), b.exclusive("m"), b.user("z"),
        b.end(), flow="start>g g>a g>b a>m b>m m>z z>done",
    ),
    "livelock": one(
        "livelock", b.start(), b.user("a"), b.exclusive("x", "b"), b.user("b"), b.exclusive("y", "c"),
        b.user("c"), b.end(), flow="start>a a>x x>done?p x>b b>y y>c y>b?q c>b",
    ),
    "unbounded": one(
        "unbounded", b.start(), b.user("a"), b.exclusive("x", "done"), b.parallel("g"), b.user("z"), b.end("e"),
        b.end(), flow="start>a a>x x>done x>g?p g>a g>z z>e",
    ),
    "auto_loop": one(
        "auto_loop", b.start(), b.script("s", "n = 1"), b.exclusive("x", "s"), b.end(),
        flow="start>s s>x x>done?p x>s",
    ),
    "urge_outside": one(
        "urge_outside", b.start(), b.user("self_check"),
        b.boundary("overdue", "self_check", b.timer("due_at", "timeDate")), b.user("urge"), b.end("end_o"),
        b.user("review"), b.exclusive("gw2", "done"), b.end(),
        flow="start>self_check self_check>review review>gw2 gw2>done gw2>self_check?not~approved "
        "overdue>urge urge>end_o",
    ),
}  # fmt: skip
