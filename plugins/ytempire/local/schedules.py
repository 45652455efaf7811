"""When schedules begin: on a fresh installation, once its first video is out.

Whatever is due at that hour (a plan of new videos, the nightly run) would share the machine with
the first video, which then takes twice as long.
"""

from __future__ import annotations

from pathlib import Path

from ytempire.local.airflow_api import AirflowAPI


def hold(home: Path) -> None:
    """From now on a DAG that is new to Airflow waits, paused."""
    marker = _marker(home)
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()


def are_held(home: Path) -> bool:
    """Whether DAGs wait for `begin`."""
    return _marker(home).exists()


def begin(home: Path, api: AirflowAPI) -> None:
    """Let every DAG that waits run by its schedule; what a person pauses later stays paused."""
    if not are_held(home):
        return
    for dag_id, is_paused in api.dags().items():
        if is_paused:
            api.resume(dag_id)
    _marker(home).unlink()


def _marker(home: Path) -> Path:
    return home / "airflow" / "schedules-wait"
