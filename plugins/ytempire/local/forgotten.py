"""What Airflow keeps of a video that is forgotten: its runs, and this machine's logs of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ytempire.errors import ProviderUnavailable
from ytempire.local.airflow_api import AirflowAPI

_DAG = "produce_video"


def remove_runs(api: AirflowAPI, home: Path, names: Sequence[str], *, for_good: bool) -> list[str]:
    """Remove the runs that bear one of the names, with tasks, notes, answers, XComs and logs.

    Args:
        home: of this installation; its logs lie there, and other machines' do not.
        names: a video, its request; or names of owners.
        for_good: else they stay, and are only told.

    Raises:
        ProviderUnavailable: Airflow does not answer.
        ServiceFailed: one of them still runs.
    """
    try:
        found = api.remove_runs(_DAG, names, for_good=for_good)
    except ProviderUnavailable as error:
        raise ProviderUnavailable(
            f"{error.message} Its runs name what is to be forgotten; nothing was changed.",
            "Start it (`make up`), or leave them to you with --without-airflow.",
        ) from error
    for run_id in found if for_good else ():
        logs = home / "airflow" / "logs" / f"dag_id={_DAG}"
        place = logs / f"run_id={run_id}"
        if place.parent == logs:
            shutil.rmtree(place, ignore_errors=True)
    return found
