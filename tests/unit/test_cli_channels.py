"""The channel commands as a person types them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from cryptography.fernet import Fernet
from typer.testing import CliRunner
from ytempire.channels import accounts, events
from ytempire.cli import app
from ytempire.config import settings
from ytempire.errors import InvalidInput
from ytempire.local.installation import load_keys
from ytempire.providers.youtube.client import Grant

pytestmark = pytest.mark.slow

Run = Callable[..., str]


@pytest.fixture
def run(warehouse: None) -> Run:
    """Runs `ytempire channel …` and gives what it printed; an error is raised as it is."""

    def type_(*words: str) -> str:
        result: Result = CliRunner().invoke(
            app, ["channel", *words], catch_exceptions=False, env={"COLUMNS": "80"}
        )
        assert result.exit_code == 0, result.output
        return result.output

    return type_


@pytest.fixture
def mine(run: Run, tmp_path: Path) -> Path:
    """A channel from the template, with its file."""
    file = tmp_path / "mine.yaml"
    run("template", "explainer", "--out", str(file))
    run("apply", str(file))
    return file


def test_from_a_template_to_a_channel_and_back(run: Run, mine: Path, tmp_path: Path) -> None:
    shown = tmp_path / "shown.yaml"
    shown.write_text(run("show", "my-explainer"), encoding="utf-8")
    assert "is like that already" in run("apply", str(shown))
    shown.write_text(shown.read_text().replace("per_day: 2", "per_day: 3"))
    assert "pacing.per_day: 2 -> 3" in run("apply", str(shown))


def test_posting_times_that_do_not_count_are_said(run: Run, mine: Path) -> None:
    assert "its videos are private" in " ".join(run("apply", str(mine)).split())
    mine.write_text(mine.read_text().replace("  privacy: ", "  privacy: public"))
    assert "do not count" not in run("apply", str(mine))


def test_a_template_never_overwrites_a_file(run: Run, mine: Path) -> None:
    mine.write_text("mine: yes")
    with pytest.raises(InvalidInput, match="File exists"):
        run("template", "explainer", "--out", str(mine))
    assert mine.read_text() == "mine: yes"


def test_the_list_fits_a_narrow_terminal_and_says_what_is_so(run: Run, mine: Path) -> None:
    assert run("pause", "my-explainer", "--reason", "Holidays.") == "my-explainer is paused.\n"
    lines = run("list").splitlines()
    assert max(map(len, lines)) <= 80
    [line] = [each for each in lines if "my-explainer" in each]
    assert "paused" in line
    assert "0 of 2" in line
    assert run("resume", "my-explainer") == "my-explainer is active.\n"


def test_health_says_what_each_part_rests_on(run: Run, mine: Path) -> None:
    events.note("my-explainer", "publish_failed", "warning", "YouTube refused the video [a] title.")
    said = " ".join(run("health", "my-explainer").split())
    assert "it is not connected" in said
    assert "1 failed publication in 7 days, the last within the hour" in said
    assert "YouTube refused the video [a] title." in said


@pytest.fixture
def connected(mine: Path) -> Iterator[str]:
    settings.cache_clear()
    accounts.connect_grant(
        "my-explainer", Grant(refresh_token="secret", client_id="id", client_secret="s")
    )
    yield "my-explainer"
    settings.cache_clear()


def test_a_new_key_is_added_here_and_the_grants_move_to_it(
    run: Run, connected: str, home: Path
) -> None:
    before = load_keys(home).grant_key
    assert "rotate-keys" in run("new-key")
    fresh = load_keys(home).grant_key.split(",")
    assert fresh[1:] == before.split(",")
    assert settings().secrets.grant_keys
    assert settings().secrets.grant_keys.get_secret_value() == ",".join(fresh)
    assert "Sealed anew: 1." in run("rotate-keys")
    assert "Sealed anew: 0. Were so already: 1." in run("rotate-keys")
    assert accounts.grant_of(connected).refresh_token == "secret"


def test_keys_that_a_person_keeps_are_left_to_them(
    run: Run, mine: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_keys(home).grant_key
    monkeypatch.setenv("YTEMPIRE_SECRETS__GRANT_KEYS", Fernet.generate_key().decode())
    settings.cache_clear()
    said = run("new-key")
    assert "YTEMPIRE_SECRETS__GRANT_KEYS" in said
    assert load_keys(home).grant_key == before
    assert any(Fernet(word.encode()) for word in said.split() if len(word) == 44)
    monkeypatch.undo()
    settings.cache_clear()
