"""What is bought in tests of the money."""

from __future__ import annotations

from decimal import Decimal

from ytempire.domain import Usage


def tokens(count: int) -> Usage:
    """Output of the large model: ten dollars a million."""
    return _of("openai/gpt-5.1", "script", "output_token", count)


def characters(count: int) -> Usage:
    """Speech of the best voice: a hundred dollars a million."""
    return _of("elevenlabs", "voice", "character", count)


def _of(provider: str, kind: str, unit: str, count: int) -> Usage:
    return Usage(provider=provider, kind=kind, unit=unit, quantity=Decimal(count), device="remote")
