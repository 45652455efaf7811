"""A person's text becomes a script, or is refused with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from ytempire.errors import InvalidScript
from ytempire.studio.script import LARGEST_BYTES, parse_script, read_script

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.md"))


def test_plain_text_without_any_markup_is_a_script() -> None:
    script = parse_script("Why is the sky blue? Because air scatters blue light the most.")
    assert script.title == "Why is the sky blue?"
    assert script.text == "Why is the sky blue? Because air scatters blue light the most."
    assert script.language == "en"


def test_front_matter_and_headings_name_the_video() -> None:
    script = parse_script(
        "---\ntitle: The tide\ntags: sea, #moon\nlanguage: EN-GB\nthumbnail: HIGH\n---\n"
        "Water rises."
    )
    assert (script.title, script.tags) == ("The tide", ("sea", "moon"))
    assert (script.language, script.thumbnail_text) == ("en-gb", "HIGH")
    assert script.text == "Water rises."


def test_fields_may_follow_a_heading_without_a_fence() -> None:
    script = parse_script("# The tide\ntags: sea\n\nWater rises, and it falls.")
    assert (script.title, script.tags, script.text) == (
        "The tide",
        ("sea",),
        "Water rises, and it falls.",
    )


def test_on_screen_words_and_pictures_belong_to_their_paragraph() -> None:
    script = parse_script(
        "> Two tides\n[picture: a beach]\nThe sea rises twice a day at most coasts.\n\n"
        "The Moon does it, mostly, and the Sun helps."
    )
    first, second = script.scenes
    assert (first.on_screen, first.picture) == ("Two tides", "a beach")
    assert second.picture == "" and second.on_screen


def test_markup_is_not_spoken() -> None:
    script = parse_script(
        "The **full** moon [shines](https://x.org) on _all_ of `us`.\n\n"
        "## More\n\n- one thing\n- another thing"
    )
    assert script.text == "The full moon shines on all of us. one thing. another thing."


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_bytes(b"\xef\xbb\xbf# Tide\r\n\r\nThe water rises.\r\n")
    assert (read_script(path).title, read_script(path).text) == ("Tide", "The water rises.")


def test_a_long_sentence_without_a_stop_is_cut_into_scenes_of_watchable_length() -> None:
    sentence = "word " * 4000
    scenes = parse_script(sentence).scenes
    assert len(scenes) > 100
    assert max(len(scene.narration) for scene in scenes) < 130
    assert " ".join(scene.narration for scene in scenes) == " ".join(sentence.split())


def test_abbreviations_and_decimals_end_no_sentence() -> None:
    scenes = parse_script(
        "Dr. Smith measured 3.14 metres at 5 a.m. in the U.S. and wrote it down with great care."
    ).scenes
    assert len(scenes) == 1


def test_the_same_text_gives_the_same_script() -> None:
    text = EXAMPLES[0].read_text()
    assert parse_script(text) == parse_script(text)


def test_titles_are_fit_for_youtube() -> None:
    script = parse_script(f"# {'long <b>words</b> ' * 20}\n\nText to speak.")
    assert len(script.title) <= 100
    assert "<" not in script.title and ">" not in script.title


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_scripts_of_three_to_seven_second_scenes(example: Path) -> None:
    from ytempire.providers.writers.cutting import seconds_of

    lengths = [seconds_of(scene.narration) for scene in read_script(example).scenes]
    assert 7 <= len(lengths) <= 25
    assert 3 <= sum(lengths) / len(lengths) <= 7
    assert max(lengths) <= 9


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"a" * LARGEST_BYTES, "1.0 MB"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text file"),
        ("caf\u00e9".encode("latin-1"), "not UTF-8"),
        ("wide".encode("utf-16"), "not a text file"),
        (b"Some text with \x1b[31m colour", "control character U+001B"),
        ("!!! ... \N{GRINNING FACE} \N{EM DASH}".encode(), "nothing that can be spoken"),
        (b"# A title\n\n## and headings only\n", "nothing that can be spoken"),
        (b"It is called " + b"llanfair" * 13 + b" here.", "word of 104 letters"),
        (b"---\ntitle: never closed\n", "nothing that can be spoken"),
    ],
)
def test_what_cannot_be_a_script_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "script.md"
    path.write_bytes(data)
    with pytest.raises(InvalidScript) as refusal:
        read_script(path)
    assert says in refusal.value.message
    assert refusal.value.remedy


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.md", tmp_path):
        with pytest.raises(InvalidScript, match="There is no script"):
            read_script(path)
