"""The pictures of a script: one for each scene, by the first of a chain that has one.

Own media, then a picture made for the scene, then stock, then the painter, who never fails. What
others made is looked at before it is shown. A picture that is there already is not made again.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from ytempire.config import Settings, settings
from ytempire.domain import Fallback, Format, Identity, Scene, Script, Tier, Usage
from ytempire.errors import (
    InvalidMedia,
    MalformedAnswer,
    OutOfMemory,
    ProviderRefused,
    ProviderUnavailable,
    QuotaExhausted,
    YTEmpireError,
)
from ytempire.journal import Journal
from ytempire.providers.painter import SeededPainter, is_data, lettered
from ytempire.providers.pictures import (
    CLIP,
    STILL,
    Credit,
    Painter,
    Picture,
    PictureContext,
    Searching,
    checking,
    save_bytes,
    save_jpeg,
)
from ytempire.providers.writers.cutting import seconds_of

#: How much larger than the frame a picture is, each way.
HEADROOM = 1.12
#: After one of these the next scene need not ask the same one again.
_RESTING = (ProviderUnavailable, QuotaExhausted, OutOfMemory)
#: A page of Pexels that may be linked; what else a credit names is left out.
_PAGE = re.compile(r"https://www\.pexels\.com/[\w\-./@%]{1,200}", re.ASCII)
_ADDRESS = re.compile(r"://|^www\.|\w\.\w{2,}(?:/|$)", re.IGNORECASE)
_MARKS = str.maketrans(dict.fromkeys("<>#@:/\\", " "))
_LONGEST_NAME = 60
_PASSED_OVER = (*_RESTING, ProviderRefused, MalformedAnswer, InvalidMedia)


def picture_size(format: Format) -> tuple[int, int]:
    """Pixels of a picture for a frame: even, because video planes are halved."""
    width, height = format.size
    return round(width * HEADROOM / 2) * 2, round(height * HEADROOM / 2) * 2


def painters_for(chosen: Settings, tier: Tier = Tier.PREMIUM) -> tuple[Painter, ...]:
    """Who is asked for a picture, in order, by what is configured; the painter is always last. An
    economy video leaves SDXL to the others."""
    chain: list[Painter] = []
    if chosen.media.folder is not None:
        from ytempire.providers.media_folder import MediaFolder

        chain.append(MediaFolder(chosen.media.folder))
    if (chosen.sdxl.weights or chosen.sdxl.host) and tier is not Tier.ECONOMY:
        from ytempire.providers.sdxl import painter_of

        chain.append(painter_of(chosen.sdxl))
    if chosen.pexels.api_key is not None:
        from ytempire.providers.pexels import Pexels

        chain.append(Pexels(chosen.pexels))
    return (*chain, SeededPainter())


def paint(
    script: Script,
    identity: Identity,
    format: Format,
    folder: Path,
    journal: Journal,
    painters: Sequence[Painter] | None = None,
    *,
    tier: Tier = Tier.STANDARD,
) -> tuple[Path, ...]:
    """Make every scene's picture in `folder`: stills (.jpg) larger than the frame, or clips (.mp4).

    Each is named by a hash of all that decides it, so a second call makes only what is missing.

    Args:
        painters: who is asked, in order; by default those that are configured. When none of them
            has a picture, the painter of this machine makes one.
        tier: a premium video's pictures overtake others where they queue.

    Returns:
        The pictures in the order of the scenes; `credits_of` says where they come from.

    Raises:
        KeyRejected, NotConfigured: a person must mend a provider; never a silent fallback.
    """
    chain = tuple(painters) if painters is not None else painters_for(settings(), tier)
    folder.mkdir(parents=True, exist_ok=True)
    easel = _Easel(chain, folder, journal, picture_size(format))
    contexts = [
        PictureContext(script, i, identity, format, seconds_of(scene.narration), tier=tier)
        for i, scene in enumerate(script.scenes)
    ]
    try:
        return easel.paint(contexts)
    finally:
        for painter in chain:
            painter.close()


def credits_of(pictures: Sequence[Path]) -> tuple[Credit, ...]:
    """Where pictures of `paint` come from, each source once; the painter's come from nowhere."""
    found = (_credit_of(picture) for picture in pictures)
    return tuple({credit.media or credit.url: credit for credit in found if credit}.values())


def credit_lines(pictures: Sequence[Path]) -> tuple[str, ...]:
    """The lines that a description owes to those whose pictures are shown.

    They are strangers' words: a name becomes one short line, and only Pexels' own pages are linked.
    """
    owed = [credit for credit in credits_of(pictures) if credit.author]
    return tuple(dict.fromkeys(_owed(credit) for credit in owed))


def _owed(credit: Credit) -> str:
    link = f": {credit.url}" if _PAGE.fullmatch(credit.url) else ""
    return f"{_name(credit.author) or 'A photographer'} on {credit.provider.title()}{link}"


def _name(text: str) -> str:
    """A stranger's name on one line: no links, no marks that a description gives a meaning."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    words = [word for word in plain.split() if not _ADDRESS.search(word)]
    return " ".join(" ".join(words).translate(_MARKS).split())[:_LONGEST_NAME].strip()


@dataclass
class _Easel:
    """One video's pictures in the making."""

    chain: tuple[Painter, ...]
    folder: Path
    journal: Journal
    size: tuple[int, int]
    resting: dict[str, str] = field(default_factory=dict)

    def paint(self, contexts: Sequence[PictureContext]) -> tuple[Path, ...]:
        stems = [self._stem(context) for context in contexts]
        # Media of pictures that are there already are known before the first new one is chosen.
        paths = [_found(stem) for stem in stems]
        taken = {credit.media for p in paths if p and (credit := _credit_of(p)) and credit.media}
        taken |= _stock_of_earlier_takes(self.folder)
        for index, context in enumerate(contexts):
            if paths[index] is None:
                note = f"picture {index + 1} of {len(contexts)}"
                self.journal.progress(index / len(contexts), note)
                made = self._made(replace(context, taken=frozenset(taken)), stems[index])
                taken |= {credit.media for credit in [_credit_of(made)] if credit and credit.media}
                paths[index] = made
        return tuple(path for path in paths if path is not None)

    def _asked(self, context: PictureContext) -> tuple[Painter, ...]:
        """Who is asked for this scene: numbers and steps are written by the painter."""
        if is_data(context.script, context.identity, context.index):
            return tuple(each for each in self.chain if each.name in {"media", "painter"})
        return self.chain

    def _stem(self, context: PictureContext) -> Path:
        scene = context.script.scenes[context.index]
        keys = [f"{p.name} {p.key(scene, context, self.size)}" for p in self._asked(context)]
        digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
        return self.folder / f"scene-{context.index:03d}-{digest}"

    def _made(self, context: PictureContext, stem: Path) -> Path:
        scene = context.script.scenes[context.index]
        passed: list[tuple[str, str]] = []
        for painter in self._asked(context):
            if painter.name in self.resting:
                passed.append((painter.name, self.resting[painter.name]))
                continue
            started = time.perf_counter()
            try:
                path = self._tried(painter, scene, context, stem)
            except _PASSED_OVER as error:
                self._note_failure(painter, error, time.perf_counter() - started)
                passed.append((painter.name, error.message))
                continue
            if path is not None:
                self._note_fallbacks(passed, painter.name)
                return path
        last = SeededPainter()
        path = self._tried(last, scene, context, stem)
        assert path is not None
        self._note_fallbacks(passed, last.name)
        return path

    def _tried(
        self, painter: Painter, scene: Scene, context: PictureContext, stem: Path
    ) -> Path | None:
        purchase = f"picture/{self.folder.parent.name}/{stem.name}-{painter.name}"
        if (foreseen := painter.foreseen(scene, context)) is not None:
            self.journal.intend(purchase, foreseen)
        scratch = self.folder / f".{stem.name}-{painter.name}"
        try:
            picture = painter.picture(scene, context, self.size, scratch)
        except YTEmpireError:
            self._end_without(painter, purchase)
            raise
        if picture is None:
            self._end_without(painter, purchase)
            return None
        self.journal.settle(purchase, *picture.usages)
        for note in picture.notes:
            self.journal.fell_back(_fallback(painter.name, painter.name, note))
        try:
            _look_at(picture, painter, context, self.size)
            return _kept(picture, stem)
        finally:
            picture.path.unlink(missing_ok=True)

    def _end_without(self, painter: Painter, purchase: str) -> None:
        """Book the searches that found nothing: they are counted there all the same."""
        owed = painter.owed() if isinstance(painter, Searching) else ()
        if owed:
            self.journal.settle(purchase, *owed)
        else:
            self.journal.void(purchase)

    def _note_failure(self, painter: Painter, error: YTEmpireError, elapsed: float) -> None:
        if not isinstance(error, _RESTING):
            return
        self.resting[painter.name] = error.message
        if painter.device != "remote":  # the machine worked, if in vain
            self.journal.used(Usage.seconds(painter.name, "picture", elapsed, painter.device))

    def _note_fallbacks(self, passed: Sequence[tuple[str, str]], used: str) -> None:
        for wanted, reason in passed:
            self.journal.fell_back(_fallback(wanted, used, reason))


def _fallback(wanted: str, used: str, reason: str) -> Fallback:
    return Fallback(capability="picture", wanted=wanted, used=used, reason=reason[:300])


def _look_at(
    picture: Picture, painter: Painter, context: PictureContext, size: tuple[int, int]
) -> None:
    """Refuse what shows nothing; fit a still to the frame and letter it. The painter's are done."""
    if painter.name == SeededPainter.name:
        return
    if picture.path.suffix == CLIP:
        checking.require_moving_content(picture.path, painter.name)
        return
    image = checking.opened(picture.path, context.identity)
    checking.require_content(image, painter.name)
    scene = context.script.scenes[context.index]
    shown = lettered(checking.fitted(image, size), scene, context.identity, context.script.language)
    if shown is not image:
        save_jpeg(shown, picture.path)


def _kept(picture: Picture, stem: Path) -> Path:
    """Give a picture its name; its credit first, so that no picture is ever without."""
    if picture.credit is not None:
        save_bytes(picture.credit.model_dump_json(indent=2).encode(), _sidecar(stem))
    else:
        _sidecar(stem).unlink(missing_ok=True)
    return picture.path.replace(stem.with_name(stem.name + picture.path.suffix))


def _stock_of_earlier_takes(folder: Path) -> set[str]:
    """What others' pictures lie there already: who wants new ones does not want them again. One's
    own media are few, and may."""
    credits = (_credit_of(path) for path in folder.glob("scene-*") if path.suffix != ".json")
    return {credit.media for credit in credits if credit and credit.provider != "media"}


def _found(stem: Path) -> Path | None:
    for suffix in (STILL, CLIP):
        path = stem.with_name(stem.name + suffix)
        if path.is_file():
            return path
    return None


def _sidecar(picture: Path) -> Path:
    """Beside `scene-003-….jpg`, or its stem, lies `scene-003-….json`."""
    stem = picture.with_suffix("") if picture.suffix in {STILL, CLIP} else picture
    return stem.with_name(stem.name + ".json")


def _credit_of(picture: Path) -> Credit | None:
    with suppress(OSError, ValueError):
        return Credit.model_validate_json(_sidecar(picture).read_bytes())
    return None
