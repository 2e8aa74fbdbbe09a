"""The input gate for a clinic's own model: its card says what it is for, nothing else comes in.

The same tags, pictures and geometry are weighed as for the shipped model (docs/adr/0015): tags
decide where they speak, pictures where tags are silent, and a contradiction is a refusal.
"""

from __future__ import annotations

from collections.abc import Callable

from inference.models.gate_card import Limits
from inference.models.own.records import OwnInput
from inference.pipeline.gate import (
    DERIVED,
    HEAD_PARTS,
    Verdict,
    geometry_objection,
    header_objection,
    refused_by,
)
from inference.pipeline.gate_pictures import fault_in_voxels, fits_a_head, hint_in_voxels
from inference.pipeline.gate_tags import Told, tell
from inference.pipeline.gate_views import coverage_cautions, view_cautions
from inference.pipeline.gate_weighing import ARTEFACTS, LOOKS
from inference.pipeline.prepare import plane_of
from inference.pipeline.seen import ENHANCED, PLAIN, Seen
from inference.pipeline.sequence import Sequence, words_of
from viewer.records import Series, Volume

_NAMES = {
    Sequence.T2: frozenset(("T2",)),
    Sequence.FLAIR: frozenset(("FLAIR",)),
    Sequence.PROTON_DENSITY: frozenset(("proton-density",)),
    Sequence.DIFFUSION: frozenset(("DWI", "ADC")),
}
_SAID = {**LOOKS, ENHANCED: "T1 after contrast"}


def judge_own_header(series: Series, volume: Volume, wanted: OwnInput) -> Verdict:
    """Return what tags and geometry alone say; accepted means: have the pictures looked at."""
    scores: dict[str, float] = {}
    derived = DERIVED - ({"ADC"} if "ADC" in wanted.sequences else set())
    checks: tuple[Callable[[], str], ...] = (
        lambda: header_objection(series, HEAD_PARTS, derived),
        lambda: _spoken(series, wanted),
        lambda: geometry_objection(volume, scores),
        lambda: _plane(volume, wanted),
    )
    return refused_by(checks, scores) or Verdict("", scores)


def judge_own(
    series: Series, volume: Volume, wanted: OwnInput, seen: Seen, limits: Limits
) -> Verdict:
    """Return the verdict on tags, geometry, voxels and what the gate's network saw."""
    first = judge_own_header(series, volume, wanted)
    if not first.accepted:
        return first
    scores = first.scores | seen.scores()
    told = tell(series)
    checks: tuple[Callable[[], str], ...] = (
        lambda: fault_in_voxels(volume),
        lambda: hint_in_voxels(volume, _for(wanted)),
        lambda: _no_head(told, seen, limits),
        lambda: _pictures(series, wanted, seen, limits),
        lambda: fits_a_head(volume, scores, tight=seen.head >= limits.against),
    )
    refused = refused_by(checks, scores)
    if refused:
        return refused
    views, side_known = view_cautions(volume, seen, limits)
    spoiled = tuple(
        text for name, text in ARTEFACTS.items() if seen.artefacts[name] >= limits.artefact
    )
    turn = seen.turn if seen.turns[seen.turn] >= limits.turned else 0
    cautions = (*_unsaid(series, seen), *spoiled, *views, *coverage_cautions(scores))
    return Verdict("", scores, cautions, side_known, turn)


def told_kinds(series: Series) -> frozenset[str]:
    """Return the kinds of series the tags allow; empty where they say nothing.

    A T1 of which nothing says whether contrast was given may be either.
    """
    told = tell(series)
    kinds: frozenset[str] = frozenset()
    for one in (told.measured, told.said):
        if one is Sequence.UNKNOWN:
            continue
        here = _t1(told) if one is Sequence.T1 else _NAMES.get(one, frozenset((one.value,)))
        if one is Sequence.DIFFUSION and "adc" in words_of(series.description):
            here = frozenset(("ADC",))
        kinds = kinds & here if kinds and kinds & here else kinds | here
    return kinds


def _t1(told: Told) -> frozenset[str]:
    if told.given is None:
        return frozenset((PLAIN, ENHANCED))
    return frozenset((ENHANCED if told.given else PLAIN,))


def _for(wanted: OwnInput) -> str:
    return f"this model is for {' or '.join(wanted.sequences)}"


def _spoken(series: Series, wanted: OwnInput) -> str:
    kinds = told_kinds(series)
    if not kinds or kinds & set(wanted.sequences):
        return ""
    named = " or ".join(sorted(_SAID.get(kind, kind) for kind in kinds))
    return f"this is a {named} series; {_for(wanted)}"


def _plane(volume: Volume, wanted: OwnInput) -> str:
    plane, _ = plane_of(volume.affine)
    if plane in wanted.planes:
        return ""
    return f"its slices are {plane}; this model is for {' or '.join(wanted.planes)} ones"


def _no_head(told: Told, seen: Seen, limits: Limits) -> str:
    least = 1 - limits.against if told.head else limits.head
    return "its pictures do not look like a head" if seen.head < least else ""


def _pictures(series: Series, wanted: OwnInput, seen: Seen, limits: Limits) -> str:
    """Return what the pictures say against it: clearly where tags speak, at all where none do."""
    kinds = told_kinds(series)
    inside = sum(seen.kinds[kind] for kind in wanted.sequences)
    other = max((k for k in seen.kinds if k not in wanted.sequences), key=lambda k: seen.kinds[k])
    looks = f"its pictures look like {_SAID[other]}"
    if kinds and kinds <= set(wanted.sequences):
        if seen.kinds[other] >= limits.against and not _both_t1(kinds, other):
            return f"its header says {' or '.join(sorted(kinds))}, but {looks}; {_for(wanted)}"
        return ""
    if inside >= limits.recognised:
        return ""
    if seen.kinds[other] >= limits.recognised:
        return f"{looks}; {_for(wanted)}"
    return f"neither its header nor its pictures say clearly which sequence it is; {_for(wanted)}"


def _both_t1(kinds: frozenset[str], other: str) -> bool:
    """Whether only contrast is in question, of which a clear tag knows more than the pictures."""
    return other in {PLAIN, ENHANCED} and bool(kinds & {PLAIN, ENHANCED})


def _unsaid(series: Series, seen: Seen) -> tuple[str, ...]:
    kinds = told_kinds(series)
    if len(kinds) == 1:
        return ()
    return (f"The file does not say which sequence this is; it looks like {_SAID[seen.kind]}.",)
