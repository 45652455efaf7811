"""A real browser for the tests: how it is started, how a page is signed in to and looked at."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.dashboards.conftest import REPOSITORY

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
#: The mark of a test that needs it.
IN_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: `apt-get install chromium` to see the pages"
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1440, 768, 390)
SCREENS = REPOSITORY / "var" / "screens"
#: A busy machine draws slowly; milliseconds.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@contextmanager
def visiting(browser: Browser, theme: str = "light", **options: Any) -> Iterator[BrowserContext]:
    """Somebody's browser, with nothing of an earlier visit."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        timezone_id="Asia/Tokyo",
        **options,
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield context
    finally:
        context.close()


def sign_in(page: Page, address: str, password: str, user: str = "admin") -> None:
    """Goes to an address of the dashboards by their form."""
    page.goto(address)
    page.fill("#user", user)
    page.fill("#password", password)
    page.click("button")


def keep(page: Page, name: str, *, widths: tuple[int, ...] = WIDTHS) -> None:
    """Leaves a picture of the page at each width under `var/screens`; nothing may be cut off."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "width => [document.documentElement, document.querySelector('.stMain')]"
            ".every(box => !box || box.scrollWidth <= width)",
            arg=width,
            timeout=PATIENCE,
        )
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)
        height = page.evaluate(
            "(document.querySelector('.stMainBlockContainer') ?? document.body).scrollHeight"
        )
        page.set_viewport_size({"width": width, "height": max(600, min(height + 80, 6000))})
        page.screenshot(path=SCREENS / f"{name}-{width}.png")
    page.set_viewport_size({"width": 1440, "height": 900})


def violations(page: Page, report: Path | None = None) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA and its own best practices, each with its place."""
    found = Axe().run(page).response["violations"]
    if report:
        report.write_text(json.dumps(found, indent=1))
    return [
        f"{each['id']}: {node['target']} {node['html'][:160]}"
        for each in found
        for node in each["nodes"]
    ]
