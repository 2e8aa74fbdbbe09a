"""Lobes by planes: where the great fissures lie in stereotactic space, in mm.

``lateral`` grows away from the midline, ``ahead`` towards the face, ``up`` to the vertex; zero is
near the anterior commissure. Each plane stands for a fissure that winds: see ADR 0017 for how far
the planes agree with two atlases drawn by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.measure.regions import Region

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Stereotactic coordinates in mm, arrays of one shape."""

    lateral: Values
    ahead: Values
    up: Values

    @classmethod
    def of(cls, points: Values, to_stereotactic: Values) -> Place:
        """Return the place of LPS+ mm points (..., 3) of the template's space."""
        moved = points @ to_stereotactic[:3, :3].T + to_stereotactic[:3, 3]
        return cls(np.abs(moved[..., 0]), -moved[..., 1], moved[..., 2])


def lobes(place: Place) -> NDArray[np.uint8]:
    """Return the lobe of every place, as if all of it were cerebrum."""
    temporal = _below_the_sylvian_fissure(place)
    occipital = place.ahead < _occipital_border(place)
    parietal = place.ahead < _central_sulcus(place)
    lobe = np.full(place.up.shape, Region.FRONTAL, dtype=np.uint8)
    lobe[parietal] = Region.PARIETAL
    lobe[temporal] = Region.TEMPORAL
    lobe[occipital] = Region.OCCIPITAL
    return lobe


def _central_sulcus(place: Place) -> Values:
    """From 3 cm behind at the vertex down and forward to the Sylvian fissure."""
    return np.asarray(-4.0 - 0.3 * place.up)


def _occipital_border(place: Place) -> Values:
    """The parieto-occipital sulcus, and below it a plane to the preoccipital notch."""
    return np.asarray(-58.0 - 0.27 * np.abs(place.up))


def _below_the_sylvian_fissure(place: Place) -> Mask:
    """Lateral to the stem of the fissure and below it; the pole ends 24 mm before the zero."""
    rising = np.where(place.ahead > 0, -0.6 * place.ahead, -0.52 * place.ahead)
    fissure = np.where(place.ahead < -40, 20.8 + 0.45 * (place.ahead + 40), rising) + 3.5
    return np.asarray((place.up < fissure) & (place.lateral > 14) & (place.ahead < 24))
