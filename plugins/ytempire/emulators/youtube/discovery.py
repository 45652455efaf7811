"""Routes and validation as the discovery documents in Google's client define them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ytempire.emulators.youtube.refusals import Refusal, invalid

_DOCUMENTS = ("youtube.v3.json", "youtubeAnalytics.v2.json", "youtubereporting.v1.json")
_UPLOAD_PREFIXES = ("/resumable/upload/", "/upload/")
#: Query parameters of the upload protocol, beside those of the documents.
_PROTOCOL = {"upload_id", "uploadType"}
Query = Mapping[str, Sequence[str]]
Schemas = Mapping[str, Any]


@dataclass(frozen=True)
class Method:
    """A method of an API.

    Attributes:
        parameters: its own and the API's common ones, by name.
        body: name of the request's schema, or None.
        takes_media: it has an upload path.
        scopes: a token needs one of these.
    """

    id: str
    verb: str
    pattern: re.Pattern[str]
    parameters: Mapping[str, Any]
    schemas: Schemas
    body: str | None
    takes_media: bool
    scopes: frozenset[str]


@lru_cache(maxsize=1)
def methods() -> tuple[Method, ...]:
    """Every method of the three APIs."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    documents = (json.loads((folder / name).read_text("utf-8")) for name in _DOCUMENTS)
    return tuple(method for document in documents for method in _methods(document, document))


def _methods(resource: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Method]:
    for spec in resource.get("methods", {}).values():
        path = re.sub(r"\\\{(?:\\\+)?\w+\\\}", "[^/]+", re.escape(spec["path"]))
        yield Method(
            id=spec["id"],
            verb=spec["httpMethod"],
            pattern=re.compile("/" + path),
            parameters={**document["parameters"], **spec.get("parameters", {})},
            schemas=document["schemas"],
            body=spec.get("request", {}).get("$ref"),
            takes_media="mediaUpload" in spec,
            scopes=frozenset(spec.get("scopes", ())),
        )
    for child in resource.get("resources", {}).values():
        yield from _methods(child, document)


@lru_cache(maxsize=512)
def route(verb: str, path: str) -> Method | None:
    """The method that answers a verb and path, upload paths included; None: there is none."""
    plain = path
    for prefix in _UPLOAD_PREFIXES:
        if path.startswith(prefix):
            plain = path.removeprefix(prefix[:-1])
            break
    found = [m for m in methods() if m.verb == verb and m.pattern.fullmatch(plain)]
    if plain != path:
        found = [method for method in found if method.takes_media]
    return found[0] if found else None


def check_query(method: Method, query: Query) -> None:
    """Raises Refusal (400) for unknown, missing, repeated, out-of-range or mistyped parameters."""
    for name, values in query.items():
        if name in _PROTOCOL:
            continue
        if name not in method.parameters:
            raise invalid(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                f"parameter. Field '{name}' could not be found in request message.",
                "invalid",
            )
        _check_values(name, values, method.parameters[name])
    for name, spec in method.parameters.items():
        is_wanted = spec.get("required") and spec.get("location") != "path"
        if is_wanted and not any(query.get(name, ())):
            raise invalid(f"Required parameter: {name}", "required")


def _check_values(name: str, values: Sequence[str], spec: Mapping[str, Any]) -> None:
    if len(values) > 1 and not spec.get("repeated"):
        raise invalid(f"Parameter '{name}' may be given once.", "invalidParameter")
    for value in values:
        _check_scalar(name, value, spec)


def _check_scalar(name: str, value: str, spec: Mapping[str, Any]) -> None:
    if "enum" in spec and value not in spec["enum"]:
        raise invalid(f"Invalid value '{value}'. Allowed values are: {spec['enum']}", "invalid")
    if spec["type"] == "boolean" and value.lower() not in ("true", "false"):
        raise invalid(f"Invalid value for boolean parameter {name}: '{value}'", "invalid")
    if spec["type"] == "integer":
        _check_integer(value, spec)


def _check_integer(value: str, spec: Mapping[str, Any]) -> None:
    try:
        number = int(value)
    except ValueError:
        raise invalid(f"Invalid value '{value}'. An integer is wanted.", "invalid") from None
    low, high = int(spec.get("minimum", number)), int(spec.get("maximum", number))
    if not low <= number <= high:
        raise invalid(
            f"Invalid value '{value}'. Values must be within the range: [{low}, {high}]",
            "invalidParameter",
        )


def check_body(method: Method, body: object) -> None:
    """Raises Refusal (400) where a JSON body does not fit the method's schema."""
    if method.body is not None:
        _check_ref(body, method.body, method.schemas, "")


def _check_ref(value: object, name: str, schemas: Schemas, at: str) -> None:
    properties = schemas[name].get("properties", {})
    if not isinstance(value, dict):
        raise _misfit(at, value)
    for key, inner in value.items():
        if key not in properties:
            where = f" at '{at}'" if at else ""
            raise invalid(
                f'Invalid JSON payload received. Unknown name "{key}"{where}: Cannot find field.',
                "badRequest",
            )
        _check_value(inner, properties[key], schemas, f"{at}.{key}" if at else key)


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str, int),  # 64-bit numbers travel as strings, and Google takes both
    "integer": (int, str),
    "number": (int, float, str),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "any": (object,),
}


def _check_value(value: object, spec: Mapping[str, Any], schemas: Schemas, at: str) -> None:
    if "$ref" in spec:
        _check_ref(value, spec["$ref"], schemas, at)
        return
    if not isinstance(value, _TYPES[spec["type"]]):
        raise _misfit(at, value)
    if isinstance(value, list):
        for number, item in enumerate(value):
            _check_value(item, spec["items"], schemas, f"{at}[{number}]")
    elif "enum" in spec and value not in spec["enum"]:
        raise _misfit(at, value)


def _misfit(at: str, value: object) -> Refusal:
    return invalid(f"Invalid value at '{at}', {json.dumps(value)[:80]}", "badRequest")


def resource_parts(method: Method, schema: str) -> frozenset[str]:
    """Names that `part` may take for a resource: its objects, and `id`."""
    properties = method.schemas[schema]["properties"]
    return frozenset({"id"} | {name for name, spec in properties.items() if "$ref" in spec})
