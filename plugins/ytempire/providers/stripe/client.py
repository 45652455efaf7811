"""What is asked of Stripe, by its own client, and its refusals in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import stripe

from ytempire.config import settings
from ytempire.errors import (
    ContractBroken,
    KeyRejected,
    MalformedAnswer,
    NotConfigured,
    ProviderUnavailable,
    YTEmpireError,
)
from ytempire.providers import wire

#: The most that a page of a list may hold.
PAGE = 100
Body = dict[str, Any]


class _Wire(stripe.HTTPClient):
    """Carries the client's requests under one deadline for each whole answer."""

    name = "httpx"

    def __init__(self, deadline_s: float) -> None:
        super().__init__()
        self._http = wire.http(deadline_s)

    def request(  # type: ignore[override]  # it says str; its own carriers answer bytes
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            answer = self._http.request(method, url, headers=headers, content=post_data)
        except httpx.HTTPError as error:
            # It only reads: to ask twice does no harm.
            raise stripe.APIConnectionError(  # type: ignore[no-untyped-call]
                f"{type(error).__name__}: {error}", should_retry=True
            ) from error
        return answer.content, answer.status_code, answer.headers

    def close(self) -> None:
        self._http.close()


class Stripe:
    """An account of Stripe, read only; `close` it when done.

    Lists are by their names in `stripe.StripeClient.v1`; what they hold comes as plain dicts, as
    the API answered, an amount in its currency's smallest unit, a moment in epoch seconds.

    Raises (all of its methods):
        KeyRejected: Stripe does not accept the key, or the key may not read this.
        ProviderUnavailable: no answer came, also after the client's own tries.
        MalformedAnswer: an answer is no JSON.
        ContractBroken: Stripe does not know what it is asked for.
    """

    def __init__(self, key: str, endpoint: str | None, deadline_s: float, retries: int) -> None:
        stripe.enable_telemetry = False
        self._wire = _Wire(deadline_s)
        self._api = stripe.StripeClient(
            key,
            base_addresses={"api": endpoint.rstrip("/")} if endpoint else None,
            max_network_retries=retries,
            http_client=self._wire,
        )

    def list(self, kind: str, **params: Any) -> Iterator[Body]:
        """Everything in a list, page by page, the newest first."""
        with _understood(kind):
            page = getattr(self._api.v1, kind).list({"limit": PAGE, **params})
            for each in page.auto_paging_iter():
                yield each.to_dict()

    def first(self, kind: str) -> Body | None:
        """The newest of a list; None: it is empty."""
        with _understood(kind):
            found = getattr(self._api.v1, kind).list({"limit": 1}).data
            return found[0].to_dict() if found else None

    def one(self, kind: str, name: str) -> Body | None:
        """A thing by its id; None: there is none. One that was deleted says so in `deleted`."""
        with _understood(kind):
            try:
                found: Body = getattr(self._api.v1, kind).retrieve(name).to_dict()
            except stripe.InvalidRequestError as error:
                if error.http_status == 404:
                    return None
                raise
            return found

    def lines(self, invoice: str) -> Iterator[Body]:
        """All lines of an invoice: it carries only the first ones itself."""
        with _understood("invoices"):
            page = self._api.v1.invoices.line_items.list(invoice, {"limit": PAGE})
            for each in page.auto_paging_iter():
                yield each.to_dict()

    def balance(self) -> Body:
        """What Stripe holds now, by currency."""
        with _understood("balance"):
            return self._api.v1.balance.retrieve().to_dict()

    def close(self) -> None:
        self._wire.close()


def connect() -> Stripe:
    """The configured account.

    Raises:
        NotConfigured: there is no key: neither yours nor that of a local Stripe.
    """
    config = settings().stripe
    if config.api_key is None:
        asked = f"{config.endpoint} was asked for" if config.endpoint else "Stripe is asked for"
        raise NotConfigured(
            f"{asked} without a key.",
            "Set YTEMPIRE_STRIPE__API_KEY (a restricted key that reads is enough), or start the "
            "local Stripe with `make up`.",
        )
    return Stripe(
        config.api_key.get_secret_value(), config.endpoint, config.deadline_s, config.retries
    )


@contextmanager
def _understood(kind: str) -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        raise _ours(kind, error) from error


def _ours(kind: str, error: stripe.StripeError) -> YTEmpireError:
    said = f"Stripe answered about {kind}: {error}"
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return KeyRejected(said, "Look at YTEMPIRE_STRIPE__API_KEY and at what it may read.")
    if isinstance(error, stripe.RateLimitError):
        busy = ProviderUnavailable(said)
        busy.retry_after_s = wire.retry_after(httpx.Headers(error.headers or {}))
        return busy
    if isinstance(error, stripe.InvalidRequestError):
        return ContractBroken(
            said, "Nothing was stored. The API has changed, or the server is none."
        )
    if error.http_status is not None and error.http_status < 400:
        return MalformedAnswer(
            f"Stripe's answer about {kind} is no JSON.", "Nothing was stored; it is asked again."
        )
    return ProviderUnavailable(said)
