"""The starter channels' looks, and the house look for a channel that has none yet."""

from __future__ import annotations

from ytempire.domain import Identity

HOUSE = Identity(handle="@ytempire")

STARTERS: dict[str, Identity] = {
    # Ocean and tide science: deep water, sea glass, a coral that the eye finds at once.
    "tidewise": Identity(
        name="Tidewise",
        handle="@tidewise",
        palette=("#04202c", "#0d4356", "#f3fbf8", "#35d6c8", "#ff8b66"),
        texture="waves",
        typeface="grotesque",
        seed=101,
    ),
    # The history of money: banker's green, cream paper, gold, sealing wax.
    "ledger-lore": Identity(
        name="Ledger Lore",
        handle="@ledgerlore",
        palette=("#10201a", "#1f3d31", "#f8eed7", "#e3b04b", "#d9694a"),
        texture="paper",
        typeface="serif",
        seed=202,
    ),
    # Space: indigo night, violet light, one warm star.
    "quiet-orbit": Identity(
        name="Quiet Orbit",
        handle="@quietorbit",
        palette=("#090a1f", "#1f1b4d", "#f4f2ff", "#9a86ff", "#ffc95c"),
        texture="rings",
        typeface="geometric",
        seed=303,
    ),
}


def identity_for(channel: str) -> Identity:
    """The look of a channel by its slug; the house look where it has none of its own."""
    return STARTERS.get(channel, HOUSE)
