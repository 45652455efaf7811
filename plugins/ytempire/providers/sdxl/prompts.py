"""What SDXL is asked for: the words, the size and the seed of one picture.

SDXL was trained on pictures of about one megapixel in a few dozen shapes (D. Podell et al., "SDXL:
Improving Latent Diffusion Models for High-Resolution Image Synthesis", 2023, appendix I). Asked
for other shapes it doubles heads and horizons; so the nearest of its own shapes is asked for, and
scaled to the frame.
"""

from __future__ import annotations

import colorsys
import hashlib
from dataclasses import dataclass

from ytempire.domain import Frozen, Identity, Scene, Tier
from ytempire.providers.pictures import PictureContext, words

#: Width and height; each also stands for itself turned.
SHAPES = (
    (1024, 1024), (1088, 960), (1152, 896), (1216, 832), (1280, 768), (1344, 768), (1344, 704),
    (1408, 704), (1472, 704), (1536, 640), (1600, 640), (1728, 576), (2048, 512),
)  # fmt: skip
NEGATIVE = (
    "text, letters, caption, watermark, logo, signature, frame, border, collage, lowres, blurry, "
    "jpeg artefacts, deformed, extra limbs, extra fingers, disfigured face"
)
#: CLIP reads 77 tokens; what stands first is read for certain.
_MOST_WORDS = 45


class Job(Frozen):
    """One picture to make. The same job gives the same picture on the same machine."""

    prompt: str
    negative: str = NEGATIVE
    width: int
    height: int
    seed: int
    steps: int
    guidance: float
    tier: Tier = Tier.STANDARD


@dataclass(frozen=True)
class Style:
    """How an operator's settings shape every job."""

    steps: int
    guidance: float


def job_of(scene: Scene, context: PictureContext, size: tuple[int, int], style: Style) -> Job:
    """The job for a scene of a channel."""
    width, height = shape_for(size)
    prompt = prompt_for(scene, context.identity)
    seed = hashlib.sha256(f"{context.identity.seed} {context.index} {prompt}".encode()).digest()
    return Job(
        prompt=prompt,
        width=width,
        height=height,
        seed=int.from_bytes(seed[:4], "big"),
        steps=style.steps,
        guidance=style.guidance,
        tier=context.tier,
    )


def shape_for(size: tuple[int, int]) -> tuple[int, int]:
    """The trained shape whose proportions are nearest to a frame's."""
    wanted = size[0] / size[1]
    both = [*SHAPES, *((height, width) for width, height in SHAPES)]
    return min(both, key=lambda shape: abs(shape[0] / shape[1] / wanted - 1))


def prompt_for(scene: Scene, identity: Identity) -> str:
    """The wanted picture in words, then the channel's colours; never words to be written."""
    wanted = " ".join(scene.picture.split()[:_MOST_WORDS]).rstrip(".")
    wanted = wanted or words.query(scene, longest=10)
    return f"{wanted}, {colours_of(identity)}, cinematic photograph, natural light, fine detail"


def colours_of(identity: Identity) -> str:
    """A channel's palette as a person would say it: `deep blue and orange colour grade`."""
    ground, accent = _name(identity.palette[0]), _name(identity.palette[3])
    pair = ground if ground.split()[-1] == accent.split()[-1] else f"{ground} and {accent}"
    return f"{pair} colour grade"


_HUES = (
    (15, "red"), (42, "orange"), (68, "yellow"), (165, "green"), (195, "teal"), (255, "blue"),
    (290, "violet"), (335, "pink"), (361, "red"),
)  # fmt: skip


def _name(code: str) -> str:
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.12:
        return "black" if lightness < 0.2 else "white" if lightness > 0.85 else "grey"
    name = next(name for end, name in _HUES if hue * 360 < end)
    return f"deep {name}" if lightness < 0.25 else name
