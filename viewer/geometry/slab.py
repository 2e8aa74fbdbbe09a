"""Thick cuts: how many millimetres across a plane become one picture, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SlabMode(StrEnum):
    """How the values across the thickness become one."""

    MIP = "MIP"
    MINIP = "MinIP"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Slab:
    """A thick cut, half of it on each side of the plane."""

    mode: SlabMode
    thickness_mm: float

    def __post_init__(self) -> None:
        if not self.thickness_mm > 0:
            raise ValueError("a slab has a positive thickness")

    def words(self) -> str:
        """As the corner of a view says it, e.g. ``MIP 10 mm``."""
        return f"{self.mode} {self.thickness_mm:g} mm"
