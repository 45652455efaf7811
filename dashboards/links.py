"""Where a thing of the dashboards is seen elsewhere."""

from __future__ import annotations

from urllib.parse import quote

from ytempire.config import settings
from ytempire.local.installation import kept_ports
from ytempire.local.ports import LOOPBACK


def airflow_run(request_id: str) -> str:
    """The address of a request's run of `produce_video` in Airflow's UI."""
    own = settings()
    port = kept_ports(own.home).get("airflow", own.ports.airflow)
    return f"http://{LOOPBACK}:{port}/dags/produce_video/runs/{quote(request_id, safe='')}"
