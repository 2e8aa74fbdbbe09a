"""The structures the anatomy network tells apart, and how their labels are numbered.

Paired structures are one class whichever side they lie on; a further output of the network says
the hemisphere. So both sides teach one class, and the side comes from place, never from texture.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Structure:
    """One class of the network.

    ``left`` and ``right`` are the label values written into a map (FreeSurfer's numbers); an
    unpaired structure has the same in both, and 0 if it is not written at all. ``sources`` are
    the label values of the training maps that count as this structure.
    """

    name: str
    left: int
    right: int
    sources: tuple[int, ...]

    @property
    def paired(self) -> bool:
        """Whether there is one on each side."""
        return self.left != self.right


STRUCTURES = (
    Structure("background", 0, 0, (0,)),
    Structure("other head", 0, 0, (502, 506, 507, 508, 509, 511, 512, 514, 515, 516, 530)),
    Structure("cerebrospinal fluid outside the ventricles", 24, 24, (24, 85)),
    Structure("third ventricle", 14, 14, (14, 72)),
    Structure("fourth ventricle", 15, 15, (15,)),
    Structure("brain stem", 16, 16, (16,)),
    Structure("cerebral white matter", 2, 41, (2, 41, 25, 57, 30, 62, 77)),
    Structure("cerebral cortex", 3, 42, (3, 42)),
    Structure("lateral ventricle", 4, 43, (4, 43, 5, 44, 136, 137, 163, 164)),
    Structure("thalamus", 10, 49, (10, 49)),
    Structure("caudate", 11, 50, (11, 50)),
    Structure("putamen", 12, 51, (12, 51)),
    Structure("pallidum", 13, 52, (13, 52)),
    Structure("hippocampus", 17, 53, (17, 53)),
    Structure("amygdala", 18, 54, (18, 54)),
    Structure("accumbens", 26, 58, (26, 58)),
    Structure("ventral diencephalon", 28, 60, (28, 60)),
    Structure("cerebellar white matter", 7, 46, (7, 46)),
    Structure("cerebellar cortex", 8, 47, (8, 47)),
)
COUNT = len(STRUCTURES)
INDEX = {structure.name: number for number, structure in enumerate(STRUCTURES)}
BACKGROUND, OTHER_HEAD, FLUID = 0, 1, 2
BRAIN = tuple(range(3, COUNT))
"""Classes inside the brain, ventricles included: the brain mask."""
INTRACRANIAL = (FLUID, *BRAIN)
DEEP = tuple(
    INDEX[name]
    for name in ("thalamus", "caudate", "putamen", "pallidum", "hippocampus", "amygdala")
)
VENTRICLES = tuple(
    INDEX[name] for name in ("third ventricle", "fourth ventricle", "lateral ventricle")
)
LEFT_SOURCES = frozenset((2, 3, 4, 5, 7, 8, 10, 11, 12, 13, 17, 18, 25, 26, 28, 30, 136, 137))
"""Label values of the training maps that lie on the patient's left."""


def label_names() -> dict[int, str]:
    """Return what each value of a label map means, the side included."""
    names: dict[int, str] = {}
    for structure in STRUCTURES:
        if structure.paired:
            names[structure.left] = f"left {structure.name}"
            names[structure.right] = f"right {structure.name}"
        elif structure.left:
            names[structure.left] = structure.name
    return names
