"""What was billed: tokens and dollars a day, as an organisation's administrator reads them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ytempire.emulators.openai.refusals import refused
from ytempire.emulators.openai.state import Billed, State

_DAY_S = 86_400
#: USD for a million tokens: input, cached input, output. A batch is half.
PRICES = {
    "gpt-5.1": (Decimal("1.25"), Decimal("0.125"), Decimal(10)),
    "gpt-5-mini": (Decimal("0.25"), Decimal("0.025"), Decimal(2)),
}
_UNKNOWN = (Decimal(0), Decimal(0), Decimal(0))


async def usage(request: Request, state: State) -> Response:
    """GET /v1/organization/usage/completions, one result for each model and way of a day."""
    return _paged(request, state, _usage)


async def costs(request: Request, state: State) -> Response:
    """GET /v1/organization/costs, one result for each line item of a day."""
    return _paged(request, state, _costs)


def _paged(request: Request, state: State, results: Any) -> Response:
    asked = request.query_params
    try:
        start = int(asked["start_time"])
        end = int(asked.get("end_time", state.now() + 1))
        limit = min(max(int(asked.get("limit", 7)), 1), 180)
        first = int(asked.get("page", start // _DAY_S * _DAY_S))
    except (KeyError, ValueError):
        return refused(400, "'start_time' is required, in Unix seconds.", param="start_time")
    after = first + limit * _DAY_S
    data = [
        {
            "object": "bucket",
            "start_time": day,
            "end_time": day + _DAY_S,
            "results": results(
                [b for b in state.billed if max(day, start) <= b.at < min(day + _DAY_S, end)]
            ),
        }
        for day in range(first, min(after, end), _DAY_S)
    ]
    has_more = after < end
    page = {"object": "page", "data": data, "has_more": has_more}
    return JSONResponse({**page, "next_page": str(after) if has_more else None})


def _usage(billed: list[Billed]) -> list[dict[str, Any]]:
    return [
        {
            "object": "organization.usage.completions.result",
            "model": model,
            "batch": is_batch,
            "input_tokens": sum(b.read for b in some),
            "input_cached_tokens": sum(b.cached for b in some),
            "output_tokens": sum(b.written for b in some),
            "num_model_requests": len(some),
        }
        for (model, is_batch), some in _grouped(billed)
    ]


def _costs(billed: list[Billed]) -> list[dict[str, Any]]:
    found = []
    for (model, is_batch), some in _grouped(billed):
        read, cached, written = PRICES.get(model, _UNKNOWN)
        parts = {
            "input": read * sum(b.read - b.cached for b in some),
            "cached input": cached * sum(b.cached for b in some),
            "output": written * sum(b.written for b in some),
        }
        for part, micros in parts.items():
            usd = micros / 1_000_000 / (2 if is_batch else 1)
            found.append(
                {
                    "object": "organization.costs.result",
                    "amount": {"value": float(usd), "currency": "usd"},
                    "line_item": f"{model}{' batch' if is_batch else ''}, {part}",
                }
            )
    return found


def _grouped(billed: list[Billed]) -> Iterator[tuple[tuple[str, bool], list[Billed]]]:
    ordered = sorted(billed, key=lambda b: (b.model, b.is_batch))
    for key, some in groupby(ordered, key=lambda b: (b.model, b.is_batch)):
        yield key, list(some)
