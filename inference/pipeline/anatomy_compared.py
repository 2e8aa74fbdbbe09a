"""The volumes of a head beside the published ranges that fit them; pure, no torch."""

from __future__ import annotations

from inference.measure.reference import Norm, Standing, standing
from inference.measure.reference_tables import BRAIN_SHARE, LATERAL_VENTRICLES, NORMS
from inference.pipeline.anatomy_outcome import AnatomyOutcome


def quantities_of(outcome: AnatomyOutcome) -> dict[str, float]:
    """Return the quantities there are ranges for, as far as they were measured."""
    found: dict[str, float] = {}
    brain = outcome.volume_of("brain without ventricles")
    if brain:
        found[BRAIN_SHARE] = brain.share
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
