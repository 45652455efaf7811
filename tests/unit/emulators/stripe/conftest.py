"""A local Stripe whose clock stands still until a test moves it, and the official client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import stripe
from ytempire.emulators.serving import Emulated, running
from ytempire.emulators.stripe import KEY, Scale, build
from ytempire.emulators.stripe.world import World
from ytempire.emulators.youtube.clock import Clock

NOW = datetime(2026, 11, 15, 10, tzinfo=UTC)


def world_of(seed: int = 7, customers: int = 60) -> World:
    clock = Clock(None, 1.0, real=NOW.timestamp)
    return build(seed, clock, Scale(customers)).state.stripe


@pytest.fixture(scope="module")
def world() -> World:
    return world_of()


@pytest.fixture(scope="module")
def local(world: World) -> Iterator[Emulated]:
    from ytempire.emulators.stripe.server import application

    with running(application(world)) as emulated:
        yield emulated


def client(address: str, key: str = KEY, **how: object) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": address}, **how)


@pytest.fixture(scope="module")
def sdk(local: Emulated) -> stripe.StripeClient:
    stripe.enable_telemetry = False
    return client(local.address)
