"""How the heat map lies over the image, and how far it may be believed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.pages.reading.heat_choice import ChosenHeat
from app.pages.reading.heat_words import (
    TONES,
    grade_words,
    heat_line,
    method_words,
    scores_words,
)
from app.widgets.buttons import button
from app.widgets.messages import ProgressRow
from app.widgets.text import Badge, label
from inference.explain.methods import Method
from viewer.canvas.state import HeatMode, HeatStyle

_MODES = (
    (HeatMode.CONTOUR, "Contour", "A line around the strongest attention"),
    (HeatMode.WASH, "Wash", "Attention as a wash of colour"),
    (HeatMode.OFF, "Off", "No heat map"),
)


class HeatControls(QWidget):
    """Look, worth and choice of the heat map.

    ``changed`` carries the HeatStyle, ``wanted_anyway`` that a poor map shall be shown all the
    same, ``asked`` the key of another method, ``taken_back`` that the run's own map is wanted.
    """

    changed = Signal(object)
    wanted_anyway = Signal()
    asked = Signal(str)
    taken_back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("heatControls")
        self.offered = False
        self._style = HeatStyle()
        self._badge = Badge()
        self._badge.setObjectName("heatGrade")
        self._group = QButtonGroup(self)
        self._look = self._make_look()
        self._faithful = label("", "caption", wrap=True)
        self._faithful.setObjectName("heatFaithfulness")
        self._anyway = button(
            "Show anyway",
            self.wanted_anyway.emit,
            name="heatAnyway",
            tip="Show this map although it is not faithful to the model",
        )
        self._methods = QComboBox()
        self._methods.setObjectName("heatMethods")
        self._methods.setAccessibleName("Another heat map")
        self._methods.setMinimumContentsLength(12)
        self._methods.setPlaceholderText("Another map of this finding…")
        self._ask = button(
            "Ask",
            lambda: self.asked.emit(self._methods.currentData()),
            name="heatAsk",
            tip="Make this map of the chosen finding on the slice in view",
        )
        self._ask.setEnabled(False)
        self._methods.currentIndexChanged.connect(lambda row: self._ask.setEnabled(row >= 0))
        self._back = button("Back", self.taken_back.emit, name="heatBack", kind="quiet")
        self._back.setToolTip("The map of the whole analysis again")
        self._back.clicked.connect(lambda *_: self._methods.setCurrentIndex(-1))
        self.progress = ProgressRow(name="heatProgress")
        self._others = QWidget()
        self._arrange()
        self._read()
        self.hide()

    def offer(self, methods: Sequence[Method]) -> None:
        """Say which other maps can be asked for; none hides the question."""
        keys = [method.key for method in methods]
        if keys != [self._methods.itemData(row) for row in range(self._methods.count())]:
            self._methods.clear()
            for method in methods:
                self._methods.addItem(method_words(method), method.key)
            self._methods.setCurrentIndex(-1)
        self._others.setVisible(bool(methods))

    def show_heat(self, chosen: ChosenHeat) -> None:
        """Offer the controls for this heat map, or nothing without one."""
        attribution = chosen.attribution
        self.offered = attribution is not None
        self.setVisible(self.offered)
        if attribution is None:
            return
        self._badge.show_text(grade_words(attribution), TONES[attribution.grade])
        self._faithful.setText(heat_line(chosen))
        for part in (self._badge, self._faithful):
            part.setToolTip(scores_words(attribution.faithfulness))
        self._faithful.setAccessibleDescription(scores_words(attribution.faithfulness))
        self._look.setVisible(chosen.shown)
        self._native.setVisible(attribution.native is not None)
        self._anyway.setVisible(not chosen.shown)
        self._back.setVisible(chosen.asked)

    def show_asking(self, *, asking: bool) -> None:
        """Put the progress in the question's place while the model answers."""
        self._others.setVisible(not asking and self._methods.count() > 0)
        if asking:
            self.progress.begin("Asking the model…")
        else:
            self.progress.end()

    def say(self, sentence: str) -> None:
        """Say why there is no such map."""
        self._faithful.setText(sentence)

    def _make_look(self) -> QWidget:
        """Contour, wash or off, native grid, threshold and opacity."""
        self._threshold = _slider("heatThreshold", "Threshold", self._style.threshold)
        self._opacity = _slider("heatOpacity", "Opacity of the wash", self._style.opacity)
        self._threshold_value, self._opacity_value = label("", "caption"), label("", "caption")
        self._native = button(
            "Cells", name="heatNative", tip="The map as coarse as it is, in the cells it is made of"
        )
        self._native.setCheckable(True)
        self._native.clicked.connect(self._read)
        modes = QHBoxLayout()
        modes.setSpacing(6)
        for mode, text, tip in _MODES:
            made = button(text, name=f"heat{text}", tip=tip)
            made.setCheckable(True)
            made.setChecked(mode is self._style.mode)
            made.clicked.connect(self._read)
            made.setProperty("mode", mode.value)
            self._group.addButton(made)
            modes.addWidget(made)
        modes.addStretch(1)
        modes.addWidget(self._native)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(modes)
        column.addLayout(self._sliders())
        return whole

    def _sliders(self) -> QGridLayout:
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
        return grid

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Heat map", "strong"))
        head.addWidget(self._badge)
        head.addStretch(1)
        head.addWidget(self._anyway)
        head.addWidget(self._back)
        question = QHBoxLayout(self._others)
        question.setContentsMargins(0, 0, 0, 0)
        question.setSpacing(6)
        question.addWidget(self._methods, 1)
        question.addWidget(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        for part in (self._look, self._faithful, self._others, self.progress):
            column.addWidget(part)

    def _read(self, *_: object) -> None:
        chosen = self._group.checkedButton()
        mode = HeatMode(chosen.property("mode")) if chosen is not None else HeatMode.OFF
        self._style = HeatStyle(
            mode,
            self._threshold.value() / 100.0,
            self._opacity.value() / 100.0,
            self._native.isChecked(),
        )
        self._threshold.setEnabled(mode is not HeatMode.OFF)
        self._opacity.setEnabled(mode is HeatMode.WASH)
        self._threshold_value.setText(f"{self._style.threshold:.2f}")
        self._opacity_value.setText(f"{self._style.opacity:.2f}")
        self.changed.emit(self._style)


def _slider(name: str, spoken: str, share: float) -> QSlider:
    made = QSlider(Qt.Orientation.Horizontal)
    made.setObjectName(name)
    made.setAccessibleName(spoken)
    made.setToolTip(spoken)
    made.setRange(1, 100)
    made.setValue(round(100 * share))
    return made
