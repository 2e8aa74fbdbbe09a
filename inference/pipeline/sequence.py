"""Which MR sequence a series is, from its header facts and its description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise

from viewer.records import Series


class Sequence(StrEnum):
    """Kinds of contrast the gate can tell apart."""

    T1 = "T1"
    T2 = "T2"
    FLAIR = "FLAIR"
    PROTON_DENSITY = "proton-density"
    DIFFUSION = "diffusion"
    SUSCEPTIBILITY = "susceptibility"
    ANGIOGRAPHY = "angiography"
    LOCALISER = "localiser"
    TRANSFER = "magnetisation-transfer"
    OTHER = "derived or functional"
    UNKNOWN = "unknown"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The first kind any of whose words is in a description names it.
_WORDS: tuple[tuple[Sequence, frozenset[str]], ...] = (
    (Sequence.LOCALISER, _words("localizer localiser scout survey loc")),
    (Sequence.DIFFUSION, _words("dwi adc diffusion dti tracew b1000 isodwi")),
    (Sequence.SUSCEPTIBILITY, _words("swi swan susceptibility hemo medic")),
    (Sequence.ANGIOGRAPHY, _words("tof mra mrv angio angiography venography")),
    (
        Sequence.OTHER,
        _words("perfusion pwi dsc dce asl rcbv cbv cbf bold fmri spectroscopy mrs mask seg"),
    ),
    (Sequence.TRANSFER, _words("transfer mt mtc mtr")),
    (Sequence.FLAIR, _words("flair darkfluid tirm")),
    (Sequence.T2, _words("t2 t2w ciss fiesta")),
    (Sequence.PROTON_DENSITY, _words("pd pdw proton")),
    (
        Sequence.T1,
        _words("t1 t1w t1c t1ce t1gd t1post mprage bravo spgr mp2rage vibe flash tfl"),
    ),
)
# Acquisition Contrast (0008,9209) of enhanced MR, PS3.3 C.8.13.3.1.
_STATED = {
    "T1": Sequence.T1,
    "T2": Sequence.T2,
    "T2_STAR": Sequence.SUSCEPTIBILITY,
    "FLUID_ATTENUATED": Sequence.FLAIR,
    "PROTON_DENSITY": Sequence.PROTON_DENSITY,
    "DIFFUSION": Sequence.DIFFUSION,
    "PERFUSION": Sequence.OTHER,
    "FLOW_ENCODED": Sequence.ANGIOGRAPHY,
    "TOF": Sequence.ANGIOGRAPHY,
    "SPECTROSCOPY": Sequence.OTHER,
}
_AFTER = _words(
    "post postgd postcontrast gd gad gado gadolinium contrast c+ +c ce t1c t1ce t1gd t1post km "
    "gadovist dotarem enhanced"
)
_BEFORE = _words(
    "pre precontrast noncontrast nonenhanced unenhanced native nativ without plain t1pre"
)
# In a file's name these words also stand for before and after treatment.
_AMBIGUOUS = _words("pre post")
_NO_AGENT = frozenset(("", "no", "none", "n", "without", "0", "null", "unknown"))


def words_of(text: str) -> frozenset[str]:
    """Return the lower-case words of a description; ``+`` stays with its letter."""
    return frozenset(_in_order(text))


def _in_order(text: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text).lower()
    spaced = re.sub(r"(?<![a-z])(pre|post)[ _-]?(op|rt|surg|treat|biops)\w*", " ", spaced)
    spaced = re.sub(r"\bnon[ _-]?(contrast|enhanced)\b|\bw/?o\b", " noncontrast ", spaced)
    return re.findall(r"\+c|c\+|[a-z0-9]+", spaced)


def described_sequence(description: str) -> Sequence:
    """Return what the description's words say; a longitudinal FLAIR is FLAIR, T1 FLAIR is T1."""
    words = words_of(description)
    named = [kind for kind, tokens in _WORDS if words & tokens]
    if Sequence.T1 in named and Sequence.FLAIR in named and Sequence.T2 not in named:
        return Sequence.T1
    return named[0] if named else Sequence.UNKNOWN


def measured_sequence(physics: Mapping[str, str]) -> Sequence:
    """Return what the header states or its times imply; UNKNOWN without echo and repetition.

    Limits (ms) are those textbooks give for 1.5 and 3 T: T1 has a short echo, and a short
    repetition or an inversion of the T1 range; FLAIR a long echo and a long inversion.
    """
    echo = number(physics, "EchoTime")
    repetition = number(physics, "RepetitionTime")
    inversion = number(physics, "InversionTime")
    if (number(physics, "DiffusionBValue") or 0) >= 100:
        return Sequence.DIFFUSION
    stated = _STATED.get(physics.get("AcquisitionContrast", "").upper())
    if stated:
        return stated
    if echo is None or repetition is None:
        return Sequence.UNKNOWN
    if echo >= 45:
        long_inversion = inversion is not None and inversion >= 1500
        return Sequence.FLAIR if long_inversion else Sequence.T2
    if echo > 32:
        return Sequence.OTHER
    inverted = inversion is not None and 300 <= inversion <= 1400
    short = repetition <= 1000 or (repetition <= 3500 and (inverted or echo <= 8))
    return Sequence.T1 if short else Sequence.PROTON_DENSITY


def contrast_given(series: Series) -> bool | None:
    """Return whether a contrast agent was given: None if nothing says so either way.

    A description that says before contrast outweighs the agent's tag, which scanners keep from
    the protocol. Without any tag the description is a file's name: there "pre" and "post" count
    only beside the sequence ("T1_post", "postGd"), for they also mean before and after treatment.
    """
    words = words_of(series.description)
    if not series.physics:
        words -= _AMBIGUOUS - _beside_sequence(_in_order(series.description))
    if words & _BEFORE:
        return False
    agent = series.physics.get("ContrastBolusAgent", "").strip().lower()
    if agent not in _NO_AGENT:
        return True
    return True if words & _AFTER else None


def _beside_sequence(words: list[str]) -> frozenset[str]:
    """Return the words that stand next to one naming T1 or the agent."""
    named = dict(_WORDS)[Sequence.T1] | _AFTER - _AMBIGUOUS
    pairs = [(one, other) for one, other in pairwise(words)]
    pairs += [(other, one) for one, other in pairs]
    return frozenset(word for word, beside in pairs if beside in named)


def number(physics: Mapping[str, str], keyword: str) -> float | None:
    """Return the first number of a header fact, or None where there is none."""
    found = re.search(r"\d+(\.\d+)?([eE][+-]?\d+)?", physics.get(keyword, ""))
    return float(found.group()) if found else None
