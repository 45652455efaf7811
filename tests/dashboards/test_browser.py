"""The dashboards in a real browser: what a person sees, at a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect
from ytempire.people import roster
from ytempire.people.roster import Role
from ytempire.warehouse.database import connect

from tests.dashboards.browsing import (
    IN_CHROMIUM,
    PATIENCE,
    SCREENS,
    WIDTHS,
    violations,
)
from tests.dashboards.conftest import serving
from tests.dashboards.marts import HOSTILE_TITLE

#: What is looked at in each width and theme.
PAGES = {
    "overview": "/",
    "overview-other": "/?range=Other",
    "video": "/videos?video=v0003",
    "videos": "/videos?range=90 days",
    "revenue": "/revenue?range=90 days",
    "costs": "/costs?range=90 days",
    "channels": "/channels?range=90 days",
    "customers": "/customers",
    "operations": "/operations",
    "experiments": "/experiments",
    "people": "/people",
}

pytestmark = [
    pytest.mark.slow,
    IN_CHROMIUM,
]
SignedIn = Callable[..., Page]


@pytest.fixture
def signed_in(browser: Browser, server: str, password: str) -> Iterator[SignedIn]:
    """Opens a path as the admin at a width and in a theme; the page has finished drawing."""
    contexts = []

    def open_page(path: str = "/", width: int = 1440, theme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            timezone_id="Asia/Tokyo",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.goto(server + path)
        page.fill("#password", password)
        page.click("button")
        page.wait_for_selector(".yt-footer")
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_a_page_s_address_is_the_first_that_a_server_is_asked_for(
    browser: Browser, filled_marts: None, password: str
) -> None:
    with serving() as address:
        page = browser.new_page()
        page.goto(f"{address}/revenue?range=90 days")
        page.fill("#password", password)
        page.click("button")
        expect(page.locator(".yt-footer")).to_be_visible(timeout=PATIENCE)
        page.close()


def test_a_viewer_sees_no_more_than_a_viewer_may(
    browser: Browser, server: str, warehouse: None
) -> None:
    with connect() as db:
        roster.add(db, "vi", Role.VIEWER, "correct horse battery")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/costs")
    page.fill("#user", "vi")
    page.fill("#password", "correct horse battery")
    page.click("button")
    page.wait_for_selector(".yt-footer", timeout=PATIENCE)
    bar = page.get_by_test_id("stTopNavLink")
    assert "Costs" in bar.all_inner_texts()
    assert "People" not in bar.all_inner_texts()
    page.goto(f"{server}/people")
    closed = page.get_by_role("heading", name="People is closed to a viewer")
    expect(closed).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("table")).to_have_count(0)
    with connect() as db:
        roster.remove(db, "vi")
    page.goto(f"{server}/costs")
    expect(page.locator("#password")).to_be_visible(timeout=PATIENCE)
    context.close()


def test_a_person_whom_the_admin_adds_signs_in(
    signed_in: SignedIn, browser: Browser, server: str, warehouse: None
) -> None:
    page = signed_in("/people")
    page.get_by_label("Name or e-mail address").fill("ada@example.com")
    page.get_by_role("button", name="Add", exact=True).click()
    shown = page.locator(".yt-notice code")
    expect(shown).to_be_visible(timeout=PATIENCE)
    password = shown.inner_text()
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / "people-added-1440-light.png", full_page=True)
    context = browser.new_context()
    theirs = context.new_page()
    theirs.goto(server)
    theirs.fill("#user", "ada@example.com")
    theirs.fill("#password", password)
    theirs.click("button")
    theirs.wait_for_selector(".yt-footer", timeout=PATIENCE)
    context.close()


def test_a_wrong_password_stays_at_the_form(browser: Browser, server: str) -> None:
    page = browser.new_page()
    page.goto(f"{server}/videos")
    page.fill("#password", "guess")
    page.click("button")
    expect(page.get_by_role("alert")).to_have_text("User or password is wrong.")
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_overview_is_drawn_without_asking_elsewhere(
    signed_in: SignedIn, server: str, theme: str
) -> None:
    page = signed_in("/?range=90 days", theme=theme)
    elsewhere: list[str] = []
    broken: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on(
        "console",
        lambda message: broken.append(message.text) if "Content Security" in message.text else None,
    )
    page.reload()
    page.wait_for_selector(".yt-footer")
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(3, timeout=PATIENCE)
    page.wait_for_function(
        "document.querySelectorAll('[data-testid=stVegaLiteChart] :is(svg, canvas)').length >= 3"
    )
    own = (server, server.replace("http", "ws"), "data:", "blob:")
    assert [url for url in elsewhere if not url.startswith(own)] == []
    assert broken == []
    expect(page.locator(".yt-banner")).to_contain_text("PARTLY SIMULATED")
    expect(page.locator(".yt-tile")).to_have_count(6)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_fits_each_screen_and_stops_nobody(
    signed_in: SignedIn, name: str, theme: str
) -> None:
    """No width cuts anything off, and axe finds nothing that would stop a screen reader or a
    keyboard. Pictures of each page at each width are left under `var/screens`, and axe's reports.
    """
    page = signed_in(PAGES[name], theme=theme)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "width => [document.documentElement, document.querySelector('.stMain')]"
            ".every(box => box.scrollWidth <= width)",
            arg=width,
            timeout=PATIENCE,
        )
        height = page.evaluate("document.querySelector('.stMainBlockContainer').scrollHeight")
        page.set_viewport_size({"width": width, "height": min(height + 80, 6000)})
        _await_charts(page)
        page.screenshot(path=SCREENS / f"{name}-{width}-{theme}.png")
        cut = page.evaluate(
            "[...document.querySelectorAll('.stMain h1, .stMain .yt-tile, "
            ".stMain table, .stMain canvas')]"
            ".filter(box => box.getBoundingClientRect().right > innerWidth + 1)"
            ".map(box => box.outerHTML.slice(0, 80))"
        )
        assert cut == [], width
        assert violations(page, SCREENS / f"{name}-{width}-{theme}.axe.json") == [], width


def _await_charts(page: Page) -> None:
    page.wait_for_function(
        "[...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
        ".every(chart => chart.querySelector('svg, canvas'))",
        timeout=PATIENCE,
    )


def test_a_hostile_title_is_read_and_not_run(signed_in: SignedIn) -> None:
    page = signed_in("/videos?video=v0003")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    expect(page.locator("h1.yt-h1")).to_have_text(HOSTILE_TITLE)
    assert dialogs == []
    assert page.title() != "taken"
    assert page.locator("img[src=x]").count() == 0


def test_a_click_on_a_video_leads_to_its_ledger(signed_in: SignedIn) -> None:
    page = signed_in()
    link = page.locator(".st-key-card-top a").first
    title = link.inner_text()
    link.click()
    expect(page.locator("h1.yt-h1")).to_have_text(title, timeout=PATIENCE)
    expect(page.get_by_role("region", name="Ledger of the video")).to_contain_text("Loaded cost")


def test_choosing_a_range_changes_the_address_and_the_page(signed_in: SignedIn) -> None:
    page = signed_in()
    before = page.locator(".yt-about").first.inner_text()
    page.get_by_text("7 days", exact=True).click()
    expect(page.locator(".yt-about").first).not_to_have_text(before, timeout=PATIENCE)
    assert "range=7+days" in page.url


def test_clicks_lead_from_a_month_to_a_line(signed_in: SignedIn) -> None:
    page = signed_in("/costs?range=90 days&by=Provider")
    for region in ("Cost by month", "Cost by channel", "Cost by video"):
        page.get_by_role("region", name=region).get_by_role("link").first.click()
        page.wait_for_selector(".yt-trail")
        expect(page.get_by_role("region", name=region)).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_role("region", name="Ledger lines")).to_be_visible(timeout=PATIENCE)
    assert "by=Provider" in page.url
    shown = page.get_by_role("region", name="Ledger lines").inner_text()
    other = signed_in("/" + page.url.split("/", 3)[3])
    assert other.get_by_role("region", name="Ledger lines").inner_text() == shown


def test_a_table_is_taken_along_as_csv(signed_in: SignedIn) -> None:
    page = signed_in("/customers")
    with page.expect_download(timeout=PATIENCE) as download:
        page.locator(".st-key-csv-customer-sources button").click()
    assert download.value.suggested_filename == "ytempire-customer-sources.csv"
    assert "google_ads" in download.value.path().read_text("utf-8-sig")


def test_a_page_is_taken_along_as_pdf(signed_in: SignedIn) -> None:
    page = signed_in("/revenue?range=90 days")
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name="PDF").click()
    assert re.fullmatch(r"ytempire-revenue-\d{4}-\d\d-\d\d\.pdf", download.value.suggested_filename)
    said = pypdf.PdfReader(download.value.path()).pages[0].extract_text()
    assert page.locator(".yt-tile .value").first.inner_text() in said


def test_a_person_who_is_added_by_a_double_click_has_a_password_that_is_shown(
    signed_in: SignedIn,
) -> None:
    page = signed_in("/people")
    card = page.locator(".st-key-card-add")
    card.get_by_role("textbox").fill("twice")
    card.get_by_role("button", name="Add").dblclick()
    expect(page.get_by_text("twice was added as viewer")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Password, shown this once")).to_be_visible()


def test_signing_out_shows_the_form(signed_in: SignedIn, server: str) -> None:
    page = signed_in()
    page.get_by_role("link", name="Sign out").click()
    page.wait_for_url(f"{server}/login")
    page.goto(server)
    assert page.url == f"{server}/login"
