"""Airflow's cluster policy, found by its name on PYTHONPATH: whose work comes first.

Pools serve the heaviest task first. A premium video overtakes every waiting standard one, and
within a tier what is nearer to its end goes before what has not begun.
"""

__all__ = ["task_instance_mutation_hook"]

#: More than all tasks of a run together weigh.
TIER_WEIGHT = {"premium": 2000, "standard": 1000, "economy": 0}


def task_instance_mutation_hook(task_instance, dag_run=None):
    """Add the tier's weight to a video's task; `dag_run` is None in early constructions."""
    if task_instance.dag_id != "produce_video" or dag_run is None:
        return
    tier = (dag_run.conf or {}).get("priority", "standard")
    task_instance.priority_weight += TIER_WEIGHT.get(tier, TIER_WEIGHT["standard"])
