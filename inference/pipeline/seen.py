"""What the gate's network saw in a series; a plain record, so that judging needs no torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLAIN, ENHANCED = "T1", "T1 after contrast"


@dataclass(frozen=True, slots=True)
class Seen:
    """Probabilities of one series, pooled over the slices that were looked at.

    ``kinds``, ``planes`` and ``artefacts`` are by name (see inference.models.gate_net); ``turns``
    is the chance that the pictures stand as the file says, or turned by one, two or three quarters
    counter-clockwise. ``mirrored`` is that of a sagittal picture facing the other way.
    """

    slices: int
    head: float
    kinds: Mapping[str, float]
    planes: Mapping[str, float]
    turns: tuple[float, float, float, float]
    mirrored: float
    artefacts: Mapping[str, float]

    @property
    def kind(self) -> str:
        """The likeliest kind of series."""
        return max(self.kinds, key=lambda name: self.kinds[name])

    @property
    def plane(self) -> str:
        """The likeliest plane."""
        return max(self.planes, key=lambda name: self.planes[name])

    @property
    def weighted_t1(self) -> float:
        """The chance that this is T1-weighted, before or after contrast."""
        return self.kinds[PLAIN] + self.kinds[ENHANCED]

    @property
    def turn(self) -> int:
        """The likeliest number of counter-clockwise quarter turns, 0 where it stands upright."""
        return max(range(4), key=lambda turn: self.turns[turn])

    def scores(self) -> dict[str, float]:
        """Return every probability by name, for the log of runs."""
        scores = {"slices": float(self.slices), "head": self.head, "mirrored": self.mirrored}
        scores |= {f"kind {name}": value for name, value in self.kinds.items()}
        scores |= {f"plane {name}": value for name, value in self.planes.items()}
        scores |= {f"turn {turn}": value for turn, value in enumerate(self.turns)}
        scores |= self.artefacts
        return {
            f"seen_{re.sub('[^a-z0-9]+', '_', name.lower())}": round(value, 4)
            for name, value in scores.items()
        }
