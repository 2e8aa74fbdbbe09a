"""The regions of the template head: their values in the atlas and the words for them."""

from __future__ import annotations

from enum import IntEnum


class Region(IntEnum):
    """What a voxel of the template belongs to; 0 is air or neck."""

    ELSEWHERE = 0
    FRONTAL = 1
    PARIETAL = 2
    TEMPORAL = 3
    OCCIPITAL = 4
    INSULA = 5
    CALLOSUM = 6
    THALAMUS = 7
    BASAL_GANGLIA = 8
    BRAIN_STEM = 9
    CEREBELLUM = 10
    LATERAL_VENTRICLE = 11
    THIRD_VENTRICLE = 12
    FOURTH_VENTRICLE = 13
    SELLA = 14
    FALX = 15
    CONVEXITY = 16
    CRANIAL_BASE = 17
    CISTERNS = 18
    ANGLE = 19
    SKULL = 20
    SCALP = 21
    ORBIT = 22
    NOSE = 23
    FACE = 24


LOBES = (Region.FRONTAL, Region.PARIETAL, Region.TEMPORAL, Region.OCCIPITAL)

WORDS = {
    Region.FRONTAL: "frontal lobe",
    Region.PARIETAL: "parietal lobe",
    Region.TEMPORAL: "temporal lobe",
    Region.OCCIPITAL: "occipital lobe",
    Region.INSULA: "insular region",
    Region.CALLOSUM: "corpus callosum",
    Region.THALAMUS: "thalamus",
    Region.BASAL_GANGLIA: "basal ganglia",
    Region.BRAIN_STEM: "brain stem",
    Region.CEREBELLUM: "cerebellum",
    Region.LATERAL_VENTRICLE: "lateral ventricle",
    Region.THIRD_VENTRICLE: "third ventricle",
    Region.FOURTH_VENTRICLE: "fourth ventricle",
    Region.SELLA: "sellar region",
    Region.FALX: "falx",
    Region.CONVEXITY: "convexity",
    Region.CRANIAL_BASE: "skull base",
    Region.CISTERNS: "basal cisterns",
    Region.ANGLE: "cerebellopontine angle",
    Region.SKULL: "skull",
    Region.SCALP: "scalp",
    Region.ORBIT: "orbit",
    Region.NOSE: "nose and sinuses",
    Region.FACE: "face or neck",
    Region.ELSEWHERE: "outside the head",
}

UNPAIRED = frozenset(
    {
        Region.CALLOSUM,
        Region.BRAIN_STEM,
        Region.THIRD_VENTRICLE,
        Region.FOURTH_VENTRICLE,
        Region.SELLA,
        Region.FALX,
        Region.CISTERNS,
    }
)
"""Regions across the midline: no side is put before their words."""

OUTSIDE = frozenset(
    {
        Region.ELSEWHERE,
        Region.SKULL,
        Region.SCALP,
        Region.ORBIT,
        Region.NOSE,
        Region.FACE,
    }
)
"""Where neither brain nor its coverings nor the sella lie."""

COVERINGS = frozenset(
    {Region.FALX, Region.CONVEXITY, Region.CRANIAL_BASE, Region.CISTERNS, Region.ANGLE}
)
"""The space around the brain and what lines it."""
