"""Chat completions: what is asked for in a schema is filled in, and its tokens are counted."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ytempire.emulators.openai.filling import filled
from ytempire.emulators.openai.prompt_cache import tokens_of
from ytempire.emulators.openai.refusals import error_body
from ytempire.emulators.openai.scripts import is_script, script_for
from ytempire.emulators.openai.state import Billed, State


async def completions(request: Request, state: State) -> Response:
    """POST /v1/chat/completions."""
    try:
        asked = await request.json()
    except ValueError:
        return JSONResponse(error_body("The body is not JSON."), status_code=400)
    status, body = complete(asked, state, is_batch=False)
    return JSONResponse(body, status_code=status)


def complete(asked: Any, state: State, *, is_batch: bool) -> tuple[int, dict[str, Any]]:
    """A completion of a request's body, or the error it deserves."""
    problem = _problem(asked)
    if problem:
        return 400, error_body(problem)
    model = asked["model"]
    if model not in state.knobs.models:
        return 404, error_body(f"The model `{model}` does not exist.", "model_not_found")
    said: dict[str, Any] = state.knobs.next.pop(0) if state.knobs.next else {}
    content = said.get("content", None if "refusal" in said else _content(asked, state))
    if content is not None and not isinstance(content, str):
        content = json.dumps(content, ensure_ascii=False)
    read, cached = state.prompts.read(asked, state.now())
    written = tokens_of(content or said.get("refusal", ""))
    usage = {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
    state.billed.append(Billed(state.now(), model, read, cached, written, is_batch))
    body = {
        "id": state.new_id("chatcmpl"),
        "object": "chat.completion",
        "created": state.now(),
        "model": f"{model}-emulated",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": content,
                    "refusal": said.get("refusal"),
                },
                "finish_reason": said.get("finish_reason", "stop"),
                "logprobs": None,
            }
        ],
        "usage": said.get("usage", usage),
    }
    return 200, {name: value for name, value in body.items() if value is not None}


def _problem(asked: Any) -> str:
    if not isinstance(asked, dict) or not isinstance(asked.get("model"), str):
        return "you must provide a model parameter"
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages:
        return "'messages' must be a list of at least one message."
    if not all(isinstance(m, dict) and isinstance(m.get("content"), str) for m in messages):
        return "Each message has a role and a content."
    schema = _schema(asked)
    return _unstrict(schema) if schema else ""


def _unstrict(node: Any) -> str:
    """What a strict schema may not be: an object with optional or open fields."""
    if isinstance(node, list):
        return next((said for each in node if (said := _unstrict(each))), "")
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "object":
        named = list(node.get("properties", {}))
        if node.get("additionalProperties") is not False:
            return "Invalid schema: 'additionalProperties' is required to be false."
        if sorted(node.get("required", [])) != sorted(named):
            return "Invalid schema: 'required' must name every key in properties."
    return _unstrict(list(node.values()))


def _schema(asked: dict[str, Any]) -> dict[str, Any]:
    shape = asked.get("response_format") or {}
    found = (shape.get("json_schema") or {}).get("schema") or {}
    return found if isinstance(found, dict) else {}


def _content(asked: dict[str, Any], state: State) -> Any:
    schema = _schema(asked)
    talk = "\n".join(message["content"] for message in asked["messages"])
    if is_script(schema):
        return script_for(talk, state.seed)
    return filled(schema, f"{state.seed}|{talk}") if schema else "This answer is SIMULATED."
