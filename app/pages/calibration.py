"""What a model's card says about its probabilities, as plain values; absent where not measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from inference.records import ModelCard


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases whose probability lay between ``low`` and ``high``.

    ``confidence`` is their mean probability, ``accuracy`` the share that was right.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far one probability can be taken at its word; ``before`` and ``after`` are ECE.

    ``even_odds`` says that the probability is given as if half of all regions were lesions,
    whatever their share in the test was.
    """

    temperature: float | None
    before: Estimate | None
    after: Estimate | None
    bins: tuple[Bin, ...]
    even_odds: bool = False

    @property
    def share_right(self) -> float:
        """The share of the whole test that was right."""
        return sum(one.accuracy * one.count for one in self.bins) / max(
            1, sum(one.count for one in self.bins)
        )

    def wrong_of(self, one: Bin) -> float:
        """Return the share of cases in a bin that was wrong, at the odds the probability is given.

        A test rich in lesions flatters: at even odds its true and its false regions each weigh
        as one half.
        """
        right, whole = one.accuracy, self.share_right
        if not self.even_odds or not 0 < whole < 1:
            return 1 - right
        true, false = right / whole, (1 - right) / (1 - whole)
        return false / (true + false)

    def bin_of(self, probability: float) -> Bin | None:
        """Return the bin a probability falls in, the upper of two at their edge."""
        inside = [one for one in self.bins if one.low <= probability <= one.high]
        return inside[-1] if inside else None


@dataclass(frozen=True, slots=True)
class Abstention:
    """When the model leaves the type open, and what that costs and gives.

    The types whose probability reaches ``threshold`` (or 1 - ``quantile``) are the conformal set;
    unless that is exactly one, the type is open. ``coverage`` is the share of cases whose set held
    the true type.
    """

    method: str
    coverage_target: float | None
    threshold: float | None
    quantile: float | None
    coverage: float | None
    accuracy_kept: float | None
    share_named: float | None

    @property
    def bar(self) -> float | None:
        """The probability a type must reach, or None where the card does not say."""
        if self.threshold is not None:
            return self.threshold
        return None if self.quantile is None else 1 - self.quantile

    def leaves_open(self, kinds: tuple[tuple[str, float], ...]) -> bool:
        """Whether the type is uncertain for these probabilities."""
        if not kinds or self.bar is None:
            return False
        return sum(share >= self.bar for _, share in kinds) != 1


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibration part of a card; None is what was not measured."""

    lesion: Reliability | None = None
    kind: Reliability | None = None
    abstention: Abstention | None = None


def calibration_of(card: ModelCard) -> Calibration:
    """Return what the card holds; a part of a shape unknown here counts as not measured."""
    parts = card.calibration
    return Calibration(
        _reliability(parts.get("lesion")),
        _reliability(parts.get("type")),
        _abstention(parts.get("abstention")),
    )


def interval_of(performance: Mapping[str, float], name: str) -> Estimate | None:
    """Return a figure of a card with its interval, where it has one."""
    names = (name, f"{name}_low", f"{name}_high")
    if any(one not in performance for one in names):
        return None
    return Estimate(*(float(performance[one]) for one in names))


def _reliability(part: object) -> Reliability | None:
    if not isinstance(part, Mapping):
        return None
    bins = tuple(one for one in map(_bin, _list(part.get("bins"))) if one is not None)
    before, after = _estimate(part.get("ece_before")), _estimate(part.get("ece_after"))
    if not bins and after is None:
        return None
    even = str(part.get("odds", "")).startswith("even")
    return Reliability(_number(part.get("temperature")), before, after, bins, even)


def _abstention(part: object) -> Abstention | None:
    if not isinstance(part, Mapping):
        return None
    names = ("coverage_target", "threshold", "quantile", "coverage", "accuracy_kept", "share_named")
    return Abstention(str(part.get("method", "")), *(_number(part.get(name)) for name in names))


def _bin(part: object) -> Bin | None:
    if not isinstance(part, Mapping):
        return None
    values = [_number(part.get(name)) for name in ("low", "high", "confidence", "accuracy")]
    count = _number(part.get("count"))
    low, high, confidence, accuracy = values
    if low is None or high is None or confidence is None or accuracy is None or not count:
        return None
    return Bin(low, high, int(count), confidence, accuracy)


def _estimate(part: object) -> Estimate | None:
    values = [_number(one) for one in _list(part)]
    if len(values) != 3 or any(one is None for one in values):
        return None
    return Estimate(*(one for one in values if one is not None))


def _list(part: object) -> list[Any]:
    return list(part) if isinstance(part, list | tuple) else []


def _number(part: object) -> float | None:
    if isinstance(part, bool) or not isinstance(part, int | float) or not isfinite(part):
        return None
    return float(part)
