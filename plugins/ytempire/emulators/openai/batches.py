"""Files and batches: a file of requests goes in, a file of answers comes out."""

from __future__ import annotations

import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ytempire.emulators.openai.chat import complete
from ytempire.emulators.openai.refusals import refused
from ytempire.emulators.openai.state import State

_DAY_S = 86_400
_EXPIRED = {"code": "batch_expired", "message": "This request could not be executed in time."}


async def upload(request: Request, state: State) -> Response:
    """POST /v1/files, multipart."""
    async with request.form() as form:
        given = form.get("file")
        if not isinstance(given, UploadFile):
            return refused(400, "'file' is required.", param="file")
        content = await given.read()
        purpose = str(form.get("purpose", ""))
        return JSONResponse(state.keep_file(given.filename or "file", purpose, content))


async def file(request: Request, state: State) -> Response:
    """GET /v1/files/{id}."""
    found = state.files.get(request.path_params["id"])
    return JSONResponse(found[0]) if found else refused(404, "No such File object.")


async def content(request: Request, state: State) -> Response:
    """GET /v1/files/{id}/content."""
    found = state.files.get(request.path_params["id"])
    if found is None:
        return refused(404, "No such File object.")
    return Response(found[1], media_type="application/octet-stream")


async def create(request: Request, state: State) -> Response:
    """POST /v1/batches. It works at once; OpenAI takes up to a day."""
    asked = await request.json()
    found = state.files.get(str(asked.get("input_file_id")))
    if found is None or found[0]["purpose"] != "batch":
        return refused(400, "Invalid input_file_id.", param="input_file_id")
    batch: dict[str, Any] = {
        "id": state.new_id("batch"),
        "object": "batch",
        "endpoint": asked.get("endpoint", "/v1/chat/completions"),
        "input_file_id": asked["input_file_id"],
        "completion_window": asked.get("completion_window", "24h"),
        "status": "in_progress",
        "created_at": state.now(),
        "expires_at": state.now() + _DAY_S,
        "metadata": asked.get("metadata"),
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
    }
    state.batches[batch["id"]] = batch
    return JSONResponse(batch)


async def listed(request: Request, state: State) -> Response:
    """GET /v1/batches: the newest first, in pages."""
    newest = list(reversed(state.batches.values()))
    after, limit = request.query_params.get("after"), request.query_params.get("limit", "20")
    first = next((n + 1 for n, each in enumerate(newest) if each["id"] == after), 0)
    page = newest[first : first + min(max(int(limit), 1), 100)]
    return JSONResponse(
        {
            "object": "list",
            "data": page,
            "first_id": page[0]["id"] if page else None,
            "last_id": page[-1]["id"] if page else None,
            "has_more": first + len(page) < len(newest),
        }
    )


async def retrieve(request: Request, state: State) -> Response:
    """GET /v1/batches/{id}: as far as `Knobs.batches` lets it come."""
    batch = state.batches.get(request.path_params["id"])
    if batch is None:
        return refused(404, f"No batch found with id '{request.path_params['id']}'.")
    if batch["status"] == "in_progress" and state.knobs.batches != "in_progress":
        _finish(batch, state)
    return JSONResponse(batch)


async def cancel(request: Request, state: State) -> Response:
    """POST /v1/batches/{id}/cancel."""
    batch = state.batches.get(request.path_params["id"])
    if batch is None:
        return refused(404, "No such batch.")
    status = "cancelling" if state.knobs.stops_slowly else "cancelled"
    batch |= {"status": status, f"{status}_at": state.now()}
    return JSONResponse(batch)


def _finish(batch: dict[str, Any], state: State) -> None:
    lines = [json.loads(each) for each in state.files[batch["input_file_id"]][1].splitlines()]
    models = {line["body"].get("model") for line in lines}
    if state.knobs.batches == "failed" or len(models) > 1:
        said = "The file holds requests of several models." if len(models) > 1 else "Told to fail."
        errors = {"object": "list", "data": [{"code": "invalid_file", "message": said}]}
        batch |= {"status": "failed", "failed_at": state.now(), "errors": errors}
        return
    done = lines[: -(-len(lines) // 2)] if state.knobs.batches == "expired" else lines
    good: list[dict[str, Any]] = []
    bad: list[dict[str, Any]] = []
    for line in done:
        status, body = (
            (500, {"error": {"code": "server_error", "message": "Told to fail."}})
            if line["custom_id"] in state.knobs.failing
            else complete(line["body"], state, is_batch=True)
        )
        (good if status == 200 else bad).append(_line(line, state, status, body, None))
    bad += [_line(line, state, 0, None, _EXPIRED) for line in lines[len(done) :]]
    batch |= {
        "status": state.knobs.batches,
        f"{state.knobs.batches}_at": state.now(),
        "output_file_id": _kept(good, "output", state),
        "error_file_id": _kept(bad, "error", state),
        "request_counts": {"total": len(lines), "completed": len(good), "failed": len(bad)},
    }


def _line(
    asked: dict[str, Any],
    state: State,
    status: int,
    body: dict[str, Any] | None,
    error: dict[str, str] | None,
) -> dict[str, Any]:
    response = {"status_code": status, "request_id": state.new_id("req"), "body": body}
    return {
        "id": state.new_id("batch_req"),
        "custom_id": asked["custom_id"],
        "response": response if body else None,
        "error": error,
    }


def _kept(lines: list[dict[str, Any]], name: str, state: State) -> str | None:
    if not lines:
        return None
    text = "\n".join(json.dumps(line) for line in lines)
    return str(state.keep_file(f"{name}.jsonl", "batch_output", text.encode())["id"])
