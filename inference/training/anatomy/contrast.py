"""Intensities for the labels of a synthetic head: any contrast, or one like T1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.models.structures import STRUCTURES
from inference.training.anatomy.maps import all_values

# White matter is 100. Order of magnitude of a 3-D gradient echo with inversion at 1.5 to 3 T.
_T1 = {
    0: 3, 2: 100, 3: 62, 4: 20, 5: 22, 7: 96, 8: 60, 10: 78, 11: 66, 12: 71, 13: 86, 14: 22,
    15: 21, 16: 87, 17: 64, 18: 63, 24: 24, 25: 72, 26: 65, 28: 84, 30: 40, 72: 22, 77: 72,
    85: 80, 136: 42, 137: 42, 502: 45, 506: 25, 507: 58, 508: 78, 509: 45, 511: 75, 512: 84,
    514: 50, 515: 14, 516: 78, 530: 72,
}  # fmt: skip
_OTHER_SIDE = {
    41: 2, 42: 3, 43: 4, 44: 5, 46: 7, 47: 8, 49: 10, 50: 11, 51: 12, 52: 13, 53: 17, 54: 18,
    57: 25, 58: 26, 60: 28, 62: 30, 163: 136, 164: 137,
}  # fmt: skip
SOFT_TISSUE = 507
_GREY = frozenset((3, 8, 11, 17, 18, 26))
_FLUID = frozenset((4, 5, 14, 15, 24, 72))
_VESSEL = frozenset((30, 502, 514))


def _base(value: int) -> int:
    return _OTHER_SIDE.get(value, value)


def any_contrast(random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mean and spread of each label value, drawn at will; both sides have the same."""
    means = {value: random.uniform(10, 240) for value in _T1}
    spreads = {value: random.uniform(0, 16) for value in _T1}
    for value in _FLUID:
        means[value] = means[24] + random.normal(0, 6)
    for value in (25, 77):
        means[value] = random.uniform(min(means[2], means[3]), max(means[2], means[3]))
    means[0] = 0.0 if random.random() < 0.8 else random.uniform(0, 60)
    return _per_value(means), _per_value(spreads)


def t1_contrast(random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mean and spread of each label value of an image like T1, varied around a table."""
    grey, strength = random.normal(0, 6), random.uniform(0.65, 1.2)
    means: dict[int, float] = {}
    for value, middle in _T1.items():
        shifted = middle + (grey if value in _GREY else 0.0)
        shifted = 72 + strength * (shifted - 72) if 55 < middle < 105 else shifted
        means[value] = max(0.0, shifted * random.normal(1, 0.05))
    fluid = random.uniform(8, 36)
    for value in _FLUID:
        means[value] = max(0.0, fluid + random.normal(0, 3))
    for value in _VESSEL:
        means[value] = random.uniform(10, 130)
    means[511] = random.uniform(50, 140)
    means[516] = random.uniform(30, 140)
    means[515] = random.uniform(4, 30)
    means[0] = random.uniform(0, 4)
    spreads = {value: random.uniform(1, 7) for value in _T1}
    spreads[SOFT_TISSUE] = random.uniform(5, 20)
    return _per_value(means), _per_value(spreads)


def second_soft_tissue(random: np.random.Generator, *, t1_like: bool) -> float:
    """Return another intensity for patches of soft tissue: fat beside muscle."""
    return float(random.uniform(70, 160) if t1_like else random.uniform(10, 240))


def head_values() -> NDArray[np.bool_]:
    """Return which of the label values lie outside the skull's content."""
    other = next(structure for structure in STRUCTURES if structure.name == "other head")
    return np.array([value in other.sources for value in all_values()])


def _per_value(table: dict[int, float]) -> NDArray[np.float32]:
    return np.array([table[_base(value)] for value in all_values()], dtype=np.float32)
