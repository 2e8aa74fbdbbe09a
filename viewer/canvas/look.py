"""How images look apart from where they are cut: thickness, sides, heat, what is hidden. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from viewer.geometry.slab import Slab


class HeatMode(StrEnum):
    """How the heat map lies over the image."""

    CONTOUR = "contour"
    WASH = "wash"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class HeatStyle:
    """The heat map's look; ``threshold`` and ``opacity`` are 0..1."""

    mode: HeatMode = HeatMode.CONTOUR
    threshold: float = 0.5
    opacity: float = 0.45


class Look:
    """What is the same in all views of a series; whoever paints one listens."""

    def __init__(self) -> None:
        self._slab: Slab | None = None
        self._inverted = False
        self._neurological = False
        self._heat = HeatStyle()
        self._selected = 0
        self._crosshair = True
        self._bare = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def inverted(self) -> bool:
        """Whether black and white are exchanged."""
        return self._inverted

    @property
    def neurological(self) -> bool:
        """Whether the patient's right is on the reader's right, against the usual."""
        return self._neurological

    @property
    def slab(self) -> Slab | None:
        """How thick the planes are cut, or None for one slice."""
        return self._slab

    @property
    def heat(self) -> HeatStyle:
        """Look of the heat map."""
        return self._heat

    @property
    def selected(self) -> int:
        """Label value of the emphasised finding, 0 for none."""
        return self._selected

    @property
    def crosshair(self) -> bool:
        """Whether the crosshair is drawn."""
        return self._crosshair

    @property
    def bare(self) -> bool:
        """Whether everything laid over the image is hidden for now (flicker compare)."""
        return self._bare

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call listener after every change; return its unsubscriber."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def set_slab(self, slab: Slab | None) -> None:
        """Cut the planes that thick."""
        self._slab = slab
        self._tell()

    def toggle_inverted(self) -> None:
        """Exchange black and white."""
        self._inverted = not self._inverted
        self._tell()

    def set_neurological(self, *, neurological: bool) -> None:
        """Put the patient's right on the reader's right, or back on the left."""
        self._neurological = neurological
        self._tell()

    def set_heat(self, style: HeatStyle) -> None:
        """Draw the heat map like this."""
        self._heat = style
        self._tell()

    def select(self, label_value: int) -> None:
        """Emphasise the finding of that label value; 0 for none."""
        self._selected = label_value
        self._tell()

    def toggle_crosshair(self) -> None:
        """Draw the crosshair or leave it out."""
        self._crosshair = not self._crosshair
        self._tell()

    def set_bare(self, *, bare: bool) -> None:
        """Hide everything laid over the image while true."""
        if bare != self._bare:
            self._bare = bare
            self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
