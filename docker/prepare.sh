#!/usr/bin/env bash
# Before anything else starts: tables, roles, pools, the admin's password. The same again is fine.
set -euo pipefail

airflow db migrate
airflow pools set gpu 3 "One slot is one card in use."
airflow pools set render "${WORKER_CONCURRENCY:-3}" "FFmpeg runs: each takes a core and 700 MB."
airflow pools set upload 2 "Uploads under way."

python - <<'PYTHON'
import json
import os
from pathlib import Path

from ytempire.local.files import write_private
from ytempire.warehouse.database import connect
from ytempire.warehouse.migrate import migrate
from ytempire.warehouse.roles import ensure

migrate()
with connect() as db:
    ensure(db)
passwords = Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
write_private(passwords, json.dumps({"admin": os.environ["AIRFLOW_ADMIN_PASSWORD"]}))
PYTHON
