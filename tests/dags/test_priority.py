"""The cluster policy: a premium video's tasks outweigh every waiting standard one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from airflow_local_settings import task_instance_mutation_hook


def weight(conf: dict | None, dag_id: str = "produce_video", own: int = 5) -> int:
    instance = SimpleNamespace(dag_id=dag_id, priority_weight=own)
    run = None if conf is None else SimpleNamespace(conf=conf)
    task_instance_mutation_hook(instance, dag_run=run)
    return instance.priority_weight


def test_the_first_task_of_a_premium_video_beats_the_last_of_a_standard_one() -> None:
    assert weight({"priority": "premium"}, own=1) > weight({"priority": "standard"}, own=50)
    assert weight({"priority": "standard"}, own=1) > weight({"priority": "economy"}, own=50)


def test_within_a_tier_what_is_nearer_to_its_end_goes_first() -> None:
    assert weight({"priority": "standard"}, own=7) > weight({"priority": "standard"}, own=2)


@pytest.mark.parametrize("conf", [{}, {"priority": "unheard-of"}])
def test_a_run_without_a_known_tier_is_a_standard_one(conf: dict) -> None:
    assert weight(conf) == weight({"priority": "standard"})


def test_other_dags_and_unbound_instances_keep_their_weight() -> None:
    assert weight({"priority": "premium"}, dag_id="pull_youtube") == 5
    assert weight(None) == 5
