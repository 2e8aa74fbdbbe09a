"""By which name a series is hung: what its tags say of the physics, names only as a last resort."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from inference.pipeline.sequence import (
    Sequence,
    contrast_given,
    described_sequence,
    measured_sequence,
    number,
    words_of,
)
from viewer.records import Series

ADC, POST_CONTRAST = "ADC", "T1 post contrast"

_ADC = frozenset({"ADC", "ADC_MAP", "ADC_UNSPECIFIED", "APPARENT DIFFUSION COEFFICIENT"})
_DIFFUSION = frozenset({"DIFFUSION", "TRACEW", "TRACE", "DIFFUSION_TRACEW"})
_SUSCEPTIBILITY = frozenset({"SWI", "SWAN", "MNIP"})
_LOCALISER = frozenset({"LOCALIZER", "LOCALISER"})
# Value 3 and onwards of Image Type (PS3.3 C.8.3.1.1.1, C.8.13.3.1.1) where the picture is a map or
# a projection made of several others, so that no echo or repetition time describes it.
_MAPS = frozenset(
    {
        "FA", "FRACTIONAL ANISOTROPY", "DIFFUSION_ANISO", "TENSOR", "COLFA", "EXP_ADC", "EADC",
        "PERFUSION", "RCBV", "RCBF", "CBV", "CBF", "MTT", "TTP", "TMAX", "T0", "ASL", "RELCBF",
        "T1 MAP", "T2 MAP", "T2_STAR MAP", "FMRI", "PROJECTION IMAGE", "MIP", "MAX_IP", "MIN_IP",
        "SUBTRACTION", "SUBTRACT", "SUB", "SPECTROSCOPY", "VELOCITY", "B0 MAP", "FIELD_MAP",
    }
)  # fmt: skip
_PHASE = frozenset({"P", "PHASE", "PHASE MAP", "PHASE_MAP", "IMAGINARY", "REAL"})
_TIMES = "time point"


def hung_as(series: Series) -> str:
    """Return the name a series is hung by: what its tags say, its description only if they do not.

    One of the names of viewer.canvas.hanging.BRAIN, or that of another Sequence.
    """
    found = _stated(series) or _named(series)
    if found == Sequence.T1 and contrast_given(series):
        return POST_CONTRAST
    return found


def _named(series: Series) -> str:
    """What echo and repetition imply; what the series is called where they imply nothing."""
    found = measured_sequence(series.physics)
    if found not in {Sequence.UNKNOWN, Sequence.OTHER}:
        return found.value
    named = described_sequence(series.description)
    if named is Sequence.DIFFUSION and "adc" in words_of(series.description):
        return ADC
    return (found if named is Sequence.UNKNOWN else named).value


def _stated(series: Series) -> str:
    """What the tags say before echo and repetition are looked at; empty where they are silent."""
    physics = series.physics
    kinds = _kinds(physics)
    rules: tuple[tuple[str, Callable[[], object]], ...] = (
        (Sequence.LOCALISER, lambda: kinds & _LOCALISER),
        (ADC, lambda: kinds & _ADC),
        (Sequence.OTHER, lambda: _is_map(series)),
        (Sequence.DIFFUSION, lambda: kinds & _DIFFUSION or _weighted(series)),
        (Sequence.SUSCEPTIBILITY, lambda: kinds & _SUSCEPTIBILITY),
        (Sequence.OTHER, lambda: _echo_planar(physics) and series.axis == _TIMES),
        (Sequence.ANGIOGRAPHY, lambda: physics.get("AngioFlag", "").upper() == "Y"),
        (Sequence.SUSCEPTIBILITY, lambda: _dephased(physics)),
        (Sequence.T2, lambda: _steady(physics)),
    )
    return next((str(name) for name, holds in rules if holds()), "")


def _kinds(physics: Mapping[str, str]) -> frozenset[str]:
    return frozenset(part.strip() for part in physics.get("ImageType", "").upper().split("\\"))


def _is_map(series: Series) -> bool:
    """Whether the picture is a map, a projection or a phase, which no echo time describes."""
    kinds = _kinds(series.physics)
    component = series.physics.get("ComplexImageComponent", "").upper()
    return bool(kinds & (_MAPS | _PHASE)) or component in _PHASE


def _weighted(series: Series) -> bool:
    """Whether it belongs to a diffusion series; the unweighted volume of one does too.

    A b value of 0 alone says nothing: some scanners write it into every image.
    """
    physics = series.physics
    weight = number(physics, "DiffusionBValue")
    if series.axis == "b value" or (weight or 0) >= 100:
        return True
    if physics.get("AcquisitionContrast", "").upper() == "DIFFUSION":
        return True
    if re.match(r"\*?ep_b\d+", physics.get("SequenceName", "").lower()):
        return True
    return weight is not None and _echo_planar(physics) and not _gradient(physics)


def _dephased(physics: Mapping[str, str]) -> bool:
    """A gradient echo whose echo is long enough for blood to show (SWI, T2*)."""
    echo = number(physics, "EchoTime")
    contrast = physics.get("AcquisitionContrast", "").upper()
    if _echo_planar(physics) or echo is None or contrast not in {"", "UNKNOWN", "T2_STAR"}:
        return False
    return _gradient(physics) and 12.0 <= echo <= 60.0


def _steady(physics: Mapping[str, str]) -> bool:
    """A balanced gradient echo (CISS, FIESTA): bright water in spite of its short times."""
    variant = physics.get("SequenceVariant", "").upper().split("\\")
    repetition = number(physics, "RepetitionTime")
    balanced = "SS" in variant and "SP" not in variant and "MP" not in variant
    state = physics.get("SteadyStatePulseSequence", "").upper()
    stated = state in {"FREE_PRECESSION", "TIME_REVERSED", "LONGITUDINAL"}
    return _gradient(physics) and (balanced or stated) and (repetition or 1000.0) <= 20.0


def _gradient(physics: Mapping[str, str]) -> bool:
    named = "GR" in physics.get("ScanningSequence", "").upper().split("\\")
    return named or physics.get("EchoPulseSequence", "").upper() == "GRADIENT"


def _echo_planar(physics: Mapping[str, str]) -> bool:
    named = "EP" in physics.get("ScanningSequence", "").upper().split("\\")
    return named or physics.get("EchoPlanarPulseSequence", "").upper() == "YES"
