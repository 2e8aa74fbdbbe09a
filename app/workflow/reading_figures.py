"""How studies are read here: modes, changes of mind, time per study; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.records import ReadMode
from app.storage.readings import ReadStudy
from app.workflow.rates import Share


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from opening to signature: how many studies, the median, the 95th percentile."""

    count: int
    median_s: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class ModeFigures:
    """One read mode: how many studies were read so, and how long they took."""

    mode: ReadMode
    times: Times


@dataclass(frozen=True, slots=True)
class Readings:
    """How studies were read, and what became of first impressions once the model was shown.

    ``changed`` are those whose signed decisions hold the opposite; ``to_lesion`` of them said at
    first that there was none. ``unsure_changed`` counts them among the unsure (1 to 3 of 5).
    """

    modes: tuple[ModeFigures, ...]
    changed: Share
    to_lesion: int
    unsure_changed: Share

    @property
    def from_lesion(self) -> int:
        """Changes towards no lesion."""
        return self.changed.count - self.to_lesion

    @property
    def count(self) -> int:
        """Studies that were read to the signature."""
        return sum(one.times.count for one in self.modes)


_UNSURE = 3


def readings(read: Sequence[ReadStudy]) -> Readings:
    """Return the figures of these readings."""
    first = [one for one in read if one.first_lesion is not None]
    changed = [one for one in first if one.first_lesion is not one.final_lesion]
    unsure = [one for one in first if one.confidence <= _UNSURE]
    by_mode = {mode: [one.seconds for one in read if one.mode == mode] for mode in ReadMode}
    return Readings(
        modes=tuple(
            ModeFigures(mode, _times(seconds)) for mode, seconds in by_mode.items() if seconds
        ),
        changed=Share(len(changed), len(first)),
        to_lesion=sum(one.final_lesion for one in changed),
        unsure_changed=Share(
            sum(one.first_lesion is not one.final_lesion for one in unsure), len(unsure)
        ),
    )


def _times(seconds: Sequence[float]) -> Times:
    ranked = sorted(seconds)
    return Times(len(ranked), _ranked(ranked, 50), _ranked(ranked, 95))


def _ranked(ranked: Sequence[float], percent: int) -> float:
    return ranked[max(0, -(-percent * len(ranked) // 100) - 1)]
