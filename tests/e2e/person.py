"""Somebody at a screen: signs in, opens a task, fills it in, moves the sample clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Locator, Page, expect

from tests.e2e.browser import Screen
from tests.e2e.product import Product
from workflows.sample import PASSWORD

SAFETY_OFFICER, PRINCIPAL = "safety officer", "principal"  # of an enterprise that has a hazard by then
PATIENCE = 20_000  # milliseconds until an answer counts as missing
# Chromium notes every 4xx answer as an error; these are the product's own: refused input, somebody was quicker.
ANSWERS = re.compile(r"status of (409|422)\b")


@dataclass(frozen=True, slots=True)
class Person:
    """An account, signed in, with one page."""

    username: str
    page: Page

    def in_another_tab(self) -> Person:
        """The same person with the same page open a second time."""
        tab = self.page.context.new_page()
        tab.goto(self.page.url)
        return replace(self, page=tab)

    def visit(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    @property
    def panel(self) -> Locator:
        """The task that is open."""
        return self.page.get_by_role("region", name="正在办理")

    def take(self, title: str, *, at: str = "/inbox") -> None:
        """Open the first task of the inbox, or of the queue `at`, whose line holds these words."""
        self.visit(at)
        shown_before = self.page.locator("#panel")
        shown_before.evaluate("panel => panel.dataset.before = 'yes'")
        self.page.get_by_role("main").get_by_role("link").filter(has_text=title).first.click()
        expect(self.page.locator("#panel[data-before]")).to_have_count(0)
        expect(self.panel.get_by_role("button").last).to_be_visible()

    def choose(self, question: str, answer: str) -> None:
        group = self.panel.get_by_role("group", name=question)
        group.get_by_text(answer, exact=True).click()

    def write(self, label: str, text: str) -> None:
        self.panel.get_by_label(label).fill(text)

    def attach(self, slot: str, *files: FilePayload) -> None:
        """Add files to a slot and wait until they stand there."""
        self.panel.get_by_label(f"为“{slot}”添加文件").set_input_files(list(files))
        for file in files:
            expect(self.panel.get_by_role("img", name=file["name"])).to_be_visible()

    def press(self, button: str) -> None:
        self.panel.get_by_role("button", name=button).first.click()

    def told(self, words: str) -> None:
        """A notice with these words is shown."""
        expect(self.page.get_by_role("status").filter(has_text=words).first).to_be_visible()

    def move_clock(self, step: str) -> None:
        """One of the steps of the sample clock, e.g. 过一周."""
        self.page.get_by_title("样例时间").click()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=step).click()


@dataclass(slots=True)
class People:
    """Everybody who has signed in to one product, and what their browsers complained about."""

    product: Product
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    known: dict[tuple[str, Screen, bool], Person] = field(default_factory=dict)

    def __call__(self, username: str, screen: Screen = Screen.DESKTOP, *, script: bool = True) -> Person:
        """This person; signs in the first time. Without `script` the browser runs no JavaScript."""
        key = username, screen, script
        if key not in self.known:
            self.known[key] = self.sign_in(self.stranger(screen, script=script), username)
        return self.known[key]

    def pages(self) -> Iterator[tuple[str, Page]]:
        return ((f"{key[0]}-{key[1]}", one.page) for key, one in self.known.items())

    def leave(self) -> None:
        """Everybody closes their browser."""
        for context in {one.page.context for one in self.known.values()}:
            context.close()

    def stranger(self, screen: Screen = Screen.DESKTOP, *, script: bool = True) -> Page:
        """A browser of its own, before anybody has signed in."""
        is_phone = screen is Screen.PHONE
        context = self.browser.new_context(
            base_url=self.product.url,
            viewport=screen.size,
            is_mobile=is_phone,
            has_touch=is_phone,
            locale="zh-CN",
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda message: self._hear(message))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context.new_page()

    def sign_in(self, page: Page, username: str) -> Person:
        page.goto("/login")
        page.get_by_label("账号", exact=True).fill(username)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("main")).to_be_visible()
        page.wait_for_url(lambda url: "/login" not in url)
        return Person(username, page)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not ANSWERS.search(message.text):
            self.complaints.append(f"{message.text} ({message.location.get('url')})")
