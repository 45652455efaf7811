"""What SDXL is asked for."""

import pytest
from ytempire.domain import Format, Identity, Scene, Script, Tier
from ytempire.providers.pictures import PictureContext
from ytempire.providers.sdxl.pipeline import recipe_for, smaller
from ytempire.providers.sdxl.prompts import SHAPES, Style, colours_of, job_of, prompt_for, shape_for

SCENE = Scene(narration="Every day the sea rises twice.", picture="A harbour at dawn, wide view.")
SCRIPT = Script(title="Tides", scenes=(SCENE, SCENE))


def job(index: int = 0, tier: Tier = Tier.STANDARD):
    context = PictureContext(SCRIPT, index, Identity(), Format.SHORT, tier=tier)
    return job_of(SCENE, context, (1210, 2150), Style(30, 6.0))


@pytest.mark.parametrize("frame", [(1210, 2150), (2150, 1210), (1080, 1080), (4000, 1000)])
def test_a_shape_that_it_was_trained_on_and_of_the_frames_proportions(
    frame: tuple[int, int],
) -> None:
    width, height = shape_for(frame)
    assert (max(width, height), min(width, height)) in SHAPES
    assert abs(width / height / (frame[0] / frame[1]) - 1) < 0.03


def test_the_same_scene_is_the_same_job_and_another_scene_is_not() -> None:
    assert job() == job()
    assert job(0).seed != job(1).seed


def test_the_prompt_says_the_picture_and_the_channels_colours() -> None:
    prompt = prompt_for(SCENE, Identity())
    assert prompt.startswith("A harbour at dawn, wide view, ")
    assert "deep blue" in prompt


def test_a_scene_without_a_wanted_picture_is_prompted_by_its_words() -> None:
    assert prompt_for(Scene(narration="The harbour is calm."), Identity()).startswith(
        "harbour calm, "
    )


def test_a_very_long_wish_is_cut_to_what_is_read() -> None:
    scene = Scene(narration="x", picture="boat " * 20_000)
    assert len(prompt_for(scene, Identity()).split()) < 60


def test_grey_palettes_have_a_name_too() -> None:
    grey = ("#101010", "#1e1e1e", "#ffffff", "#f0f0f0", "#777777")
    assert colours_of(Identity(palette=grey)) == "black and white colour grade"


def test_distilled_weights_are_sampled_as_they_were_taught() -> None:
    base, lightning = recipe_for("sdxl-base-1.0", job()), recipe_for("SDXL-Lightning-4step", job())
    assert (base.scheduler, base.steps, base.guidance) == ("dpm", 30, 6.0)
    assert (lightning.scheduler, lightning.steps, lightning.guidance) == ("euler", 8, 0.0)
    assert recipe_for("lcm-sdxl", job()).scheduler == "lcm"


def test_the_smaller_try_keeps_the_shape_in_steps_of_64() -> None:
    less = smaller(job())
    assert (less.width, less.height) == (576, 960)
    assert less.seed == job().seed
