"""An experiment goes from its plan to the mart: what has begun, and with what effect."""

from __future__ import annotations

from typing import Any

import pytest
from ytempire.channels import accounts
from ytempire.domain import Format
from ytempire.learning.experiments import plans, results
from ytempire.runs import queue
from ytempire.warehouse import transform
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.usefixtures("warehouse")]
VALUES = {"control": "", "box": "boxed"}


def read(question: str) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(question).fetchall()


def test_what_has_begun_is_in_the_mart_with_its_last_look() -> None:
    accounts.add(
        accounts.Channel(
            channel_id="tidewise",
            youtube_channel_id="UCtide",
            title="Tidewise",
            niche="sea",
            is_simulated=True,
        )
    )
    with connect() as db:
        for name, looks in (("boxed", 1), ("waits", 1), ("called-off", 1)):
            why = "Captions in a box are read longer."
            plans.put(db, plans.of(name, why, "captions", VALUES, units=40, looks=looks), "ada")
        plans.start(db, "boxed", "ada")
        plans.stop(db, "called-off", "ada", "Nobody wants it.")
    for number in range(12):
        queue.put(
            queue.Request(
                request_id=f"r{number}",
                channel_id="tidewise",
                topic=f"Tides {number}",
                format=Format.SHORT,
            )
        )
        queue.accept(f"r{number}")
    assert results.watch() == "boxed: 0 of 40 videos measured"
    with connect() as db:
        db.execute(
            "update ops.experiment_variants set estimate = 0.41, ci_low = 0.07, ci_high = 0.86 "
            "where variant = 'box'"
        )
        plans.finish(db, "boxed", "winner", "Decided.", by=results.JUDGE, winner="box")
    transform.run("run", "--select", "+fct_experiment_variants")
    transform.run("test", "--select", "fct_experiment_variants")
    rows = read("select * from marts.fct_experiment_variants order by place")
    assert [row["experiment_id"] for row in rows] == ["boxed", "boxed"], "the others never began"
    control, box = rows
    assert (control["value"], box["value"]) == (None, "boxed")
    assert control["estimate"] is None
    assert (float(box["estimate"]), box["estimate_unit"]) == (0.41, "share")
    assert control["units"] + box["units"] == 12
    assert (control["is_winner"], box["is_winner"]) == (False, True)
    assert box["decision"] == "winner"
    assert box["channel_id"] is None
    assert box["is_simulated"]
    assert box["is_small_sample"]
