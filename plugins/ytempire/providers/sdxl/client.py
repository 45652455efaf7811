"""Asks the host of SDXL for pictures."""

from __future__ import annotations

import io

import httpx
from PIL import Image

from ytempire.config import SDXL
from ytempire.errors import (
    KeyRejected,
    MalformedAnswer,
    NotConfigured,
    OutOfMemory,
    YTEmpireError,
)
from ytempire.providers import wire
from ytempire.providers.sdxl.pipeline import Made
from ytempire.providers.sdxl.prompts import Job

_WHO = "SDXL's host"


class Client:
    """A pipeline that runs in another process: the one that `YTEMPIRE_SDXL__HOST` names."""

    def __init__(self, chosen: SDXL) -> None:
        assert chosen.host is not None
        self._chosen = chosen
        self._address = chosen.host.rstrip("/")
        self._http: httpx.Client | None = None

    @property
    def device(self) -> str:
        """The host counts its own seconds; a failed call has none of ours."""
        return "remote"

    @property
    def weights(self) -> str:
        return f"{self._address} {self._chosen.weights} {self._chosen.precision}"

    def make(self, job: Job) -> Made:
        """See `Maker.make`. A host that is away for a moment is asked again."""
        return wire.patiently(lambda: self._asked(job))

    def close(self) -> None:
        """Close the connection."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def _asked(self, job: Job) -> Made:
        if self._http is None:
            self._http = wire.http(self._chosen.deadline_s)
        headers = {}
        if self._chosen.token is not None:
            headers["authorization"] = f"Bearer {self._chosen.token.get_secret_value()}"
        try:
            answer = self._http.post(
                f"{self._address}/pictures", json=job.model_dump(mode="json"), headers=headers
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise wire.lost(_WHO, error) from error
        if answer.status_code != 200:
            raise _error(answer)
        return _made(answer)


def _error(answer: httpx.Response) -> YTEmpireError:
    if answer.status_code == 507:
        return OutOfMemory(
            f"{_WHO} has too little memory for a picture, also for a smaller one.",
            "End what else uses the card, or set YTEMPIRE_SDXL__PRECISION=int8 for the host.",
        )
    if answer.status_code == 501:
        return NotConfigured(
            f"{_WHO} cannot work: {answer.text[:300]}", "Mend it where `ytempire sdxl` runs."
        )
    error = wire.failed(_WHO, answer.status_code, answer.text, answer.headers)
    if isinstance(error, KeyRejected):
        error.remedy = "Set the same YTEMPIRE_SDXL__TOKEN for the host and its clients."
    return error


def _made(answer: httpx.Response) -> Made:
    try:
        image = Image.open(io.BytesIO(answer.content))
        image.load()
        peak = answer.headers["x-peak-mb"]
        return Made(
            image=image.convert("RGB"),
            seconds=float(answer.headers["x-seconds"]),
            device=answer.headers["x-device"],
            peak_mb=int(peak) if peak else None,
            notes=(note,) if (note := answer.headers.get("x-note", "")) else (),
        )
    except (OSError, KeyError, ValueError, SyntaxError) as error:
        raise MalformedAnswer(
            f"{_WHO} answered something that is no picture.", "Is it `ytempire sdxl`?"
        ) from error
