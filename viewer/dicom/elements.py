"""Stored headers as rows for a tag browser: what an object says of itself, element by element.

Works on the JSON of ``ScannedSeries.headers``; no file is parsed here. Private elements are left
out and counted: what they hold nobody has looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.dicom.text import clean_text

MAX_VALUE = 4096
_DEPTH = 64
_ITEM = "(FFFE,E000)"
_NUMBER = "00200013"
_LENGTHS = "0000"


@dataclass(frozen=True, slots=True)
class Element:
    """One row: an element of a header, or an item of a sequence.

    ``level`` is how deep it is nested, from 0. ``value`` is cleaned for display; several values
    are joined by backslashes as in the standard. NIfTI fields have a name and no tag.
    """

    tag: str
    vr: str
    keyword: str
    name: str
    value: str = field(repr=False)
    level: int = 0


@dataclass(frozen=True, slots=True)
class SourceObject:
    """One object a volume was made of; ``number`` is its Instance Number as text, or empty."""

    uid: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class HeaderRows:
    """The header of one object, and which others the volume has, in the order of its slices."""

    elements: tuple[Element, ...]
    objects: tuple[SourceObject, ...]
    shown: str
    private: int = 0


def header_rows(stored: bytes, instance_uid: str = "") -> HeaderRows:
    """Return the rows of one object's header; without a UID of the first slice's.

    Raises
    ------
    KeyError
        The volume was not made of that object.
    """
    model = json.loads(stored)
    if isinstance(model, list):
        rows = tuple(_field(name, value) for facts in model for name, value in facts.items())
        return HeaderRows(rows, (), "")
    shared, differences = model["first"], model["instances"]
    objects = tuple(
        SourceObject(uid, _text(own.get(_NUMBER) or shared.get(_NUMBER) or {}))
        for uid, own in differences.items()
    )
    shown = instance_uid or (objects[0].uid if objects else "")
    own = differences[shown] if shown else {}
    private: list[str] = []
    rows = tuple(_rows({**shared, **own}, 0, private))
    return HeaderRows(rows, objects, shown, len(private))


def _rows(model: Mapping[str, Any], level: int, private: list[str]) -> Iterator[Element]:
    """The elements of a data set by tag, those of their items after them."""
    for tag in sorted(model):
        content = model[tag]
        if content is None or len(tag) != 8 or level > _DEPTH:
            continue  # null: the first object has it and this one has not
        if int(tag[:4], 16) % 2:
            private.append(tag)
            continue
        vr = str(content.get("vr", ""))
        items = content.get("Value", []) if vr == "SQ" else []
        value = f"{len(items)} item{'' if len(items) == 1 else 's'}" if vr == "SQ" else ""
        keyword, name = _known(tag)
        yield Element(f"({tag[:4]},{tag[4:]})", vr, keyword, name, value or _text(content), level)
        for number, item in enumerate(items, 1):
            yield Element(_ITEM, "", "Item", f"Item {number}", "", level + 1)
            yield from _rows(item or {}, level + 2, private)


def _known(tag: str) -> tuple[str, str]:
    """Keyword and name of an element by the data dictionary (PS3.6)."""
    from pydicom.datadict import dictionary_description, dictionary_keyword  # noqa: PLC0415 - sign-in stays light

    number = int(tag, 16)
    if tag[4:] == _LENGTHS:
        return "", "Group Length"
    try:
        return dictionary_keyword(number), dictionary_description(number)
    except KeyError:
        return "", "Unknown element"


def _text(content: Mapping[str, Any]) -> str:
    """An element's values as text (the DICOM JSON model, PS3.18 F.2)."""
    if "InlineBinary" in content:
        encoded = str(content["InlineBinary"])
        return f"{len(encoded.rstrip('=')) * 3 // 4} bytes"
    if "BulkDataURI" in content:
        return "over 1 KiB, not kept"
    values = content.get("Value", [])
    return clean_text("\\".join(_one(value) for value in values), MAX_VALUE)


def _one(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if value is None:
        return ""
    if isinstance(value, dict):  # a person's name: alphabetic, ideographic, phonetic
        groups = [str(value.get(part, "")) for part in ("Alphabetic", "Ideographic", "Phonetic")]
        return "=".join(groups).rstrip("=")
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _field(name: str, value: Any) -> Element:  # noqa: ANN401 - whatever JSON holds
    values = value if isinstance(value, list) else [value]
    text = clean_text("\\".join(str(one) for one in values), MAX_VALUE)
    return Element("", "", name, name, text)
