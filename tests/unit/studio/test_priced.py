"""Outside a stage, too, nothing is bought that has no price."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from ytempire.domain import Usage
from ytempire.errors import NotConfigured
from ytempire.providers.writers import Brief
from ytempire.studio.priced import PricedNotes
from ytempire.studio.writing import plan_scripts

from tests.local_openai import local_openai


def test_what_has_a_price_is_allowed_and_what_has_none_is_refused() -> None:
    known = Usage(provider="elevenlabs", kind="voice", unit="character", quantity=Decimal(9))
    PricedNotes().intend("it", known)
    with pytest.raises(NotConfigured, match="nobody"):
        PricedNotes().intend("it", known.model_copy(update={"provider": "nobody"}))


def test_a_script_of_a_model_without_a_price_is_not_ordered(tmp_path: Path) -> None:
    with local_openai(tmp_path) as local:
        config = local.config.model_copy(update={"small_model": "gpt-9-mini"})
        with pytest.raises(NotConfigured, match="gpt-9-mini"):
            plan_scripts([Brief(topic="tides")], PricedNotes(), local.folder, openai=config)
        assert not local.emulated.asked
