"""Request parameters: query, form and JSON, with Rails' nested names, as one checked record.

Clients write arrays and objects in many ways: `id[]=1&id[]=2`, `poll[options][]=a`, `media_ids[0]=7`,
`fields_attributes[0][name]=x`, or plain JSON. All of them come to the same nested values here, and then to a
msgspec Struct that says what is allowed.
"""

import re
import types
import typing
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec
import numpy as np

from roost.errors import FieldProblem, Invalid
from roost.limits import JSON_DEPTH_MAX, PARAMETER_DEPTH_MAX, PARAMETERS_MAX

S = TypeVar("S", bound=msgspec.Struct)
Value = Any
"""A nested parameter: text, a list or a mapping; from JSON also a number, a boolean or None."""

_PART = re.compile(r"\[([^\[\]]*)\]")
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
"""One that does not end goes on to the end: so nothing is looked at twice."""
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_TRUE = frozenset(("1", "true", "t", "on", "yes"))
_FALSE = frozenset(("0", "false", "f", "off", "no"))
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`")
_EXPECTED = re.compile(
    r"Expected `(?P<kinds>[^`]+)`(?P<length> of length)?(?: (?P<relation>[<>]=) (?P<bound>-?\d+))?"
)
_MATCHING = re.compile(r"Expected `str` matching regex '(?P<form>.*)'\Z")
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}
_RELATIONS = {">=": "at least", "<=": "at most"}


def nest(pairs: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """Flat names with brackets, as nested values. Raises Invalid above the limits or where names clash."""
    root: dict[str, Value] = {}
    for count, (name, value) in enumerate(pairs):
        if count >= PARAMETERS_MAX:
            raise Invalid(f"More than {PARAMETERS_MAX} parameters were sent")
        head, bracket, _ = name.partition("[")
        parts = _PART.findall(name[len(head) :]) if bracket else []
        if len(parts) > PARAMETER_DEPTH_MAX:
            raise Invalid(f"The parameter {name[:100]!r} is nested too deeply")
        _put(root, [head, *parts], value)
    return {key: _listed(value) for key, value in root.items()}


def parse_json(body: bytes) -> dict[str, Value]:
    """A JSON object. Raises Invalid where it is not one, or is nested too deeply."""
    if _depth(body) > JSON_DEPTH_MAX:
        raise Invalid(f"The JSON is nested more than {JSON_DEPTH_MAX} levels deep")
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as cause:
        raise Invalid(f"The JSON cannot be read: {cause}") from cause
    if not isinstance(value, dict):
        raise Invalid("The JSON must be an object")
    return value


def checked(raw: Mapping[str, Value], kind: type[S]) -> S:
    """The parameters as a record; those it does not know are passed over, as clients send many.

    Empty text stands for no value but where text is wanted. Raises Invalid, naming the parameter.
    """
    given: dict[str, Value] = {}
    for name, shape in _shapes(kind).items():
        if name in raw:
            value = _shaped(raw[name], shape, name)
            if value is not None:
                given[name] = value
    try:
        return msgspec.convert(given, kind, strict=False)
    except (msgspec.ValidationError, ValueError) as cause:
        field, text = _complaint(str(cause), _shapes(kind))
        raise Invalid(
            f"Validation failed: {field} {text}", {field: (FieldProblem("ERR_INVALID", text),)}
        ) from cause


class _Shape(msgspec.Struct, frozen=True):
    """What a field takes, as far as text must be treated by it."""

    is_bool: bool
    is_list: bool
    is_text: bool
    choices: tuple[str, ...]
    """What it takes, where that is one of a few words."""


@cache
def _shapes(kind: type[msgspec.Struct]) -> dict[str, _Shape]:
    shapes = {}
    for field in msgspec.structs.fields(kind):
        kinds = _members(field.type)
        shapes[field.encode_name] = _Shape(
            bool in kinds,
            any(typing.get_origin(member) in (list, tuple) for member in kinds),
            str in kinds,
            tuple(word for member in kinds for word in _words(member) if word),
        )
    return shapes


def _members(kind: Any) -> list[Any]:
    """The plain types of a union, without their annotations."""
    if typing.get_origin(kind) is typing.Annotated:
        return _members(typing.get_args(kind)[0])
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return [member for argument in typing.get_args(kind) for member in _members(argument)]
    return [kind]


def _words(kind: Any) -> tuple[str, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) is typing.Literal else ()


def _shaped(value: Value, shape: _Shape, name: str) -> Value:
    if value is None or (value == "" and not shape.is_text):
        return None
    if shape.is_list and not isinstance(value, list):
        return [value] if not isinstance(value, dict) else list(value.values())
    if shape.is_bool and isinstance(value, str):
        folded = value.lower()
        if folded in _TRUE:
            return True
        if folded in _FALSE:
            return False
        text = "must be true or false"
        raise Invalid(f"Validation failed: {name} {text}", {name: (FieldProblem("ERR_INVALID", text),)})
    if shape.is_bool and isinstance(value, int):
        return bool(value)
    if shape.is_text and isinstance(value, int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


def _complaint(text: str, shapes: Mapping[str, _Shape]) -> tuple[str, str]:
    """msgspec's "Expected `int | null`, got `str` - at `$.limit`" as (limit, must be a whole number), and
    "Object missing required field `key`" as (key, is missing)."""
    missing = _MISSING.match(text)
    if missing is not None:
        return missing["field"], "is missing"
    problem, _, place = text.partition(" - at `$.")
    field, inner, _ = place.rstrip("`").partition("[")
    matching = _MATCHING.match(problem)
    if matching is not None and not inner:
        return field, f"must match {matching['form']}"
    expected = _EXPECTED.match(problem)
    if expected is None:
        choices = shapes[field].choices if field in shapes else ()
        meant = f"must be one of {', '.join(choices)}" if choices else "is not valid"
        return field or "request", meant
    kinds = [_KINDS[kind] for kind in expected["kinds"].split(" | ") if kind in _KINDS]
    meant = f"be {' or '.join(kinds)}" if kinds else "be something else"
    if expected["length"] and kinds == ["text"]:
        meant = f"have {_RELATIONS[expected['relation']]} {expected['bound']} characters"
    elif expected["relation"]:
        meant = f"be {_RELATIONS[expected['relation']]} {expected['bound']}"
    return field or "request", f"has an item that must {meant}" if inner else f"must {meant}"


def _put(root: dict[str, Value], path: list[str], value: Value) -> None:
    here = root
    for index, part in enumerate(path[:-1]):
        following = path[index + 1]
        here = _open_item(here, following) if part == "" else here.setdefault(part, {})
        if not isinstance(here, dict):
            raise Invalid(f"The parameter {path[0][:100]!r} was sent both plain and nested")
    last = path[-1]
    if last == "":
        here[str(len(here))] = value
    elif isinstance(here.get(last), dict):
        raise Invalid(f"The parameter {path[0][:100]!r} was sent both plain and nested")
    else:
        here[last] = value


def _open_item(items: dict[str, Value], following: str) -> dict[str, Value]:
    """The item of `name[][key]` that `key` belongs to: the last one, unless it has that key already."""
    last = items.get(str(len(items) - 1))
    if not isinstance(last, dict) or following in last:
        last = items[str(len(items))] = {}
    return last


def _listed(value: Value) -> Value:
    """Mappings whose keys are numbers, as the lists they stand for."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(item) for key, item in value.items()}
    if inner and all(key.isascii() and key.isdigit() and len(key) < 10 for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def _depth(body: bytes) -> int:
    """How deeply brackets are nested in JSON; those in strings are not counted. 15 ms for a whole MiB."""
    if body.count(b"[") + body.count(b"{") <= JSON_DEPTH_MAX:
        return 0
    brackets = _STRINGS.sub(b"", body).translate(_BRACKETS, _NO_BRACKETS)
    steps = np.where(np.frombuffer(brackets, np.uint8) == ord("["), 1, -1)
    return int(steps.cumsum().max(initial=0))
