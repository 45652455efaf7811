"""The real diffusers pipeline, with a few thousand random weights, on a CPU."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from ytempire.config import SDXL
from ytempire.emulators.serving import running
from ytempire.errors import NotConfigured, OutOfMemory, ProviderUnavailable
from ytempire.providers.sdxl.pipeline import Resident, device_for
from ytempire.providers.sdxl.prompts import Job
from ytempire.providers.sdxl.weights import folder_of, wanted_files

pytestmark = pytest.mark.slow

JOB = Job(prompt="a harbour", width=256, height=448, seed=7, steps=2, guidance=5.0)


def short_of_memory(above: int) -> Callable[[Any], None]:
    """Lets the U-Net meet torch's own error for latents of more than so many values."""

    import torch

    def adapt(pipe: Any) -> None:
        class Unet(type(pipe.unet)):  # type: ignore[misc]
            def forward(self, sample: Any, *args: Any, **kwargs: Any) -> Any:
                if sample[0, 0].numel() > above:
                    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
                return super().forward(sample, *args, **kwargs)

        pipe.unet.__class__ = Unet

    return adapt


def test_the_same_job_gives_the_same_picture(weights: Path) -> None:
    chosen = SDXL(weights=str(weights), device="cpu")
    first, again = Resident(chosen).make(JOB), Resident(chosen).make(JOB)
    assert first.image.size == (256, 448)
    assert first.image.tobytes() == again.image.tobytes()
    other = Resident(chosen).make(JOB.model_copy(update={"seed": 8}))
    assert other.image.tobytes() != first.image.tobytes()
    assert (first.device, first.peak_mb, first.notes) == ("cpu", None, ())
    assert first.seconds > 0


@pytest.mark.parametrize("name", ["tiny-lightning", "tiny-lcm"])
def test_few_step_weights_run_with_their_schedulers(
    name: str, weights: Path, tmp_path: Path
) -> None:
    linked = tmp_path / name
    linked.symlink_to(weights)
    assert Resident(SDXL(weights=str(linked))).make(JOB).image.size == (256, 448)


def test_weights_in_eight_bits_make_a_picture_near_the_whole_ones(weights: Path) -> None:
    pytest.importorskip("torchao", reason="8-bit weights are an option of a card's machine")
    whole = Resident(SDXL(weights=str(weights))).make(JOB)
    eight = Resident(SDXL(weights=str(weights), precision="int8"))
    made = eight.make(JOB)
    assert made.image.size == whole.image.size
    assert made.image.tobytes() != whole.image.tobytes()


def test_out_of_memory_is_tried_once_smaller(weights: Path) -> None:
    # 256x448 has latents of 8x14; three quarters of it, in steps of 64, are 192x320: 6x10.
    resident = Resident(SDXL(weights=str(weights)), short_of_memory(above=8 * 14 - 1))
    made = resident.make(JOB)
    assert made.image.size == (192, 320)
    assert made.notes == ("cpu had too little memory for 256x448; made at 192x320.",)


def test_out_of_memory_twice_frees_the_weights_and_says_so(weights: Path) -> None:
    resident = Resident(SDXL(weights=str(weights)), short_of_memory(above=1))
    with pytest.raises(OutOfMemory, match="also not when smaller"):
        resident.make(JOB)
    assert not resident.is_loaded


def test_another_failure_of_the_device_is_no_lack_of_memory(weights: Path) -> None:
    def adapt(pipe: Any) -> None:
        class Unet(type(pipe.unet)):  # type: ignore[misc]
            def forward(self, *args: Any, **kwargs: Any) -> Any:
                raise RuntimeError("CUDA error: an illegal memory access was encountered")

        pipe.unet.__class__ = Unet

    with pytest.raises(ProviderUnavailable, match="illegal memory access"):
        Resident(SDXL(weights=str(weights)), adapt).make(JOB)


def test_closing_frees_the_pipeline_and_the_next_job_loads_it_again(weights: Path) -> None:
    resident = Resident(SDXL(weights=str(weights)))
    resident.load()
    assert resident.is_loaded
    resident.close()
    assert not resident.is_loaded
    assert resident.make(JOB).image.size == (256, 448)


def test_a_card_that_is_not_there_is_unavailable_and_auto_takes_what_is() -> None:
    import torch

    assert device_for("auto") == ("cuda:0" if torch.cuda.is_available() else "cpu")
    with pytest.raises(ProviderUnavailable, match="cuda:99"):
        device_for("cuda:99")


def test_a_folder_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match=r"model_index\.json"):
        folder_of(SDXL(weights=str(tmp_path)))
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "FluxPipeline"}))
    with pytest.raises(NotConfigured, match="FluxPipeline, not SDXL"):
        folder_of(SDXL(weights=str(tmp_path)))


def test_a_pipeline_with_parts_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(
        json.dumps({"_class_name": "StableDiffusionXLPipeline", "vae": ["diffusers", "x"]})
    )
    with pytest.raises(NotConfigured, match="cannot be loaded"):
        Resident(SDXL(weights=str(tmp_path))).load()


def test_a_models_id_without_a_hub_downloads_nothing() -> None:
    with pytest.raises(NotConfigured, match="YTEMPIRE_SDXL__HUB"):
        folder_of(SDXL(weights="someone/sdxl-base"))


def test_a_hub_that_does_not_have_them_is_unavailable() -> None:
    with (
        running(Starlette()) as hub,
        pytest.raises(ProviderUnavailable, match="The hub did not give someone/sdxl-base"),
    ):
        folder_of(SDXL(weights="someone/sdxl-base", hub=hub.address))
    assert hub.asked
    assert all("authorization" not in asked.headers for asked in hub.asked)


@pytest.mark.parametrize("name", ["stabilityai/sdxl-turbo", "/models/SDXL-Turbo"])
def test_weights_that_may_earn_no_money_are_refused_by_name(name: str) -> None:
    with pytest.raises(NotConfigured, match="may not be used to earn money"):
        folder_of(SDXL(weights=name, hub="http://127.0.0.1:9"))


def test_only_half_size_weights_are_fetched_where_there_are_both_and_never_pickles() -> None:
    files = [
        "model_index.json", "unet/config.json", "tokenizer/merges.txt", "sd_xl_base.safetensors",
        "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.bin",
        "unet/diffusion_pytorch_model.fp16.safetensors",
    ]  # fmt: skip
    half = "unet/diffusion_pytorch_model.fp16.safetensors"
    assert wanted_files(files) == [*files[:3], half]
    assert wanted_files(files[:-1]) == [*files[:3], files[4]]
