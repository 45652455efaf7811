"""Google Ads by its provider's hook, account by account; what it refuses becomes a typed error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

from ytempire.errors import (
    ContractBroken,
    GrantRevoked,
    NotConfigured,
    ProviderUnavailable,
    QuotaExhausted,
    YTEmpireError,
)

#: Accounts and a query of GAQL to rows of `GoogleAdsRow`: the hook's `search`.
Search = Callable[[list[str], str], Iterable[Any]]
#: Quotas that come back within the hour; the others are the day's.
_SHORT = frozenset(
    {"RESOURCE_TEMPORARILY_EXHAUSTED", "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"}
)
#: Where a failed call carries what Google Ads says of it: `google.ads.googleads.VERSION.` and this.
_FAILURE = ".errors.googleadsfailure-bin"
#: gRPC's own statuses that no later try of the same question changes.
_FOR_GOOD = frozenset({"INVALID_ARGUMENT", "UNIMPLEMENTED", "NOT_FOUND", "FAILED_PRECONDITION"})
_CONNECTION = "Airflow's connection google_ads_default"


def rows(search: Search, account: str, query: str) -> Iterator[Any]:
    """Rows of an account.

    Raises:
        GrantRevoked: the login has expired or was withdrawn.
        NotConfigured: the account is not there or not for this login, or the developer token is not
            accepted.
        QuotaExhausted: the day's allowance of the developer token is spent.
        ProviderUnavailable: no answer, or too many questions at once.
        ContractBroken: Google Ads does not know the question any more.
    """
    from google.ads.googleads.errors import GoogleAdsException
    from google.api_core.exceptions import GoogleAPICallError
    from google.auth.exceptions import GoogleAuthError
    from grpc import RpcError

    try:
        yield from search([account], query)
    except GoogleAuthError as error:
        raise _not_signed_in(error) from error
    except GoogleAdsException as error:
        raise _refused(account, error.error) from error
    except GoogleAPICallError as error:
        raise _refused(account, next(iter(error.errors), None)) from error
    except RpcError as error:
        raise _refused(account, error) from error


def _not_signed_in(error: Any) -> YTEmpireError:
    from google.auth.exceptions import TransportError

    if isinstance(error, TransportError) or error.retryable:
        return ProviderUnavailable("Google's login does not answer.")
    return _login_is_over()


def _login_is_over() -> YTEmpireError:
    return GrantRevoked(
        "The login at Google Ads has expired or was withdrawn.",
        f"Give {_CONNECTION} a new refresh token or key.",
    )


def _refused(account: str, call: Any) -> YTEmpireError:
    """What a failed call says, by Google Ads' own codes where it has them, else by its status."""
    for kind, code, pause in _said(call):
        told = _told(account, kind, code, pause)
        if told:
            return told
    status = call.code().name if call is not None else "no status"
    if status == "UNAUTHENTICATED":
        return _login_is_over()
    if status in _FOR_GOOD:
        return ContractBroken(
            f"Google Ads does not accept the question about account {account} ({status}).",
            "A version of its API may have ended: update apache-airflow-providers-google.",
        )
    return ProviderUnavailable(f"Google Ads did not answer about account {account} ({status}).")


def _told(account: str, kind: str, code: str, pause: float | None) -> YTEmpireError | None:
    """The error of one of Google Ads' codes; None: its status says as much."""
    if kind == "quota_error" and code in _SHORT:
        busy = ProviderUnavailable(f"Google Ads was asked too much at once ({code}).")
        busy.retry_after_s = pause
        return busy
    if kind == "quota_error":
        return QuotaExhausted(
            f"What Google Ads allows the developer token is spent ({code}).",
            "It comes back by itself; a later pull asks for the same days.",
        )
    if "DEVELOPER_TOKEN" in code:
        return NotConfigured(
            f"Google Ads does not accept the developer token ({code}).",
            f"Put an approved one into {_CONNECTION}.",
        )
    if kind == "authorization_error" or "CUSTOMER" in code:
        return NotConfigured(
            f"Google Ads has no account {account} for this login ({code}).",
            "Correct YTEMPIRE_BUSINESS__GOOGLE_ADS_ACCOUNTS, or let the account admit the login.",
        )
    return _login_is_over() if kind == "authentication_error" else None


def _said(call: Any) -> Iterator[tuple[str, str, float | None]]:
    """Kind, code and asked pause (seconds) of each thing that a call was refused for."""
    for key, value in (call.trailing_metadata() if call is not None else None) or ():
        if not key.endswith(_FAILURE):
            continue
        errors = import_module(f"{key.removesuffix(_FAILURE)}.errors.types.errors")
        for each in errors.GoogleAdsFailure.deserialize(value).errors:
            kind = type(each.error_code).pb(each.error_code).WhichOneof("error_code")
            if kind:
                pause = each.details.quota_error_details.retry_delay
                code = getattr(each.error_code, kind).name
                yield kind, code, pause.total_seconds() if pause else None
