"""Which frames make one volume: same series, same size, same orientation, one per place."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from viewer.dicom.header import Frame, Header
from viewer.dicom.text import derived_uid
from viewer.geometry.gate import SAME_DIRECTION, SAME_PLACE_MM, unit_normal

Slot = tuple[Header, Frame]
"""A frame together with the object it belongs to."""


@dataclass(frozen=True, slots=True)
class Group:
    """The frames of one volume; ``extra`` were left out because their place was taken."""

    uid: str
    label: str
    slots: tuple[Slot, ...]
    extra: tuple[Slot, ...] = ()


def group_frames(headers: Sequence[Header]) -> Iterator[Group]:
    """Divide the objects of one series into volumes.

    The first volume keeps the series' own UID; further ones get one derived from it and from
    what tells them apart, so that the same drop always gives the same UIDs.
    """
    number = 0
    for slots in _alike(headers):
        for label, chosen, extra in _one_per_place(slots):
            number += 1
            name = label or (f"part {number}" if number > 1 else "")
            uid = headers[0].series_uid if number == 1 else _uid(headers[0], number, name)
            yield Group(uid, name, tuple(chosen), tuple(extra))


def _alike(headers: Sequence[Header]) -> Iterator[list[Slot]]:
    """Frames of one size, depth and orientation, in the order their numbers give."""
    clusters: defaultdict[Hashable, list[Slot]] = defaultdict(list)
    directions: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    for header in headers:
        size = (header.form.rows, header.form.columns, header.form.inverted)
        for frame in header.frames:
            turn = -1
            if not frame.place.fault():
                stated = np.array(
                    [*(frame.place.along_row or ()), *(frame.place.along_column or ())]
                )
                near = (
                    k
                    for k, known in enumerate(directions)
                    if np.abs(known - stated).max() < SAME_DIRECTION
                )
                turn = next(near, len(directions))
                if turn == len(directions):
                    directions.append(stated)
            spacing = tuple(round(mm, 4) for mm in frame.place.spacing_mm or ())
            clusters[(size, turn, spacing)].append((header, frame))
    for slots in clusters.values():
        yield sorted(slots, key=lambda slot: (slot[0].instance.number, slot[1].number))


def _one_per_place(slots: list[Slot]) -> Iterator[tuple[str, list[Slot], list[Slot]]]:
    """Split until no two frames of a volume lie at the same place."""
    places = _places(slots)
    copies = max(places.count(place) for place in set(places)) if places else 1
    if copies == 1:
        yield "", slots, []
        return
    names = dict.fromkeys(name for slot in slots for name, _ in slot[1].marks)
    for name in names:
        parts: defaultdict[str, list[Slot]] = defaultdict(list)
        for slot in slots:
            parts[dict(slot[1].marks).get(name, "")].append(slot)
        if 1 < len(parts) <= copies:
            for value, part in parts.items():
                for label, chosen, extra in _one_per_place(part):
                    yield f"{name} {value}, {label}".rstrip(", "), chosen, extra
            return
    yield from _by_turns(slots, places, copies)


def _by_turns(
    slots: list[Slot], places: list[int], copies: int
) -> Iterator[tuple[str, list[Slot], list[Slot]]]:
    """Equal copies everywhere are repetitions in order of number; else the first one counts."""
    turns: list[list[Slot]] = [[] for _ in range(copies)]
    seen: defaultdict[int, int] = defaultdict(int)
    for slot, place in zip(slots, places, strict=True):
        turns[seen[place]].append(slot)
        seen[place] += 1
    if len({len(turn) for turn in turns}) == 1:
        for number, turn in enumerate(turns, 1):
            yield f"repetition {number}", turn, []
    else:
        yield "", turns[0], [slot for turn in turns[1:] for slot in turn]


def _places(slots: list[Slot]) -> list[int]:
    """A number per frame, equal for frames at the same depth; unknown places all differ."""
    if any(slot[1].place.fault() for slot in slots):
        return list(range(len(slots)))
    normal = unit_normal(slots[0][1].place)
    depth = np.array([slot[1].place.position for slot in slots]) @ normal
    order = np.argsort(depth, kind="stable")
    steps = np.concatenate([[0], np.diff(depth[order]) > SAME_PLACE_MM])
    places = np.empty(len(slots), int)
    places[order] = np.cumsum(steps)
    return [int(place) for place in places]


def _uid(header: Header, number: int, label: str) -> str:
    text = f"{header.series_uid}|{number}|{label}"
    return derived_uid(hashlib.sha256(text.encode()).hexdigest())
