"""Records to JSON values and back, driven by the type hints of frozen dataclasses.

Known types: dataclasses, StrEnum, date, time, aware datetime (kept as UTC), tuples, mappings,
optional values and the JSON scalars. JSON text is canonical (RFC 8785), so equal records
have equal bytes and a digest or a signature over them means something.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar, cast

import rfc8785

R = TypeVar("R")
_HINTS: dict[type[Any], Mapping[str, Any]] = {}


def canonical(value: object) -> bytes:
    """Return the canonical JSON (RFC 8785) of a record or of JSON values."""
    return rfc8785.dumps(encode(value))


def encode(value: object) -> Any:  # noqa: ANN401 -- JSON values
    """Return the JSON values of a record."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {part.name: encode(getattr(value, part.name)) for part in dataclasses.fields(value)}
    return _scalar(value)


def sparse(value: object) -> Any:  # noqa: ANN401 -- JSON values
    """Return the JSON values of a record, fields that hold their default left out.

    A field that a later version adds with a default changes none of the bytes of earlier records,
    so that their signatures go on to hold.
    """
    if isinstance(value, Mapping):
        return {str(key): sparse(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [sparse(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = {part.name: getattr(value, part.name) for part in dataclasses.fields(value)}
        defaults = _defaults(type(value))
        return {
            name: sparse(held)
            for name, held in told.items()
            if name not in defaults or held != defaults[name]
        }
    return encode(value)


def decode(kind: type[R], values: Any) -> R:  # noqa: ANN401 -- JSON values
    """Return the record of that kind which gave these JSON values."""
    return cast("R", _decode(kind, values))


def parse(kind: type[R], text: str | bytes) -> R:
    """Return the record of that kind which gave this JSON text."""
    return decode(kind, json.loads(text))


def instant(at: datetime) -> str:
    """Return a moment as fixed-width UTC text, so that text order is time order."""
    if at.tzinfo is None:
        raise ValueError("a stored time is aware")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hints(kind: type[Any]) -> Mapping[str, Any]:
    """Return the resolved type of each field of a dataclass, in order."""
    if kind not in _HINTS:
        resolved = typing.get_type_hints(kind)
        _HINTS[kind] = {part.name: resolved[part.name] for part in dataclasses.fields(kind)}
    return _HINTS[kind]


def _defaults(kind: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in dataclasses.fields(kind):
        if part.default is not dataclasses.MISSING:
            found[part.name] = part.default
        elif part.default_factory is not dataclasses.MISSING:
            found[part.name] = part.default_factory()
    return found


def _scalar(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"no JSON for {type(value).__name__}")


def _record(kind: type, values: Mapping[str, Any]) -> object:
    known = hints(kind)
    return kind(**{name: _decode(known[name], item) for name, item in values.items()})


def _tuple(kinds: tuple[Any, ...], values: list[Any]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_decode(kinds[0], item) for item in values)
    return tuple(_decode(kind, item) for kind, item in zip(kinds, values, strict=True))


def _mapping(kinds: tuple[Any, ...], values: Mapping[str, Any]) -> dict[Any, Any]:
    key, item = kinds or (str, Any)
    return {_decode(key, k): _decode(item, v) for k, v in values.items()}


_SCALARS: Mapping[Any, Callable[[Any], Any]] = {
    float: float,
    int: int,
    bool: bool,
    str: str,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
}


def _decode(kind: Any, values: Any) -> Any:  # noqa: ANN401 -- JSON values
    if values is None or kind is Any:
        return values
    if kind in _SCALARS:
        return _SCALARS[kind](values)
    if dataclasses.is_dataclass(kind):
        return _record(cast("type", kind), values)
    return _composite(kind, values)


def _composite(kind: Any, values: Any) -> Any:  # noqa: ANN401 -- JSON values
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {types.UnionType, typing.Union}:
        return _decode(next(one for one in arguments if one is not type(None)), values)
    if origin is tuple:
        return _tuple(arguments, values)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(arguments, values)
    return kind(values)
