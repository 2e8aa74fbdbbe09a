"""How the heat map lies over the image, and how far it may be believed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from app.widgets.buttons import button
from app.widgets.text import label
from inference.records import Attribution
from viewer.canvas.state import HeatMode, HeatStyle

_MODES = (
    (HeatMode.CONTOUR, "Contour", "A line around the strongest attention"),
    (HeatMode.WASH, "Wash", "Attention as a wash of colour"),
    (HeatMode.OFF, "Off", "No heat map"),
)
NOT_AN_OUTLINE = "Attention, not the lesion's outline."


class HeatControls(QWidget):
    """Contour, wash or off, threshold and opacity; ``changed`` carries the HeatStyle."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("heatControls")
        self.offered = False
        self._style = HeatStyle()
        self._group = QButtonGroup(self)
        modes = QHBoxLayout()
        modes.setSpacing(6)
        modes.addWidget(label("Heat map", "strong"))
        modes.addStretch(1)
        for mode, text, tip in _MODES:
            made = button(text, name=f"heat{text}", tip=tip)
            made.setCheckable(True)
            made.setChecked(mode is self._style.mode)
            made.clicked.connect(self._read)
            made.setProperty("mode", mode.value)
            self._group.addButton(made)
            modes.addWidget(made)
        self._threshold = _slider("heatThreshold", "Threshold", self._style.threshold)
        self._opacity = _slider("heatOpacity", "Opacity of the wash", self._style.opacity)
        self._threshold_value, self._opacity_value = label("", "caption"), label("", "caption")
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        rows = (
            ("Threshold", self._threshold, self._threshold_value),
            ("Opacity", self._opacity, self._opacity_value),
        )
        for number, (text, slider, value) in enumerate(rows):
            caption = label(text, "caption")
            caption.setBuddy(slider)
            value.setFixedWidth(28)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(caption, 0, 3 * number)
            grid.addWidget(slider, 0, 3 * number + 1)
            grid.addWidget(value, 0, 3 * number + 2)
            slider.valueChanged.connect(self._read)
        self._faithful = label("", "caption", wrap=True)
        self._faithful.setObjectName("heatFaithfulness")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(modes)
        column.addLayout(grid)
        column.addWidget(self._faithful)
        self._read()
        self.hide()

    @property
    def style_now(self) -> HeatStyle:
        """The look that is set."""
        return self._style

    def show_attribution(self, attribution: Attribution | None) -> None:
        """Offer the controls for this heat map, or nothing without one."""
        self.offered = attribution is not None
        self.setVisible(self.offered)
        if attribution is not None:
            self._faithful.setText(faithfulness_line(attribution))

    def _read(self, *_: object) -> None:
        chosen = self._group.checkedButton()
        mode = HeatMode(chosen.property("mode")) if chosen is not None else HeatMode.OFF
        self._style = HeatStyle(
            mode, self._threshold.value() / 100.0, self._opacity.value() / 100.0
        )
        self._threshold.setEnabled(mode is not HeatMode.OFF)
        self._opacity.setEnabled(mode is HeatMode.WASH)
        self._threshold_value.setText(f"{self._style.threshold:.2f}")
        self._opacity_value.setText(f"{self._style.opacity:.2f}")
        self.changed.emit(self._style)


def faithfulness_line(attribution: Attribution) -> str:
    """What the map is, how coarse it really is, and its scores, in one paragraph."""
    rows, columns = attribution.native_grid
    scores = [
        f"{name.replace('_', ' ')} {value:.2f}" for name, value in attribution.faithfulness.items()
    ]
    measured = f" Faithfulness: {', '.join(scores)}." if scores else " Faithfulness not measured."
    return (
        f"{NOT_AN_OUTLINE} {attribution.method} on a grid of {columns} x {rows} a slice.{measured}"
    )


def _slider(name: str, spoken: str, share: float) -> QSlider:
    made = QSlider(Qt.Orientation.Horizontal)
    made.setObjectName(name)
    made.setAccessibleName(spoken)
    made.setToolTip(spoken)
    made.setRange(1, 100)
    made.setValue(round(100 * share))
    return made
