"""Where a thing of the dashboards is seen elsewhere."""

from __future__ import annotations

from urllib.parse import quote

from ytempire.config import settings
from ytempire.local.installation import airflow_address


def airflow_run(request_id: str) -> str:
    """The address of a request's run of `produce_video` in Airflow's UI."""
    run = quote(request_id, safe="")
    return f"{airflow_address(settings())}/dags/produce_video/runs/{run}"
