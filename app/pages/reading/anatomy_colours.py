"""The colours of the structures: told apart in colour blindness (Okabe and Ito), both sides one."""

from __future__ import annotations

from inference.models.structures import STRUCTURES

_SKY, _YELLOW, _GREEN = (86, 180, 233), (240, 228, 66), (0, 178, 130)
_ORANGE, _RED, _PURPLE = (240, 165, 20), (226, 104, 20), (214, 132, 178)
_BLUE, _PALE = (60, 130, 220), (228, 228, 228)

BY_NAME = {
    "third ventricle": _BLUE,
    "fourth ventricle": _BLUE,
    "lateral ventricle": _BLUE,
    "brain stem": _RED,
    "cerebral white matter": _YELLOW,
    "cerebral cortex": _SKY,
    "thalamus": _GREEN,
    "caudate": _RED,
    "putamen": _PURPLE,
    "pallidum": _PALE,
    "hippocampus": _ORANGE,
    "amygdala": _GREEN,
    "accumbens": _GREEN,
    "ventral diencephalon": _PURPLE,
    "cerebellar white matter": _YELLOW,
    "cerebellar cortex": _SKY,
}
_TISSUES = frozenset(
    ("cerebral white matter", "cerebral cortex", "cerebellar white matter", "cerebellar cortex")
)

COLOURS = {
    value: BY_NAME[one.name]
    for one in STRUCTURES
    if one.name in BY_NAME
    for value in (one.left, one.right)
}
"""By label value; fluid outside the ventricles is not drawn."""
FAINT = frozenset(v for one in STRUCTURES if one.name in _TISSUES for v in (one.left, one.right))
"""Tissues, which fill most of the picture."""
