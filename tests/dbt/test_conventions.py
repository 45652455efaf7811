"""The dbt project keeps its conventions (dbt/dbt-bouncer.yml), and knows what is built on it."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest
import yaml
from ytempire.config import REPOSITORY
from ytempire.warehouse import transform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

QUERIES = REPOSITORY / "dashboards" / "queries"


def test_every_convention_is_kept(postgres: None, tmp_path: Path) -> None:
    transform.parse()
    config = yaml.safe_load((transform.PROJECT / "dbt-bouncer.yml").read_text())
    file = tmp_path / "dbt-bouncer.yml"
    file.write_text(yaml.safe_dump(config | {"dbt_artifacts_dir": str(transform.target_folder())}))
    bouncer = Path(sysconfig.get_path("scripts")) / "dbt-bouncer"
    done = subprocess.run(
        [bouncer, "run", "--config-file", file],
        cwd=transform.PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_mart_that_the_dashboards_ask_is_below_an_exposure() -> None:
    told = yaml.safe_load((transform.PROJECT / "models" / "_exposures.yml").read_text())
    exposed = {
        name
        for page in told["exposures"]
        for ref in page["depends_on"]
        for name in re.findall(r"ref\('(\w+)'\)", ref)
    }
    asked = {
        name
        for path in QUERIES.glob("*.sql")
        for name in re.findall(r"marts\.(\w+)", path.read_text())
    }
    assert asked == exposed
