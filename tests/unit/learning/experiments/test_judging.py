"""Effects, bounds and ratios: against published tables, other tests, and worlds that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from ytempire.learning.experiments import judging
from ytempire.learning.experiments.assignment import drawn
from ytempire.learning.experiments.judging import Effect
from ytempire.learning.experiments.results import decide

from tests.benchmarks.experiments import false_positives, power

#: Jennison and Turnbull (2000), table 2.3: the last bound of O'Brien and Fleming's, alpha .05.
PUBLISHED = {1: 1.960, 2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040}
NOTHING_BEFORE = np.full(60, np.nan)


@pytest.mark.parametrize("looks", PUBLISHED)
def test_bounds_are_the_published_ones(looks: int) -> None:
    bounds = judging.bounds(looks, 0.05)
    assert bounds[-1] == pytest.approx(PUBLISHED[looks], abs=0.002)
    assert [each / bounds[-1] for each in bounds] == pytest.approx(
        [math.sqrt(looks / k) for k in range(1, looks + 1)]
    )


def test_without_blocks_an_interval_is_close_to_welch_s() -> None:
    draw = np.random.default_rng(7)
    is_treated = np.arange(60) < 20
    values = np.where(is_treated, draw.normal(1, 3, 60), draw.normal(0, 1, 60))
    found = judging.effect(values, is_treated, ["one"] * 60, NOTHING_BEFORE, 1.959964)
    assert found is not None
    welch = stats.ttest_ind(values[is_treated], values[~is_treated], equal_var=False)
    interval = welch.confidence_interval(0.95)
    assert found.estimate == pytest.approx(values[is_treated].mean() - values[~is_treated].mean())
    spread = (interval.high - interval.low) / 2 / stats.t.isf(0.025, welch.df)
    assert (found.high - found.low) / 2 == pytest.approx(spread * stats.t.isf(0.025, 58))


def test_blocks_with_one_variant_only_say_nothing() -> None:
    values = np.array([0.0, 1.1, 0.2, 0.9, 0.1, 1.0, 50.0])
    is_treated = np.array([False, True, False, True, False, True, True])
    blocks = ["a"] * 6 + ["new"]
    found = judging.effect(values, is_treated, blocks, np.full(7, np.nan), 2)
    assert found is not None
    assert found.estimate == pytest.approx(0.9)
    assert judging.effect(values, is_treated, list("abcdefg"), np.full(7, np.nan), 2) is None
    assert judging.effect(values[:2], is_treated[:2], ["a"] * 2, np.full(2, np.nan), 2) is None


def test_videos_that_are_all_the_same_have_no_effect() -> None:
    is_treated = np.arange(60) % 3 == 0
    found = judging.effect(np.full(60, 0.1), is_treated, list("ab") * 30, np.full(60, 0.3), 2)
    assert found is not None
    assert not found.is_clear


def test_what_was_known_before_narrows_the_interval() -> None:
    draw = np.random.default_rng(3)
    before = draw.normal(5, 1, 60)
    is_treated = np.arange(60) % 2 == 0
    values = before + draw.normal(0, 0.2, 60) + 0.3 * is_treated
    blocks = ["a", "b", "b"] * 20
    plain = judging.effect(values, is_treated, blocks, NOTHING_BEFORE, 2)
    knowing = judging.effect(values, is_treated, blocks, before, 2)
    assert plain is not None
    assert knowing is not None
    assert knowing.high - knowing.low < (plain.high - plain.low) / 2
    assert knowing.low < 0.3 < knowing.high


@pytest.mark.parametrize(("worse_by", "share"), [(0.0, 2), (3.0, 1)])
def test_of_several_variants_each_has_to_be_clearer_until_another_one_is(
    worse_by: float, share: int
) -> None:
    """In steps: the second of two has the whole alpha once the first is clear, and half before."""
    draw = np.random.default_rng(5)
    variants = ["control", "better", "worse"] * 20
    lifts = {"control": 0.0, "better": 0.15, "worse": -worse_by}
    values = np.array([lifts[name] for name in variants]) + draw.normal(0, 1, 60)

    def found(names: list[str], alpha: float) -> dict[str, Effect]:
        blocks = ["one"] * 60
        return judging.effects(
            values, variants, names, blocks, NOTHING_BEFORE, look=2, looks=2, alpha=alpha
        )

    both = found(["control", "better", "worse"], 0.05)
    assert both["better"] == found(["control", "better"], 0.05 / share)["better"]
    assert both["worse"] == found(["control", "worse"], 0.025)["worse"]
    assert both["worse"].is_clear == (worse_by > 0)
    assert both["better"].is_clear == (worse_by > 0), "of two it is clear only when it is the last"
    assert found(["control", "better"], 0.05)["better"].is_clear


def test_a_variant_without_videos_has_no_effect_and_holds_no_other_back() -> None:
    values = np.where(np.arange(60) % 2 == 0, 0.0, 5.0) + np.arange(60) % 7 / 10
    names = ["control", "better", "never"]
    found = judging.effects(
        values, names[:2] * 30, names, ["one"] * 60, NOTHING_BEFORE, look=1, looks=1, alpha=0.05
    )
    assert set(found) == {"better"}
    assert found["better"].is_clear


def test_a_ratio_that_chance_does_not_explain_is_found() -> None:
    half = {"a": 0.5, "b": 0.5}
    even = judging.sample_ratio({"a": 118, "b": 122}, half)
    lost = judging.sample_ratio({"a": 150, "b": 90}, half)
    assert even is not None
    assert even > 0.5
    assert lost is not None
    assert lost < judging.BROKEN
    assert judging.sample_ratio({"a": 9}, half) is None, "four and a half are too few"
    gone = judging.sample_ratio({"a": 40}, half)
    assert gone is not None
    assert gone < judging.BROKEN, "a variant without any video counts as 0"


@given(st.text(min_size=1), st.text(min_size=1), st.integers(2, 4))
def test_the_same_video_falls_on_the_same_variant(experiment: str, video: str, of: int) -> None:
    shares = [1 / of] * of
    place = drawn(experiment, video, shares)
    assert 0 <= place < of
    assert place == drawn(experiment, video, shares)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.1, 0.9))
def test_draws_keep_to_the_shares_and_experiments_are_independent(seed: int, share: float) -> None:
    videos = [f"{seed}-{number}" for number in range(4000)]
    first = np.array([drawn("one", video, [share, 1 - share]) for video in videos])
    other = np.array([drawn("other", video, [share, 1 - share]) for video in videos])
    # Six standard deviations: a fair draw misses it once in five hundred million.
    room = 6 * math.sqrt(share * (1 - share) / 4000)
    assert abs((first == 0).mean() - share) < room
    assert abs(np.corrcoef(first, other)[0, 1]) < 6 / math.sqrt(4000)


UP, DOWN, UNCLEAR = Effect(0.3, 0.1, 0.5), Effect(-0.3, -0.5, -0.1), Effect(0.1, -0.1, 0.3)


@pytest.mark.parametrize(
    ("effects", "outcome", "is_last", "decided"),
    [
        ({"b": UP}, "views_7d", False, ("winner", "b")),
        ({"b": DOWN}, "views_7d", False, ("winner", "a")),
        ({"b": UP}, "loaded_cost", False, ("winner", "a")),
        ({"b": DOWN}, "loaded_cost", False, ("winner", "b")),
        ({"b": UNCLEAR}, "views_7d", False, None),
        ({"b": UNCLEAR}, "views_7d", True, ("no difference", None)),
        ({}, "views_7d", True, ("no difference", None)),
        ({"b": DOWN, "c": UP}, "views_7d", False, ("winner", "c")),
        ({"b": DOWN, "c": UNCLEAR}, "views_7d", False, None),
        ({"b": DOWN, "c": DOWN}, "views_7d", False, ("winner", "a")),
        ({"b": UP, "c": Effect(0.4, 0.2, 0.6)}, "views_7d", False, ("winner", "c")),
    ],
)
def test_decisions(
    effects: dict[str, Effect], outcome: str, is_last: bool, decided: tuple[str, str | None] | None
) -> None:
    others = sorted(effects) or ["b"]
    assert decide(effects, others, "a", outcome, is_last) == decided


def test_few_runs_without_an_effect_find_one() -> None:
    # 5 % of 120 are 6; 17 or more would come once in ten thousand such tests.
    assert false_positives(runs=120, seed=11) * 120 < 17


def test_an_effect_of_two_fifths_is_found_at_240_videos() -> None:
    assert power(runs=40, seed=5) >= 0.8
