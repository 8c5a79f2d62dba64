"""Browsers that people of the hall sit at: each its own; whatever one of them complains of is a fault."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

# A page may learn of a violated policy only by this event; told to the console it is kept like any error.
_TELL_VIOLATIONS = """
addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`))
"""
PATIENCE_MS = 20_000
"""A busy machine is slow, not wrong."""


class Visitors:
    """`shots`: where pictures go. `complaints` must be empty in the end."""

    def __init__(self, browser: Browser, chromium: str, shots: Path) -> None:
        self._browser, self._shots = browser, shots
        self._chromium, self._path = browser.browser_type, chromium
        self._apps: list[tuple[BrowserContext, tempfile.TemporaryDirectory[str]]] = []
        self.complaints: list[str] = []
        self._taken = 0

    def open(self, address: str, width: int, height: int, **options: object) -> Page:
        """A browser with cookies, keys and downloads of its own, at `address`."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", **options
        )
        context.add_init_script(_TELL_VIOLATIONS)
        page = context.new_page()
        self._listen(page)
        page.goto(address)
        return page

    def open_app(self, address: str, width: int, height: int, **options: object) -> Page:
        """The page in a window of its own, as an installed app has it: `display-mode: standalone`."""
        folder = tempfile.TemporaryDirectory(prefix="hall-app-", ignore_cleanup_errors=True)
        context = self._chromium.launch_persistent_context(
            folder.name,
            executable_path=self._path,
            args=["--no-sandbox", f"--app={address}"],
            viewport={"width": width, "height": height},
            locale="vi-VN",
            **options,
        )
        self._apps.append((context, folder))
        page = context.pages[0]
        self._listen(page)
        # Loaded once more: the first time nobody listened yet to what it complains of.
        context.add_init_script(_TELL_VIOLATIONS)
        page.reload()
        return page

    def close_apps(self) -> None:
        for context, folder in self._apps:
            context.close()
            folder.cleanup()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self._heard(page, line))

    def shoot(self, name: str, *pages: Page) -> None:
        """Pictures of what all of them show now, numbered in the order of the story."""
        for page in pages:
            self._taken += 1
            where = urlsplit(page.url).path.strip("/") or "twin"
            page.screenshot(path=self._shots / f"{self._taken:02d}-{name}-{where}.png")

    def _heard(self, page: Page, line: ConsoleMessage) -> None:
        where = line.location.get("url", "")
        if line.type == "error":
            self.complaints.append(f"{page.url}: {line.text} {where}")


@contextmanager
def visitors(chromium: str, folder: Path) -> Iterator[Visitors]:
    """Pictures go to `folder`, or to $HALL_SHOTS where somebody wants to look at them; never into git."""
    shots = Path(os.environ.get("HALL_SHOTS", folder))
    shots.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        people = Visitors(browser, chromium, shots)
        yield people
        people.close_apps()
        browser.close()
