"""Where a volume lies among published values of healthy people of the same age and sex.

A norm belongs to the method it was made with. Ours is another method, so what comes out here
is orientation with a caution in the same breath, never a finding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Norm:
    """Healthy people's mean and spread of one quantity as a function of age, for one sex.

    ``mean`` are the coefficients of a polynomial, constant first, in years beyond
    ``centre_age``; ``spread`` likewise of the standard deviation. ``first_age`` and
    ``last_age`` bound the people measured. If ``logarithmic``, both are of the natural logarithm.
    """

    quantity: str
    sex: str
    first_age: float
    last_age: float
    centre_age: float
    mean: tuple[float, ...]
    spread: tuple[float, ...]
    people: int
    method: str
    source: str
    logarithmic: bool = False

    def __post_init__(self) -> None:
        if self.sex not in {"F", "M"} or self.first_age >= self.last_age:
            raise ValueError("a norm is for one sex and a range of ages")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a value lies: percentile, z score, the middle 95 % at that age, and the caution."""

    quantity: str
    value: float
    percentile: float
    z: float
    low: float
    high: float
    caution: str


def at_age(coefficients: tuple[float, ...], years: float) -> float:
    """Return the polynomial's value, constant coefficient first."""
    return math.fsum(c * years**power for power, c in enumerate(coefficients))


def standing(
    norms: tuple[Norm, ...], quantity: str, value: float, age: float | None, sex: str
) -> Standing | None:
    """Return where ``value`` lies, or None where no norm covers the quantity, sex and age."""
    if age is None or not value > 0:
        return None
    for norm in norms:
        if norm.quantity != quantity or norm.sex != sex:
            continue
        if not norm.first_age <= age <= norm.last_age:
            continue
        middle = at_age(norm.mean, age - norm.centre_age)
        spread = at_age(norm.spread, age - norm.centre_age)
        seen = math.log(value) if norm.logarithmic else value
        z = (seen - middle) / spread
        low, high = middle - 1.96 * spread, middle + 1.96 * spread
        return Standing(
            quantity=quantity,
            value=value,
            percentile=100 * NormalDist().cdf(z),
            z=z,
            low=math.exp(low) if norm.logarithmic else low,
            high=math.exp(high) if norm.logarithmic else high,
            caution=caution_of(norm),
        )
    return None


def caution_of(norm: Norm) -> str:
    """Return what must be read with every percentile of this norm."""
    people = "women" if norm.sex == "F" else "men"
    return (
        f"Among {norm.people} healthy {people} aged {norm.first_age:.0f} to {norm.last_age:.0f}, "
        f"measured by another method ({norm.method}; {norm.source}). Norms of this program's own "
        "method do not exist, so the percentile may be off by more than it seems."
    )


def said(place: Standing | None) -> str:
    """Return the standing as a sentence; where there is none, that there is none."""
    if place is None:
        return "No published range that fits this quantity, age and sex is at hand."
    if place.percentile < 1:
        rank = "below the 1st percentile"
    elif place.percentile > 99:
        rank = "above the 99th percentile"
    else:
        rank = f"percentile {place.percentile:.0f}"
    return (
        f"{rank} for age and sex (middle 95 %: {place.low:.3g} to {place.high:.3g}). "
        f"{place.caution}"
    )
