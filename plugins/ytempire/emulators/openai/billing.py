"""What was billed: tokens and dollars a day, as an organisation's administrator reads them.

As the API reference has it: an administrator's key, buckets of a UTC day, at most 31 of usage in an
answer, a cursor for those that follow; a field is null unless `group_by` asks for it, and a model
is told by the name of its snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ytempire.emulators.openai.refusals import refused
from ytempire.emulators.openai.state import PROJECT, Billed, State

_DAY_S = 86_400
#: USD for a million tokens: input, cached input, output. A batch is half.
PRICES = {
    "gpt-5.1": (Decimal("1.25"), Decimal("0.125"), Decimal(10)),
    "gpt-5-mini": (Decimal("0.25"), Decimal("0.025"), Decimal(2)),
}
_UNKNOWN = (Decimal(0), Decimal(0), Decimal(0))
_SNAPSHOTS = {"gpt-5.1": "gpt-5.1-2025-11-13", "gpt-5-mini": "gpt-5-mini-2025-08-07"}
_USAGE_FIELDS = ("project_id", "user_id", "api_key_id", "model", "batch", "service_tier")
Results = Callable[[list[Billed], frozenset[str]], list[dict[str, Any]]]


async def usage(request: Request, state: State) -> Response:
    """GET /v1/organization/usage/completions."""
    return _paged(request, state, _usage, most=31, fields=_USAGE_FIELDS)


async def costs(request: Request, state: State) -> Response:
    """GET /v1/organization/costs."""
    return _paged(request, state, _costs, most=180, fields=("project_id", "line_item"))


def _paged(
    request: Request, state: State, results: Results, *, most: int, fields: tuple[str, ...]
) -> Response:
    asked = request.query_params
    groups = frozenset(_listed(asked, "group_by"))
    if unknown := sorted(groups - {*fields}):
        return refused(400, f"Invalid value: '{unknown[0]}'.", param="group_by")
    if asked.get("bucket_width", "1d") != "1d":
        return refused(400, "The emulator knows buckets of a day.", param="bucket_width")
    try:
        start = int(asked["start_time"])
        end = int(asked.get("end_time", state.now() + 1))
        limit = int(asked.get("limit", 7))
        first = int(asked.get("page", "page_0").removeprefix("page_")) or start // _DAY_S * _DAY_S
    except (KeyError, ValueError):
        return refused(400, "'start_time' is required, in Unix seconds.", param="start_time")
    if not 1 <= limit <= most:
        return refused(400, f"'limit' must be between 1 and {most}.", param="limit")
    projects = _listed(asked, "project_ids")
    billed = state.billed if not projects or PROJECT in projects else []
    after = first + limit * _DAY_S
    data = [
        {
            "object": "bucket",
            "start_time": day,
            "end_time": day + _DAY_S,
            "results": results(
                [b for b in billed if max(day, start) <= b.at < min(day + _DAY_S, end)], groups
            ),
        }
        for day in range(first, min(after, end), _DAY_S)
    ]
    has_more = after < end
    page = {"object": "page", "data": data, "has_more": has_more}
    return JSONResponse({**page, "next_page": f"page_{after}" if has_more else None})


def _listed(asked: QueryParams, name: str) -> list[str]:
    """An array of the query, as clients write it: repeated, or with brackets."""
    return [*asked.getlist(name), *asked.getlist(f"{name}[]")]


def _usage(billed: list[Billed], groups: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            "object": "organization.usage.completions.result",
            "input_tokens": sum(b.read for b in some),
            "input_cached_tokens": sum(b.cached for b in some),
            "output_tokens": sum(b.written for b in some),
            "input_audio_tokens": 0,
            "output_audio_tokens": 0,
            "num_model_requests": len(some),
            **dict.fromkeys(_USAGE_FIELDS),
            **({"project_id": PROJECT} if "project_id" in groups else {}),
            "model": model,
            "batch": is_batch,
        }
        for (model, is_batch), some in _grouped(
            billed,
            lambda b: (
                _SNAPSHOTS.get(b.model, b.model) if "model" in groups else None,
                b.is_batch if "batch" in groups else None,
            ),
        )
    ]


def _costs(billed: list[Billed], groups: frozenset[str]) -> list[dict[str, Any]]:
    found: dict[str | None, Decimal] = {}
    for (model, is_batch), some in _grouped(billed, lambda b: (b.model, b.is_batch)):
        read, cached, written = PRICES.get(model, _UNKNOWN)
        parts = {
            "input": read * sum(b.read - b.cached for b in some),
            "cached input": cached * sum(b.cached for b in some),
            "output": written * sum(b.written for b in some),
        }
        for part, micros in parts.items():
            name = f"{model}{' batch' if is_batch else ''}, {part}"
            item = name if "line_item" in groups else None
            usd = micros / 1_000_000 / (2 if is_batch else 1)
            found[item] = found.get(item, Decimal(0)) + usd
    return [
        {
            "object": "organization.costs.result",
            "amount": {"value": float(usd), "currency": "usd"},
            "line_item": item,
            "project_id": PROJECT if "project_id" in groups else None,
        }
        for item, usd in found.items()
    ]


def _grouped(
    billed: list[Billed], by: Callable[[Billed], tuple[Any, Any]]
) -> Iterator[tuple[tuple[Any, Any], list[Billed]]]:
    for key, some in groupby(sorted(billed, key=lambda b: str(by(b))), key=by):
        yield key, list(some)
