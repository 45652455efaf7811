"""The resident pipeline: one job at a time, premium first, safe on a network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from pydantic import SecretStr
from ytempire.config import SDXL
from ytempire.domain import Tier
from ytempire.emulators.serving import Emulated, running
from ytempire.errors import (
    KeyRejected,
    MalformedAnswer,
    NotConfigured,
    OutOfMemory,
    ProviderRefused,
    ProviderUnavailable,
)
from ytempire.providers.sdxl.client import Client
from ytempire.providers.sdxl.host import Line, application, require_safe
from ytempire.providers.sdxl.pipeline import Made, Resident
from ytempire.providers.sdxl.prompts import Job

from tests.unit.providers.sdxl.test_pipeline import JOB, short_of_memory

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def host(weights: Path) -> Iterator[Emulated]:
    with running(application(Resident(SDXL(weights=str(weights))), token="let me in")) as served:
        yield served


def client(host: Emulated, token: str = "let me in") -> Client:
    return Client(SDXL(host=host.address, token=SecretStr(token), deadline_s=60))


def test_the_host_gives_the_same_picture_as_the_pipeline_itself(
    host: Emulated, weights: Path
) -> None:
    here, there = Resident(SDXL(weights=str(weights))).make(JOB), client(host).make(JOB)
    assert there.image.tobytes() == here.image.tobytes()
    assert (there.device, there.peak_mb) == ("cpu", None)
    assert there.seconds > 0


def test_its_health_tells_device_and_queue(host: Emulated) -> None:
    health = httpx.get(f"{host.address}/healthz").json()
    assert health == {"device": "cpu", "waiting": 0, "memory": {}}


def test_a_wrong_token_is_a_rejected_key(host: Emulated) -> None:
    with pytest.raises(KeyRejected, match="YTEMPIRE_SDXL__TOKEN"):
        client(host, "guess").make(JOB)


def test_a_job_that_is_none_is_refused(host: Emulated) -> None:
    with pytest.raises(ProviderRefused):
        client(host).make(JOB.model_copy(update={"prompt": "boat " * 20_000}))


def test_an_answer_that_is_no_picture_is_malformed(host: Emulated) -> None:
    host.fail("malformed", path="/pictures", count=1)
    with pytest.raises(MalformedAnswer):
        client(host).make(JOB)


def test_a_host_that_stumbles_is_asked_again(host: Emulated) -> None:
    host.fail("status", path="/pictures", status=503, headers={"retry-after": "0"})
    assert client(host).make(JOB).image.size == (256, 448)


def test_too_little_memory_at_the_host_is_told_as_such(weights: Path) -> None:
    maker = Resident(SDXL(weights=str(weights)), short_of_memory(above=1))
    with running(application(maker)) as served, pytest.raises(OutOfMemory):
        client(served).make(JOB)


def test_a_host_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(ProviderUnavailable):
        Client(SDXL(host="http://127.0.0.1:9", deadline_s=5))._asked(JOB)


class Held:
    """A maker that waits for leave, and remembers the order of the jobs."""

    device, weights = "cpu", "none"

    def __init__(self) -> None:
        self.leave, self.begun = threading.Event(), threading.Event()
        self.order: list[int] = []

    def make(self, job: Job) -> Made:
        self.begun.set()
        assert self.leave.wait(timeout=30)
        self.order.append(job.seed)
        return Made(Image.new("RGB", (8, 8)), 0.1, "cpu")

    def close(self) -> None:
        pass


def test_a_premium_job_overtakes_those_that_wait_and_a_cancelled_one_is_not_made() -> None:
    held = Held()
    line = Line(held)

    def put(number: int, tier: Tier = Tier.STANDARD):
        return line.put(JOB.model_copy(update={"seed": number, "tier": tier}))

    futures = [put(0)]
    assert held.begun.wait(timeout=30)
    futures += [put(1), put(2), put(3, Tier.ECONOMY)]
    cancelled = put(4)
    futures += [put(5, Tier.PREMIUM), put(6, Tier.PREMIUM)]
    cancelled.cancel()
    held.leave.set()
    for future in futures:
        future.result(timeout=30)
    line.end()
    assert held.order == [0, 5, 6, 1, 2, 3]


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.4", "::", "host.example"])
def test_it_listens_beyond_loopback_only_with_a_token(address: str) -> None:
    with pytest.raises(NotConfigured, match="without a token"):
        require_safe(address, None)
    require_safe(address, "token")
    require_safe("127.0.0.1", None)
