"""The semantic layer: metrics by name, by MetricFlow over the marts (`dbt/models/semantic`)."""

from __future__ import annotations

import subprocess
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from ytempire.config import inherited_environment, settings
from ytempire.errors import InvalidInput
from ytempire.warehouse import transform

#: Seconds after which a query is given up.
DEADLINE_S = 120


def query(
    metrics: Sequence[str],
    *,
    first: str | None = None,
    last: str | None = None,
    by: Sequence[str] = (),
) -> str:
    """What metrics were, as CSV with a header.

    Args:
        metrics: their names, as `mf list metrics` shows them.
        first, last: days (YYYY-MM-DD) that bound the period, both in it; unset, all that there is.
        by: dimensions, such as `metric_time__month` or `cost_line__provider`.

    Raises:
        InvalidInput: there is no such metric or dimension; MetricFlow's own words say what is near.
    """
    arguments = ["query", "--metrics", ",".join(metrics), "--quiet"]
    for name, value in (
        ("--start-time", first),
        ("--end-time", last),
        ("--group-by", ",".join(by)),
    ):
        if value:
            arguments += [name, value]
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.csv"
        _run([*arguments, "--csv", str(answer)])
        return answer.read_text(encoding="utf-8")


def known() -> list[tuple[str, str]]:
    """Every metric by name, with what it is."""
    files = sorted((transform.PROJECT / "models" / "semantic").glob("*.yml"))
    told = [yaml.safe_load(path.read_text(encoding="utf-8")).get("metrics", []) for path in files]
    return sorted((metric["name"], metric["description"]) for part in told for metric in part)


def _project() -> Path:
    """A folder in which MetricFlow finds the project as it wants it: what was built beside it, in
    `target`, which is ours to have elsewhere."""
    folder = settings().home / "dbt" / "project"
    folder.mkdir(parents=True, exist_ok=True)
    parts = {path.name: path for path in transform.PROJECT.iterdir()}
    for name, path in (parts | {"target": transform.target_folder()}).items():
        link = folder / name
        if not link.is_symlink() or link.readlink() != path:
            link.unlink(missing_ok=True)
            link.symlink_to(path)
    return folder


def _run(arguments: Sequence[str]) -> None:
    project = _project()
    done = subprocess.run(
        [Path(sysconfig.get_path("scripts")) / "mf", *arguments],
        cwd=project,
        env={
            **inherited_environment(),
            **transform.environment(),
            "DBT_PROJECT_DIR": str(project),
        },
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    if done.returncode:
        raise InvalidInput(
            "The semantic layer has no answer:\n"
            + "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:]),
            "`ytempire metrics` lists what there is.",
        )
