"""Typed errors: each says what happened, what to do, and whether trying again can help."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType


class YTEmpireError(Exception):
    """Base of every error meant for a person.

    Args:
        message: what happened, in a sentence.
        remedy: what the person can do about it; shown on a line of its own.
    """

    #: A later try of the same thing may succeed; Airflow's retry policy reads it.
    is_transient = False

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class InvalidInput(YTEmpireError):
    """What a person or a file gave cannot be used; nothing was started."""


class InvalidScript(InvalidInput):
    """The script is empty, too long, not text, or holds nothing that can be spoken."""


class TooAlike(InvalidInput):
    """A script repeats what its channel has shown; it was rewritten and still does."""


class NotAsked(InvalidInput):
    """Nobody is asked about a review: it was answered, or another cut waits now."""


class MissingGlyph(InvalidInput):
    """No bundled font can draw a character of the text."""


class InvalidMedia(InvalidInput):
    """A picture or sound is corrupt, or of a kind that cannot be read."""


class NotAllowed(YTEmpireError):
    """A person's role does not reach as far as what they asked for; nothing was done."""


class NotConfigured(YTEmpireError):
    """A capability was asked for that has no key, grant or address."""


class GrantUnreadable(NotConfigured):
    """A channel's stored grant cannot be read: its key is gone, or it was damaged."""


class ChannelMissing(NotConfigured):
    """The account that was connected has no YouTube channel; its grant is good."""


class ScopeMissing(NotConfigured):
    """A grant does not reach as far as a call needs: a person left a box unticked."""


class UnknownChannel(InvalidInput):
    """No channel has this id."""


class KeyRejected(YTEmpireError):
    """A provider does not accept the key it was given: a person must mend it."""


class ProviderUnavailable(YTEmpireError):
    """A provider did not answer, or answered that it cannot serve now.

    Attributes:
        retry_after_s: seconds that the provider asked to wait; None: it did not say.
        is_of_thumbnails: YouTube takes no more of the channel's thumbnails for now.
    """

    is_transient = True
    retry_after_s: float | None = None
    is_of_thumbnails = False


class ProviderRefused(YTEmpireError):
    """A provider will not make this, whoever asks how often; another one may."""


class AlreadyThere(YTEmpireError):
    """What was to be made exists: an earlier try whose answer was lost has made it."""


class MalformedAnswer(YTEmpireError):
    """A provider answered something that is not of its own protocol; it was not stored."""

    is_transient = True


class ContractBroken(YTEmpireError):
    """A source answers in another shape than the one built upon: a column renamed, a type changed.

    Nothing of that answer was stored; trying again cannot help, new code can.
    """


class QuotaExhausted(YTEmpireError):
    """What a provider's plan, or one's own allowance, gives for a time is spent; it comes back by
    itself when the next hour, day or month begins (YouTube's day at midnight Pacific).

    Attributes:
        is_of_uploads: of YouTube, Google said that it is the uploads' bucket; else it is the call's
            other one.
    """

    is_of_uploads = False


class OverBudget(QuotaExhausted):
    """A budget of money, or of a provider's units, has too little left for a call; nothing was
    sent. What costs nothing may serve instead, as with any spent quota.

    Attributes:
        budget: its scope, name, period, begins (a day) and unit.
    """

    budget: Mapping[str, str] = MappingProxyType({})


class GrantRevoked(YTEmpireError):
    """The account's grant is dead: a person must connect the channel again."""


class ChannelResting(YTEmpireError):
    """The channel met its own upload cap; others go on."""


class MustWait(YTEmpireError):
    """Nothing failed: a video goes on later by itself, and holds no worker until then.

    Attributes:
        until: when it is worth another try, UTC.
        state: what the video is meanwhile: `waiting_quota` or `waiting_channel`.
    """

    def __init__(self, message: str, until: datetime, state: str) -> None:
        super().__init__(message, f"It goes on by itself at {until:%Y-%m-%d %H:%M} UTC.")
        self.until = until
        self.state = state


class SomeFailed(YTEmpireError):
    """Some of several channels or accounts failed, each for a reason of its own; the others are
    done.

    Args:
        failed: the reasons by channel or account.
        asked: how many there were.
        of: what they are, in the plural.

    Attributes:
        retry_after_s: the longest pause that one of them asked for; None: none did.
    """

    def __init__(self, failed: Mapping[str, YTEmpireError], asked: int, of: str) -> None:
        reasons = [
            f"  {name}: {' '.join(filter(None, (error.message, error.remedy)))}"
            for name, error in failed.items()
        ]
        super().__init__(
            "\n".join((f"{len(failed)} of {asked} {of} failed.", *reasons)),
            "The others are done. Mend these and run it again.",
        )
        self.is_transient = all(error.is_transient for error in failed.values())
        pauses = [getattr(error, "retry_after_s", None) or 0.0 for error in failed.values()]
        self.retry_after_s = max(pauses) or None


class UploadRejected(YTEmpireError):
    """YouTube refused the video for good (its reason is in the message)."""


class OutOfMemory(YTEmpireError):
    """A device has too little memory for a job, also for a smaller one."""


class QualityFailed(YTEmpireError):
    """The finished file broke a rule of the release check; it is kept for a look."""


class PolicyBlocked(YTEmpireError):
    """A policy forbids the release; only other content lifts that, never another try."""


class ReleaseRejected(YTEmpireError):
    """A person, or the time-out of a review, said no to a video."""


class BadData(YTEmpireError):
    """Landed rows broke a rule; the message names table, rule and a sample."""


class NoWriteAccess(YTEmpireError):
    """A folder that this installation keeps its things in cannot be written."""


class OutOfSpace(YTEmpireError):
    """The disk has too little room for what was asked; nothing was started."""


class ServiceFailed(YTEmpireError):
    """A service of this machine did not start or did not become healthy."""
