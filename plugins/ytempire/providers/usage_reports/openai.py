"""OpenAI's usage by day, model and way, as an administrator's key reads it.

`GET /v1/organization/usage/completions`: buckets of a UTC day, 31 in an answer. Input tokens
include those from the cache; a model is told by its snapshot (`gpt-5.1-2025-11-13`), which is
billed as the model.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ytempire.config import settings
from ytempire.domain import ALL_REQUESTS, Billed
from ytempire.errors import MalformedAnswer, NotConfigured
from ytempire.providers.openai_client import call
from ytempire.providers.usage_reports.counting import Counts, moment, rows, utc_day

_BUCKETS = 31
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


class _Theirs(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Result(_Theirs):
    model: str
    batch: bool | None = None
    input_tokens: int = Field(ge=0)
    input_cached_tokens: int | None = Field(default=0, ge=0)
    output_tokens: int = Field(ge=0)
    num_model_requests: int = Field(ge=0)


class _Bucket(_Theirs):
    start_time: int
    results: tuple[_Result, ...]


class _Page(_Theirs):
    data: tuple[_Bucket, ...]
    has_more: bool
    next_page: str | None = None


def usage(first: date, last: date) -> list[Billed]:
    """Tokens of the days from `first` to `last`, by model; `gpt-5.1 batch` is what batches used.

    Raises:
        NotConfigured: there is no administrator's key.
        KeyRejected, ProviderRefused, ProviderUnavailable: as `openai_client.call`.
        MalformedAnswer: it is no usage report.
    """
    counts: Counts = Counter()
    asked: dict[str, Any] = {"start_time": moment(first), "end_time": moment(last + timedelta(1))}
    page = _page(asked)
    while True:
        for bucket in page.data:
            _count(utc_day(bucket.start_time), bucket.results, counts)
        if not page.has_more or not page.next_page:
            return rows("openai", first, last, counts)
        page = _page(asked | {"page": page.next_page})


def item_of(model: str, *, is_batch: bool) -> str:
    """What a model's use is called in reports."""
    return _SNAPSHOT.sub("", model) + (" batch" if is_batch else "")


def _count(day: date, results: tuple[_Result, ...], counts: Counts) -> None:
    for each in results:
        item = item_of(each.model, is_batch=bool(each.batch))
        cached = min(each.input_cached_tokens or 0, each.input_tokens)
        counts[day, item, "input_token"] += each.input_tokens - cached
        counts[day, item, "cached_input_token"] += cached
        counts[day, item, "output_token"] += each.output_tokens
        counts[day, *ALL_REQUESTS] += each.num_model_requests


def _page(asked: dict[str, Any]) -> _Page:
    config = settings().openai
    if config.admin_key is None or not config.admin_key.get_secret_value():
        raise NotConfigured(
            "OpenAI's usage cannot be read: it takes an administrator's key.",
            "Make one (platform.openai.com, Settings, Organization, Admin keys) and set "
            "YTEMPIRE_OPENAI__ADMIN_KEY in .env.",
        )
    key = config.admin_key.get_secret_value()
    if config.project:
        asked = asked | {"project_ids": [config.project]}
    raw = call(
        config.model_copy(update={"api_key": config.admin_key}),
        lambda sdk: (
            sdk.with_options(admin_api_key=key)
            .admin.organization.usage.with_raw_response.completions(
                bucket_width="1d", group_by=["model", "batch"], limit=_BUCKETS, **asked
            )
            .text
        ),
        is_billed=False,
    )
    try:
        return _Page.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise MalformedAnswer(
            f"OpenAI's answer is no usage report: {where}: {first['msg']}"[:300],
            "Is YTEMPIRE_OPENAI__BASE_URL OpenAI's? Other servers have no usage report.",
        ) from error
