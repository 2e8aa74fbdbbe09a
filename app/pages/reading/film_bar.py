"""Playing slices, and the volumes of a series in time or weight: the line under the images."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QSlider, QSpinBox, QWidget

from app.pages.reading.images import StudyImages
from app.widgets import theme
from app.widgets.buttons import tool
from app.widgets.text import label, plain_tip
from viewer.canvas.cine import FPS_LIMITS, AtTheEnd, Cine, Reel, SliceReel, VolumeReel
from viewer.records import Series

_SLICES, _VOLUMES = "Slices", "Volumes"


class FilmBar(QObject):
    """A play button, the speed, and a slider over the volumes of a series that has several."""

    def __init__(self, images: StudyImages) -> None:
        super().__init__(images)
        self._images = images
        self.cine = Cine(self)
        self._volumes: tuple[Series, ...] = ()
        self.play = tool("play", "Play slices or volumes", self.toggle, name="filmPlay")
        self._what = QComboBox()
        self._what.setObjectName("filmWhat")
        self._what.setAccessibleName("What is played")
        self._what.addItems([_SLICES, _VOLUMES])
        self._end = QComboBox()
        self._end.setObjectName("filmEnd")
        self._end.setAccessibleName("What happens at the end")
        self._end.addItems([one.value for one in AtTheEnd])
        self._fps = QSpinBox()
        self._fps.setObjectName("filmSpeed")
        self._fps.setAccessibleName("Pictures a second")
        self._fps.setRange(int(FPS_LIMITS[0]), int(FPS_LIMITS[1]))
        self._fps.setValue(10)
        self._fps.setSuffix(" /s")
        self._fps.lineEdit().setTextMargins(6, 0, 0, 0)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("volumeSlider")
        self.slider.setAccessibleName("Volume of the series")
        self._words = label("", "caption")
        self._words.setObjectName("volumeWords")
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = self._arrange()
        self._fps.valueChanged.connect(lambda value: self.cine.set_fps(float(value)))
        self._end.currentTextChanged.connect(self._set_end)
        self.slider.valueChanged.connect(self._show_volume)
        self.cine.playing_changed.connect(self._show_playing)
        images.series_changed.connect(self._follow)

    def toggle(self) -> None:
        """Play what is chosen, or stop."""
        self.cine.toggle(self._reel())

    def stop(self) -> None:
        """Stop playing."""
        self.cine.stop()

    def _reel(self) -> Reel:
        if self._what.currentText() == _VOLUMES and self._volumes:
            return VolumeReel(len(self._volumes), self.slider.setValue, self.slider.value())
        return SliceReel(self._images.grid.active)

    def _follow(self) -> None:
        """The active series is another one: find the volumes it belongs to."""
        series = self._images.series
        volumes = self._images.fetcher.volumes_of(series) if series else ()
        several = len(volumes) > 1
        if tuple(one.uid for one in volumes) != tuple(one.uid for one in self._volumes):
            self.cine.stop()
        self._volumes = volumes if several else ()
        for part in (self.slider, self._words, self._what):
            part.setVisible(several)
        if not several or series is None:
            self._what.setCurrentText(_SLICES)
            return
        place = next(n for n, one in enumerate(volumes) if one.uid == series.uid)
        self.slider.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.slider.setRange(0, len(volumes) - 1)
        self.slider.setValue(place)
        self.slider.blockSignals(False)  # noqa: FBT003 - as above
        self._say(place)

    def _show_volume(self, number: int) -> None:
        if 0 <= number < len(self._volumes):
            self._say(number)
            self._images.swap(self._volumes[number].uid)

    def _say(self, number: int) -> None:
        words = self._images.fetcher.volume_words(self._volumes[number].uid)
        self._words.setText(words)
        self._words.setToolTip(plain_tip(words))

    def _set_end(self, words: str) -> None:
        self.cine.end = AtTheEnd(words)

    def _show_playing(self) -> None:
        self.play.setIcon(theme.icon("pause" if self.cine.playing else "play"))

    def _arrange(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("filmBar")
        line = QHBoxLayout(bar)
        line.setContentsMargins(0, 4, 0, 0)
        line.setSpacing(8)
        for part in (self.play, self._what, self._fps, self._end, self.slider, self._words):
            line.addWidget(part, int(part in (self.slider, self._words)))
        line.addStretch(0)  # takes the room only where there is no slider
        for part, width in ((self._what, 110), (self._fps, 84), (self._end, 140)):
            part.setFixedWidth(width)
        return bar
