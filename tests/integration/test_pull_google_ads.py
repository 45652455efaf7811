"""Google Ads by the provider's own hook and client, against a local server of its protocol.

Airflow and the hook run in a process of their own, as a task does; one for all tests of this file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.ads.googleads.v26.services.types.google_ads_service import GoogleAdsRow
from ytempire.config import Ports
from ytempire.warehouse.database import connect

from tests.emptying import empty
from tests.local_google_ads import (
    ADMITTED,
    WITHDRAWN,
    LocalGoogleAds,
    Refusal,
    local_google_ads,
)

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
GOOD, OTHER, BUSY, SPENT, FOREIGN, DOWN, OLD = (f"100000000{n}" for n in range(7))
NOWHERE, HALF, UNPROVEN, LAST = "9999999999", "1000000008", "1000000009", "1000000010"
#: Each pull: which service account asks, and for which accounts.
PULLS = {
    "whole": (ADMITTED, "100-000-0000, 1000000001"),
    "again": (ADMITTED, f"{GOOD},{OTHER}"),
    "withdrawn": (WITHDRAWN, GOOD),
    "some": (ADMITTED, f"{FOREIGN},{HALF},{LAST},{BUSY}"),
    **{
        name: (ADMITTED, account)
        for name, account in (
            ("busy", BUSY), ("spent", SPENT), ("foreign", FOREIGN), ("down", DOWN), ("old", OLD),
            ("nowhere", NOWHERE), ("half", HALF), ("unproven", UNPROVEN),
        )
    },
}  # fmt: skip
PULL = """
import json, os, sys
from datetime import date
from ytempire.airflow import google_ads_search
from ytempire.analytics import ads
from ytempire.config import settings

told = {}
for name, (variables, accounts) in json.load(sys.stdin).items():
    os.environ |= variables | {"YTEMPIRE_BUSINESS__GOOGLE_ADS_ACCOUNTS": accounts}
    settings.cache_clear()
    try:
        days = date(2026, 9, 1), date(2026, 9, 30)
        told[name] = ads.pull_google(name, google_ads_search, *days)
    except Exception as error:
        told[name] = {"error": type(error).__name__, "told": str(error),
                      "pause": getattr(error, "retry_after_s", None),
                      "again": getattr(error, "is_transient", None)}
print("TOLD" + json.dumps(told))
"""


def day(account: str, campaign: int, when: str, micros: int, currency: str) -> GoogleAdsRow:
    return GoogleAdsRow(
        customer={"id": int(account), "currency_code": currency},
        campaign={"id": campaign, "name": f"Campaign {campaign}"},
        segments={"date": when},
        metrics={"cost_micros": micros, "impressions": 10, "clicks": 3, "conversions": 0.5},
    )


def known(ads: LocalGoogleAds) -> None:
    ads.accounts = {
        GOOD: [day(GOOD, n, f"2026-09-0{n}", 1_234_567 * n, "USD") for n in range(1, 6)],
        OTHER: [
            day(OTHER, 1, "2026-09-30", 9_999_999_999_999_999, "JPY"),
            day(OTHER, 1, "2026-10-01", 5, "JPY"),
        ],
        HALF: [day(HALF, n, f"2026-09-0{n}", n, "USD") for n in range(1, 6)],
        LAST: [day(LAST, 1, "2026-09-02", 7, "USD")],
    }
    status = grpc.StatusCode
    ads.refusals = {
        BUSY: (0, Refusal(status.RESOURCE_EXHAUSTED, "quota_error", 4, pause_s=90)),
        SPENT: (0, Refusal(status.RESOURCE_EXHAUSTED, "quota_error", 2)),
        FOREIGN: (0, Refusal(status.PERMISSION_DENIED, "authorization_error", 2)),
        DOWN: (0, status.UNAVAILABLE),
        OLD: (0, status.UNIMPLEMENTED),
        HALF: (1, Refusal(status.UNAUTHENTICATED, "authentication_error", 16)),
        UNPROVEN: (0, Refusal(status.PERMISSION_DENIED, "authorization_error", 10)),
    }


@pytest.fixture(scope="module")
def ads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGoogleAds]:
    with local_google_ads(tmp_path_factory.mktemp("google_ads")) as server:
        known(server)
        yield server


@pytest.fixture(scope="module")
def told(
    ads: LocalGoogleAds, postgres: Ports, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    pulls = {name: (ads.connections(robot), accounts) for name, (robot, accounts) in PULLS.items()}
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PULL],
        input=json.dumps(pulls),
        env=os.environ
        | {
            "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
            "PYTHONPATH": str(ROOT / "plugins"),
            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(ads.roots),
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    lines = [line for line in answer.stdout.splitlines() if line.startswith("TOLD")]
    assert lines, answer.stderr[-3000:]
    yield json.loads(lines[0].removeprefix("TOLD"))
    with connect() as db:
        empty(db)


def test_all_pages_of_all_accounts_land_to_the_millionth(
    told: dict[str, Any], ads: LocalGoogleAds
) -> None:
    assert told["whole"] == {"ad_spend": 6, "rejects": 0}
    with connect() as db:
        spend = db.execute(
            "select account_id, currency, spend, clicks, conversions from raw.ad_spend "
            "where run_id = 'whole' order by account_id, day"
        ).fetchall()
    assert [str(row["spend"]) for row in spend] == [
        *("1.234567", "2.469134", "3.703701", "4.938268", "6.172835"), "9999999999.999999",
    ]  # fmt: skip
    assert {(row["account_id"], row["currency"]) for row in spend} == {
        (GOOD, "USD"), (OTHER, "JPY"),
    }  # fmt: skip
    assert {(row["clicks"], row["conversions"]) for row in spend} == {(3, Decimal("0.5"))}
    assert ads.pages[:4] == [(GOOD, ""), (GOOD, "2"), (GOOD, "4"), (OTHER, "")]


def test_what_is_told_once_more_lands_not_again(told: dict[str, Any]) -> None:
    assert told["again"] == {"ad_spend": 0, "rejects": 0}


@pytest.mark.parametrize(
    ("pull", "error", "again", "words"),
    [
        ("busy", "ProviderUnavailable", True, "RESOURCE_TEMPORARILY_EXHAUSTED"),
        ("spent", "QuotaExhausted", False, "a later pull asks for the same days"),
        ("withdrawn", "GrantRevoked", False, "google_ads_default"),
        ("half", "GrantRevoked", False, "google_ads_default"),
        ("nowhere", "NotConfigured", False, f"no account {NOWHERE}"),
        ("foreign", "NotConfigured", False, f"no account {FOREIGN}"),
        ("unproven", "NotConfigured", False, "developer token"),
        ("down", "ProviderUnavailable", True, f"account {DOWN} (UNAVAILABLE)"),
        ("old", "ContractBroken", False, "apache-airflow-providers-google"),
    ],
)
def test_a_refusal_is_typed_and_says_what_to_do(
    told: dict[str, Any], pull: str, error: str, again: bool, words: str
) -> None:
    assert (told[pull]["error"], told[pull]["again"]) == (error, again)
    assert words in told[pull]["told"]


def test_a_pause_that_is_asked_for_is_heeded(told: dict[str, Any]) -> None:
    assert told["busy"]["pause"] == 90


def test_accounts_that_fail_are_named_after_the_others_have_landed(told: dict[str, Any]) -> None:
    assert (told["some"]["error"], told["some"]["again"]) == ("SomeFailed", False)
    said, *reasons = told["some"]["told"].splitlines()[:-1]
    assert said == "3 of 4 Google Ads accounts failed."
    assert [each.split(":")[0].strip() for each in reasons] == [FOREIGN, HALF, BUSY]
    with connect() as db:
        marks = db.execute("select source from raw.pulls where run_id = 'some'").fetchall()
        landed = db.execute("select account_id from raw.ad_spend where run_id = 'some'").fetchall()
    assert marks == [{"source": f"google_ads_backfill/{LAST}"}]
    assert landed == [{"account_id": LAST}]


def test_of_an_account_that_ends_half_way_nothing_lands(told: dict[str, Any]) -> None:
    with connect() as db:
        row = db.execute(
            "select count(*) as days from raw.ad_spend where account_id = %s", (HALF,)
        ).fetchone()
    assert row == {"days": 0}
