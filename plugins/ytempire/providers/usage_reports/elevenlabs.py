"""ElevenLabs' history: what an account has spoken, in characters a day.

An item tells what the account's count of characters was before and after it. Music and sound
effects do not stand in it, nor what was deleted there.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ytempire.config import settings
from ytempire.domain import ALL_REQUESTS, Billed
from ytempire.errors import ProviderUnavailable
from ytempire.providers import wire
from ytempire.providers.elevenlabs_client import ONE_TRY, Lost, connected, in_our_words, key_of
from ytempire.providers.usage_reports.counting import Counts, moment, rows, utc_day

if TYPE_CHECKING:
    from elevenlabs import GetSpeechHistoryResponse
    from elevenlabs.client import ElevenLabs

_PAGE = 1000
#: The ledger knows no model of ElevenLabs': a character of each is billed as its answer says.
ITEM = "voice"


def history(first: date, last: date) -> list[Billed]:
    """Characters of the days from `first` to `last`.

    Raises:
        NotConfigured: there is no key.
        KeyRejected, ProviderRefused, ProviderUnavailable: as they are told.
    """
    config = settings().elevenlabs
    counts: Counts = Counter()
    with connected(config) as client:
        after: str | None = None
        while True:
            page = _page(client, key_of(config), first, last, after)
            for item in page.history:
                day = utc_day(item.date_unix)
                used = item.character_count_change_to - item.character_count_change_from
                counts[day, ITEM, "character"] += max(used, 0)
                counts[day, *ALL_REQUESTS] += 1
            if not page.has_more or not page.history:
                return rows("elevenlabs", first, last, counts)
            after = page.last_history_item_id or page.history[-1].history_item_id


def _page(
    client: ElevenLabs, key: str, first: date, last: date, after: str | None
) -> GetSpeechHistoryResponse:
    def ask() -> GetSpeechHistoryResponse:
        try:
            with in_our_words(key):
                page: GetSpeechHistoryResponse = client.history.list(
                    page_size=_PAGE,
                    start_after_history_item_id=after,
                    date_after_unix=moment(first),
                    date_before_unix=moment(last + timedelta(1)),
                    source="TTS",
                    request_options=ONE_TRY,
                )
                return page
        except Lost as lost:  # reading is not billed: it may be asked again
            raise ProviderUnavailable(lost.message) from lost

    return wire.patiently(ask)
