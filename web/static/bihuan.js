// What pages do beyond plain forms and links: one press, keys, rows, uploads, focus. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const words = (name) => document.body.dataset[name] || "";
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRF-Token"];
  root.classList.add("has-js");

  // One press: the button says so and ignores repeats until the answer is there.
  const press = (form, button) => {
    form.dataset.sent = "1";
    if (!button) return;
    button.dataset.words = button.innerHTML;
    button.classList.add("busy");
    if (button.classList.contains("btn")) button.textContent = words("busy");
  };
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of $$(".busy", form)) {
      button.classList.remove("busy");
      if (button.dataset.words) button.innerHTML = button.dataset.words;
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    // after the event, so that the button's own value is still sent
    setTimeout(() => press(form, event.submitter), 0);
  }, true);
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form) release(form);
  });
  // A form with `data-with` goes on with what another form holds now, not with what the server saw last.
  document.addEventListener("formdata", (event) => {
    const other = event.target.dataset.with && $(event.target.dataset.with);
    if (!other) return;
    for (const field of other.elements) if (field.name) event.formData.delete(field.name);
    new FormData(other).forEach((value, name) => event.formData.append(name, value));
  });
  window.addEventListener("pageshow", () => $$("form[data-sent]").forEach(release));
  document.addEventListener("htmx:error", () => say(words("lost")));

  // Numbers that refresh by themselves do not keep a session alive: only what a person does counts.
  const started = Date.now();
  let touched = started, contact = started;
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => { touched = Date.now(); }, true);
  window.bihuanHeaders = () => {
    if (Date.now() - touched > 60000) return { "X-Unattended": "1" };
    contact = Date.now();
    return {};
  };
  document.addEventListener("htmx:config:request", (event) => Object.assign(event.detail.ctx.request.headers, window.bihuanHeaders()));
  const idle = 1000 * Number(document.body.dataset.idle || 0);
  if (idle) setInterval(() => {
    const left = idle - (Date.now() - contact);
    const box = $("#idle");
    if (left > 120000) { if (box) box.hidden = true; return; }
    if (box) { box.hidden = false; box.classList.toggle("over", left <= 0); }
  }, 5000);
  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-stay]")) return;
    const answer = await fetch("/me", { headers: { "HX-Request": "true", "HX-Current-URL": location.href } });
    const redirect = answer.headers.get("HX-Redirect");
    if (redirect) { location.href = redirect; return; }
    contact = Date.now();
    $("#idle").hidden = true;
  });

  // The bell: its number refreshes by itself and never counts as activity; a press opens the latest few.
  // A signed-out page is left alone (what was typed stays); a phone goes to the page of notices.
  const bell = $("[data-bell]"), latest = $("#bell-panel");
  const ask = (path) => fetch(path, { headers: { "X-Unattended": "1", "HX-Request": "true" } });
  async function recount() {
    if (document.hidden || !navigator.onLine) return;
    const answer = await ask("/notices/count").catch(() => null);
    if (answer && answer.ok) $("#bell-count").innerHTML = await answer.text();
  }
  const shut = (back) => { if (latest.hidden) return; latest.hidden = true; if (back) bell.focus(); };
  if (bell) {
    setInterval(recount, 60000);
    document.addEventListener("visibilitychange", recount);
    bell.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || innerWidth < 768) return;
      event.preventDefault();
      if (!latest.hidden) { shut(true); return; }
      const answer = await fetch("/notices/panel", { headers: { "HX-Request": "true", "HX-Current-URL": location.href } }).catch(() => null);
      if (!answer || !answer.ok) { location.href = bell.href; return; }
      latest.innerHTML = await answer.text();
      latest.hidden = false;
      $("h2", latest).focus();
      recount();
    });
    document.addEventListener("click", (event) => { if (!event.target.closest(".bell-place")) shut(false); });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(true); });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-read]");
    if (link) fetch(link.dataset.read, { method: "POST", keepalive: true, headers: { "X-CSRF-Token": csrf(), "HX-Request": "true" } });
  });

  function say(text, kind = "late") {
    const place = $("#notice");
    if (!place || !text) return;
    const box = document.createElement("div");
    box.className = `notice ${kind}`;
    box.textContent = text;
    place.replaceChildren(box);
  }

  // Fields that matter only for some answers: hidden, and not sent, otherwise.
  function showWhen(scope) {
    for (const field of $$("[data-when]", scope)) {
      const [name, values] = field.dataset.when.split("=");
      const form = field.closest("form");
      const chosen = form && $$(`[name="${CSS.escape(name)}"]`, form).find((one) => one.type !== "radio" || one.checked);
      const shown = Boolean(chosen) && values.split("|").includes(chosen.value);
      field.hidden = !shown;
      if ("disabled" in field) field.disabled = !shown;
    }
  }
  document.addEventListener("change", (event) => { if (event.target.form) showWhen(event.target.form); });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-submit]")) event.target.form.requestSubmit(); });

  // A draft is kept as one types, and by its button; the answer says when.
  const timers = new WeakMap();
  document.addEventListener("input", (event) => {
    const form = event.target.form || (event.target.closest && event.target.closest("form"));
    if (!form || !form.dataset.draft) return;
    form.dataset.typed = "1";
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form), 1500));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save-draft]");
    if (!button) return;
    event.preventDefault();
    keep(button.form);
  });
  // What cannot be saved stays on this device, by account, until it can; signing out erases it.
  const KEPT = "bihuan-draft:";
  const mine = () => Object.keys(localStorage).filter((key) => key.startsWith(`${KEPT}${document.body.dataset.account}:`));
  const keptAs = (address) => `${KEPT}${document.body.dataset.account}:${address}`;
  const send = (address, body) => fetch(address, { method: "POST", body, headers: { ...window.bihuanHeaders(), "X-CSRF-Token": csrf(), "HX-Request": "true", "HX-Current-URL": location.href } });
  async function keep(form) {
    clearTimeout(timers.get(form));
    if (form.dataset.sent || !form.isConnected) return;
    const body = new FormData(form);
    for (const [name, value] of [...body.entries()]) if (value instanceof File || name === "csrf_token") body.delete(name);
    const place = $("#saved"), address = form.dataset.draft;
    let answer = null, text = "";
    try { answer = await send(address, body); text = await answer.text(); } catch { answer = null; }
    if (answer && answer.ok) { localStorage.removeItem(keptAs(address)); if (form.isConnected && !form.dataset.sent && place) { place.textContent = text.trim(); place.classList.remove("late"); } return; }
    localStorage.setItem(keptAs(address), JSON.stringify([...body.entries()]));
    if (!form.isConnected || form.dataset.sent) return;
    if (place) { place.textContent = words("unsaved"); place.classList.add("late"); }
    if (answer && answer.status < 500 && !answer.headers.get("HX-Redirect")) $("#notice").innerHTML = text;
    else setTimeout(() => { if (form.isConnected) keep(form); }, 10000);
  }
  async function resend() {
    for (const key of mine()) {
      const address = key.slice(keptAs("").length), body = new FormData();
      for (const [name, value] of JSON.parse(localStorage.getItem(key))) body.append(name, value);
      let answer = null;
      try { answer = await send(address, body); } catch { return; }
      if (answer.status >= 500 || answer.headers.get("HX-Redirect")) return;
      localStorage.removeItem(key);
      if (!answer.ok) { const told = await answer.text(); $("#notice").innerHTML = told; continue; }
      const form = $(`form[data-draft="${CSS.escape(address)}"]`);
      if (form && !form.dataset.typed) location.reload();
      else say(words("resaved"), "ok");
    }
  }
  window.addEventListener("online", () => { const form = $("form[data-draft][data-typed]"); if (form) keep(form); else resend(); });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches('form[action="/logout"]') || !mine().length) return;
    if (!confirm(words("leaving"))) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    for (const key of mine()) localStorage.removeItem(key);
  }, true);

  // The list shows which task is open in the panel.
  function current() {
    const panel = $("#panel[data-task]");
    for (const item of $$(".items .item"))
      if (panel && item.dataset.task === panel.dataset.task) { item.setAttribute("aria-current", "true"); item.scrollIntoView({ block: "nearest" }); }
      else item.removeAttribute("aria-current");
  }

  // A picture opens large in place; without script its link opens the file.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.view");
    const picture = link && $("img", link), box = $("#large");
    if (!picture || !box || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const all = $$("a.view:has(img)", link.closest(".panel, .page, main"));
    const turn = (at) => {
      const one = all[(at + all.length) % all.length];
      box.dataset.at = (at + all.length) % all.length;
      $("img", box).src = one.href;
      $("img", box).alt = $("img", one).alt;
      $("[data-large-name]", box).textContent = $("img", one).alt;
      $("[data-large-file]", box).href = one.href;
      $("[data-large-number]", box).textContent = `${Number(box.dataset.at) + 1} / ${all.length}`;
    };
    box.turn = (step) => turn(Number(box.dataset.at) + step);
    turn(all.indexOf(link));
    box.showModal();
  });
  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-turn]");
    if (step) $("#large").turn(Number(step.dataset.turn));
    else if (event.target.id === "large") event.target.close();
  });
  document.addEventListener("keydown", (event) => {
    const box = $("#large[open]");
    if (box && (event.key === "ArrowLeft" || event.key === "ArrowRight")) box.turn(event.key === "ArrowLeft" ? -1 : 1);
  });

  // Rows of a list: a template holds an empty one, numbered __n__.
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    if (add) {
      const list = add.closest("[data-rows]");
      const number = Number(list.dataset.next || $$(":scope > .row-card", list).length);
      list.dataset.next = number + 1;
      const holder = document.createElement("div");
      holder.innerHTML = $("template", list).innerHTML.replaceAll("__n__", number);
      const row = holder.firstElementChild;
      add.before(row);
      const first = $("input, textarea, select", row);
      if (first) first.focus();
      event.preventDefault();
    }
    const remove = event.target.closest("[data-remove-row]");
    if (remove) {
      const list = remove.closest("[data-rows]");
      remove.closest(".row-card").remove();
      $("[data-add-row]", list).focus();
      event.preventDefault();
    }
    if (event.target.closest("[data-print]")) window.print();
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest(".notice").remove();
    const drop = event.target.closest("[data-drop]");
    if (drop) { const slot = drop.closest("[data-slot]"); drop.closest(".thumb").remove(); counted(slot); event.preventDefault(); }
    for (const open of $$("details.clock-menu[open]")) if (!open.contains(event.target)) open.open = false;
    if (event.target.closest("[data-keys-help]")) $("#keys").showModal();
    const all = event.target.closest("[data-check-all]");
    if (all) for (const one of $$('input[type="checkbox"]:not(:disabled)', all.closest("table") || all.closest(".list-pane") || all.closest("form"))) if (one !== all) { one.checked = all.checked; one.dispatchEvent(new Event("change", { bubbles: true })); }
  });

  // Buttons say how many lines are ticked.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-ticks]");
    if (!form) return;
    const number = $$('tbody input[type="checkbox"]:checked, .items input[type="checkbox"]:checked', form).length;
    for (const button of $$("[data-ticked]", form)) {
      button.dataset.words0 = button.dataset.words0 || button.textContent;
      button.textContent = number ? button.dataset.ticked.replace("%n", number) : button.dataset.words0;
    }
  });

  // Evidence goes up as soon as it is chosen; a failure stays beside its slot, the rest is kept.
  const UPLOADED = "input[type=file][data-upload]";
  async function take(input) {
    const slot = input.closest("[data-slot]");
    const files = [...input.files];
    input.value = "";
    complain(slot, "");
    for (const file of files) await upload(slot, file);
    const again = $("input[type=file]", slot);
    if (again) again.focus();
  }
  document.addEventListener("change", (event) => { if (event.target.matches(UPLOADED)) take(event.target); });
  // Earlier files of the same kind: one press puts one into the slot.
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (!pick) return;
    const slot = pick.closest("[data-slot]"), thumbs = $(".thumbs", slot);
    if ($(`input[value="${pick.dataset.pick}"]`, thumbs)) return;
    thumbs.insertBefore($("template", pick.parentElement).content.cloneNode(true), $(".add-file", thumbs));
    pick.setAttribute("aria-pressed", "true");
    counted(slot);
  });
  async function upload(slot, file) {
    const thumbs = $(".thumbs", slot);
    const waiting = document.createElement("figure");
    waiting.className = "thumb uploading";
    waiting.innerHTML = '<div class="view"></div><figcaption></figcaption>';
    $("figcaption", waiting).textContent = words("uploading");
    if (file.type.startsWith("image/")) {
      const picture = document.createElement("img");
      picture.alt = "";
      picture.src = URL.createObjectURL(file);
      $(".view", waiting).append(picture);
    }
    thumbs.insertBefore(waiting, $(".add-file", thumbs));
    const body = new FormData();
    body.append("file", file);
    body.append("name", slot.dataset.slot);
    try {
      const answer = await fetch("/evidence", { method: "POST", body, headers: { "X-CSRF-Token": csrf(), "HX-Request": "true", "HX-Current-URL": location.href } });
      const redirect = answer.headers.get("HX-Redirect");
      if (redirect) { location.href = redirect; return; }
      const holder = document.createElement("div");
      holder.innerHTML = await answer.text();
      if (answer.ok) waiting.replaceWith(holder.firstElementChild);
      else { waiting.remove(); complain(slot, [...$$(".notice p", holder)].map((one) => one.textContent).join("")); }
    } catch {
      waiting.remove();
      complain(slot, words("lost"));
    }
    counted(slot);
  }
  function complain(slot, text) {
    const place = $("[data-slot-error]", slot);
    place.hidden = !text;
    $("span", place).textContent = text;
  }
  function counted(slot) {
    const mark = $("[data-slot-state]", slot), number = $$(".thumb:not(.old)", slot).length;
    const missing = Number(mark.dataset.needed) - number;
    const state = number && missing <= 0 ? "ok" : missing > 0 ? "open" : "none";
    mark.classList.remove("ok", "open", "none");
    mark.classList.add(state);
    $("span", mark).textContent = { ok: mark.dataset.wordsOk, open: mark.dataset.wordsOpen, none: mark.dataset.wordsNone }[state].replace("%n", state === "ok" ? number : missing);
    slot.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Lengths that only numbers can say: the policy allows no style in the page.
  function place(scope) {
    for (const one of $$("[data-grow]", scope)) one.style.flexGrow = one.dataset.grow;
    for (const one of $$("[data-left]", scope)) {
      one.style.left = `${one.dataset.left}%`;
      one.dataset.placed = "1";
      one.classList.toggle("flip", Number(one.dataset.left) > 85);
    }
    for (const line of $$(".phase-line", scope)) clear(line);
  }

  // The mark of today must not run through the words of its phase.
  function clear(line) {
    const mark = $(".now-mark", line), phase = $(".phases .now", line);
    if (!mark || !phase) return;
    const gap = mark.getBoundingClientRect().left - phase.getBoundingClientRect().left;
    if (gap > 0 && gap < 130) for (const one of phase.children) one.style.marginLeft = `${gap}px`;
  }

  // Focus follows the work: the summary of errors, else the new panel's heading.
  function focus(scope) {
    const target = $("[data-focus]", scope) || (scope.matches && scope.matches(".panel") ? $("h2", scope) : null);
    if (!target) return;
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus({ preventScroll: false });
  }

  // Single keys, unless a field has the focus or the person switched them off.
  const KEYS_OFF = "bihuan-keys-off";
  const typing = (element) => element.closest("input, textarea, select, [contenteditable], dialog");
  const move = (step) => {
    const items = $$(".items .item");
    if (!items.length) return;
    const now = items.findIndex((one) => one === document.activeElement || one.contains(document.activeElement));
    const open = items.findIndex((one) => one.matches("[aria-current], .sel"));
    const next = items[Math.min(items.length - 1, Math.max(0, (now >= 0 ? now : open) + step))];
    (next.matches("a") ? next : $("a", next) || next).focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form") || $(".panel form");
      const button = form && $(".btn-primary[type=submit], .btn-primary:not([type])", form);
      if (button) { event.preventDefault(); form.requestSubmit(button); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || localStorage.getItem(KEYS_OFF)) return;
    const key = event.key.toLowerCase();
    if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "?") { const help = $("#keys"); if (help) help.showModal(); }
    else if (key === "/" || key === "f") {
      const find = $("[data-search]"), filters = $("details.list-more");
      if (find) find.focus();
      else if (filters) { filters.open = key === "/" || !filters.open; if (filters.open) $("select, input:not([type=hidden])", filters)?.focus(); }
      else return;
    }
    else if (key === "x") { const box = document.activeElement.closest(".item") && $("input[type=checkbox]", document.activeElement.closest(".item")); if (!box) return; box.click(); }
    else if (key === "z") { const first = $(".shown.current a.view:has(img), .panel a.view:has(img)"); if (!first) return; first.click(); }
    else { const button = $(`[data-key="${CSS.escape(key)}"]`); if (!button) return; button.click(); }
    event.preventDefault();
  });
  const keysSwitch = $("[data-keys-switch]");
  if (keysSwitch) {
    keysSwitch.checked = !localStorage.getItem(KEYS_OFF);
    keysSwitch.addEventListener("change", () => keysSwitch.checked ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "1"));
  }

  // htmx parses a fragment as a page without script: what stands in noscript would be real, with ids of its own.
  const scripted = (scope) => { for (const one of $$("noscript", scope)) one.remove(); };
  const ready = (scope) => { scripted(scope); showWhen(scope); place(scope); };
  document.addEventListener("htmx:after:swap", (event) => {
    const target = (event.detail && event.detail.ctx && event.detail.ctx.target) || event.target;
    const scope = target && target.isConnected ? target : document;
    current();
    const fresh = scope.isConnected && scope.id !== "notice" ? scope : $("#panel") || document;
    ready(fresh);
    focus(fresh);
  });
  // On a slow line a photo may have been chosen before this script was there.
  const early = () => { for (const input of $$(UPLOADED)) if (input.files.length) take(input); };
  const start = () => { if (document.body.dataset.account) resend(); ready(document); early(); const first = $("[data-focus]"); if (first) focus(document); };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
