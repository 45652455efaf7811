"""Where a thing of the dashboards is seen elsewhere."""

from __future__ import annotations

import time
from functools import lru_cache
from urllib.parse import quote

from ytempire.config import settings
from ytempire.local.installation import airflow_address

#: Seconds for which Airflow's address is believed: it moves when `make up` finds its port taken.
BELIEVED_SECONDS = 60


def airflow_run(request_id: str) -> str:
    """The address of a request's run of `produce_video` in Airflow's UI."""
    run = quote(request_id, safe="")
    return f"{_airflow(int(time.monotonic() / BELIEVED_SECONDS))}/dags/produce_video/runs/{run}"


@lru_cache(maxsize=1)
def _airflow(_: int) -> str:
    return airflow_address(settings())
