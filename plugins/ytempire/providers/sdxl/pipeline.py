"""SDXL by diffusers: loaded once, one picture at a time, one smaller try when memory is short."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from PIL import Image

from ytempire.config import SDXL
from ytempire.errors import NotConfigured, OutOfMemory, ProviderUnavailable
from ytempire.providers.sdxl.prompts import Job
from ytempire.providers.sdxl.weights import folder_of

#: Steps beyond which distilled weights gain nothing, and their makers' guidance: none.
_DISTILLED_STEPS = 8
_MB = 1024 * 1024


@dataclass(frozen=True)
class Made:
    """A picture and what it took.

    Attributes:
        seconds: of the device, without waiting.
        peak_mb: the most memory that it held on the card; None on a CPU.
    """

    image: Image.Image
    seconds: float
    device: str
    peak_mb: int | None = None
    notes: tuple[str, ...] = ()


class Maker(Protocol):
    """Makes jobs into pictures."""

    @property
    def device(self) -> str:
        """Where: `cpu`, `cuda:0`; `remote` while that is not known."""

    @property
    def weights(self) -> str:
        """Whatever tells one set of weights, and how they are used, from another."""

    def make(self, job: Job) -> Made:
        """Make one picture; see `SDXLPainter.picture` for what is raised."""

    def close(self) -> None:
        """Let go of what it holds."""


@dataclass(frozen=True)
class Recipe:
    """How a set of weights is sampled."""

    scheduler: Literal["dpm", "euler", "lcm"]
    steps: int
    guidance: float


def recipe_for(name: str, job: Job) -> Recipe:
    """Base weights: DPM-Solver++ (2M, Karras). Distilled ones: few steps, as they were taught.

    Lightning wants Euler with trailing steps and no guidance (S. Lin et al., "SDXL-Lightning",
    2024); LCM its own scheduler (S. Luo et al., "Latent Consistency Models", 2023).
    """
    name, few = name.lower(), min(job.steps, _DISTILLED_STEPS)
    if "lightning" in name:
        return Recipe("euler", few, 0.0)
    if "lcm" in name:
        return Recipe("lcm", few, 1.0)
    return Recipe("dpm", job.steps, job.guidance)


def smaller(job: Job) -> Job:
    """Three quarters of each side, in the steps of 64 that SDXL knows."""
    width, height = (max(side * 3 // 4 // 64 * 64, 64) for side in (job.width, job.height))
    return job.model_copy(update={"width": width, "height": height})


class Resident:
    """A pipeline in this process: loaded at its first job, freed by `close`. One job at a time.

    Args:
        adapt: told the pipeline when it is loaded; for what an operator adds to it.
    """

    def __init__(self, chosen: SDXL, adapt: Callable[[Any], None] | None = None) -> None:
        self._chosen, self._adapt = chosen, adapt
        self._pipe: Any = None
        self._device = "cpu"
        self._alone = threading.Lock()

    @property
    def device(self) -> str:
        return self._device

    @property
    def weights(self) -> str:
        return f"{self._chosen.weights} {self._chosen.precision}"

    @property
    def is_loaded(self) -> bool:
        return self._pipe is not None

    def load(self) -> None:
        """Load the weights now rather than at the first job."""
        with self._alone:
            self._loaded()

    def make(self, job: Job) -> Made:
        """See `Maker.make`."""
        with self._alone:
            pipe = self._loaded()
            started = time.perf_counter()
            notes: tuple[str, ...] = ()
            image = self._try(pipe, job)
            if image is None:
                less = smaller(job)
                notes = (
                    f"{self._device} had too little memory for {job.width}x{job.height}; "
                    f"made at {less.width}x{less.height}.",
                )
                _economise(pipe)
                image = self._try(pipe, less)
            if image is None:
                self._free()
                raise OutOfMemory(
                    f"SDXL does not fit into the memory of {self._device}, also not when smaller.",
                    "End what else uses the card, or set YTEMPIRE_SDXL__PRECISION=int8.",
                )
            elapsed = time.perf_counter() - started
            return Made(image, elapsed, self._device, self._peak_mb(), notes)

    def close(self) -> None:
        """Free the device's memory."""
        with self._alone:
            self._free()

    def memory(self) -> dict[str, int]:
        """MB that the card's allocator holds, and has; empty on a CPU."""
        if not self._device.startswith("cuda"):
            return {}
        import torch

        free, total = torch.cuda.mem_get_info(self._device)
        held = torch.cuda.memory_allocated(self._device)
        return {"held_mb": held // _MB, "free_mb": free // _MB, "total_mb": total // _MB}

    def _loaded(self) -> Any:
        if self._pipe is None:
            folder = folder_of(self._chosen)
            self._device = device_for(self._chosen.device)
            self._pipe = _load(folder, self._device, self._chosen.precision)
            if self._adapt is not None:
                self._adapt(self._pipe)
        return self._pipe

    def _try(self, pipe: Any, job: Job) -> Image.Image | None:
        """One picture; None: the memory did not suffice."""
        import torch

        if self._device.startswith("cuda"):
            torch.cuda.reset_peak_memory_stats(self._device)
        try:
            return _run(pipe, job, recipe_for(str(self._chosen.weights), job))
        except RuntimeError as error:
            if not _is_memory(error):
                raise ProviderUnavailable(
                    f"{self._device} failed: {str(error).splitlines()[0][:200]}",
                    "Look at the card's driver; the host, if there is one, must be started again.",
                ) from error
        # Outside the handler, whose traceback holds the tensors of the failed try.
        _release(self._device)
        return None

    def _peak_mb(self) -> int | None:
        if not self._device.startswith("cuda"):
            return None
        import torch

        return int(torch.cuda.max_memory_allocated(self._device)) // _MB

    def _free(self) -> None:
        if self._pipe is not None:
            self._pipe = None
            _release(self._device)


def device_for(wanted: str) -> str:
    """The device of a setting: `auto` is the first card, or the CPU.

    Raises:
        NotConfigured: torch is not installed.
        ProviderUnavailable: a card was asked for and none answers.
    """
    try:
        import torch
    except ImportError as error:
        raise NotConfigured(
            "Pictures by SDXL need torch, which is not installed.", "Run `make install-gpu`."
        ) from error
    is_there = torch.cuda.is_available()
    if wanted == "auto":
        return "cuda:0" if is_there else "cpu"
    if wanted.startswith("cuda"):
        number = int(wanted.partition(":")[2] or 0) if wanted.partition(":")[2].isdigit() else 0
        if not is_there or number >= torch.cuda.device_count():
            raise ProviderUnavailable(
                f"The device {wanted} does not answer.", "Look at the card and its driver."
            )
        return f"cuda:{number}"
    return "cpu"


def _load(folder: Path, device: str, precision: str) -> Any:
    import diffusers
    import torch

    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    # CPUs compute bf16 slowly or not at all; the operator's precision is about the card.
    dtype = torch.float32 if device == "cpu" or precision == "fp32" else torch.bfloat16
    halves = list(folder.glob("unet/*.fp16.safetensors"))
    wholes = [path for path in folder.glob("unet/*.safetensors") if path not in halves]
    try:
        kind: Any = diffusers.StableDiffusionXLPipeline
        pipe = kind.from_pretrained(
            str(folder),
            dtype=dtype,
            use_safetensors=True,
            local_files_only=True,
            variant="fp16" if halves and not wholes else None,
            add_watermarker=False,
        )
    except Exception as error:  # each part that is missing or spoilt has an error of its own kind
        raise NotConfigured(
            f"The weights in {folder} cannot be loaded: {' '.join(str(error).split())[:200]}",
            "Fetch the folder again, as safetensors in diffusers' layout.",
        ) from error
    if precision == "int8":
        _quantise(pipe)
    pipe.set_progress_bar_config(disable=True)
    try:
        return pipe.to(device)
    except RuntimeError as error:
        if _is_memory(error):
            raise OutOfMemory(
                f"The weights of SDXL do not fit into the memory of {device}.",
                "End what else uses the card, or set YTEMPIRE_SDXL__PRECISION=int8.",
            ) from error
        raise ProviderUnavailable(f"{device} failed: {str(error)[:200]}") from error


def _quantise(pipe: Any) -> None:
    """8-bit weights for the linear layers of the U-Net and the large text encoder."""
    try:
        from torchao.quantization import Int8WeightOnlyConfig, quantize_
    except ImportError as error:
        raise NotConfigured(
            "YTEMPIRE_SDXL__PRECISION=int8 needs torchao, which is not installed.",
            "Run `make install-gpu`, or take bf16.",
        ) from error
    for part in (pipe.unet, pipe.text_encoder_2):
        quantize_(part, Int8WeightOnlyConfig())


def _run(pipe: Any, job: Job, recipe: Recipe) -> Image.Image:
    import torch

    pipe.scheduler = _scheduler(pipe.scheduler.config, recipe.scheduler)
    # The noise is drawn on the CPU: a seed means the same picture on every device.
    noise = torch.Generator("cpu").manual_seed(job.seed)
    with torch.inference_mode():
        made = pipe(
            prompt=job.prompt,
            negative_prompt=job.negative,
            width=job.width,
            height=job.height,
            num_inference_steps=recipe.steps,
            guidance_scale=recipe.guidance,
            generator=noise,
            output_type="pil",
        )
    image = made.images[0]
    assert isinstance(image, Image.Image)
    return image


def _scheduler(config: Any, name: str) -> Any:
    import diffusers

    kinds: dict[str, tuple[Any, dict[str, Any]]] = {
        "dpm": (diffusers.DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
        "euler": (diffusers.EulerDiscreteScheduler, {"timestep_spacing": "trailing"}),
        "lcm": (diffusers.LCMScheduler, {}),
    }
    kind, options = kinds[name]
    return kind.from_config(config, **options)


def _economise(pipe: Any) -> None:
    """Slower, and in less memory: attention by slices, the picture decoded by tiles."""
    pipe.enable_attention_slicing()
    pipe.vae.enable_slicing()
    pipe.vae.enable_tiling()


def _is_memory(error: RuntimeError) -> bool:
    import torch

    # A CPU's allocator has no error of its own.
    said = str(error)
    return (
        isinstance(error, torch.OutOfMemoryError)
        or "not enough memory" in said
        or ("DefaultCPUAllocator" in said)
    )


def _release(device: str) -> None:
    gc.collect()
    if device.startswith("cuda"):
        import torch

        torch.cuda.empty_cache()
