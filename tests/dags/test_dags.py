"""The DAGs load, are named and tagged by the rules, and hang together by assets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAGS = {
    "guard_channels",
    "maintain_platform",
    "plan_content",
    "produce_video",
    "pull_business",
    "pull_youtube",
    "refresh_warehouse",
    "watch_business",
}

#: Read in a process and home of their own: Airflow settles its configuration at import.
READ = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

bag = DagBag(sys.argv[1], load_op_links=False)
found = {}
for dag_id, dag in bag.dags.items():
    DagSerialization.from_dict(DagSerialization.to_dict(dag))
    found[dag_id] = {
        "tags": sorted(dag.tags),
        "doc": dag.doc_md,
        "catchup": dag.catchup,
        "timetable": type(dag.timetable).__name__,
        "runs": dag.max_active_runs,
        "params": sorted(dag.params),
        "tasks": {
            task.task_id: {
                "kind": task.task_type,
                "pool": task.pool,
                "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
                "retries": task.retries,
                "policy": type(getattr(task, "retry_policy", None)).__name__,
                "upstream": sorted(task.upstream_task_ids),
                "outlets": [outlet.uri for outlet in task.outlets],
            }
            for task in dag.tasks
        },
    }
errors = {str(file): error for file, error in bag.import_errors.items()}
from ytempire.airflow import _answered_by, REQUEST_FORM, REVIEW_FORM, TAGS, Patience
from ytempire.errors import KeyRejected, ProviderUnavailable, SomeFailed

def failed(kind, asked):
    error = kind("no")
    error.retry_after_s = asked
    return error

def decided(error):
    found = Patience().evaluate(error, 1, 3)
    return found.action.value, found.retry_delay and found.retry_delay.total_seconds()

busy, down = failed(ProviderUnavailable, 90), failed(ProviderUnavailable, None)
shut = failed(KeyRejected, 900)

def is_owner(given):
    try:
        return REQUEST_FORM["owner"].resolve(given) == given
    except Exception:
        return False

print("FOUND" + json.dumps({
    "dags": found, "errors": errors, "tags": sorted(TAGS),
    "waits": [decided(failed(ProviderUnavailable, asked)) for asked in (None, 1, 900, 90000)],
    "owners": [is_owner(given) for given in ("house", "Ada's", "", "a" * 101, "<b>", None)],
    "never": decided(shut),
    "several": [
        decided(SomeFailed(dict(zip("ab", each)), 9, "accounts"))
        for each in ((busy, down), (down, down), (busy, shut))
    ],
    "unknown": decided(KeyError("a fault of the code")),
    "by": [
        _answered_by(login, {"by": name})
        for login in (None, {"name": "admin"}) for name in (None, "", "uma")
    ],
    "choices": {name: param.schema.get("enum") for name, param in REVIEW_FORM.items()},
}))
"""


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> dict:
    home = tmp_path_factory.mktemp("airflow")
    environment = os.environ | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": str(ROOT / "plugins"),
    }
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ, str(ROOT / "dags")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    lines = [line for line in answer.stdout.splitlines() if line.startswith("FOUND")]
    assert lines, f"The DAGs could not be read:\n{answer.stderr[-3000:]}"
    return json.loads(lines[0].removeprefix("FOUND"))


def test_every_file_is_one_dag_of_its_name(bag: dict) -> None:
    assert bag["errors"] == {}
    assert set(bag["dags"]) == DAGS == {path.stem for path in (ROOT / "dags").glob("*.py")}


@pytest.mark.parametrize("dag_id", sorted(DAGS))
def test_a_dag_explains_itself_and_retries_by_the_policy(bag: dict, dag_id: str) -> None:
    dag = bag["dags"][dag_id]
    assert "*Triage:*" in dag["doc"], f"{dag_id}: say in its docstring what a person on call does"
    assert dag["catchup"] is False
    assert set(dag["tags"]) <= set(bag["tags"]), f"{dag_id}: tags come from ytempire.airflow.TAGS"
    for name, task in dag["tasks"].items():
        assert task["retries"] == 3, f"{dag_id}.{name}: use default_args=RETRY_TRANSIENT"
        assert task["policy"] == "Patience", f"{dag_id}.{name}"


def test_a_provider_that_says_when_it_will_serve_again_is_heeded(bag: dict) -> None:
    assert bag["waits"] == [["retry", None], ["retry", 15], ["retry", 900], ["retry", 7200]]
    assert bag["never"] == ["fail", None], "a person must mend it, whenever"
    assert bag["unknown"] == ["default", None]


def test_several_that_failed_are_tried_again_when_each_of_them_may_pass(bag: dict) -> None:
    assert bag["several"] == [["retry", 90], ["retry", None], ["fail", None]]


def test_a_choice_of_the_review_form_may_be_left_empty(bag: dict) -> None:
    for name in ("thumbnail", "stage"):
        assert {None, ""} < set(bag["choices"][name])


def test_an_answer_bears_the_name_that_was_given_and_the_login(bag: dict) -> None:
    assert bag["by"] == [None, None, None, "admin", "admin", "uma (admin)"]


def test_the_request_form_asks_what_the_command_asks(bag: dict) -> None:
    asked = {"channel", "niche", "owner", "topic", "script", "format", "priority"}
    assert asked < set(bag["dags"]["produce_video"]["params"])
    assert bag["owners"] == [True, True, False, False, False, False]


def test_a_video_goes_through_its_stages_in_their_pools(bag: dict) -> None:
    tasks = bag["dags"]["produce_video"]["tasks"]
    assert tasks["paint"]["pool"] == "gpu"
    assert tasks["assemble"]["pool"] == "render"
    assert tasks["publish"]["pool"] == "upload"
    assert {"narrate", "paint"} <= set(tasks["assemble"]["upstream"])
    assert {"check", "review"} <= set(tasks["publish"]["upstream"]), "nothing goes out unchecked"
    assert tasks["publish"]["kind"] == "Publish", "a wait holds no worker"
    assert tasks["publish"]["trigger_rule"] == "none_failed_min_one_success"
    assert "narrate" not in tasks["paint"]["upstream"], "they run side by side"


def test_a_failed_video_is_a_red_run(bag: dict) -> None:
    # A run takes its state from its leaves: one of them must fail with the publication.
    tasks = bag["dags"]["produce_video"]["tasks"]
    inner = {name for task in tasks.values() for name in task["upstream"]}
    assert set(tasks) - inner == {"mark_failed", "redo", "done"}
    assert tasks["done"]["upstream"] == ["publish"]
    assert tasks["done"]["trigger_rule"] == "all_success"


def test_the_warehouse_follows_the_data_not_a_clock(bag: dict) -> None:
    dags = bag["dags"]
    assert "Asset" in dags["refresh_warehouse"]["timetable"]
    assert dags["pull_youtube"]["tasks"]["landed"]["outlets"] == ["ytempire://raw/youtube"]
    assert dags["pull_business"]["tasks"]["landed"]["outlets"] == ["ytempire://raw/business"]
    assert dags["pull_youtube"]["timetable"] == "CronDataIntervalTimetable"
    assert dags["plan_content"]["timetable"] == "CronTriggerTimetable"


def test_alerts_are_told_after_they_were_looked_for(bag: dict) -> None:
    tasks = bag["dags"]["watch_business"]["tasks"]
    assert tasks["tell"]["upstream"] == ["look"]
    assert bag["dags"]["watch_business"]["runs"] == 1
    assert {"compare_bills", "find_savings", "judge_experiments"} <= set(tasks)


def test_a_pull_can_be_asked_for_a_channel_and_a_range_of_days(bag: dict) -> None:
    pull = bag["dags"]["pull_youtube"]
    assert pull["params"] == ["channel", "end", "start"]
    assert pull["runs"] == 1, "two pulls of one channel would ask twice"


def test_a_source_of_the_business_that_breaks_stops_no_other(bag: dict) -> None:
    pull = bag["dags"]["pull_business"]
    sources = {name for name in pull["tasks"] if name.startswith("pull_")}
    assert len(sources) == 5
    assert all(pull["tasks"][name]["upstream"] == [] for name in sources)
    assert set(pull["tasks"]["landed"]["upstream"]) == sources
    assert pull["tasks"]["landed"]["trigger_rule"] == "all_done_min_one_success"
    assert set(pull["tasks"]["all_landed"]["upstream"]) == sources, "a broken source is a red run"
    assert pull["tasks"]["all_landed"]["trigger_rule"] == "all_success"
    assert (pull["params"], pull["runs"]) == (["end", "start"], 1)
