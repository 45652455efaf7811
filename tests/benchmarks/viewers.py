"""People at the dashboards: a browser's first chart and its filters, and many sessions at once.

The many speak Streamlit's own protocol without a browser: twenty of those would measure this
machine's browsers and not the server.
"""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import httpx

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

#: Addresses of pages of figures, and what is clicked on each in turn; the first is the Overview's.
BY_RANGE = dict.fromkeys(
    ("", "revenue", "costs", "channels", "videos"), ("90 days", "7 days", "Year", "28 days")
)
CLICKS = {**BY_RANGE, "customers": ("6 months", "24 months", "12 months")}
#: What many look at at once.
PAGES = (*CLICKS, "operations")
COOKIE = "ytempire_session"
#: Milliseconds after which a browser gives up.
PATIENCE_MS = 60_000
_CHART = '[data-testid="stVegaLiteChart"] canvas, [data-testid="stVegaLiteChart"] svg'
_AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"


def sign_in(address: str, password: str) -> str:
    """The cookie of a session of the admin."""
    form = {"user": "admin", "password": password}
    answer = httpx.post(f"{address}/login", data=form, headers={"Origin": address})
    return answer.cookies[COOKIE]


def chromium() -> str | None:
    """The browser of this machine, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browsing(address: str, cookie: str) -> Iterator[Page]:
    """A page of a real browser, signed in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])
        try:
            yield context.new_page()
        finally:
            browser.close()


def first_charts(page: Page, address: str, times: int) -> list[float]:
    """Seconds from the address to the first drawn chart, each time a new session."""
    took = []
    for _ in range(times):
        page.goto("about:blank")
        began = time.monotonic()
        page.goto(f"{address}/", wait_until="commit")
        page.wait_for_selector(_CHART, state="visible")
        took.append(time.monotonic() - began)
        page.wait_for_selector(_AT_REST)
    return took


def filters(page: Page, address: str, rounds: int) -> dict[str, list[float]]:
    """Seconds from a click on a range to the page of it, all of it there, by page and range."""
    took: dict[str, list[float]] = {}
    for name, choices in CLICKS.items():
        _open(page, f"{address}/{name}")
        for chosen in choices * rounds:
            button = page.get_by_role("radio", name=chosen).or_(
                page.get_by_role("button", name=chosen, exact=True)
            )
            seconds = _updated(page, button.first, ".yt-about")
            took.setdefault(f"{name or 'overview'}, {chosen}", []).append(seconds)
    return took


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".yt-footer")
    page.wait_for_selector(_AT_REST)


def _updated(page: Page, control: Locator, told: str) -> float:
    """Seconds from a click until the first element that a selector finds says something else, and
    all of the page is there."""
    before = page.locator(told).first.inner_text()
    began = time.monotonic()
    control.click()
    page.wait_for_function(
        "([told, before]) => {"
        " const found = document.querySelector(told);"
        " return found && found.innerText !== before; }",
        arg=[told, before],
    )
    page.wait_for_selector(_AT_REST)
    return time.monotonic() - began


def documents(page: Page, address: str, rounds: int) -> dict[str, list[float]]:
    """Seconds from the click on PDF to the whole document, by page."""
    took: dict[str, list[float]] = {}
    for name in CLICKS:
        _open(page, f"{address}/{name}")
        for _ in range(rounds):
            began = time.monotonic()
            with page.expect_download() as download:
                page.get_by_role("button", name="PDF").click()
            download.value.path()
            took.setdefault(name, []).append(time.monotonic() - began)
    return took


def crowd(address: str, cookie: str, people: int, looks: int, thinking_s: float) -> list[float]:
    """Seconds that each look of each of the people took; they think between two of them.

    Args:
        looks: how many each of them takes, at another page or another range.
        thinking_s: seconds on average.
    """
    took: list[float] = []
    troubles: list[BaseException] = []

    def person(seed: int) -> None:
        draw = random.Random(seed)
        try:
            with _session(address, cookie) as look:
                for _ in range(looks):
                    time.sleep(draw.expovariate(1 / thinking_s))
                    name = draw.choice(PAGES)
                    took.append(look(name, **_choices(draw, name)))
        except Exception as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=person, args=(seed,)) for seed in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]
    return took


def _choices(draw: random.Random, page: str) -> dict[str, str]:
    if page == "operations":
        return {}
    return {"months" if page == "customers" else "range": draw.choice(CLICKS[page])}


class _Look:
    """One session of the dashboards; calling it shows a page and says how long that took."""

    def __init__(self, socket: object) -> None:
        self._socket = socket

    def __call__(self, page: str, **choices: str) -> float:
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = urlencode(choices)
        began = time.monotonic()
        self._socket.send(asked.SerializeToString())  # type: ignore[attr-defined]
        while True:
            told = ForwardMsg()
            told.ParseFromString(self._socket.recv(timeout=60))  # type: ignore[attr-defined]
            if told.WhichOneof("type") == "script_finished":
                assert told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                return time.monotonic() - began


@contextmanager
def _session(address: str, cookie: str) -> Iterator[_Look]:
    from websockets.sync.client import connect

    host = urlsplit(address).netloc
    with connect(
        f"ws://{host}/_stcore/stream",
        additional_headers={"Cookie": f"{COOKIE}={cookie}"},
        origin=address,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None,
    ) as socket:
        yield _Look(socket)
