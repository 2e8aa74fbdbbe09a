"""Two series in one view: one laid over the other, through what is known of how they lie."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QSlider, QWidget

from app.pages.reading.images import StudyImages
from app.pages.reading.menus import add
from app.pages.reading.open_series import OpenSeries
from app.widgets.buttons import button
from app.widgets.text import label
from viewer.canvas.fusion import FusionColours, fuse
from viewer.records import Series

_OPACITY = 40


class Fusing(QObject):
    """Keeps a series on top of another wherever that one is shown, until it is taken away."""

    def __init__(self, images: StudyImages) -> None:
        super().__init__(images)
        self._images = images
        self._below, self._above = "", ""
        self.bar = self._make_bar()
        images.put_on_screen.connect(self._follow)
        images.laid_out.connect(self._show_bar, Qt.ConnectionType.QueuedConnection)

    @property
    def pair(self) -> tuple[str, str]:
        """The series below and the one on top; empty where nothing is laid over."""
        return self._below, self._above

    def clear(self) -> None:
        """Forget what was laid over; another study comes."""
        self._below, self._above = "", ""
        self._images.laid_over = ""
        self.bar.hide()

    def fill(self, menu: QMenu) -> None:
        """Offer the open series whose place in the active view's space is known."""
        others = self._can_be_laid()
        below = menu.addMenu("Lay over the active view")
        below.setEnabled(bool(others))
        for one in others:
            add(below, _name(one.series), partial(self.fuse, one.series.uid))
        add(menu, "Take the laid-over series away", self.unfuse).setEnabled(bool(self._above))

    def fuse(self, series_uid: str) -> None:
        """Lay another open series over that of the active view."""
        looked_at, other = self._images.looked_at, self._images.shelf.get(series_uid)
        if looked_at is None or other is None:
            return
        self.unfuse()
        self._below, self._above = looked_at.uid, series_uid
        self._images.laid_over = series_uid
        self._lay()
        self._words.setText(f"Laid over: {_name(other.series)}")
        self._show_bar()

    def unfuse(self) -> None:
        """Take the series on top away."""
        self._images.grid.show_fusion(None, self._below)
        self.clear()

    def _can_be_laid(self) -> list[OpenSeries]:
        below = self._images.looked_at
        if below is None:
            return []
        link = self._images.shelf.link
        return [
            one
            for one in self._images.shelf.all()
            if one.series.uid != below.uid
            and link.transform(below.uid, one.series.uid) is not None
            and one.stage.measured
        ]

    def _follow(self, series_uid: str) -> None:
        """A series came to the screen: the one below again, or another volume of it."""
        shown, below = self._images.fetcher.find(series_uid), self._images.fetcher.find(self._below)
        if not self._above or shown is None or below is None:
            return
        if shown.uid == below.uid or (shown.source_uid and shown.source_uid == below.source_uid):
            self._below = shown.uid
            self._lay()
        self._show_bar()

    def _lay(self) -> None:
        other = self._images.shelf.get(self._above)
        transform = self._images.shelf.link.transform(self._below, self._above)
        if other is None or transform is None:
            self.unfuse()
            return
        opacity = self.opacity.value() / 100.0
        colours = FusionColours(self.colours.currentData())
        name = _name(other.series)
        made = fuse(other.stage, transform, other.state.window, opacity, colours, name=name)
        self._images.grid.show_fusion(made, self._below)

    def _restyle(self) -> None:
        if self._above:
            self._lay()

    def _show_bar(self, *_: object) -> None:
        """The controls stand there while the series below is on the screen."""
        shown = {view.series_uid for view in self._images.grid.cells}
        self.bar.setVisible(bool(self._above) and self._below in shown)

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("fusionBar")
        self._words = label("", "caption")
        self._words.setObjectName("fusionWords")
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setObjectName("fusionOpacity")
        self.opacity.setRange(0, 100)
        self.opacity.setValue(_OPACITY)
        self.opacity.setFixedWidth(140)
        self.opacity.setAccessibleName("Opacity of the laid-over series")
        self.opacity.setToolTip("Opacity of the laid-over series")
        self.opacity.valueChanged.connect(lambda *_: self._restyle())
        self.colours = QComboBox()
        self.colours.setObjectName("fusionColours")
        self.colours.setAccessibleName("Colours of the laid-over series")
        for one in FusionColours:
            self.colours.addItem(one.value.capitalize(), one.value)
        self.colours.currentIndexChanged.connect(lambda *_: self._restyle())
        take = button(
            "Take away",
            self.unfuse,
            name="unfuse",
            kind="quiet",
            tip="Take the laid-over series away",
        )
        line = QHBoxLayout(bar)
        line.setContentsMargins(0, 4, 0, 0)
        line.setSpacing(12)
        for part in (self._words, self.colours, self.opacity, take):
            line.addWidget(part, int(part is self._words))
        bar.hide()
        return bar


def _name(series: Series) -> str:
    return series.description or f"Series {series.number}"
