"""Pictures by Stable Diffusion XL: on this process's device, or by the host that all slots feed.

`prompts` says what is asked for, `pipeline` makes it with diffusers, `host` keeps one pipeline
for the whole machine and `client` asks it. Weights come from a folder, or from a hub that the
operator names; nothing is fetched otherwise. Their licences: SDXL base 1.0 and SDXL-Lightning are
under CreativeML Open RAIL++-M, which allows commerce within its use restrictions.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ytempire.config import SDXL
from ytempire.domain import Scene, Usage
from ytempire.providers.pictures import STILL, Credit, Picture, PictureContext, checking, save_jpeg
from ytempire.providers.sdxl.pipeline import Made, Maker, Resident
from ytempire.providers.sdxl.prompts import Job, Style, job_of


class SDXLPainter:
    """Makes a picture of what a scene's `picture` says.

    Args:
        maker: who makes it: this process's pipeline or the host's client.
    """

    name = "sdxl"

    def __init__(self, maker: Maker, style: Style) -> None:
        self._maker, self._style = maker, style

    @property
    def device(self) -> str:
        return self._maker.device

    def foreseen(self, scene: Scene, context: PictureContext) -> Usage | None:
        """Nobody bills it: it is machine time of our own."""
        return None

    def key(self, scene: Scene, context: PictureContext, size: tuple[int, int]) -> str:
        """The job and the weights; the tier decides only when."""
        job = job_of(scene, context, size, self._style)
        return f"{self._maker.weights} {job.model_dump_json(exclude={'tier'})} {scene.on_screen}"

    def picture(
        self, scene: Scene, context: PictureContext, size: tuple[int, int], stem: Path
    ) -> Picture:
        """Make the scene's picture as `stem`.jpg; Usage is in seconds of the device.

        Raises:
            OutOfMemory: also the smaller second try did not fit.
            ProviderUnavailable, MalformedAnswer: the host, or the device, is not there.
            NotConfigured: torch or the weights are missing.
        """
        made = self._maker.make(job_of(scene, context, size, self._style))
        out = stem.with_name(stem.name + STILL)
        save_jpeg(checking.fitted(made.image.convert("RGB"), size), out)
        used = Usage.seconds(self.name, "picture", made.seconds, made.device)
        return Picture(out, (used,), _credit(made), made.notes)

    def close(self) -> None:
        """Free the device."""
        self._maker.close()


def painter_of(chosen: SDXL) -> SDXLPainter:
    """SDXL as configured: asked of the host where one is set."""
    style = Style(chosen.steps, chosen.guidance)
    if chosen.host:
        from ytempire.providers.sdxl.client import Client

        return SDXLPainter(Client(chosen), style)
    return SDXLPainter(Resident(chosen), style)


def _credit(made: Made) -> Credit:
    facts = {
        "device": made.device,
        "seconds": f"{made.seconds:.3f}",
        "size": f"{made.image.width}x{made.image.height}",
    }
    if made.peak_mb is not None:
        facts["peak_mb"] = str(made.peak_mb)
    digest = hashlib.sha256(made.image.tobytes()).hexdigest()[:16]
    return Credit(provider="sdxl", media=f"sdxl:{digest}", facts=facts)


__all__ = ["Job", "SDXLPainter", "painter_of"]
