"""Workers that can be killed at any of their dealings with the world.

A warm process that has everything imported forks one child for each job; a child counts each
statement, commit, HTTP request and finished file before it happens, and ends or stops itself at the
one that its job names. It is a process of its own, without threads, so that forking it is safe.

Spoken to by lines of JSON on its standard input; each is answered by one line.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

Job = dict[str, Any]
#: How the dealings begin that change nothing in the world.
READ = "read: "
#: What a session is told when its next user comes.
BEGINNING = "begin; reset idle_session_timeout"
#: How its user's transaction ends: the commit, and in the same message that all is forgotten.
ENDING = "commit; close all"
#: How far a stage is: said by the clock, so that two runs say it differently often.
PROGRESS = "update ops.stage_runs set progress"
#: A chain's batches follow each other; the jobs of a batch run at once.
Chain = list[list[Job]]


class Meter:
    """Counts dealings; strikes before the one with the number `at`, before the first that begins
    with `label`, or before the first of a `pair`: what changed the world last, and what comes."""

    def __init__(
        self, at: int | None, label: str | None, strike: int, pair: Sequence[str] = ()
    ) -> None:
        self.at, self.label, self.strike, self.pair = at, label, strike, tuple(pair)
        self.trace: list[str] = []
        self.last = ""

    def count(self, label: str) -> None:
        self.trace.append(label)
        is_pair = (self.last, label) == self.pair
        if len(self.trace) == self.at or (self.label and label.startswith(self.label)) or is_pair:
            self.label, self.pair = None, ()
            os.kill(os.getpid(), self.strike)
        if not label.startswith(READ):
            self.last = label


class Sessions:
    """Tells of the sessions with Postgres what each statement is counted as."""

    def __init__(self) -> None:
        self._writing: set[int] = set()
        self._unnoticed: set[int] = set()

    def label(self, session: int, words: str) -> str | None:
        """What a statement is counted as; None: it is not."""
        if words.startswith(BEGINNING):
            return None
        if words.startswith(ENDING):
            return self._end(session)
        if words.startswith(PROGRESS):
            self._unnoticed.add(session)
            return None
        if words.startswith("select ") and not words.startswith("select ops."):
            return f"{READ}{words}"
        self._writing.add(session)
        return words

    def _end(self, session: int) -> str | None:
        label = "commit" if session in self._writing else f"{READ}commit"
        is_counted = session not in self._unnoticed
        self._writing.discard(session)
        self._unnoticed.discard(session)
        return label if is_counted else None


def watch(meter: Meter) -> None:
    """Let a meter see each statement, commit, request and finished file of this process."""
    import httplib2
    import httpx
    import psycopg

    execute, request = psycopg.Cursor.execute, httplib2.Http.request

    sessions = Sessions()

    def counted_execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        label = sessions.label(id(self.connection), " ".join(str(query).split())[:60])
        if label is not None:
            meter.count(label)
        return execute(self, query, *args, **kwargs)

    def counted_request(self: Any, uri: str, method: str = "GET", **kwargs: Any) -> Any:
        span = (kwargs.get("headers") or {}).get("Content-Range", "")
        meter.count(f"{method} {uri.partition('?')[0].rpartition('/')[2]} {span}".strip())
        return request(self, uri, method=method, **kwargs)

    send, replace = httpx.Client.send, Path.replace

    def counted_send(self: Any, request: Any, **kwargs: Any) -> Any:
        meter.count(f"{request.method} {request.url.path}")
        return send(self, request, **kwargs)

    def counted_replace(self: Path, target: Any) -> Any:
        meter.count(f"keep {Path(target).suffix}")
        return replace(self, target)

    httpx.Client.send = counted_send  # type: ignore[method-assign]
    Path.replace = counted_replace  # type: ignore[method-assign,assignment]
    psycopg.Cursor.execute = counted_execute  # type: ignore[method-assign]
    httplib2.Http.request = counted_request


def _without_lock() -> None:
    from ytempire.channels import stages

    stages.only_one = lambda *_: nullcontext()  # type: ignore[assignment]


def _without_stored_session() -> None:
    from ytempire.channels import sessions
    from ytempire.channels.metadata import marker_of
    from ytempire.warehouse import clock

    def kept_in_memory(placed: Any, uri: str, size: int, sha256: str) -> sessions.Upload:
        return sessions.Upload(
            video_id=placed.video_id,
            channel_id=placed.channel_id,
            marker=marker_of(placed.video_id),
            state="opened",
            session_uri=uri,
            bytes=size,
            sha256=sha256,
            youtube_video_id=None,
            opened_at=clock.now(),
            publish_at=placed.publish_at,
            closing_at=None,
            lost_at=None,
            is_manual=False,
        )

    sessions.store = kept_in_memory
    _without_closing()


def _without_compare_and_set() -> None:
    from ytempire.channels import sessions
    from ytempire.warehouse.database import connect

    store = sessions.store

    def overwrite(placed: Any, uri: str, size: int, sha256: str) -> Any:
        store(placed, uri, size, sha256)
        with connect() as db:
            db.execute(
                "update ops.uploads set session_uri = %s, state = 'opened', closing_at = null, "
                "youtube_video_id = null where video_id = %s",
                (uri, placed.video_id),
            )
        return sessions.of(placed.video_id)

    sessions.store = overwrite


def _without_search() -> None:
    from ytempire.channels import finding

    finding.find = lambda *_: None


def _without_closing() -> None:
    from ytempire.channels import sessions

    sessions.close = lambda _: None


def _without_wait() -> None:
    from ytempire.channels import sessions

    lose = sessions.lose
    sessions.lose = lambda upload: lose(upload) and None


def _without_studio_lock() -> None:
    from ytempire.studio import stages

    stages.only_one = lambda *_: nullcontext()  # type: ignore[assignment]


def _without_settling_once() -> None:
    from ytempire.costs import intents

    asked = intents._asked

    def forgetful(*args: Any) -> Any:
        found, whose = asked(*args)
        state = found and ("void" if found["state"] == "done" else found["state"])
        return found and found | {"state": state}, whose

    intents._asked = forgetful


def _without_sent() -> None:
    from ytempire.costs import intents

    reserve = intents.reserve

    def unwritten(*args: Any, can_look_up: bool = False) -> bool:
        return reserve(*args, can_look_up=True)  # what was sent passes for not sent

    intents.reserve = unwritten


def _without_kept_answers() -> None:
    from ytempire.providers.answer_cache import FolderCache

    FolderCache.put = lambda *_: None  # type: ignore[method-assign,assignment]


def _without_lookup() -> None:
    from ytempire.providers.voices.elevenlabs import ElevenLabs

    ElevenLabs._recalled = lambda *_: None  # type: ignore[method-assign,assignment]


#: A guard less: what the tests must notice.
MUTATIONS: dict[str, Callable[[], None]] = {
    "studio lock": _without_studio_lock,
    "settling once": _without_settling_once,
    "sent": _without_sent,
    "kept answers": _without_kept_answers,
    "lookup": _without_lookup,
    "lock": _without_lock,
    "stored session": _without_stored_session,
    "compare-and-set": _without_compare_and_set,
    "search": _without_search,
    "closing": _without_closing,
    "wait": _without_wait,
}


def work(job: Job) -> dict[str, Any]:
    """Do a job in this process: a stage of a video, its publication when none is named; how it
    ended."""
    from ytempire.channels import stages
    from ytempire.config import settings
    from ytempire.errors import MustWait, YTEmpireError
    from ytempire.warehouse import database

    os.environ.update(job.get("env", {}))
    settings.cache_clear()
    if job.get("now"):
        database.replayed_at = datetime.fromisoformat(job["now"])
    if job.get("without"):
        MUTATIONS[job["without"]]()
    strike = signal.SIGSTOP if job.get("stops") else signal.SIGKILL
    meter = Meter(job.get("at"), job.get("before"), strike, job.get("between", ()))
    watch(meter)
    try:
        if "stage" in job:
            from ytempire.studio.stages import STAGES, check

            made = {**STAGES, "check": check}[job["stage"]](job["video_id"])
            ended = {"done": made}
        else:
            ended = {"published": stages.publish(job["video_id"])}
    except MustWait as wait:
        ended = {"waits": wait.until.isoformat(), "state": wait.state}
    except YTEmpireError as error:
        ended = {"error": f"{type(error).__name__}: {error}"}
    return ended | ({"trace": meter.trace} if job.get("trace") else {})


class Children:
    """The children that run, and what they have said."""

    def __init__(self) -> None:
        self._pipes: dict[int, int] = {}

    def fork(self, job: Job) -> int:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            try:
                said = work(job)
            except BaseException as error:
                said = {"crash": f"{type(error).__name__}: {error}"}
            os.write(writing, json.dumps(said).encode())
            os._exit(0)
        os.close(writing)
        self._pipes[pid] = reading
        return pid

    def result(self, pid: int, status: int) -> dict[str, Any]:
        with os.fdopen(self._pipes.pop(pid), "rb") as pipe:
            said = pipe.read()
        if os.WIFSIGNALED(status):
            return {"killed": os.WTERMSIG(status)}
        return dict(json.loads(said))


def run(children: Children, chains: list[Chain], at_once: int) -> list[list[list[dict[str, Any]]]]:
    """Run chains, some at once; the results in the shape of the jobs."""
    results: list[list[list[dict[str, Any]]]] = [[[{} for _ in b] for b in c] for c in chains]
    waiting = iter(range(len(chains)))
    whose: dict[int, tuple[int, int, int]] = {}

    def begin(chain: int, batch: int) -> None:
        for number, job in enumerate(chains[chain][batch]):
            whose[children.fork(job)] = (chain, batch, number)

    for chain in _first(waiting, at_once):
        begin(chain, 0)
    while whose:
        pid, status = os.waitpid(-1, 0)
        chain, batch, number = whose.pop(pid)
        results[chain][batch][number] = children.result(pid, status)
        if any(key[:2] == (chain, batch) for key in whose.values()):
            continue
        if batch + 1 < len(chains[chain]):
            begin(chain, batch + 1)
        else:
            for following in _first(waiting, 1):
                begin(following, 0)
    return results


def _first(items: Iterator[int], count: int) -> list[int]:
    return [item for _, item in zip(range(count), items, strict=False)]


def _until_it_rests(children: Children, pid: int) -> dict[str, Any]:
    """Wait until a child stops or ends."""
    _, status = os.waitpid(pid, os.WUNTRACED)
    return {"stopped": pid} if os.WIFSTOPPED(status) else children.result(pid, status)


def serve() -> None:
    """Answer orders until the input ends."""
    import google_auth_httplib2
    import googleapiclient.discovery
    import ytempire.channels.stages
    import ytempire.studio.stages  # noqa: F401

    assert googleapiclient.discovery and google_auth_httplib2  # imported once, for all children
    children = Children()
    for line in sys.stdin:
        order = json.loads(line)
        answer: Any
        if "chains" in order:
            answer = run(children, order["chains"], order["at_once"])
        elif "start" in order:
            answer = _until_it_rests(children, children.fork(order["start"]))
        else:
            os.kill(order["resume"], signal.SIGCONT)
            answer = _until_it_rests(children, order["resume"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


class Workers:
    """The warm process, as a test speaks to it."""

    def __init__(self, process: Any) -> None:
        self._process = process

    def order(self, **order: Any) -> Any:
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def run(self, *chains: Chain, at_once: int = 3) -> Any:
        return self.order(chains=list(chains), at_once=at_once)

    def one(self, **job: Any) -> dict[str, Any]:
        [[[result]]] = self.run([[job]])
        return dict(result)


@contextmanager
def warm() -> Iterator[Workers]:
    """Start the warm process; it ends with the block."""
    import subprocess
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONPATH": f"{root / 'plugins'}{os.pathsep}{root}"}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.faults.workers"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=root,
        text=True,
    )
    try:
        yield Workers(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


if __name__ == "__main__":
    serve()
