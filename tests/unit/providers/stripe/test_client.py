"""Which Stripe is spoken to: a key decides, and without one nobody is asked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from ytempire.emulators.serving import running
from ytempire.emulators.stripe import KEY, Scale, build
from ytempire.errors import MalformedAnswer, NotConfigured, ProviderUnavailable
from ytempire.providers.stripe import client


def test_without_a_key_it_says_what_to_set(given: Callable[..., None], tmp_path: Path) -> None:
    given(HOME=str(tmp_path))
    with pytest.raises(NotConfigured, match="without a key") as caught:
        client.connect()
    assert "YTEMPIRE_STRIPE__API_KEY" in caught.value.remedy


def test_another_server_is_not_given_a_key_that_was_not_set(
    given: Callable[..., None], tmp_path: Path
) -> None:
    given(HOME=str(tmp_path), STRIPE__ENDPOINT="https://api.stripe.com")
    with pytest.raises(NotConfigured, match=r"https://api.stripe.com was asked for without a key"):
        client.connect()


def test_an_answer_that_drips_is_given_up_in_time(given: Callable[..., None]) -> None:
    with running(build(scale=Scale(3))) as local:
        given(
            STRIPE__API_KEY=KEY,
            STRIPE__ENDPOINT=local.address,
            STRIPE__DEADLINE_S="1",
            STRIPE__RETRIES="0",
        )
        local.fail("drip", seconds=0.2)
        with (
            closing(client.connect()) as stripe,
            pytest.raises(ProviderUnavailable, match="balance"),
        ):
            stripe.balance()
        local.fail("malformed")
        with closing(client.connect()) as stripe, pytest.raises(MalformedAnswer, match="no JSON"):
            stripe.balance()


def test_what_is_not_there_is_none_and_what_is_deleted_says_so(
    given: Callable[..., None],
) -> None:
    with running(build(scale=Scale(3))) as local:
        given(STRIPE__API_KEY=KEY, STRIPE__ENDPOINT=f"{local.address}/")
        with closing(client.connect()) as stripe:
            assert stripe.one("customers", "cus_none") is None
            newest = stripe.first("customers")
            assert newest is not None and stripe.one("customers", newest["id"]) == newest
            assert stripe.first("payouts") is not None
