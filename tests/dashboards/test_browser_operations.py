"""Operations in a real browser, against a real warehouse, a local YouTube and a cut of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from ytempire.channels import accounts, grants
from ytempire.channels.accounts import Channel
from ytempire.config import Settings
from ytempire.domain import Format
from ytempire.emulators.youtube.server import running
from ytempire.local.simulated import connect_channels
from ytempire.people import audit, roster
from ytempire.people.roster import Role
from ytempire.runs import artifacts, queue
from ytempire.studio.job import assemble_job
from ytempire.warehouse.database import connect

from tests.dashboards.browsing import (
    IN_CHROMIUM,
    PATIENCE,
    keep,
    sign_in,
    violations,
    visiting,
)
from tests.dashboards.conftest import serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("warehouse"),
    IN_CHROMIUM,
]
SEED = 7
PASSWORD = "correct horse battery"


@contextmanager
def noted(home: Path, name: str, value: object) -> Iterator[None]:
    """A setting as `up` writes it for all processes of the installation."""
    file = home / "local.env"
    before = file.read_text()
    file.write_text(f"{before}\n{name}={value}\n")
    yield
    file.write_text(before)


@pytest.fixture(scope="module")
def youtube(
    configuration: Settings, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The local YouTube of this installation; its address."""
    with running(seed=SEED, state=tmp_path_factory.mktemp("youtube")) as address:
        yield address


@pytest.fixture(scope="module")
def house(youtube: str, home: Path) -> Iterator[str]:
    """The dashboards of an installation whose YouTube is its own; their address."""
    with noted(home, "YTEMPIRE_YOUTUBE__ENDPOINT", youtube), serving() as address:
        yield address


@pytest.fixture
def admin(browser: Browser, house: str, password: str) -> Iterator[Page]:
    """Operations as the admin sees it."""
    with visiting(browser) as context:
        yield opened(context, house, password)


def opened(context: BrowserContext, house: str, password: str, user: str = "admin") -> Page:
    page = context.new_page()
    sign_in(page, f"{house}/operations", password, user)
    expect(page.locator(".yt-footer")).to_be_visible(timeout=PATIENCE)
    return page


def log() -> list[tuple[str, str, str]]:
    with connect() as db:
        return [(row.actor, row.action, row.outcome) for row in reversed(audit.latest(db))]


def consented(page: Page, channel: str, *, allows: bool = True) -> str:
    """What a person does on the consent page that opens; the address where their browser ends."""
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Open the consent page").click()
    consent = opening.value
    consent.get_by_label(channel).check()
    with consent.expect_request(lambda request: "127.0.0.1:8089" in request.url) as ended:
        consent.get_by_role("button", name="Allow" if allows else "Cancel").click()
    address = ended.value.url
    consent.close()
    return address


def begun(page: Page, name: str = "newtide") -> None:
    """The wizard's first step, done."""
    card = page.locator(".st-key-card-connect")
    for label, value in (("Short name", name), ("Title", "New Tide"), ("Niche", "tides")):
        card.get_by_role("textbox", name=label, exact=True).fill(value)
    card.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Step 2 of 3")).to_be_visible()


def test_a_channel_is_connected_in_three_steps(admin: Page) -> None:
    keep(admin, "connect-1-light")
    begun(admin)
    expect(admin.get_by_text("New Tide was added")).to_be_visible()
    keep(admin, "connect-2-light")
    assert violations(admin) == []
    address = consented(admin, "Tidewise")
    admin.get_by_role("textbox", name="Address or code").fill(address)
    admin.get_by_role("button", name="Connect", exact=True).click()
    expect(admin.get_by_text("Step 3 of 3: newtide is connected")).to_be_visible()
    row = admin.get_by_role("region", name="Channels").get_by_role("row", name="New Tide")
    expect(row).to_contain_text("connected")
    expect(row).to_contain_text("SIMULATED")
    keep(admin, "connect-3-light")
    assert violations(admin) == []
    assert grants.grant_of("newtide").refresh_token
    assert accounts.channel("newtide").is_simulated
    assert log()[1:] == [("admin", "channel.connect", "done")] * 2


def test_a_consent_that_says_no_or_is_another_s_connects_nothing(admin: Page) -> None:
    begun(admin)
    no = consented(admin, "Tidewise", allows=False)
    for pasted, said in (
        (no, "was answered with no"),
        ("http://127.0.0.1:8089/?code=x&state=y", "answers another consent"),
        ("nonsense", "used already, is too old, or is of another consent"),
        ("", "Nothing was given"),
    ):
        admin.get_by_role("textbox", name="Address or code").fill(pasted)
        admin.get_by_role("button", name="Connect", exact=True).click()
        expect(admin.get_by_text(said)).to_be_visible()
    admin.get_by_role("button", name="Start again").click()
    expect(admin.get_by_text("Step 1 of 3")).to_be_visible()
    expect(admin.get_by_role("region", name="Channels")).to_contain_text("not connected")
    with connect() as db:
        assert db.execute("select 1 from ops.grants").fetchone() is None


def test_a_video_is_asked_for_once_by_a_double_click_and_stands_in_the_queue(
    browser: Browser, house: str, youtube: str, home: Path
) -> None:
    connect_channels(youtube, SEED)
    with connect() as db:
        roster.add(db, "uma", Role.USER, PASSWORD)
    with visiting(browser) as context:
        page = opened(context, house, PASSWORD, "uma")
        page.get_by_role("button", name="Ask for it").click()
        expect(page.get_by_text("A topic has 1 to 200 characters")).to_be_visible()
        expect(page.locator(".stApp[data-test-script-state=notRunning]")).to_be_visible()
        page.get_by_role("textbox", name="Topic").fill("Why the sea <b>rises</b> at night")
        page.get_by_role("button", name="Ask for it").dblclick()
        expect(page.get_by_text("Asked for: Why the sea <b>rises</b> at night")).to_be_visible()
        table = page.get_by_role("region", name="Queue")
        expect(table).to_contain_text("Why the sea <b>rises</b> at night")
        expect(table).to_contain_text("uma")
        expect(page.get_by_role("textbox", name="Topic")).to_have_value("")
        keep(page, "asked-light")
    [request_id] = queue.waiting()
    assert queue.get(request_id).evidence["signals"]
    # Each click is a row: the second may come while the first is at it, or when its form is gone.
    failed, *done = log()[1:]
    assert failed == ("uma", "request.add", "failed")
    assert set(done) == {("uma", "request.add", "done")}


@pytest.fixture(scope="module")
def cut(home: Path) -> Path:
    """A cut that our own assembler has made: two seconds, with music."""
    folder = home / "cut"
    folder.mkdir()
    for name, colour in (("sea.png", "navy"), ("moon.png", "beige")):
        Image.new("RGB", (540, 960), colour).save(folder / name)
    job = {
        "width": 540,
        "height": 960,
        "scenes": [{"media": "sea.png", "seconds": 1}, {"media": "moon.png", "seconds": 1}],
    }
    (folder / "job.json").write_text(json.dumps(job))
    assemble_job(folder / "job.json", folder / "cut.mp4")
    return folder / "cut.mp4"


@pytest.fixture
def in_review(cut: Path) -> str:
    """A video with its cut that waits for a person; its id."""
    accounts.add(
        Channel(channel_id="tidewise", youtube_channel_id=None, title="Tidewise", niche="sea")
    )
    queue.put(
        queue.Request(
            request_id="r0", channel_id="tidewise", topic="Tides at night", format=Format.SHORT
        )
    )
    video_id = queue.accept("r0")
    queue.move(video_id, "in_review")
    artifacts.save(video_id, "cut", cut)
    with connect() as db:
        db.execute(
            "insert into ops.reviews (review_id, video_id, content, confidence, score, reasons, "
            "features, waits_until) values ('q', %s, 'c', 0.5, 61, "
            "'[\"one claim has no source\"]', '{}', now() + interval '1 day')",
            (video_id,),
        )
    return video_id


def test_a_video_in_review_is_watched(in_review: str, admin: Page) -> None:
    broken: list[str] = []
    admin.on("console", lambda m: broken.append(m.text) if "Content Security" in m.text else None)
    video = admin.locator("video")
    expect(video).to_be_visible()
    video.evaluate("video => { video.muted = true; return video.play() }")
    admin.wait_for_function("document.querySelector('video').currentTime > 0.5")
    size = video.evaluate("video => [video.videoWidth, video.videoHeight, video.duration]")
    assert size[:2] == [540, 960]
    assert size[2] == pytest.approx(2, abs=0.2)
    keep(admin, "review-light")
    assert violations(admin) == []
    assert broken == []
    source = str(video.get_attribute("src"))
    assert source.startswith("/cuts/")
    with visiting(admin.context.browser) as stranger:  # type: ignore[arg-type]
        address = admin.url.split("/operations")[0]
        assert stranger.request.get(f"{address}{source}").status == 401


def test_a_channel_that_is_removed_while_the_page_is_open_is_told(admin: Page) -> None:
    accounts.add(Channel(channel_id="gone", youtube_channel_id=None, title="Gone", niche="sea"))
    pause = admin.get_by_role("button", name="Pause")
    while not pause.is_visible():  # an answer is kept for some seconds
        admin.reload()
        expect(admin.locator(".yt-footer")).to_be_visible(timeout=PATIENCE)
    with connect() as db:
        db.execute("delete from ops.channels where channel_id = 'gone'")
    admin.get_by_role("textbox", name="Reason").fill("late")
    pause.click()
    expect(admin.get_by_text("Nothing was changed")).to_be_visible()
    expect(admin.get_by_text("There is no channel 'gone'")).to_be_visible()
    expect(admin.get_by_text("There is no channel yet; connect the first one")).to_be_visible()
