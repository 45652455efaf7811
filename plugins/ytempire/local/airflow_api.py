"""A small client of Airflow's REST API, with a deadline for each whole request."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

import httpx

from ytempire.config import settings
from ytempire.errors import MalformedAnswer, ProviderUnavailable, ServiceFailed
from ytempire.local.airflow_settings import ADMIN
from ytempire.local.installation import airflow_address, load_keys
from ytempire.providers import wire

DEADLINE_S = 60.0
#: Components that `/monitor/health` reports, each by its heartbeat.
COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
Json = dict[str, Any]


#: What a run's configuration calls things by; other values may be any word (`standard`).
NAMING = ("video_id", "request_id", "owner")


@dataclass(frozen=True)
class Pool:
    """A pool's slots and how many nobody holds or is about to; -1: without end."""

    slots: int
    free: int


class AirflowAPI:
    """Airflow at an address.

    Args:
        patience: seconds that it has to accept a connection and for each read.

    Every method raises ProviderUnavailable when it does not answer in time, MalformedAnswer when
    the answer is not JSON, and ServiceFailed when it refuses.
    """

    def __init__(
        self, address: str, password: str, user: str = ADMIN, *, patience: float = 30.0
    ) -> None:
        self.address = address.rstrip("/")
        self._login = {"username": user, "password": password}
        self._client = httpx.Client(
            base_url=self.address, timeout=patience, trust_env=False, verify=wire.trusted()
        )
        self._token = ""

    @classmethod
    def installed(cls) -> Self:
        """Airflow as this installation has it, for its admin."""
        own = settings()
        return cls(airflow_address(own), load_keys(own.home).airflow_password)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *of_an_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def health(self) -> dict[str, bool]:
        """Each component and whether its heartbeat is fresh; needs no login."""
        answer = self._send("GET", "/api/v2/monitor/health", deadline=5.0)
        return {name: (answer.get(name) or {}).get("status") == "healthy" for name in COMPONENTS}

    def trigger(
        self, dag_id: str, conf: Mapping[str, Any], run_id: str, note: str | None = None
    ) -> bool:
        """Start a run, once: a run of this id that exists already is left as it is.

        Args:
            note: what a stranger reads beside the run in the UI.

        Returns:
            Whether this call made it.
        """
        body = {"dag_run_id": run_id, "conf": dict(conf), "logical_date": None, "note": note}
        answer = self._call("POST", f"/api/v2/dags/{dag_id}/dagRuns", body, allowed=(409,))
        return answer.get("dag_run_id") == run_id

    def run_state(self, dag_id: str, run_id: str) -> str | None:
        """`queued`, `running`, `success` or `failed`; None when there is no such run."""
        answer = self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}", allowed=(404,))
        state = answer.get("state")
        return None if state is None else str(state)

    def clear(self, dag_id: str, run_id: str) -> None:
        """Run what failed in a run once more."""
        body = {"dry_run": False, "only_failed": True}
        self._call("POST", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/clear", body)

    def runs(self, dag_id: str, limit: int = 20) -> list[Json]:
        """The newest runs of a DAG, or of all with `~`."""
        query = f"order_by=-run_after&limit={limit}"
        return self._list("dag_runs", f"/api/v2/dags/{dag_id}/dagRuns?{query}")

    def task_instances(self, dag_id: str, run_id: str) -> list[Json]:
        """Every task of a run with its state, try number and times."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit=100"
        return self._list("task_instances", path)

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str = "return_value") -> Any:
        """What a task returned; None when it has not."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/{key}"
        return self._call("GET", f"{path}?deserialize=true", allowed=(404,)).get("value")

    def questions(self) -> list[Json]:
        """What waits for a person's answer: options, subject, body, form and task instance."""
        query = "response_received=false&state=awaiting_input&limit=100"
        return self._list("hitl_details", f"/api/v2/dags/~/dagRuns/~/hitlDetails?{query}")

    def answer(
        self, dag_id: str, run_id: str, task_id: str, option: str, form: Mapping[str, Any]
    ) -> bool:
        """Answer a question; returns whether this was the first answer, which alone counts."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails"
        body = {"chosen_options": [option], "params_input": dict(form)}
        return "responded_at" in self._call("PATCH", path, body, allowed=(409,))

    def dags(self) -> dict[str, bool]:
        """Every DAG that Airflow has read, and whether it is paused."""
        found = self._list("dags", "/api/v2/dags?limit=100")
        return {str(dag["dag_id"]): bool(dag["is_paused"]) for dag in found}

    def resume(self, dag_id: str) -> None:
        """Let a paused DAG run by its schedule: at once, if the last slot was missed."""
        self._call("PATCH", f"/api/v2/dags/{dag_id}?update_mask=is_paused", {"is_paused": False})

    def import_errors(self, since: datetime | None = None) -> dict[str, str]:
        """Files that Airflow could not read (at a look after `since`, UTC), and why."""
        found = self._list("import_errors", "/api/v2/importErrors?limit=100")
        return {
            str(error["filename"]): str(error["stack_trace"])
            for error in found
            if since is None or datetime.fromisoformat(error["timestamp"]) >= since
        }

    def ensure_pool(self, name: str, slots: int, description: str) -> None:
        """Make a pool; one that is there keeps its slots, which a person may have changed."""
        body = {"name": name, "slots": slots, "description": description}
        self._call("POST", "/api/v2/pools", body, allowed=(409,))

    def set_pool(self, name: str, slots: int) -> None:
        """Give a pool another number of slots."""
        body = {"name": name, "slots": slots, "include_deferred": False}
        self._call("PATCH", f"/api/v2/pools/{name}?update_mask=slots", body)

    def end(self, dag_id: str, run_id: str) -> None:
        """End a run as failed; what it has made stays."""
        self._call("PATCH", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}", {"state": "failed"})

    def remove_runs(self, dag_id: str, names: Sequence[str], *, for_good: bool) -> list[str]:
        """Ids of the runs that bear one of the names as their id or in their configuration's NAMING
        keys; removed with tasks, notes, answers and what those returned when it is `for_good`."""
        found = set()
        for name in names:
            if self.run_state(dag_id, quote(name, safe="")) is not None:
                found.add(name)
            # As Postgres writes a value of the configuration out: `v1` is not in `v10`.
            asked = quote(json.dumps(name, ensure_ascii=False), safe="")
            path = f"/api/v2/dags/{dag_id}/dagRuns?limit=100&conf_contains={asked}&offset="
            offset = 0
            while page := self._list("dag_runs", f"{path}{offset}"):
                offset += len(page)
                found |= {run["dag_run_id"] for run in page if name in _named(run)}
        for run_id in sorted(found) if for_good else ():
            path = f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"
            self._call("DELETE", path, allowed=(404,))
        return sorted(found)

    def pools(self) -> dict[str, int]:
        """Each pool and its slots."""
        found = self._list("pools", "/api/v2/pools?limit=100")
        return {str(pool["name"]): int(pool["slots"]) for pool in found}

    def pool(self, name: str) -> Pool:
        """A pool as it is now."""
        path = f"/api/v2/pools/{name}"
        answer = self._call("GET", path)
        try:
            return Pool(int(answer["slots"]), int(answer["open_slots"]))
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedAnswer(f"Airflow answered {path} without its slots.") from error

    def _list(self, name: str, path: str) -> list[Json]:
        found = self._call("GET", path).get(name)
        if not isinstance(found, list):
            raise MalformedAnswer(f"Airflow answered {path} without a list of {name}.")
        return found

    def _call(
        self, method: str, path: str, body: Json | None = None, allowed: tuple[int, ...] = ()
    ) -> Json:
        """One request with our token; a token that ran out is replaced once."""
        if not self._token:
            self._token = self._new_token()
        try:
            return self._send(method, path, body, allowed)
        except _Unauthorized:
            self._token = self._new_token()
            return self._send(method, path, body, allowed)

    def _new_token(self) -> str:
        self._token = ""
        try:
            token = self._send("POST", "/auth/token", self._login).get("access_token")
        except _Unauthorized as error:
            raise ServiceFailed(
                f"Airflow at {self.address} does not accept the password of {ADMIN}.",
                "It was changed, or another Airflow answers there; `make down`, then `make up`.",
            ) from error
        if not isinstance(token, str):
            raise MalformedAnswer("Airflow answered a login without a token.")
        return token

    def _send(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        allowed: tuple[int, ...] = (),
        deadline: float = DEADLINE_S,
    ) -> Json:
        status, content = self._fetch(method, path, body, deadline)
        if status == 401:
            raise _Unauthorized
        if status >= 500:
            raise ProviderUnavailable(f"Airflow answered {status} to {method} {path}.")
        if status == 204:
            return {}
        try:
            answer = json.loads(content)
        except ValueError as error:
            raise MalformedAnswer(
                f"Airflow answered {path} with something else than JSON."
            ) from error
        if status >= 400 and status not in allowed:
            detail = answer.get("detail", answer) if isinstance(answer, dict) else answer
            raise ServiceFailed(f"Airflow refused {method} {path} ({status}): {detail}")
        if not isinstance(answer, dict):
            raise MalformedAnswer(f"Airflow answered {path} with something else than an object.")
        return answer

    def _fetch(
        self, method: str, path: str, body: Json | None, deadline: float
    ) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        end = time.monotonic() + deadline
        chunks = []
        try:
            with self._client.stream(method, path, json=body, headers=headers) as response:
                for chunk in response.iter_bytes():
                    chunks.append(chunk)
                    # httpx's own limit is for each read, so a slow drip would never end.
                    if time.monotonic() > end:
                        raise ProviderUnavailable(f"Airflow took over {deadline:.0f} s for {path}.")
        except httpx.HTTPError as error:
            raise ProviderUnavailable(
                f"Airflow at {self.address} does not answer ({type(error).__name__}).",
                "`make status` shows what runs; `make up` mends it.",
            ) from error
        return response.status_code, b"".join(chunks)


def _named(run: Json) -> set[str]:
    conf = run.get("conf") or {}
    return {str(conf[key]) for key in NAMING if key in conf}


class _Unauthorized(Exception):
    """The token ran out, or its signing key was replaced."""
