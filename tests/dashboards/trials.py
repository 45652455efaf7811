"""Experiments for the marts of a test: one runs, one was won, one is broken, one imported."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg

from tests.dashboards.insert import insert


def fill(connection: psycopg.Connection[Any], now: datetime) -> None:
    """Two variants of each, and three of the newest experiment, which is first."""
    boxed = _pair(
        "boxed-captions", "Captions in a box are read longer.", "captions", "boxed",
        now - timedelta(days=20), decision="running", measured_units=22, units=61,
        reached_looks=0, is_small_sample=True,
    )  # fmt: skip
    insert(
        connection,
        "fct_experiment_variants",
        [
            *boxed,
            boxed[1] | {"variant": "karaoke", "place": 2, "value": "karaoke"},
            *_pair(
                "faster-voice", "A faster voice keeps viewers <b>longer</b>.", "pace", "190",
                now - timedelta(days=90), decision="winner", reason="Decided at look 2 of 3.",
                reached_looks=2, told=("0.412", "0.071", "0.861"), is_won=True,
            ),
            *_pair(
                "slower-voice", "A slower voice costs more.", "pace", "130",
                now - timedelta(days=95), outcome="loaded_cost", estimate_unit="usd",
                decision="no difference", told=("0.0021", "-0.0043", "0.0085"), reached_looks=3,
                reason="Decided at look 3 of 3. 20 of 240 videos are missing.",
            ),
            *_pair(
                "paper-ground", "Paper looks calmer.", "texture", "paper",
                now - timedelta(days=120), decision="broken", reached_looks=0, measured_units=12,
                is_small_sample=True, srm_p=0.0001,
                reason="The variants' videos (61 and 22) are not in the planned ratio.",
            ),
            *_pair(
                "youtube-v0003-thumbnail", "Another thumbnail is watched longer.", "thumbnail",
                None, now - timedelta(days=130), kind="imported", outcome="watch_time_share",
                decision="winner", told=("0.212", None, None), is_won=True, units=0,
                measured_units=0, planned_units=None, planned_looks=None, channel_id="orbital",
                reason="As YouTube's Test & Compare told it.",
            ),
        ],
    )  # fmt: skip


def _pair(
    name: str,
    hypothesis: str,
    varied: str,
    value: str | None,
    began: datetime,
    *,
    told: tuple[str | None, ...] = (None, None, None),
    is_won: bool = False,
    **rest: Any,
) -> list[dict[str, Any]]:
    about = {
        "experiment_id": name, "kind": "setting", "hypothesis": hypothesis, "varied": varied,
        "share": Decimal("0.5"), "outcome": "views_7d", "units": 82, "measured_units": 80,
        "planned_units": 240, "planned_looks": 3, "reached_looks": 1, "estimate_unit": "share",
        "srm_p": 0.7, "reason": "", "is_small_sample": False, "started_at": began,
        "is_simulated": True, "is_winner": False, **rest,
    }  # fmt: skip
    figures = [None if each is None else Decimal(each) for each in told]
    return [
        about | {"variant": "control", "place": 0, "is_control": True},
        about | {"variant": "variant", "place": 1, "is_control": False, "value": value,
                 "is_winner": is_won, "estimate": figures[0], "ci_low": figures[1],
                 "ci_high": figures[2]},
    ]  # fmt: skip
