"""What Stripe answers when it does not answer: one shape for every refusal."""

from __future__ import annotations


class Refusal(Exception):
    """A refusal on its way to the client.

    Args:
        param: the parameter that is at fault.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        told = {"code": code, "message": message, "param": param, "type": kind}
        self.body = {"error": {name: value for name, value in told.items() if value is not None}}


def missing(what: str, name: str, param: str = "id") -> Refusal:
    """There is no such object."""
    return Refusal(404, f"No such {what}: '{name}'", code="resource_missing", param=param)


def unknown(param: str) -> Refusal:
    """The list has no such filter."""
    return Refusal(
        400, f"Received unknown parameter: {param}", code="parameter_unknown", param=param
    )


def invalid(param: str, why: str) -> Refusal:
    """A parameter has a value that it cannot have."""
    return Refusal(400, why, param=param)
