"""The heat-map methods by name, without torch: what they ask, where, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

STRIDES = {
    "encoder.0": 4,
    "encoder.1": 8,
    "encoder.2": 16,
    "encoder.3": 32,
    "decoder.0": 16,
    "decoder.1": 8,
    "decoder.2": 4,
}
"""Stages of the outline network and how many of its pixels one cell of each is wide."""
CASCADE = (
    "outline_head",
    "slice_head",
    "decoder.2",
    "decoder.1",
    "decoder.0",
    "encoder.3",
    "encoder.2",
    "encoder.1",
    "encoder.0",
)
"""The network's parts from its answer back to the image."""


class Target(StrEnum):
    """The question a map answers."""

    OUTLINE = "outline"
    TYPE = "type"


class Family(StrEnum):
    """How a map is made: by the name of grad-cam's class, or of captum's."""

    GRAD_CAM = "GradCAM"
    GRAD_CAM_PLUS = "GradCAMPlusPlus"
    HIRES_CAM = "HiResCAM"
    LAYER_CAM = "LayerCAM"
    GRADIENT_SHAP = "GradientShap"
    KERNEL_SHAP = "KernelShap"


TITLES = {
    Family.GRAD_CAM: "Grad-CAM",
    Family.GRAD_CAM_PLUS: "Grad-CAM++",
    Family.HIRES_CAM: "HiResCAM",
    Family.LAYER_CAM: "LayerCAM",
    Family.GRADIENT_SHAP: "GradientSHAP",
    Family.KERNEL_SHAP: "KernelSHAP",
}
SHAPLEY = frozenset({Family.GRADIENT_SHAP, Family.KERNEL_SHAP})
QUESTIONS = {
    Target.OUTLINE: "where the outline comes from",
    Target.TYPE: "what the type comes from",
}


@dataclass(frozen=True, slots=True)
class Method:
    """One way to ask one question.

    ``layer`` is a key of STRIDES for the CAM family. Attributions of the SHAP family are of the
    image itself, "image", added up over cells of ``cell_px`` network pixels.
    """

    family: Family
    target: Target
    layer: str
    cell_px: int

    @property
    def key(self) -> str:
        """The name by which it is asked for and reported, e.g. ``type/HiResCAM/encoder.3``."""
        where = self.layer if self.family not in SHAPLEY else f"{self.cell_px}px"
        return f"{self.target.value}/{self.family.value}/{where}"

    @property
    def title(self) -> str:
        """Its name for a person."""
        return TITLES[self.family]


def cam(family: Family, target: Target, layer: str) -> Method:
    """Return the method of the CAM family at a stage of the network."""
    return Method(family, target, layer, STRIDES[layer])


def shap(family: Family, target: Target, cell_px: int) -> Method:
    """Return the method of the SHAP family on square cells of the image."""
    return Method(family, target, "image", cell_px)


CANDIDATES = (
    cam(Family.GRAD_CAM, Target.OUTLINE, "decoder.0"),
    cam(Family.HIRES_CAM, Target.OUTLINE, "decoder.1"),
    cam(Family.LAYER_CAM, Target.OUTLINE, "decoder.1"),
    shap(Family.GRADIENT_SHAP, Target.OUTLINE, 8),
    cam(Family.GRAD_CAM, Target.TYPE, "encoder.3"),
    cam(Family.HIRES_CAM, Target.TYPE, "encoder.3"),
    cam(Family.LAYER_CAM, Target.TYPE, "encoder.1"),
    shap(Family.GRADIENT_SHAP, Target.TYPE, 8),
)
"""What may be offered, if it passes the check at installation."""
DEFAULT = cam(Family.GRAD_CAM, Target.OUTLINE, "decoder.0")
"""What every run makes: quick, stable and past the check."""
OFFERED = (
    DEFAULT,
    cam(Family.GRAD_CAM, Target.TYPE, "encoder.3"),
    cam(Family.HIRES_CAM, Target.TYPE, "encoder.3"),
    shap(Family.GRADIENT_SHAP, Target.TYPE, 8),
)
"""What a reader may ask for: what passes the check on the shipped network (docs/adr/0018).

GradientSHAP of the outline is not: it passes by chance, with one seed and not with the next.
"""


def named(key: str) -> Method | None:
    """Return the method on offer of that key, or None."""
    return next((method for method in OFFERED if method.key == key), None)
