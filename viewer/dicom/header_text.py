"""The headers of one volume as they are stored: each volume keeps what speaks of its own frames."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from viewer.dicom.grouping import Slot
from viewer.dicom.header import Header

_PER_FRAME = "52009230"


def header_text(slots: Sequence[Slot]) -> bytes:
    """UTF-8 JSON: ``first`` is the series' first header, ``instances`` what differs from it.

    Of a multi-frame object only the functional groups of the volume's own frames are kept, in
    the order of its slices, so that a time series does not repeat all of them in every volume.
    """
    own: defaultdict[int, list[int]] = defaultdict(list)
    headers: dict[int, Header] = {}
    for header, frame in slots:
        headers[id(header)] = header
        own[id(header)].append(frame.index)
    first = next(iter(headers))
    parts = ",".join(
        f'"{header.instance.uid}":{_trimmed(header.json, own[key])}'
        for key, header in headers.items()
    )
    facts = _trimmed(headers[first].facts.json, own[first])
    return f'{{"first":{facts},"instances":{{{parts}}}}}'.encode(errors="replace")


def _trimmed(text: str, frames: Sequence[int]) -> str:
    if f'"{_PER_FRAME}"' not in text:
        return text
    model = _parsed(text)
    groups = (model.get(_PER_FRAME) or {}).get("Value") or []
    if len(groups) <= len(frames):
        return text
    kept = [groups[index] for index in frames if index < len(groups)]
    trimmed = model | {_PER_FRAME: {"vr": "SQ", "Value": kept}}
    return json.dumps(trimmed, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=2)
def _parsed(text: str) -> dict[str, Any]:
    """Kept for the other volumes of the same object."""
    model: dict[str, Any] = json.loads(text)
    return model
