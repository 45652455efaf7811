"""How often the intervals of forecasts hold: videos that are made by the real stages, their writer,
voice and pictures at local providers; each forecast was made before its stage, and never saw it.
"""

from __future__ import annotations

import multiprocessing
import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from figures import Figure
from warehouse import own_warehouse
from ytempire.config import settings
from ytempire.costs import forecast
from ytempire.warehouse.database import connect

VIDEOS, AT_ONCE, SEED = 120, 2, 7
#: Seconds that videos are to last: of the shortest, so that they are many.
SHORTEST_S, LONGEST_S = 10, 16


def measure() -> Iterator[Figure]:
    """Of all forecasts whose interval was learnt: the share that held."""
    with own_warehouse(), _providers():
        with multiprocessing.get_context("spawn").Pool(AT_ONCE) as pool:
            made = sum(pool.imap_unordered(_make, range(VIDEOS)))
        with connect() as db:
            rows = forecast.calibration(db)
    for row in rows:
        name = "the whole video" if row["stage"] == forecast.WHOLE else row["stage"]
        yield Figure(
            f"forecast: 80 % intervals that held, {name}",
            100 * row["held"] / row["made"],
            "%",
            reference=f"{row['made']} held-out forecasts of {made} videos",
        )
    if not rows:
        return
    held, told = (sum(row[name] for row in rows) for name in ("held", "made"))
    yield Figure(
        "forecast: 80 % intervals that held, all",
        100 * held / told,
        "%",
        goal=75,
        at_most=False,
        reference="75 to 85 % is right",
    )


@contextmanager
def _providers() -> Iterator[None]:
    """The writer, judge and voice on this machine, in the environment that workers inherit."""
    from ytempire.emulators import openai
    from ytempire.emulators.elevenlabs.account import Account
    from ytempire.emulators.elevenlabs.server import application
    from ytempire.emulators.serving import running

    account = Account()
    with ExitStack() as stack:
        model = stack.enter_context(running(openai.build()))
        voice = stack.enter_context(running(application(account)))
        os.environ |= {
            "YTEMPIRE_OPENAI__API_KEY": openai.KEY,
            "YTEMPIRE_OPENAI__BASE_URL": f"{model.address}/v1",
            "YTEMPIRE_ELEVENLABS__API_KEY": account.key,
            "YTEMPIRE_ELEVENLABS__BASE_URL": voice.address,
            "YTEMPIRE_ELEVENLABS__CHARACTERS_PER_DAY": "10000000",
        }
        settings.cache_clear()
        yield


def _make(number: int) -> int:
    """Make a video up to its check; 1, or 0 when its own words or file do not pass."""
    from ytempire.channels.accounts import Channel, add
    from ytempire.domain import Format
    from ytempire.errors import YTEmpireError
    from ytempire.runs import queue
    from ytempire.studio import stages

    chance = random.Random(f"{SEED}|{number}")  # no secret
    channel_id = f"channel-{number}"
    add(Channel(channel_id=channel_id, youtube_channel_id=None, title="Mine", niche="tides"))
    queue.put(
        queue.Request(
            request_id=f"request-{number}",
            channel_id=channel_id,
            topic=f"What moves ocean {number}",
            format=Format.SHORT,
            source="plan",
            evidence={"seconds": chance.uniform(SHORTEST_S, LONGEST_S)},
        )
    )
    video_id = queue.accept(f"request-{number}")
    try:
        for make in (*stages.STAGES.values(), stages.check):
            make(video_id)
    except YTEmpireError:
        return 0
    return 1
