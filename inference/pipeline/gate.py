"""The input gate: what the tumour model may be asked about, and why not.

Tags decide where they speak clearly, pictures where tags are silent; where both speak and
contradict each other strongly, the series is refused with the contradiction (docs/adr/0015).
Whatever is not shown to be a T1-weighted series of a head after contrast is refused in plain words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from inference.models.cards import shipped_folder
from inference.models.gate_card import GATE_MODEL, Limits, read_gate
from inference.pipeline.gate_pictures import fault_in_voxels, fits_a_head, hint_in_voxels
from inference.pipeline.gate_tags import TRAINED, Told, tell
from inference.pipeline.gate_views import coverage_cautions, view_cautions
from inference.pipeline.gate_weighing import kind_objection, seen_cautions
from inference.pipeline.prepare import plane_of
from inference.pipeline.seen import Seen
from inference.pipeline.sequence import Sequence
from viewer.records import GeometryKind, Series, Volume

DERIVED = frozenset(("SUBTRACT", "SUBTRACTION", "PROJECTION", "MIP", "MINIP", "ADC", "RCBV"))
HEAD_PARTS = frozenset(("", "HEAD", "BRAIN", "SKULL", "HEADNECK", "NEURO", "PITUITARY", "IAC"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a series may be analysed; ``reason`` is empty if so, ``scores`` are for the log.

    ``cautions`` are sentences for whoever reads the result. Where the pictures do not lie as the
    file says, ``side_known`` is False and no finding may be given a side or a place; ``turn`` is
    how many counter-clockwise quarter turns away from upright they stand.
    """

    reason: str
    scores: dict[str, float] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    side_known: bool = True
    turn: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the series may be analysed."""
        return not self.reason


def judge_header(series: Series, volume: Volume) -> Verdict:
    """Return what tags and geometry alone say; accepted means: have the pictures looked at.

    Cheap: no voxel is read, no network loaded.
    """
    scores: dict[str, float] = {}
    told = tell(series)
    checks: tuple[Callable[[], str], ...] = (
        lambda: header_objection(series, HEAD_PARTS, DERIVED),
        lambda: _spoken_objection(told),
        lambda: geometry_objection(volume, scores),
    )
    return refused_by(checks, scores) or Verdict("", scores)


def judge(
    series: Series, volume: Volume, seen: Seen | None = None, limits: Limits | None = None
) -> Verdict:
    """Return the gate's verdict on tags, geometry, voxels and what the network saw.

    Without ``seen`` the tags must prove everything. ``limits`` are the shipped card's by default.
    """
    first = judge_header(series, volume)
    if not first.accepted:
        return first
    scores = first.scores | (seen.scores() if seen else {})
    told = tell(series)
    if seen is None:
        checks: tuple[Callable[[], str], ...] = (
            lambda: _silence_objection(told),
            lambda: fault_in_voxels(volume),
            lambda: fits_a_head(volume, scores, tight=False),
        )
        return refused_by(checks, scores) or Verdict("", scores)
    lines = limits or read_gate(shipped_folder(GATE_MODEL)).limits
    checks = (
        lambda: fault_in_voxels(volume),
        lambda: hint_in_voxels(volume),
        lambda: kind_objection(told, seen, lines),
        lambda: fits_a_head(volume, scores, tight=seen.head >= lines.against),
    )
    refused = refused_by(checks, scores)
    if refused:
        return refused
    views, side_known = view_cautions(volume, seen, lines)
    cautions = (*seen_cautions(told, seen, lines), *views, *coverage_cautions(scores))
    turn = seen.turn if seen.turns[seen.turn] >= lines.turned else 0
    return Verdict("", scores, cautions, side_known, turn)


def refused_by(checks: tuple[Callable[[], str], ...], scores: dict[str, float]) -> Verdict | None:
    """Return the refusal by the first check that objects, or None."""
    for check in checks:
        objection = check()
        if objection:
            return Verdict(f"Not analysed, because {objection}.", scores)
    return None


def header_objection(series: Series, parts: frozenset[str], derived: frozenset[str]) -> str:
    """Return why the header alone rules a series out: no MR, another part, no acquired image.

    ``parts`` are the body parts allowed, ``derived`` the image types that are not.
    """
    if series.modality != "MR":
        return f"this is not an MR series ({series.modality or 'modality unknown'})"
    part = series.physics.get("BodyPartExamined", "").upper().replace(" ", "")
    if part not in parts:
        return f"the header names another body part ({part.lower()}) than the head"
    kinds = re.findall(r"[A-Z0-9]+", series.physics.get("ImageType", "").upper())
    named = derived.intersection(kinds)
    if named:
        return f"this is a derived image ({min(named).lower()}), not an acquired one"
    return ""


def _spoken_objection(told: Told) -> str:
    """Return what speaks against the series where tags speak clearly."""
    for kind in (told.said, told.measured):
        if kind not in {Sequence.T1, Sequence.UNKNOWN}:
            return f"this is a {kind} series; {TRAINED}"
    if told.given is False:
        return f"this T1 series was taken before contrast; {TRAINED}"
    return ""


def _silence_objection(told: Told) -> str:
    """Return what is missing where only the tags can be asked."""
    if told.said is told.measured is Sequence.UNKNOWN:
        return f"neither the header nor the description says which sequence this is; {TRAINED}"
    if told.given is None:
        return f"nothing says that a contrast agent was given; {TRAINED}"
    return ""


def geometry_objection(volume: Volume, scores: dict[str, float]) -> str:
    """Return why the grid cannot be analysed slice by slice, and note its sizes in ``scores``."""
    if volume.geometry.kind is GeometryKind.UNKNOWN:
        return "the positions of its slices are unknown, so nothing can be measured"
    _, scores["plane_cosine"] = plane_of(volume.affine)
    if scores["plane_cosine"] < 0.8:
        return "its slices are too oblique to be axial, coronal or sagittal"
    scores["slice_distance_mm"] = volume.spacing_mm[2]
    if volume.spacing_mm[2] > 10:
        return "its slices lie more than 10 mm apart"
    scores["pixel_mm"] = max(volume.spacing_mm[:2])
    if scores["pixel_mm"] > 2.05:
        return "its pixels are larger than 2 mm"
    if len(volume.voxels) < 8:
        return "it has fewer than 8 slices"
    return ""
