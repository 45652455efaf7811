"""Two hundred requests as a business with six channels has them in five days: fixed by their seed.

Two of three are planned, by the plan of 05:00 and 17:00, and run with the next; the others are
people's, and run at once. One in eight is asked again, minutes to hours later: a stage that was
retried, killed or done anew asks what it asked before.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ytempire.domain import Format, Tier
from ytempire.providers.writers import Brief, Signal

SEED = 7
COUNT, REPEATED, PLANNED = 200, 0.12, 0.70
BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
DAYS, PLAN_HOURS = 5, (13, 25)
#: Workers take a planned video every so many seconds; a repeat comes so long after the first.
PACE_S, AGAIN_S = 100, (300, 7_200)
#: Channel: field, language, share of wide videos, subjects, and what is asked of them.
CHANNELS: dict[str, tuple[str, str, float, tuple[str, ...], tuple[str, ...]]] = {
    "tidewise": ("the sea", "en", 0.1,
                 ("king tides", "kelp forests", "rogue waves", "sea ice", "salt marshes"),
                 ("What moves {}", "Who lives off {}", "{}, hour by hour", "The price of {}",
                  "How {} are counted")),
    "loafwise": ("baking", "en", 0.0,
                 ("rye bread", "sourdough", "croissants", "pretzels", "flatbread"),
                 ("Why {} fails", "{} in four moves", "The oven's part in {}", "{} without sugar",
                  "Who invented {}")),
    "farlight": ("physics of space", "en", 0.5,
                 ("neutron stars", "solar wind", "dark matter", "comets", "red dwarfs"),
                 ("What {} weigh", "{} up close", "How we found {}", "The sound of {}",
                  "When {} end")),
    "steuerklar": ("tax law", "de", 0.3,
                   ("Homeoffice", "Nebenjobs", "Minijobs", "Vermietung", "Erbschaften"),
                   ("{}: was absetzbar ist", "{} und das Finanzamt", "Drei Fehler bei {}",
                    "{} in zehn Minuten", "{}: die Fristen")),
    "longago": ("history of trade", "en", 0.6,
                ("salt roads", "spice fleets", "coinage", "guilds", "lighthouses"),
                ("The fall of {}", "A day among {}", "{} and the war", "Who paid for {}",
                 "What remains of {}")),
    "huerto": ("gardening", "es", 0.1,
               ("tomates", "compost", "hierbas", "riego", "semillas"),
               ("{}: lo que nadie dice", "{} en un balcón", "Errores con {}", "{} en invierno",
                "Cuánto cuesta {}")),
}  # fmt: skip
_TIERS = ((Tier.PREMIUM, 0.15), (Tier.STANDARD, 0.65), (Tier.ECONOMY, 0.20))
_TITLES = (
    "{} explained by somebody who was there", "I tried {} for thirty days", "Why {} matter now",
    "{}: the part they leave out", "The truth about {}", "{} in the strangest place on Earth",
    "What experts get wrong about {}", "Nobody believed me about {}", "{} | full story",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A script to be written, and judged afterwards.

    Attributes:
        at: when its stage asks.
        ordered_at: when a plan knew of it; None: nobody did.
    """

    number: int
    at: datetime
    brief: Brief
    ordered_at: datetime | None = None


def paid_requests(count: int = COUNT, seed: int = SEED) -> list[Asked]:
    """The requests, in the order in which they are made; the same for the same seed."""
    chance = random.Random(seed)  # no secret
    first = round(count * (1 - REPEATED))
    planned = round(count * PLANNED)
    briefs = _briefs(chance, first)
    plans = [BEGIN + timedelta(days=d, hours=h) for d in range(DAYS) for h in PLAN_HOURS]
    asked: list[Asked] = []
    for number, brief in enumerate(briefs):
        if number < planned:
            plan = plans[number * len(plans) // planned]
            run = plan + timedelta(
                hours=12, seconds=PACE_S * (number % (-(-planned // len(plans))))
            )
            asked.append(Asked(number, run, brief, plan))
        else:
            at = BEGIN + timedelta(seconds=chance.uniform(0, DAYS * 86_400))
            asked.append(Asked(number, at, brief))
    for number, again in enumerate(chance.sample(asked, count - first), start=first):
        at = again.at + timedelta(seconds=chance.uniform(*AGAIN_S))
        asked.append(Asked(number, at, again.brief))
    return sorted(asked, key=lambda each: each.at)


def _briefs(chance: random.Random, count: int) -> list[Brief]:
    """Briefs of which no two are the same, in a mixed order."""
    told = [
        (channel, pattern.format(subject), subject)
        for channel, (_, _, _, subjects, patterns) in CHANNELS.items()
        for subject in subjects
        for pattern in patterns
    ]
    topics = [*told, *((channel, f"{topic}, part two", s) for channel, topic, s in told)]
    return [_brief(chance, *each) for each in chance.sample(topics, count)]


def _brief(chance: random.Random, channel: str, topic: str, subject: str) -> Brief:
    field, language, wide, _, _ = CHANNELS[channel]
    tiers, weights = zip(*_TIERS, strict=True)
    return Brief(
        topic=topic,
        niche=field,
        language=language,
        format=Format.WIDE if chance.random() < wide else Format.SHORT,
        tier=chance.choices(tiers, weights)[0],
        signals=tuple(_signal(chance, subject) for _ in range(8)),
        is_simulated=True,
    )


def _signal(chance: random.Random, subject: str) -> Signal:
    return Signal(
        title=chance.choice(_TITLES).format(subject).capitalize(),
        channel_title=f"{chance.choice(('Plain', 'Deep', 'Daily', 'Small'))} {subject.title()}",
        views=chance.randrange(4_000, 2_000_000),
        views_per_hour=round(chance.uniform(20, 9_000), 3),
        published_at=BEGIN - timedelta(hours=chance.randrange(2, 160)),
    )
