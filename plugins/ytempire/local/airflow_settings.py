"""How Airflow runs on this machine: its whole configuration, as environment variables."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from pathlib import Path

from ytempire.config import REPOSITORY, Ports, digest_of, inherited_environment
from ytempire.local.files import write_private
from ytempire.local.installation import Keys, warehouse_dsn
from ytempire.local.ports import LOOPBACK

ADMIN = "admin"
_CODE = {".py", ".sql", ".css", ".html", ".toml", ".typ", ".yaml"}
#: Slots of each pool and what they bound. `render` leaves a core to the rest of the machine.
POOLS = {
    "gpu": (3, "One slot is one card in use."),
    "render": (max(1, (os.cpu_count() or 2) - 1), "FFmpeg runs: each takes a core and 700 MB."),
    "upload": (2, "Uploads under way."),
}


def airflow_environment(home: Path, keys: Keys, ports: Ports) -> dict[str, str]:
    """What every Airflow process and `airflow` command needs in its environment.

    Args:
        home: the folder of everything this machine keeps; Airflow gets `home/airflow`.
    """
    airflow = home / "airflow"
    dsn = warehouse_dsn(ports.postgres, "airflow", keys.airflow_database, "airflow")
    options = {
        "CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": str((os.cpu_count() or 2) + 1),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__FERNET_KEY": keys.airflow_fernet,
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(airflow / "passwords.json"),
        "CORE__EXECUTION_API_SERVER_URL": f"http://{LOOPBACK}:{ports.airflow}/execution/",
        # The machine's name as it is: looking its domain up can hang without a network.
        "CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "CORE__DAGBAG_IMPORT_TIMEOUT": "120",  # a cold disk and a busy machine take their time
        "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "10",
        "CORE__MAX_ACTIVE_RUNS_PER_DAG": "200",
        "DATABASE__SQL_ALCHEMY_CONN": dsn.replace("postgresql://", "postgresql+psycopg2://"),
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": dsn.replace("postgresql://", "postgresql+asyncpg://"),
        "API__HOST": LOOPBACK,
        "API__PORT": str(ports.airflow),
        "API__BASE_URL": f"http://{LOOPBACK}:{ports.airflow}",
        "API__WORKERS": "1",
        "API__SECRET_KEY": keys.airflow_secret,
        "API__INSTANCE_NAME": "YTEmpire",
        "API_AUTH__JWT_SECRET": keys.airflow_jwt,
        "DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "150",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "120",  # a changed file is read at once anyway
        "DAG_PROCESSOR__STALE_DAG_THRESHOLD": "180",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        # A task outlives a restart of the API server: 1, 2, 4, then every 8 s, some two minutes.
        "WORKERS__EXECUTION_API_RETRIES": "18",
        "WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "8",
        "WORKERS__EXECUTION_API_TIMEOUT": "20",  # all cores may be rendering
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "LOGGING__BASE_LOG_FOLDER": str(airflow / "logs"),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(airflow / "logs" / "parsing"),
        "LOGGING__COLORED_CONSOLE_LOG": "False",
    }
    return {
        **library_environment(home, ports),
        "AIRFLOW_HOME": str(airflow),
        **{f"AIRFLOW__{name}": value for name, value in options.items()},
    }


def library_environment(home: Path, ports: Ports) -> dict[str, str]:
    """What any process needs that uses `ytempire` from this checkout."""
    inherited = inherited_environment()
    paths = [str(REPOSITORY / "plugins"), inherited.get("PYTHONPATH", "")]
    programs = [str(Path(sys.executable).parent), inherited.get("PATH", os.defpath)]
    return {
        "YTEMPIRE_HOME": str(home),
        **{f"YTEMPIRE_PORTS__{name.upper()}": str(port) for name, port in ports},
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PATH": os.pathsep.join(dict.fromkeys(os.pathsep.join(programs).split(os.pathsep))),
        "PYTHONUNBUFFERED": "1",
        "CODE_VERSION": code_version(),  # after an upgrade every service starts anew
        "XDG_RUNTIME_DIR": str(home / "run"),
        "DO_NOT_TRACK": "1",
    }


@cache
def code_version() -> str:
    """Names this checkout's code, with what is read beside it, and its lock."""
    files = [REPOSITORY / "requirements.txt"]
    for folder in ("plugins", "dashboards"):
        files += (p for p in (REPOSITORY / folder).rglob("*") if p.suffix in _CODE)
    return digest_of(REPOSITORY, files)


def write_airflow_home(home: Path, keys: Keys, *, are_schedules_held: bool) -> None:
    """Put the admin's password where Airflow looks, and keep it from writing its own settings.

    Without an `airflow.cfg` the first of its processes to come writes one, with keys of its own,
    and four of them come at once.
    """
    airflow = home / "airflow"
    (airflow / "logs").mkdir(parents=True, exist_ok=True)
    (airflow / "airflow.cfg").write_text(
        "# `make up` passes every setting in the environment\n"
        "# (plugins/ytempire/local/airflow_settings.py), but for this one: it changes when the\n"
        "# first video is out, and none has to start anew for it: no DAG comes without `make up`.\n"
        f"[core]\ndags_are_paused_at_creation = {are_schedules_held}\n"
    )
    write_private(airflow / "passwords.json", json.dumps({ADMIN: keys.airflow_password}))
