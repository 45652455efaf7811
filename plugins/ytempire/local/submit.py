"""Starting the run of a request that is in the queue."""

from __future__ import annotations

from ytempire.errors import YTEmpireError
from ytempire.local.airflow_api import AirflowAPI
from ytempire.planning.requests import conf_of, note_of
from ytempire.runs import queue


def submit(request_id: str) -> str:
    """Start the request's run now; returns a sentence for the person.

    When Airflow is down the request keeps its place: the next plan starts it.
    """
    with AirflowAPI.installed() as api:
        try:
            request = queue.get(request_id)
            api.trigger("produce_video", conf_of(request), request_id, note=note_of(request))
        except YTEmpireError as error:
            return f"{request_id} is in the queue; the next plan starts it ({error.message})"
        return f"{request_id} runs: {api.address}/dags/produce_video/runs/{request_id}"
