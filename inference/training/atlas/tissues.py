"""What the labels of the heads are made of, and how bright each tissue is on T1 images.

The brightnesses are the usual order on T1-weighted images, chosen and not measured; registration
by mutual information needs the order and the edges, not the numbers.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Tissue(IntEnum):
    """Groups of labels; their values index the shares of ``averaging.label_shares``."""

    AIR = 0
    CORTEX = 1
    WHITE_MATTER = 2
    LATERAL_VENTRICLE = 3
    THIRD_VENTRICLE = 4
    FOURTH_VENTRICLE = 5
    BRAIN_STEM = 6
    CEREBELLUM = 7
    THALAMUS = 8
    BASAL_GANGLIA = 9
    MEDIAL_TEMPORAL = 10
    FLUID = 11
    VEIN = 12
    ARTERY = 13
    EYE = 14
    MUCOSA = 15
    BONE = 16
    MARROW = 17
    SKIN = 18
    OTHER = 19
    CHIASM = 20
    CHOROID = 21


LABELS: dict[Tissue, tuple[int, ...]] = {
    Tissue.CORTEX: (3, 42),
    Tissue.WHITE_MATTER: (2, 41, 25, 57),
    Tissue.LATERAL_VENTRICLE: (4, 5, 43, 44, 72),
    Tissue.CHOROID: (136, 137, 163, 164),
    Tissue.THIRD_VENTRICLE: (14,),
    Tissue.FOURTH_VENTRICLE: (15,),
    Tissue.BRAIN_STEM: (16, 28, 60, 512),
    Tissue.CEREBELLUM: (7, 8, 46, 47),
    Tissue.THALAMUS: (10, 49),
    Tissue.BASAL_GANGLIA: (11, 12, 13, 26, 30, 50, 51, 52, 58, 62),
    Tissue.MEDIAL_TEMPORAL: (17, 18, 53, 54),
    Tissue.FLUID: (24,),
    Tissue.VEIN: (514,),
    Tissue.ARTERY: (502,),
    Tissue.EYE: (506, 508, 530),
    Tissue.MUCOSA: (509,),
    Tissue.BONE: (515,),
    Tissue.MARROW: (516,),
    Tissue.SKIN: (511,),
    Tissue.OTHER: (507,),
    Tissue.CHIASM: (85,),
}
BRAIN = (
    Tissue.CORTEX,
    Tissue.WHITE_MATTER,
    Tissue.LATERAL_VENTRICLE,
    Tissue.THIRD_VENTRICLE,
    Tissue.FOURTH_VENTRICLE,
    Tissue.BRAIN_STEM,
    Tissue.CEREBELLUM,
    Tissue.THALAMUS,
    Tissue.BASAL_GANGLIA,
    Tissue.MEDIAL_TEMPORAL,
    Tissue.CHOROID,
)
CEREBRUM = (Tissue.CORTEX, Tissue.WHITE_MATTER, Tissue.MEDIAL_TEMPORAL)
_PLAIN = {
    Tissue.CORTEX: 0.62,
    Tissue.WHITE_MATTER: 0.86,
    Tissue.LATERAL_VENTRICLE: 0.18,
    Tissue.THIRD_VENTRICLE: 0.18,
    Tissue.FOURTH_VENTRICLE: 0.18,
    Tissue.BRAIN_STEM: 0.78,
    Tissue.CEREBELLUM: 0.66,
    Tissue.THALAMUS: 0.72,
    Tissue.BASAL_GANGLIA: 0.70,
    Tissue.MEDIAL_TEMPORAL: 0.62,
    Tissue.FLUID: 0.20,
    Tissue.VEIN: 0.35,
    Tissue.ARTERY: 0.30,
    Tissue.EYE: 0.30,
    Tissue.MUCOSA: 0.55,
    Tissue.BONE: 0.12,
    Tissue.MARROW: 0.65,
    Tissue.SKIN: 0.80,
    Tissue.OTHER: 0.65,
    Tissue.CHIASM: 0.60,
    Tissue.CHOROID: 0.45,
}
_ENHANCED = {
    Tissue.CORTEX: 0.62,
    Tissue.WHITE_MATTER: 0.72,
    Tissue.VEIN: 1.0,
    Tissue.ARTERY: 0.85,
    Tissue.MUCOSA: 0.95,
    Tissue.CHOROID: 0.85,
}


def group_of() -> NDArray[np.uint8]:
    """Return the tissue of each label value; what is not listed is air."""
    table = np.zeros(1024, dtype=np.uint8)
    for tissue, values in LABELS.items():
        table[list(values)] = tissue
    return table


def brightness(shares: NDArray[np.float32], *, enhanced: bool) -> NDArray[np.float32]:
    """Return the picture (slices, rows, columns), 0..1, of tissue shares, as T1 shows it."""
    values = _PLAIN | _ENHANCED if enhanced else _PLAIN
    picture = np.zeros(shares.shape[1:], dtype=np.float32)
    for tissue, value in values.items():
        picture += value * shares[tissue]
    return picture
