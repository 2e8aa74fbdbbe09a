"""Typed, range-checked values out of JSON that somebody else wrote."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from inference.errors import OwnModelError
from inference.models.own.files import Content

_DEEPEST = 32


def parse(content: Content, name: str) -> dict[str, Any]:
    """Return the JSON object in ``content``; raise OwnModelError if it is none."""
    try:
        value = json.loads(content.tobytes().decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise OwnModelError(f"{name} is not valid JSON.") from error
    if not isinstance(value, dict):
        raise OwnModelError(f"{name} does not hold a JSON object.")
    return value


def text(values: Mapping[str, Any], key: str, most: int = 2_000, default: str | None = None) -> str:
    """Return a text of 1 to ``most`` printable characters."""
    value = values.get(key, default)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise OwnModelError(f"The card's “{key}” must be a text of at most {most} characters.")
    if not value.replace("\n", " ").isprintable():
        raise OwnModelError(f"The card's “{key}” holds characters that cannot be shown.")
    return value.strip()


def texts(values: Mapping[str, Any], key: str, most: int, length: int = 500) -> tuple[str, ...]:
    """Return 1 to ``most`` different texts."""
    value = values.get(key)
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise OwnModelError(f"The card's “{key}” must be a list of 1 to {most} texts.")
    found = tuple(text({key: one}, key, length) for one in value)
    if len(set(found)) < len(found):
        raise OwnModelError(f"The card's “{key}” names something twice.")
    return found


def whole(value: object, what: str, low: int, high: int) -> int:
    """Return a whole number within the range; True is not one."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise OwnModelError(f"“{what}” must be a whole number from {low:,} to {high:,}.")
    return value


def real(value: object, what: str, low: float, high: float) -> float:
    """Return a finite number within the range."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OwnModelError(f"“{what}” must be a number.")
    if not math.isfinite(value) or not low <= value <= high:
        raise OwnModelError(f"“{what}” must lie between {low:g} and {high:g}.")
    return float(value)


def part(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a JSON object inside another."""
    value = values.get(key)
    if not isinstance(value, dict):
        raise OwnModelError(f"The card's “{key}” is missing.")
    return value


def only(values: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    """Raise OwnModelError if ``values`` hold anything that is not understood."""
    strange = sorted(str(key)[:60] for key in set(values) - known)
    if strange:
        raise OwnModelError(f"“{strange[0]}” in {where} is not known here.")


def plain(value: object, where: str, depth: int = 0) -> Any:  # noqa: ANN401 - JSON values
    """Return JSON values that are data only; what a bundle would evaluate ends the import."""
    if depth > _DEEPEST:
        raise OwnModelError(f"{where} is nested too deeply.")
    if isinstance(value, dict):
        return {str(key): plain(one, where, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one, where, depth + 1) for one in value]
    if isinstance(value, str) and value[:1] in {"$", "@", "%"}:
        raise OwnModelError(
            f"{where} holds “{value[:40]}”, which MONAI would evaluate as a program. Nothing is "
            "evaluated here: write the value itself."
        )
    return value


def _no_constant(name: str) -> float:
    raise ValueError(name)
