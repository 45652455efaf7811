"""An admin plans and starts an experiment in a real browser; nobody's reader is stopped by it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Browser, expect
from ytempire.channels.accounts import Channel, add
from ytempire.learning.experiments import plans
from ytempire.warehouse.database import connect
from ytempire.warehouse.roles import ensure

from tests.dashboards.browsing import (
    IN_CHROMIUM,
    PATIENCE,
    keep,
    sign_in,
    violations,
    visiting,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("warehouse"),
    IN_CHROMIUM,
]


def test_an_admin_plans_and_starts_an_experiment(
    browser: Browser, server: str, password: str, warehouse: None
) -> None:
    add(Channel(channel_id="tidewise", youtube_channel_id=None, title="Tidewise", niche="sea"))
    with connect() as db:
        ensure(db)
        why = "A box around the spoken word is read to its end."
        values = {"control": "", "box": "boxed"}
        plan = plans.of("boxed-captions", why, "captions", values, alpha=Decimal("0.05"))
        plans.put(db, plan, "ada")
    with visiting(browser) as context:
        page = context.new_page()
        sign_in(page, f"{server}/experiments", password)
        page.get_by_label("Name", exact=True).fill("faster-voice")
        page.get_by_label("Hypothesis").fill("A faster voice keeps viewers longer.")
        page.get_by_label("Variant", exact=True).fill("190")
        page.get_by_role("button", name="Plan it").click()
        expect(page.get_by_text("faster-voice is planned")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Start it").click()
        expect(page.locator(".yt-notice").get_by_text(" runs")).to_be_visible(timeout=PATIENCE)
        keep(page, "experiments-begun")
        assert violations(page) == []
    with connect() as db:
        states = db.execute("select state from ops.experiments order by state").fetchall()
    assert [row["state"] for row in states] == ["planned", "running"]
