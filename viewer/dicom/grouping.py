"""Which frames make one volume: same series, same size, same orientation, one per place."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from viewer.dicom.axes import KEYWORDS, Path, along_axis, moments
from viewer.dicom.header import Frame, Header
from viewer.dicom.text import derived_uid
from viewer.geometry.gate import SAME_DIRECTION, SAME_PLACE_MM, unit_normal

Slot = tuple[Header, Frame]
"""A frame together with the object it belongs to."""

_STACK = "stack"
_MOST_TURNS = 256
"""Orientations looked for in one series; in a hostile one every further frame stands alone."""


@dataclass(frozen=True, slots=True)
class Group:
    """The frames of one volume; ``extra`` were left out because their place was taken.

    Volumes of one series that lie on one grid and differ in something else (weight, time, echo)
    share ``source_uid``, which is the UID of the first of them: the Series Instance UID, unless
    the series holds several grids (a localiser of three stacks). ``axis`` names what tells them
    apart, ``axis_value`` which one this is, ``axis_index`` its place from 0 of ``axis_count``. A
    volume that stands alone has no axis. ``physics`` are the facts that hold for this volume
    where the series' first object says something else.
    """

    uid: str
    label: str
    slots: tuple[Slot, ...]
    extra: tuple[Slot, ...] = ()
    source_uid: str = ""
    axis: str = ""
    axis_value: str = ""
    axis_index: int = 0
    axis_count: int = 1
    physics: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Part:
    """One volume as it was split off: by which marks, and what was left over."""

    path: Path
    slots: list[Slot]
    extra: list[Slot] = field(default_factory=list)


def group_frames(headers: Sequence[Header]) -> Iterator[Group]:
    """Divide the objects of one series into volumes.

    The first volume keeps the series' own UID; further ones get one derived from it and from
    what tells them apart, so that the same images always give the same UIDs. The volumes of one
    grid come in the order of their axis: b values, echo and time points as numbers.
    """
    ordered = sorted(headers, key=lambda header: (header.instance.number, header.instance.uid))
    number = 0
    for slots in _alike(ordered):
        found = []
        for part in _one_per_place(slots):
            number += 1
            label = ", ".join(f"{name} {value}" for name, value in part.path).rstrip(", ")
            name = label or (f"part {number}" if number > 1 else "")
            uid = ordered[0].series_uid if number == 1 else _uid(ordered[0], number, name)
            found.append(
                (part, Group(uid, name, tuple(part.slots), tuple(part.extra), physics=_facts(part)))
            )
        yield from _on_axis(found)


def _on_axis(found: list[tuple[_Part, Group]]) -> Iterator[Group]:
    """The volumes of one grid with their place on the axis that tells them apart."""
    if len(found) == 1:
        yield found[0][1]
        return
    source = found[0][1].uid
    for index, (place, axis, value) in enumerate(along_axis([part.path for part, _ in found])):
        yield replace(
            found[place][1],
            source_uid=source,
            axis=axis,
            axis_value=value,
            axis_index=index,
            axis_count=len(found),
        )


def _facts(part: _Part) -> dict[str, str]:
    """The physics all frames of the volume agree on, by DICOM keyword."""
    agreed = dict(part.slots[0][1].marks)
    for _, frame in part.slots:
        own = dict(frame.marks)
        agreed = {name: value for name, value in agreed.items() if own.get(name) == value}
    return {KEYWORDS[name]: value for name, value in agreed.items() if name in KEYWORDS}


def _alike(headers: Sequence[Header]) -> Iterator[list[Slot]]:
    """Frames of one size, depth, stack and orientation, in the order their numbers give."""
    clusters: defaultdict[Hashable, list[Slot]] = defaultdict(list)
    known = np.empty((0, 6))
    odd = _MOST_TURNS
    apart = _stacks_apart(headers)
    for header in headers:
        for frame in header.frames:
            turn = -1
            if not frame.place.fault():
                stated = np.array(
                    [*(frame.place.along_row or ()), *(frame.place.along_column or ())]
                )
                near = np.flatnonzero(np.abs(known - stated).max(axis=1) < SAME_DIRECTION)
                if len(near):
                    turn = int(near[0])
                elif len(known) < _MOST_TURNS:
                    turn, known = len(known), np.vstack([known, stated])
                else:
                    turn = odd = odd + 1
            spacing = tuple(round(mm, 4) for mm in frame.place.spacing_mm or ())
            stack = dict(frame.marks).get(_STACK, "") if apart else ""
            form = (*frame_shape(header, frame), header.form.inverted)
            clusters[(form, turn, spacing, stack)].append((header, frame))
    for slots in clusters.values():
        yield sorted(slots, key=lambda slot: (slot[0].instance.number, slot[1].number))


def frame_shape(header: Header, frame: Frame) -> tuple[int, int]:
    """Rows and columns of the slice, which is a tile of the picture in a mosaic."""
    return frame.tile[2:] if frame.tile else (header.form.rows, header.form.columns)


def _stacks_apart(headers: Sequence[Header]) -> bool:
    """Whether stack identifiers divide the frames into stacks of more than one slice."""
    stacks = Counter(
        dict(frame.marks).get(_STACK, "") for header in headers for frame in header.frames
    )
    return len(stacks) > 1 and min(stacks.values()) > 1


def _one_per_place(slots: list[Slot], path: Path = ()) -> Iterator[_Part]:
    """Split until no two frames of a volume lie at the same place."""
    places = _places(slots)
    copies = max(Counter(places).values())
    if copies == 1:
        yield _Part(path, slots)
        return
    names = dict.fromkeys(name for slot in slots for name, _ in slot[1].marks)
    for name in names:
        parts: defaultdict[str, list[int]] = defaultdict(list)
        for index, slot in enumerate(slots):
            parts[dict(slot[1].marks).get(name, "")].append(index)
        if 1 < len(parts) <= copies and _helps(parts.values(), places, copies):
            for value, part in parts.items():
                own = [slots[index] for index in part]
                yield from _one_per_place(own, (*path, (name, value)))
            return
    yield from _by_turns(slots, places, path)


def _helps(parts: Iterable[list[int]], places: list[int], copies: int) -> bool:
    """Whether every part has fewer frames at its fullest place than all of them together."""
    return all(max(Counter(places[index] for index in part).values()) < copies for part in parts)


def _by_turns(slots: list[Slot], places: list[int], path: Path) -> Iterator[_Part]:
    """Equal copies everywhere are repetitions in order of time; else the first one counts."""
    turns: list[list[Slot]] = []
    seen: Counter[int] = Counter()
    taken = moments([dict(frame.marks) for _, frame in slots])
    for index in sorted(range(len(slots)), key=taken.__getitem__):
        if seen[places[index]] == len(turns):
            turns.append([])
        turns[seen[places[index]]].append(slots[index])
        seen[places[index]] += 1
    if len({len(turn) for turn in turns}) == 1:
        for number, turn in enumerate(turns, 1):
            yield _Part((*path, ("repetition", str(number))), turn)
    else:
        yield _Part(path, turns[0], [slot for turn in turns[1:] for slot in turn])


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
