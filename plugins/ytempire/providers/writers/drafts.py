"""What a model is asked to fill in, and how that becomes a script or is sent back."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from ytempire.domain import Format, Scene, Script
from ytempire.providers.voices import is_speakable
from ytempire.providers.writers import Brief, cleaning
from ytempire.providers.writers.cutting import key_phrase, scenes, seconds_of

#: YouTube: 100 characters of title, 5000 bytes of description (some kept for sources and the
#: disclosure), 500 characters of tags.
LONGEST_TITLE, LONGEST_DESCRIPTION_BYTES, LONGEST_TAGS = 100, 3_000, 400
_LONGEST_ON_SCREEN, _LONGEST_THUMBNAIL, _LONGEST_PICTURE = 44, 40, 400
#: A scene of more than this is shown in several pictures.
_LONGEST_SCENE_S = 11.0
#: Of the length asked for; what lies outside is sent back.
_SHORTEST_SHARE, _LONGEST_SHARE = 0.55, 1.45
#: An East Asian character takes about as long to say as these letters.
_WIDE_LETTERS = 2.4
#: What suits a format when the brief names no length, in seconds.
USUAL_S = {Format.SHORT: 55.0, Format.WIDE: 300.0}


class _Draft(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SceneDraft(_Draft):
    """A scene as a model fills it in."""

    narration: str
    on_screen: str
    picture: str


class ScriptDraft(_Draft):
    """A script as a model fills it in: every field required, none long."""

    title: str
    hook: str
    scenes: tuple[SceneDraft, ...]
    description: str
    sources: tuple[str, ...]
    tags: tuple[str, ...]
    thumbnail_text: str


def wanted_seconds(brief: Brief) -> float:
    """How long the video should be."""
    return brief.seconds or USUAL_S[brief.format]


def spoken_seconds(text: str) -> float:
    """About how long a text lasts when spoken, in any script."""
    wide = sum(1 for character in text if "\u1100" <= character <= "\ud7ff")
    return seconds_of("x" * round(len(text) + (_WIDE_LETTERS - 1) * wide))


def wrong_with(draft: ScriptDraft, brief: Brief) -> str:
    """What keeps a draft from being the script of a brief, in words for its writer; "" nothing."""
    told = [cleaning.spoken(scene.narration) for scene in draft.scenes]
    told = [narration for narration in told if is_speakable(narration)]
    if not told:
        return "no scene has a narration that can be spoken"
    if not is_speakable(cleaning.line(draft.title, LONGEST_TITLE)):
        return "title: it has no words"
    seconds, wanted = sum(spoken_seconds(narration) for narration in told), wanted_seconds(brief)
    if not _SHORTEST_SHARE * wanted <= seconds <= _LONGEST_SHARE * wanted:
        return (
            f"the narration lasts about {seconds:.0f} seconds, {wanted:.0f} are wanted: "
            f"{'shorten' if seconds > wanted else 'lengthen'} it"
        )
    if not any(cleaning.line(source, 200) for source in draft.sources):
        return "sources: name at least one place where the claims can be looked up"
    return ""


def script_of(draft: ScriptDraft, brief: Brief) -> Script:
    """The script of a draft that nothing is wrong with, cleaned and within YouTube's limits."""
    label = (
        "SIMULATED: the signals behind this come from a local stand-in for YouTube.\n\n"
        if brief.is_simulated
        else ""
    )
    return Script(
        title=cleaning.line(draft.title, LONGEST_TITLE),
        hook=cleaning.line(draft.hook, 200),
        scenes=tuple(scene for each in draft.scenes for scene in _scenes(each)),
        description=label + cleaning.block(draft.description, LONGEST_DESCRIPTION_BYTES),
        tags=_tags(draft.tags),
        thumbnail_text=cleaning.line(draft.thumbnail_text, _LONGEST_THUMBNAIL),
        language=brief.language,
        sources=cleaning.listed(draft.sources, 200, 12),
    )


def _scenes(draft: SceneDraft) -> list[Scene]:
    narration = cleaning.spoken(draft.narration)
    if not is_speakable(narration):
        return []
    parts = scenes(narration) if spoken_seconds(narration) > _LONGEST_SCENE_S else [narration]
    on_screen = cleaning.line(draft.on_screen, _LONGEST_ON_SCREEN)
    return [
        Scene(
            narration=part,
            on_screen=on_screen if number == 0 else key_phrase(part),
            picture=cleaning.line(draft.picture, _LONGEST_PICTURE),
        )
        for number, part in enumerate(parts)
    ]


def _tags(given: tuple[str, ...]) -> tuple[str, ...]:
    """Tags within YouTube's room, which counts two quotes around each that has a space."""
    kept: list[str] = []
    room = LONGEST_TAGS
    for tag in cleaning.listed(given, 60, 15):
        room -= len(tag) + 1 + (2 if " " in tag else 0)
        if room < 0:
            break
        kept.append(tag)
    return tuple(kept)
