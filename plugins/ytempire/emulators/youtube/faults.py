"""Faults on demand: what goes wrong, for which method and channel, how often.

A refusing kind answers an error in the API's own shape; a transport kind spoils the answer on its
way; a state kind changes what a handler says and is asked for by name.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ytempire.emulators.youtube.chance import unit
from ytempire.emulators.youtube.quota import spent
from ytempire.emulators.youtube.refusals import Refusal, unauthenticated
from ytempire.emulators.youtube.store import Store, plain

Transport = Literal["slow", "truncated", "malformed", "dropped"]
State = Literal[
    "grant_revoked",
    "processing_rejected",
    "processing_failed",
    "stuck_processing",
    "channel_cap",
    "listing_lag",
    "strike",
    "no_revenue",
    "days_missing",
    "renamed_column",
    "negative_counter",
    "alien_id",
]
Refusing = Literal[
    "400", "401", "403", "429", "500", "503", "token_expired", "session404", "upload_limit",
    "quota_exceeded", "upload_quota", "signup_required", "thumbnail_throttle",
]  # fmt: skip

_REFUSALS: dict[str, Refusal] = {
    "400": Refusal(400, "badRequest", "Bad Request"),
    "401": unauthenticated(),
    "403": Refusal(403, "forbidden", "Forbidden"),
    "429": Refusal(429, "rateLimitExceeded", "Rate limit exceeded"),
    "500": Refusal(500, "backendError", "Internal error encountered."),
    "503": Refusal(503, "backendError", "The service is currently unavailable."),
    "token_expired": unauthenticated(),
    "session404": Refusal(404, "notFound", "Not Found"),
    "upload_limit": Refusal(
        400,
        "uploadLimitExceeded",
        "The user has exceeded the number of videos they may upload.",
        "youtube.video",
    ),
    "quota_exceeded": spent("default"),
    "upload_quota": spent("uploads"),
    "signup_required": Refusal(401, "youtubeSignupRequired", "Unauthorized", "youtube.header"),
    "thumbnail_throttle": Refusal(
        429,
        "uploadRateLimitExceeded",
        "The channel has uploaded too many thumbnails recently. Please try the request again "
        "later.",
        "youtube.thumbnail",
    ),
}
#: A strike by its `reason`, and the standing of `auditDetails` that it spoils.
STANDINGS = {
    "community": "communityGuidelinesGoodStanding",
    "copyright": "copyrightStrikesGoodStanding",
    "claims": "contentIdClaimsGoodStanding",
}
_TRANSPORTS = ("slow", "truncated", "malformed", "dropped")


class Fault(BaseModel):
    """A fault to set.

    Attributes:
        kind: what goes wrong.
        method: id as of the discovery document, `oauth.token`, `youtube.videos.insert#chunk` or
            `#status`; `*` for any of the APIs'.
        channel: a channel id; None for any.
        count: how many times; None: until it is deleted. One when nothing is said.
        probability: chance of each matching call, drawn from the seed.
        seconds: how long `slow` waits, real seconds.
        after_bytes: `dropped` in an upload chunk: how many bytes of it arrive first.
        days: `days_missing`: how many of the newest days.
        hours: `listing_lag`: how old an upload is, emulated, before a list or search finds it.
        most: `channel_cap`: uploads that a channel may make in 24 emulated hours.
        reason, message: replace those of a refusing kind; `strike`: `community`, `copyright` or
            `claims`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Transport | State | Refusing
    method: str = "*"
    channel: str | None = None
    count: int | None = Field(default=None, ge=1)
    probability: float | None = Field(default=None, gt=0, le=1)
    seconds: float = Field(default=2.0, ge=0, le=120)
    after_bytes: int = Field(default=0, ge=0)
    days: int = Field(default=2, ge=1, le=60)
    hours: float = Field(default=1.0, ge=0)
    most: int = Field(default=6, ge=0)
    reason: str | None = None
    message: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _once(cls, given: object) -> object:
        if isinstance(given, dict) and "count" not in given and "probability" not in given:
            return {**given, "count": 1}
        return given

    @model_validator(mode="after")
    def _known_strike(self) -> Fault:
        if self.kind == "strike" and self.reason not in (None, *STANDINGS):
            raise ValueError(f"A strike's reason is one of {', '.join(STANDINGS)}.")
        return self

    @property
    def is_transport(self) -> bool:
        """It spoils the answer on its way rather than changing it."""
        return self.kind in _TRANSPORTS

    def refusal(self) -> Refusal | None:
        """The answer of a refusing kind."""
        base = _REFUSALS.get(self.kind)
        if base is None:
            return None
        return Refusal(
            base.code, self.reason or base.reason, self.message or base.message, base.domain
        )


class Faults:
    """The faults in force."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._seed = seed

    def add(self, fault: Fault) -> int:
        """Sets a fault; its id."""
        return self._store.insert(
            "faults", {"spec": fault.model_dump(), "remaining": fault.count, "asked": 0}
        )

    def list(self) -> list[dict[str, object]]:
        """All that are set, with how often each may still strike."""
        return [plain(row) for row in self._store.rows("select * from faults")]

    def clear(self, fault_id: int | None = None) -> int:
        """Deletes one, or all; how many."""
        if fault_id is None:
            return self._store.run("delete from faults")
        return self._store.run("delete from faults where fault_id = ?", fault_id)

    def gate(self, method: str, channel: str | None) -> Fault | None:
        """The refusing or transport fault that strikes this call, if any; counted down."""
        return self._strike(method, channel, None)

    def state(self, kind: State, method: str, channel: str | None) -> Fault | None:
        """The fault of a state kind that strikes this call, if any; counted down."""
        return self._strike(method, channel, kind)

    def _strike(self, method: str, channel: str | None, kind: str | None) -> Fault | None:
        for row in self._store.rows(
            "select * from faults where remaining is null or remaining > 0 order by fault_id"
        ):
            fault = Fault.model_validate(plain(row)["spec"])
            is_gate = fault.is_transport or fault.refusal() is not None
            if (is_gate if kind is None else fault.kind == kind) and self._matches(
                fault, row["fault_id"], row["asked"], method, channel
            ):
                return fault
        return None

    def _matches(
        self, fault: Fault, fault_id: int, asked: int, method: str, channel: str | None
    ) -> bool:
        is_any = fault.method == "*" and not method.startswith("oauth.")
        if not (is_any or fault.method == method) or fault.channel not in (None, channel):
            return False
        chance = fault.probability
        strikes = chance is None or unit(self._seed, "fault", fault_id, asked) < chance
        self._store.run(
            "update faults set asked = asked + 1, remaining = remaining - ? where fault_id = ?",
            int(strikes),
            fault_id,
        )
        return strikes
