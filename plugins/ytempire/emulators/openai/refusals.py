"""How OpenAI says no."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse


def error_body(message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """An error as the protocol words it."""
    kind = "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def refused(
    status: int, message: str, code: str | None = None, param: str | None = None
) -> JSONResponse:
    """An answer that is an error."""
    return JSONResponse(error_body(message, code, param), status_code=status)
