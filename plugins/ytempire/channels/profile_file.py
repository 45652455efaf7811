"""A channel's profile as one YAML file: read with all that is wrong with it, and written back.

Every scalar is read as the text that stands there, so that `18:30` is a time and `no` a language.
"""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, Field, ValidationError, field_serializer

from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.channels.metadata import check_wording
from ytempire.channels.profile import Pacing, Posting, Wording
from ytempire.domain import Format, Frozen, Identity, Voicing
from ytempire.errors import InvalidInput

TEMPLATES = Path(__file__).parent / "profiles"
#: A profile is a page of text; more is some other file.
MOST_BYTES = 64 * 1024


def _like(pattern: str, words: str) -> AfterValidator:
    """Text of one shape, which `words` name when it is another."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is {words}")
        return text

    return AfterValidator(check)


def _once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        raise ValueError("something stands there twice")
    return values


Colour = Annotated[str, _like(r"#[0-9a-fA-F]{6}", "no colour, such as #35d6c8")]
ShortName = Annotated[
    str,
    _like(r"[a-z0-9][a-z0-9-]{1,39}", "no short name: 2 to 40 lower-case letters, digits and -"),
]
OneLine = Annotated[str, _like(r"[^<>\n]{1,100}", "not one line of up to 100 characters, no < >")]
Language = Annotated[str, _like(r"[a-z]{2,3}(-[A-Z]{2})?", "no language code, such as en or pt-BR")]
YouTubeChannel = Annotated[
    str, _like(r"UC[\w-]{22}", "no YouTube channel id: UC and 22 more characters")
]
Playlist = Annotated[str, _like(r"[\w-]{10,64}", "no playlist id, such as PLxxxxxxxxxxxxxxxx")]


class Look(Identity):
    """A channel's look, held to what the painter knows."""

    palette: tuple[Colour, Colour, Colour, Colour, Colour] = Identity().palette
    texture: Literal["waves", "dunes", "rings", "grid", "contours", "paper", "grain"] = "waves"
    typeface: Literal["grotesque", "geometric", "serif"] = "grotesque"


class Times(Posting):
    """Posting times, as a person writes them."""

    times: Annotated[tuple[time, ...], AfterValidator(_once)] = ()

    @field_serializer("times")
    def _short(self, times: tuple[time, ...]) -> list[str]:
        return [each.isoformat("seconds" if each.second else "minutes") for each in times]


class Words(Wording):
    """Wording, whose playlist is an id."""

    playlist: Playlist | None = None


class Profile(Frozen):
    """Everything that a person decides about a channel; the file's fields, in its order."""

    channel_id: ShortName
    title: OneLine
    niche: OneLine
    language: Language = "en"
    owner: OneLine = "house"
    formats: Annotated[tuple[Format, ...], AfterValidator(_once), Field(min_length=1)] = (
        Format.SHORT,
    )
    identity: Look = Look()
    voicing: Voicing = Voicing()
    posting: Times = Times()
    pacing: Pacing = Pacing()
    wording: Words = Words()
    watches: Annotated[tuple[YouTubeChannel, ...], AfterValidator(_once)] = ()


def read(text: str, name: str) -> Profile:
    """The profile that a file's text says.

    Args:
        name: of the file, for the message.

    Raises:
        InvalidInput: with every place that is wrong, each with its path and what is allowed.
    """
    problems: list[str] = []
    plain = _plain(_composed(text, name), (), problems)
    profile = None
    try:
        profile = Profile.model_validate(plain)
    except ValidationError as error:
        problems += [_told(each, plain) for each in error.errors(include_url=False)]
    problems += _badly_worded(plain)
    if problems or profile is None:
        count = "One thing is" if len(problems) == 1 else f"{len(problems)} things are"
        raise InvalidInput(f"{count} wrong in {name}; nothing was changed.", "\n".join(problems))
    return profile


def written(channel: Channel) -> str:
    """A channel's profile as YAML that `read` takes."""
    plain = {name: getattr(channel, name) for name in Profile.model_fields}
    # What is stored was valid when it was; it is shown as it is.
    shown = Profile.model_construct(
        **plain | {"posting": Times.model_construct(**dict(channel.posting))}
    )
    return yaml.dump(
        shown.model_dump(mode="json", serialize_as_any=True),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=96,
    )


class _Dumper(yaml.SafeDumper):
    """Text of several lines stands as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def apply(profile: Profile) -> dict[str, tuple[Any, Any]] | None:
    """Add a channel, or bring it up to date; its state, account and grant stay.

    Returns:
        What changed, by path: (before, after); None: the channel is new.
    """
    given = profile.model_dump(mode="json")
    known = next(
        (each for each in accounts.all_channels() if each.channel_id == profile.channel_id), None
    )
    before = known.model_dump(mode="json") if known else {"youtube_channel_id": None}
    accounts.add(Channel.model_validate({**before, **given}))
    if known is None:
        return None
    return changes(_as_profile(before), given)


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs, by path (`posting.times`)."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict) and old and new:
            inner = changes(old, new)
            found |= {f"{name}.{path}": pair for path, pair in inner.items()}
        elif old != new:
            found[name] = (old, new)
    return found


def templates() -> dict[str, str]:
    """The starter templates by name, each with its first line's words."""
    files = sorted(TEMPLATES.glob("*.yaml"))
    return {path.stem: path.read_text("utf-8").splitlines()[0].lstrip("# ") for path in files}


def template(name: str) -> str:
    """A starter template's text.

    Raises:
        InvalidInput: there is none of that name; the message lists them.
    """
    if name not in templates():
        names = ", ".join(templates())
        raise InvalidInput(f"There is no template {name!r}.", f"Templates: {names}.")
    return (TEMPLATES / f"{name}.yaml").read_text("utf-8")


def _as_profile(channel: dict[str, Any]) -> dict[str, Any]:
    stored = {name: channel[name] for name in Profile.model_fields}
    times = Times.model_construct(times=tuple(map(time.fromisoformat, channel["posting"]["times"])))
    short = times.model_dump(mode="json", include={"times"})
    return stored | {"posting": channel["posting"] | short}


def _composed(text: str, name: str) -> yaml.Node | None:
    if len(text.encode()) > MOST_BYTES:
        raise InvalidInput(f"{name} is no profile: it is larger than {MOST_BYTES // 1024} KiB.")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.BaseLoader)):
            raise InvalidInput(f"{name} uses anchors (&, *); write each value where it belongs.")
        return yaml.compose(text, yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        where = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidInput(f"{name}{where} is no YAML: {error.problem or error}.") from None
    except yaml.YAMLError as error:
        raise InvalidInput(f"{name} is no YAML: {error}.") from None


def _plain(node: yaml.Node | None, path: tuple[str | int, ...], problems: list[str]) -> Any:
    """Text, lists and dicts; a key that stands twice is a problem, not a silent choice."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, Any] = {}
        for key, value in node.value:
            here = (*path, str(key.value))
            if key.value in seen:
                problems.append(f"{_at(here)}: it stands twice, again in line {_line(key)}")
            seen[str(key.value)] = _plain(value, here, problems)
        return seen
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*path, index), problems) for index, each in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        is_empty = node.style is None and node.value in ("", "~", "null")
        return None if is_empty else node.value
    return {}


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _at(path: tuple[str | int, ...]) -> str:
    words = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return words.removeprefix(".") or "the file"


def _told(error: Any, plain: Any) -> str:
    """One of pydantic's errors as a line: where, and what is allowed there."""
    path = tuple(part for part in error["loc"] if not str(part).startswith("function-"))
    where, kind, given = _at(path), error["type"], error["input"]
    if kind == "missing":
        return f"{where}: it is missing"
    if kind == "extra_forbidden":
        return f"{where}: there is no such field; there are {', '.join(_fields(path[:-1]))}"
    if kind in ("literal_error", "enum"):
        return f"{where}: {given!r} is none of {error['ctx']['expected']}"
    if given is None:
        return f"{where}: it is empty; take the line out for the default"
    words = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {words}" if kind == "value_error" else f"{where}: {given!r}: {words}"


def _fields(path: tuple[Any, ...]) -> list[str]:
    model: Any = Profile
    for part in path:
        model = model.model_fields[part].annotation
    return list(model.model_fields) if issubclass(model, BaseModel) else []


def _badly_worded(plain: Any) -> list[str]:
    """What is wrong with the templates of titles and descriptions, one by one."""
    given = plain.get("wording") if isinstance(plain, dict) else None
    if not isinstance(given, dict):
        return []
    found = []
    for name in ("title", "description"):
        if isinstance(given.get(name), str):
            try:
                check_wording(Wording.model_validate({name: given[name]}))
            except InvalidInput as error:
                found.append(f"wording.{name}: {error.message} {error.remedy}")
    return found
