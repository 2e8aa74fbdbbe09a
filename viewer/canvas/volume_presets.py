"""How the 3-D view turns gray into colour and opacity. Plain data; no Qt, no VTK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Colours = tuple[tuple[int, float, float, float], ...]
Opacities = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Preset3D:
    """A look: gray value (0 to 255, from the 1st to the 99.5th percentile) to RGB and to opacity.

    Opacity is per mm. ``brightest`` shows the largest value along each ray instead (MIP).
    """

    name: str
    colours: Colours
    opacities: Opacities
    brightest: bool = False
    shaded: bool = True


_WARM: Colours = (
    (0, 0.0, 0.0, 0.0),
    (60, 0.36, 0.30, 0.28),
    (130, 0.74, 0.66, 0.60),
    (255, 1.0, 0.98, 0.94),
)
_GRAY: Colours = ((0, 0.0, 0.0, 0.0), (255, 1.0, 1.0, 1.0))
_SKIN: Colours = ((0, 0.25, 0.16, 0.12), (70, 0.80, 0.58, 0.46), (255, 1.0, 0.90, 0.80))
_HOT: Colours = (
    (0, 0.0, 0.0, 0.0),
    (120, 0.35, 0.12, 0.10),
    (190, 0.90, 0.42, 0.20),
    (255, 1.0, 0.93, 0.70),
)

PRESETS: Mapping[str, Preset3D] = {
    preset.name: preset
    for preset in (
        Preset3D("Head", _WARM, ((0, 0.0), (26, 0.0), (60, 0.035), (130, 0.09), (255, 0.30))),
        Preset3D("Skin", _SKIN, ((0, 0.0), (22, 0.0), (40, 0.55), (255, 0.75))),
        Preset3D("Glass", _WARM, ((0, 0.0), (50, 0.0), (120, 0.012), (255, 0.06)), shaded=False),
        Preset3D("Bright tissue", _HOT, ((0, 0.0), (140, 0.0), (190, 0.05), (255, 0.5))),
        Preset3D(
            "Brightest (MIP)",
            _GRAY,
            ((0, 0.0), (20, 0.0), (255, 1.0)),
            brightest=True,
            shaded=False,
        ),
    )
}
FIRST = "Head"
