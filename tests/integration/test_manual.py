"""A person publishes a video by hand: nothing else does meanwhile, and only its own id is taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner
from ytempire.channels import accounts, manual, stages
from ytempire.channels.account import Account
from ytempire.channels.metadata import marker_of
from ytempire.channels.upload import open_session, send
from ytempire.cli import app
from ytempire.config import settings
from ytempire.errors import InvalidInput, MustWait, ProviderUnavailable, ReleaseRejected
from ytempire.warehouse.database import connect

from tests.made_videos import CHUNK, beside, made, playable

pytestmark = pytest.mark.slow


@pytest.fixture
def files(youtube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.setenv("YTEMPIRE_YOUTUBE__CHUNK_BYTES", str(CHUNK))
    settings.cache_clear()
    captions = tmp_path / "cut.srt"
    captions.write_text("1\n00:00:00,000 --> 00:00:01,000\nThe sea rises.\n")
    return beside(playable(tmp_path / "cut.mp4"), tmp_path) | {"captions": captions}


def uploaded_by_hand(folder: Path, channel: str = "tidewise") -> str:
    """What a person does in YouTube Studio with what was handed over."""
    account = Account(channel, "test")
    resource = json.loads((folder / "metadata.json").read_text())
    session = open_session(account.data, resource, folder / "video.mp4")
    told = send(account.data, resource, folder / "video.mp4", session, lambda *_: None)
    return str(told["id"])


def states(video_id: str) -> tuple[str, str, str | None]:
    with connect() as db:
        row = db.execute(
            """
            select video.state as video, upload.state as upload, video.youtube_video_id as id
            from ops.videos as video join ops.uploads as upload using (video_id)
            where video_id = %s
            """,
            (video_id,),
        ).fetchone()
    assert row is not None
    return row["video"], row["upload"], row["id"]


def test_a_person_is_given_all_that_an_upload_needs(files, tmp_path: Path) -> None:
    video_id = made("by hand", files)
    handed = manual.hand_over(video_id, tmp_path / "out")
    found = {each.name for each in handed.folder.iterdir()}
    assert found == {"video.mp4", "thumbnail.jpg", "captions.srt", "metadata.txt", "metadata.json"}
    text = (handed.folder / "metadata.txt").read_text()
    for needed in ("About by hand", marker_of(video_id), "made for kids  no", "tidewise"):
        assert needed.lower() in text.lower()
    assert states(video_id) == ("checked", "handed", None)
    assert manual.hand_over(video_id, tmp_path / "again").folder == tmp_path / "again"


def test_the_id_of_the_persons_upload_makes_it_published(files, tmp_path: Path, youtube) -> None:
    video_id = made("by hand", files)
    folder = manual.hand_over(video_id, tmp_path / "out").folder
    with pytest.raises(MustWait, match="person"):
        stages.publish(video_id)
    youtube_id = uploaded_by_hand(folder)
    for given in (youtube_id, f"https://youtu.be/{youtube_id}?si=x"):
        assert manual.record(video_id, given).is_checked
    assert states(video_id) == ("published", "dressed", youtube_id)
    assert stages.publish(video_id) == youtube_id
    assert len(youtube.videos()) == 1


def test_only_the_videos_own_id_is_taken(files, tmp_path: Path) -> None:
    first, second = made("first", files), made("second", files)
    with pytest.raises(InvalidInput, match="not handed over"):
        manual.record(first, "abcdefghijk")
    folder = manual.hand_over(first, tmp_path / "first").folder
    manual.hand_over(second, tmp_path / "second")
    with pytest.raises(InvalidInput, match="no video abcdefghijk"):
        manual.record(first, "abcdefghijk")
    elsewhere = uploaded_by_hand(folder, "ledger-lore")
    with pytest.raises(InvalidInput, match="on the channel"):
        manual.record(first, elsewhere)
    mine = uploaded_by_hand(folder)
    manual.record(first, mine)
    with pytest.raises(InvalidInput, match="another video"):
        manual.record(second, mine)
    with pytest.raises(InvalidInput, match="another id"):
        manual.record(first, uploaded_by_hand(folder))


def test_without_a_grant_the_person_is_believed(files, tmp_path: Path) -> None:
    video_id = made("by hand", files)
    manual.hand_over(video_id, tmp_path / "out")
    accounts.set_state("tidewise", "reauth_required")
    assert not manual.record(video_id, "abcdefghijk").is_checked
    assert states(video_id)[0] == "published"


def test_an_upload_of_ours_that_may_have_ended_is_not_handed_over(
    files, tmp_path: Path, youtube
) -> None:
    ours = made("ours", files)
    stages.publish(ours)
    with pytest.raises(InvalidInput, match="uploaded by itself"):
        manual.hand_over(ours, tmp_path / "ours")
    begun = made("begun", files)
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        stages.publish(begun)
    manual.hand_over(begun, tmp_path / "begun")  # its last bytes have not travelled, nor will they
    assert states(begun) == ("checked", "handed", None)


def test_what_may_not_go_out_is_not_handed_over(files, tmp_path: Path) -> None:
    video_id = made("by hand", files)
    with connect() as db:
        db.execute("delete from ops.releases")
    with pytest.raises(ReleaseRejected):
        manual.hand_over(video_id, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "given",
    [
        "dQw4w9WgXcQ",
        " dQw4w9WgXcQ ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=3",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "https://youtube.com/shorts/dQw4w9WgXcQ",
        "https://studio.youtube.com/video/dQw4w9WgXcQ/edit",
    ],
)
def test_an_id_is_found_in_what_a_person_pastes(given: str) -> None:
    assert manual.id_of(given) == "dQw4w9WgXcQ"


@pytest.mark.parametrize(
    "given", ["", "dQw4w9WgXc", "dQw4w9WgXcQQ", "https://evil.example/watch?v=dQw4w9WgXcQ",
              "https://youtube.com.evil.example/dQw4w9WgXcQ", "https://www.youtube.com/"]
)  # fmt: skip
def test_what_holds_no_id_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="no id"):
        manual.id_of(given)


def test_the_commands_say_what_was_done_and_why(files, tmp_path: Path) -> None:
    run = CliRunner().invoke
    video_id = made("by hand", files)
    published = made("by itself", files)
    handed = run(app, ["publish", "--manual", video_id, "--to", str(tmp_path / "out")])
    assert "metadata.txt" in handed.output
    recorded = run(
        app, ["publish", "--manual", video_id, "--id", uploaded_by_hand(tmp_path / "out")]
    )
    assert "the channel shows it" in recorded.output
    assert "Published:" in run(app, ["publish", published]).output
    why = run(app, ["channel", "why", published])
    assert "it was made for this channel" in why.output
    assert "yes, at once" in why.output
