"""The parts of the bench: each gives rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.bench import phantoms
from tests.bench.phantoms import Phantom
from tests.bench.reference import ALIKE
from tests.bench.rows import Cell, Goal, Row, timed
from tests.bench.running import Held, Outcome, run_ours, run_peer, watch_ours, watch_peer

_NAPARI_PLANE = "napari has one plane a window: its figures are for one plane, nothing linked"
_WAYS = (
    "by reader: viewer.dicom.volume in the measured process, as the peers; by import: what the "
    "program does with a drop, in a bounded process started for it, hashing and checking each file"
)
_DECODE = (
    "decode: folder to array in one process, ours by the import's parser and codecs without its "
    "process; median of the repeats; JPEG baseline may differ by one gray value on average"
)
_LOSSY_ERROR = 1.0
_PREVIEW = (
    "preview: the middle slice the import shows in its progress row while the rest is being read; "
    "peers: their full-size picture"
)
_BARE = (
    "SimpleITK and pydicom have no window: in rows of opening they read and cut only, a lower "
    "bound for programs built on them; napari is the program to compare with"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How often, and whether with the large phantom."""

    repeats: int
    ticks: int
    large: bool = True

    def few(self, phantom: Phantom) -> int:
        """The large phantom takes ten times as long, and gets half the repeats."""
        return self.repeats if phantom.voxels < 1e8 else max(2, self.repeats // 2)


def loading(plan: Plan) -> list[Row]:
    """Whole series to volume, bit-equal to the phantom's array."""
    five = Goal(times=5, over="SimpleITK")
    cases: list[tuple[Phantom, str, Goal, str]] = [
        (phantoms.A, "warm", five, "uncompressed"),
        (phantoms.A, "cold", Goal(), "uncompressed"),
        (phantoms.B, "warm", Goal(), "JPEG-LS"),
        (phantoms.C, "warm", Goal(), "JPEG 2000"),
    ]
    if plan.large:
        cases.append((phantoms.D, "warm", five, "uncompressed"))
    rows = []
    for phantom, how, goal, syntax in cases:
        phantoms.ready(phantom)
        after = (phantom.folder, plan.few(phantom), how, phantom.truth)
        ways = ("reader", "import") if syntax == "uncompressed" else ("import",)
        ours = {way: run_ours("loading", way, *after) for way in ways}
        peers = {
            name: run_peer("loading", name.lower(), *after) for name in ("SimpleITK", "pydicom")
        }
        rows += [
            Row(
                f"series to volume by {way}, {_size(phantom)} {syntax}, {how}",
                timed(one, void=_unequal(one)),
                {name: timed(peer, void=_unequal(peer)) for name, peer in peers.items()},
                goal,
                notes=("time cells are median / 95th percentile", _WAYS),
            )
            for way, one in ours.items()
        ]
    return rows


def decoding(plan: Plan) -> list[Row]:
    """48 slices in every transfer syntax: MB of pixels a second, parsing included."""
    rows = []
    for phantom in phantoms.SYNTAXES:
        phantoms.ready(phantom)
        after = (phantom.folder, plan.repeats, "warm", phantom.truth)
        runs = {"ours": run_ours("loading", "decoder", *after)}
        for name in ("SimpleITK", "pydicom"):
            runs[name] = run_peer("loading", name.lower(), *after)
        cells = {
            name: _as_speed(timed(one, void=_unequal(one, lossy=phantom.lossy)), phantom)
            for name, one in runs.items()
        }
        ours, what = cells.pop("ours"), phantom.name.removeprefix("syntax-")
        goal = Goal(times=1, over="SimpleITK")
        rows.append(Row(f"decode {what}", ours, cells, goal, "MB/s", (_DECODE,)))
    return rows


def _as_speed(cell: Cell, phantom: Phantom) -> Cell:
    """Shown as MB of pixels a second; compared by time."""
    if cell.value is None:
        return cell
    mb = phantom.voxels * (2 if phantom.bits > 8 else 1) / 1e6
    return replace(cell, shown=f"{mb / cell.value * 1e3:.0f}")


def opening(plan: Plan) -> list[Row]:
    """Path to the first correct image, and to three correct planes with the volume complete."""
    first, planes = "path to first axial view", "path to three correct planes"
    rows = [
        *(_previewed(plan, how, most) for how, most in (("warm", 150), ("cold", 400))),
        _opened(plan, phantoms.A, first, "first", "warm", Goal(150, 5, "napari")),
        _opened(plan, phantoms.A, first, "first", "cold", Goal(400, 5, "napari")),
        _opened(plan, phantoms.A, planes, "planes", "warm", Goal(500)),
    ]
    if plan.large:
        rows.append(_opened(plan, phantoms.D, planes, "planes", "warm", Goal(2000)))
    return rows


def pausing(plan: Plan) -> list[Row]:
    """The longest pause of the GUI's event loop while a series is opened."""
    rows = []
    for phantom in [phantoms.A, *([phantoms.D] if plan.large else [])]:
        phantoms.ready(phantom)
        ours = run_ours("opening", *_opening_words(plan, phantom, "gap", "warm"))
        what = f"longest pause of the event loop while opening {_size(phantom)}"
        cell = timed(ours, void=_unlike(ours), by="p95")
        rows.append(Row(what, cell, {}, Goal(100), notes=("pauses: the p95 counts",)))
    return rows


def scrolling(plan: Plan) -> list[Row]:
    """Wheel ticks to painted frames, one view and three linked ones under a heat map."""
    phantom = phantoms.ready(phantoms.A)
    after = (phantom.truth, json.dumps(phantom.spacing_mm), plan.ticks)
    rows = []
    for ours_how, napari_how, what, goal in (
        ("plain", "plain", "scroll 800 x 800", Goal(16)),
        ("linked", "overlay", "scroll three linked 800 x 800 with heat map", Goal(33)),
    ):
        ours = run_ours("scrolling", *after, ours_how)
        napari = run_peer("napari_scrolling", *after, napari_how, screen=True)
        vtk = run_peer("vtk_scrolling", *after, ours_how, screen=True)
        peers = {"napari": _scrolled(napari), "VTK": _scrolled(vtk)}
        rows.append(
            Row(
                what,
                _scrolled(ours),
                peers,
                goal,
                notes=("scrolling: the p95 counts", _NAPARI_PLANE),
            )
        )
    return rows


def holding(plan: Plan) -> list[Row]:
    """Bytes per voxel above the empty window, most on the way and at rest."""
    rows = []
    for phantom in [phantoms.A, *([phantoms.D] if plan.large else [])]:
        phantoms.ready(phantom)
        ours = watch_ours("holding", phantom.folder)
        napari = watch_peer("napari_holding", phantom.folder)
        for step, what, most in (
            ("planes", "three planes open", 2.6),
            ("overlays", "with a label map and a heat map", 5.2),
        ):
            cells = {
                name: _held(found, step, phantom)
                for name, found in {"ours": ours, "napari": napari}.items()
            }
            rows.append(
                Row(
                    f"memory, {_size(phantom)}, {what}",
                    cells["ours"],
                    {"napari": cells["napari"]},
                    Goal(most, unit="B/voxel"),
                    "B/voxel",
                    ("memory: peak / at rest, all processes, less the empty window; peak counts",),
                )
            )
    return rows


PARTS: Mapping[str, Callable[[Plan], Sequence[Row]]] = {
    "loading": loading,
    "decoding": decoding,
    "opening": opening,
    "pausing": pausing,
    "scrolling": scrolling,
    "holding": holding,
}


def _opened(plan: Plan, phantom: Phantom, what: str, mode: str, how: str, goal: Goal) -> Row:
    after = _opening_words(plan, phantoms.ready(phantom), mode, how)
    ours = run_ours("opening", *after)
    return Row(
        f"{what}, {_size(phantom)}, {how}",
        timed(ours, void=_unlike(ours)),
        _peers_opened(after),
        goal,
        notes=(_BARE, "napari reads with pydicom; its planes are shown one after the other"),
    )


def _previewed(plan: Plan, how: str, most: float) -> Row:
    phantom = phantoms.ready(phantoms.A)
    after = _opening_words(plan, phantom, "first", how)
    spacing = json.dumps(phantom.spacing_mm)
    ours = run_ours("previewing", phantom.folder, phantom.truth, spacing, plan.few(phantom), how)
    return Row(
        f"path to first picture (preview), {_size(phantom)}, {how}",
        timed(ours, void=_unlike(ours)),
        _peers_opened(after),
        Goal(most, 5, "napari"),
        notes=(_BARE, _PREVIEW),
    )


def _peers_opened(after: tuple[object, ...]) -> dict[str, Cell]:
    runs = {
        "SimpleITK": run_peer("opening_bare", "simpleitk", *after),
        "pydicom": run_peer("opening_bare", "pydicom", *after),
        "napari": run_peer("napari_opening", *after, screen=True),
    }
    return {name: timed(one, void=_unlike(one)) for name, one in runs.items()}


def _opening_words(plan: Plan, phantom: Phantom, mode: str, how: str) -> tuple[object, ...]:
    spacing = json.dumps(phantom.spacing_mm)
    return phantom.folder, phantom.truth, spacing, plan.few(phantom), mode, how


def _unequal(outcome: Outcome, *, lossy: bool = False) -> str:
    near = lossy and outcome.facts.get("error", np.inf) <= _LOSSY_ERROR
    if outcome.facts.get("equal") or near:
        return ""
    return f"its voxels are not the phantom's (mean error {outcome.facts.get('error')})"


def _unlike(outcome: Outcome) -> str:
    likenesses = dict(outcome.facts.get("ssim", {}))
    bad = [f"{plane} {value:.3f}" for plane, value in likenesses.items() if not value >= ALIKE]
    if not likenesses:
        return "no frame was compared"
    return f"its frame is not the plane asked for (SSIM {', '.join(bad)})" if bad else ""


def _scrolled(outcome: Outcome) -> Cell:
    same = int(outcome.facts.get("unchanged", 0))
    return timed(outcome, void=f"{same} ticks changed nothing" if same else "", by="p95")


def _held(found: tuple[dict[str, Held], str], step: str, phantom: Phantom) -> Cell:
    steps, reason = found
    if reason or step not in steps:
        return Cell(None, reason=f"not run: {reason or 'it ended early'}")
    empty = steps["empty"].rest
    reached = list(steps.values())[1 : 1 + list(steps).index(step)]
    peak = (max(held.peak for held in reached) - empty) / phantom.voxels
    rest = (steps[step].rest - empty) / phantom.voxels
    return Cell(peak, f"{peak:.2f} / {rest:.2f}", raw=(peak, rest))


def _size(phantom: Phantom) -> str:
    return " x ".join(map(str, phantom.shape))
