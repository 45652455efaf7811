"""The client against a server on loopback that answers as Airflow does, and as it should not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ytempire.errors import MalformedAnswer, ProviderUnavailable, ServiceFailed
from ytempire.local import schedules
from ytempire.local.airflow_api import AirflowAPI, Pool

PASSWORD = "right"


class Server(ThreadingHTTPServer):
    """Holds runs by id, as Airflow does; tokens can be made to expire."""

    daemon_threads = True

    def __init__(self, handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.runs: dict[str, dict] = {}
        self.paused: dict[str, bool] = {}
        self.token = "first"
        self.stop_dripping = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            is_right = body == {"username": "admin", "password": PASSWORD}
            return (
                self.answer(201, {"access_token": self.server.token})
                if is_right
                else (self.answer(401, {"detail": "Invalid credentials"}))
            )
        if self.headers.get("Authorization") != f"Bearer {self.server.token}":
            return self.answer(401, {"detail": "Invalid JWT token"})
        if body["dag_run_id"] in self.server.runs:
            return self.answer(409, {"detail": "DAGRun already exists"})
        self.server.runs[body["dag_run_id"]] = body
        return self.answer(200, {**body, "state": "queued"})

    def do_PATCH(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        dag_id, _, mask = self.path.rsplit("/", 1)[-1].partition("?update_mask=")
        self.server.paused[dag_id] = body[mask]
        return self.answer(200, {"dag_id": dag_id, **body})

    def do_GET(self) -> None:
        if self.path == "/api/v2/monitor/health":
            beat = {"status": "healthy"}
            return self.answer(200, {"metadatabase": beat, "scheduler": beat, "triggerer": {}})
        if self.headers.get("Authorization") != f"Bearer {self.server.token}":
            return self.answer(401, {"detail": "Invalid JWT token"})
        if "malformed" in self.path:
            return self.raw(200, b"<html>proxy</html>")
        if "broken" in self.path:
            return self.answer(503, {"detail": "down"})
        if "dripping" in self.path:
            return self.drip()
        if self.path.startswith("/api/v2/dags?"):
            dags = [{"dag_id": name, "is_paused": is_} for name, is_ in self.server.paused.items()]
            return self.answer(200, {"dags": dags})
        if self.path == "/api/v2/pools/gpu":
            return self.answer(200, {"name": "gpu", "slots": 3, "open_slots": 2})
        run = self.server.runs.get(self.path.rsplit("/", 1)[-1])
        return self.answer(200, {**run, "state": "running"}) if run else self.answer(404, {})

    def answer(self, status: int, body: dict) -> None:
        self.raw(status, json.dumps(body).encode())

    def raw(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        """A byte at a time, for ever: each read is quick, the whole never ends."""
        self.send_response(200)
        self.end_headers()
        while not self.server.stop_dripping.wait(0.02):
            self.wfile.write(b" ")
            self.wfile.flush()

    def log_message(self, *parts: object) -> None:
        pass


@contextmanager
def serving(handler: type[Handler]) -> Iterator[Server]:
    """A server until the block ends."""
    made = Server(handler)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        made.stop_dripping.set()
        made.shutdown()
        made.server_close()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Handler) as made:
        yield made


@pytest.fixture
def api(server: Server) -> Iterator[AirflowAPI]:
    made = AirflowAPI(f"http://127.0.0.1:{server.server_port}", PASSWORD)
    yield made
    made.close()


def test_a_run_is_started_once(api: AirflowAPI, server: Server) -> None:
    assert api.trigger("produce_video", {"request_id": "r1"}, "r1") is True
    assert api.trigger("produce_video", {"request_id": "other"}, "r1") is False
    assert server.runs["r1"]["conf"] == {"request_id": "r1"}
    assert server.runs["r1"]["logical_date"] is None


def test_a_run_that_is_not_there_has_no_state(api: AirflowAPI) -> None:
    assert api.run_state("produce_video", "none") is None
    api.trigger("produce_video", {}, "r1")
    assert api.run_state("produce_video", "r1") == "running"


def test_a_token_that_ran_out_is_replaced(api: AirflowAPI, server: Server) -> None:
    assert api.run_state("produce_video", "none") is None
    server.token = "second"
    assert api.run_state("produce_video", "none") is None


def test_a_wrong_password_is_told(server: Server) -> None:
    api = AirflowAPI(f"http://127.0.0.1:{server.server_port}", "wrong")
    with pytest.raises(ServiceFailed, match="does not accept the password"):
        api.run_state("produce_video", "r1")
    api.close()


def test_schedules_that_were_held_begin_once(
    api: AirflowAPI, server: Server, tmp_path: Path
) -> None:
    server.paused = {"plan_content": True, "produce_video": False}
    schedules.begin(tmp_path, api)
    assert server.paused["plan_content"] is True  # nothing was held: a person paused it
    schedules.hold(tmp_path)
    assert schedules.are_held(tmp_path)
    schedules.begin(tmp_path, api)
    assert server.paused == {"plan_content": False, "produce_video": False}
    assert not schedules.are_held(tmp_path)


def test_a_pool_has_slots_and_some_are_free(api: AirflowAPI) -> None:
    assert api.pool("gpu") == Pool(slots=3, free=2)
    with pytest.raises(MalformedAnswer, match="without its slots"):
        api.trigger("d", {}, "of-no-pool")
        api.pool("of-no-pool")


def test_health_names_what_does_not_beat(api: AirflowAPI) -> None:
    health = api.health()
    assert health["scheduler"] and not health["triggerer"] and not health["dag_processor"]


def test_an_answer_that_is_not_json_is_refused(api: AirflowAPI) -> None:
    with pytest.raises(MalformedAnswer):
        api.run_state("malformed", "r1")


def test_a_server_error_is_transient(api: AirflowAPI) -> None:
    with pytest.raises(ProviderUnavailable, match="503") as failure:
        api.run_state("broken", "r1")
    assert failure.value.is_transient


def test_a_slow_drip_ends_at_the_deadline(api: AirflowAPI) -> None:
    api.run_state("produce_video", "none")  # so that it has a token
    began = time.monotonic()
    with pytest.raises(ProviderUnavailable, match="took over"):
        api._fetch("GET", "/api/v2/dripping", None, deadline=0.3)
    assert time.monotonic() - began < 5


def test_no_answer_at_all_is_transient() -> None:
    api = AirflowAPI("http://127.0.0.1:9", PASSWORD)
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        api.health()
    api.close()
