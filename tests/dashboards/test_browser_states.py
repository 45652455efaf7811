"""Every page where there is nothing, nothing yet, or nobody to ask: it says so, and what to do.

Pictures of each are left under `var/screens`: `<page>-empty…`, `-loading`, `-down` (the figures
that were read last, or why there are none), `-error` (nothing was ever read).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from ytempire.config import Ports, settings
from ytempire.warehouse.database import connect

from tests.dashboards import marts
from tests.dashboards.browsing import (
    IN_CHROMIUM,
    PATIENCE,
    keep,
    sign_in,
    violations,
    visiting,
)
from tests.dashboards.conftest import NOW, serving
from tests.dashboards.relay import Relay, relayed
from tests.dashboards.test_browser import PAGES

pytestmark = [
    pytest.mark.slow,
    IN_CHROMIUM,
]
THEMES = ("light", "dark")
#: What every page asks first: of the marts, of the operators' views and of the library.
FIRST = "marts.rpt_executive_days, ops.channels, ops.people"


@pytest.fixture(scope="module")
def empty_house(empty_marts: None) -> Iterator[str]:
    """A server before the first build of the marts."""
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def full_house(empty_house: str) -> str:
    """The same, once they were built."""
    with connect() as db:
        marts.fill(db, now=NOW, days=100, simulated=frozenset({"orbital"}))
    return empty_house


@pytest.fixture(scope="module")
def secret(empty_marts: None) -> str:
    password = settings().secrets.dashboard_password
    assert password is not None
    return password.get_secret_value()


def themed(browser: Browser, house: str, secret: str) -> Iterator[tuple[str, Page]]:
    """A signed-in page in each theme."""
    for theme in THEMES:
        with visiting(browser, theme) as context:
            page = context.new_page()
            sign_in(page, f"{house}/people", secret)
            expect(page.get_by_test_id("stTopNavLink").first).to_be_visible(timeout=PATIENCE)
            yield theme, page


def looked_at(page: Page, name: str, theme: str) -> None:
    """Pictures at each width, and nothing that would stop a reader."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    keep(page, f"{name}-{theme}", widths=(1440, 768, 390) if theme == "light" else (1440, 390))
    assert violations(page) == [], name


def test_empty_marts_say_how_they_are_filled(
    browser: Browser, empty_house: str, secret: str
) -> None:
    for theme, page in themed(browser, empty_house, secret):
        for name, path in PAGES.items():
            page.goto(f"{empty_house}{path}")
            expect(page.locator(".yt-footer")).to_be_visible(timeout=PATIENCE)
            words = page.locator(".stMain").inner_text()
            if name == "operations":
                assert "The queue is empty" in words
            elif name != "people":
                assert "No figures yet" in words, name
                assert "make up" in words, name
            looked_at(page, f"{name}-empty", theme)


def test_a_page_that_waits_for_the_warehouse_says_so(
    browser: Browser, full_house: str, secret: str
) -> None:
    for theme, page in themed(browser, full_house, secret):
        with connect() as db:
            db.execute(f"lock table {FIRST} in access exclusive mode")
            for name, path in PAGES.items():
                page.goto(f"{full_house}{path}")
                page.wait_for_function(
                    "() => { const box = document.querySelector('.stMainBlockContainer');"
                    " const said = box && getComputedStyle(box, '::after');"
                    " return said && said.content.includes('Reading') && said.opacity > .7 }",
                    timeout=PATIENCE,
                )
                keep(page, f"{name}-loading-{theme}", widths=(1440, 390))
            db.rollback()
        expect(page.locator(".yt-footer")).to_be_visible(timeout=PATIENCE)


@pytest.fixture
def way(full_house: str, postgres: Ports) -> Iterator[Relay]:
    with relayed(postgres.postgres) as relay:
        yield relay


@pytest.fixture
def far_house(way: Relay, postgres: Ports) -> Iterator[str]:
    """A server that reaches the warehouse by a way that can be cut."""
    own = settings().warehouse
    assert own.url and own.dashboard_url
    by, to = f":{postgres.postgres}/", f":{way.port}/"
    with serving(
        WAREHOUSE__URL=own.url.get_secret_value().replace(by, to),
        WAREHOUSE__DASHBOARD_URL=own.dashboard_url.get_secret_value().replace(by, to),
    ) as address:
        yield address


@pytest.mark.parametrize("was_read", [True, False], ids=["down", "error"])
def test_a_warehouse_that_is_gone_is_told_beside_what_was_read_last(
    browser: Browser, far_house: str, way: Relay, secret: str, was_read: bool
) -> None:
    if was_read:
        with visiting(browser) as context:
            page = context.new_page()
            sign_in(page, far_house, secret)
            for path in PAGES.values():
                page.goto(f"{far_house}{path}")
                expect(page.locator(".yt-footer")).to_be_visible(timeout=PATIENCE)
    way.cut()
    for theme, page in themed(browser, far_house, secret):
        for name, path in PAGES.items():
            page.goto(f"{far_house}{path}")
            expect(page.locator(".yt-footer")).to_be_visible(timeout=PATIENCE)
            words = page.locator(".stMain").inner_text()
            has_figures = was_read and name not in {"operations", "people"}
            told = (
                "The warehouse does not answer" if has_figures else "The warehouse cannot be read"
            )
            assert told in words, name
            assert "make status" in words, name
            expect(page.locator("h1")).to_have_count(1)
            assert (page.locator(".yt-table, .yt-tile").count() > 0) == has_figures, name
            looked_at(page, f"{name}-{'down' if was_read else 'error'}", theme)
