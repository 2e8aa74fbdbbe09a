"""The volumes of a head beside the published ranges that fit them; pure, no torch."""

from __future__ import annotations

from inference.measure.reference import Norm, Standing, standing
from inference.measure.reference_tables import LATERAL_VENTRICLES, NORMS
from inference.pipeline.anatomy_outcome import AnatomyOutcome


def quantities_of(outcome: AnatomyOutcome) -> dict[str, float]:
    """Return the quantities there are ranges for, as far as they were measured.

    The brain's share of the intracranial volume is not among them: the intracranial volume here
    holds all fluid inside the skull, and a healthy head fell below every percentile for it.
    """
    found: dict[str, float] = {}
    sides = [outcome.volume_of("lateral ventricle", side) for side in ("left", "right")]
    if all(sides):
        found[LATERAL_VENTRICLES] = sum(volume.ml for volume in sides if volume)
    return found


def compared(
    outcome: AnatomyOutcome, age: float | None, sex: str, norms: tuple[Norm, ...] = NORMS
) -> tuple[Standing, ...]:
    """Return where the quantities lie for this age and sex (F, M); nothing where no range fits."""
    places = (
        standing(norms, name, value, age, sex) for name, value in quantities_of(outcome).items()
    )
    return tuple(place for place in places if place)
