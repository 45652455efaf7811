"""What Airflow keeps of a video goes by its API; the server on loopback keeps runs as it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from ytempire.errors import ProviderUnavailable, ServiceFailed
from ytempire.local import forgotten
from ytempire.local.airflow_api import AirflowAPI

from tests.unit.local.test_airflow_api import PASSWORD, Handler, Server, serving

DAG = "/api/v2/dags/produce_video/dagRuns"


class Runs(Handler):
    """Lists runs whose configuration's text has a word, in pages, and removes those at rest."""

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path != DAG:
            return super().do_GET()
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        start, limit = int(query["offset"]), min(int(query["limit"]), 2)
        found = [
            run
            for run in self.server.runs.values()
            if query["conf_contains"] in json.dumps(run["conf"], ensure_ascii=False)
        ]
        page = {"dag_runs": found[start : start + limit], "total_entries": len(found)}
        return self.answer(200, page)

    def do_DELETE(self) -> None:
        name = unquote(self.path.removeprefix(f"{DAG}/"))
        run = self.server.runs.get(name)
        if run is None:
            return self.answer(404, {"detail": "The DagRun was not found"})
        if run.get("state") == "running":
            return self.answer(409, {"detail": "cannot be deleted in running state"})
        del self.server.runs[name]
        self.send_response(204)
        self.end_headers()
        return None


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Runs) as made:
        yield made


@pytest.fixture
def api(server: Server) -> Iterator[AirflowAPI]:
    with AirflowAPI(f"http://127.0.0.1:{server.server_port}", PASSWORD) as made:
        for run_id, conf in (
            ("r2", {"request_id": "r2"}),
            *((f"redo/{n}+00:00", {"video_id": "v2", "title": "Eels"}) for n in range(5)),
            ("other", {"video_id": "v20", "request_id": "r20"}),
            ("words", {"topic": "v2", "script": 'not "v2" alone'}),
            ("owned", {"owner": "Zoë"}),
        ):
            made.trigger("produce_video", conf, run_id)
        yield made


def logs_of(home: Path, run_id: str) -> Path:
    folder = home / "airflow" / "logs" / "dag_id=produce_video" / f"run_id={run_id}"
    folder.mkdir(parents=True)
    (folder / "attempt=1.log").write_text("Eels")
    return folder


def test_runs_of_the_names_go_with_their_logs_and_no_others(
    api: AirflowAPI, server: Server, tmp_path: Path
) -> None:
    mine, others = logs_of(tmp_path, "r2"), logs_of(tmp_path, "other")
    told = forgotten.remove_runs(api, tmp_path, ("v2", "r2"), for_good=False)
    assert len(server.runs) == 9 and mine.exists()
    assert forgotten.remove_runs(api, tmp_path, ("v2", "r2"), for_good=True) == told
    # Words of a form are no names: a topic may be anything, also an owner's or a tier's name.
    assert set(server.runs) == {"other", "owned", "words"} and len(told) == 6
    assert not mine.exists() and others.exists()
    assert forgotten.remove_runs(api, tmp_path, ("v2", "r2"), for_good=True) == []


def test_an_owner_s_name_is_found_in_any_script(api: AirflowAPI, tmp_path: Path) -> None:
    assert forgotten.remove_runs(api, tmp_path, ("Zoë",), for_good=True) == ["owned"]


def test_a_run_that_goes_on_is_refused(api: AirflowAPI, server: Server, tmp_path: Path) -> None:
    server.runs["r2"]["state"] = "running"
    with pytest.raises(ServiceFailed, match="running state"):
        forgotten.remove_runs(api, tmp_path, ("r2",), for_good=True)
    assert "r2" in server.runs


def test_without_airflow_nothing_is_begun(tmp_path: Path) -> None:
    with (
        AirflowAPI("http://127.0.0.1:9", PASSWORD) as nobody,
        pytest.raises(ProviderUnavailable, match="--without-airflow"),
    ):
        forgotten.remove_runs(nobody, tmp_path, ("v2",), for_good=True)
