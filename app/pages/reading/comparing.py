"""Prior studies beside the current one, registered in the background; two series in one view."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QSlider, QVBoxLayout, QWidget

from app.pages.page import Page
from app.pages.reading.images import StudyImages
from app.pages.reading.menus import add, menu_button
from app.pages.reading.open_series import OpenSeries
from app.pages.wording import day
from app.tasks import Lane, Task
from app.widgets.buttons import button
from app.widgets.messages import ProgressRow
from app.widgets.text import label
from app.workflow import reading
from app.workflow.reading import Prior
from viewer.canvas.fusion import FusionColours, fuse
from viewer.geometry.alignment import Registration
from viewer.geometry.registering import register_volumes
from viewer.records import GeometryKind, Series, Study

_OPACITY = 40


class Comparing(QObject):
    """The menu, and the line under the images that says how two series lie to one another."""

    changed = Signal()

    def __init__(self, page: Page, images: StudyImages) -> None:
        super().__init__(page)
        self._page, self._images = page, images
        self._priors: tuple[Prior, ...] = ()
        self._pair: tuple[str, str] = ("", "")
        self._fused: tuple[str, str] = ("", "")
        self._task: Task | None = None
        self.button = menu_button("layers", "Compare and fuse", "toolCompare", self._fill)
        self.bar = self._make_bar()
        images.opened_series.connect(self._arrived)

    def open(self, study_uid: str) -> None:
        """Look for earlier studies of the patient."""
        self._cancel()
        self._priors, self._pair, self._fused = (), ("", ""), ("", "")
        self.bar.hide()
        if not study_uid:
            return
        session = self._page.context.session

        def show(found: tuple[Prior, ...]) -> None:
            self._priors = found

        self._page.ask(lambda _: reading.priors(session, study_uid), show)

    # The menu

    def _fill(self, menu: QMenu) -> None:
        if not self._priors:
            menu.addAction("No earlier study of this patient").setEnabled(False)
        for prior in self._priors:
            words = f"{day(prior.study.study_date) or 'no date'}  {prior.study.description}"
            below = menu.addMenu(words.strip())
            for series in prior.series:
                name = series.description or f"Series {series.number}"
                add(below, name, partial(self.compare, series, prior.study))
        menu.addSeparator()
        others = self._can_be_fused()
        fused = menu.addMenu("Lay over the active series")
        fused.setEnabled(bool(others))
        for one in others:
            name = one.series.description or f"Series {one.series.number}"
            add(fused, name, partial(self.fuse, one.series.uid))
        take = add(menu, "Take the laid-over series away", self.unfuse)
        take.setEnabled(bool(self._fused[0]))

    def _can_be_fused(self) -> list[OpenSeries]:
        active = self._images.series
        if active is None:
            return []
        link = self._images.shelf.link
        return [
            one
            for one in self._images.shelf.all()
            if one.series.uid != active.uid
            and link.transform(active.uid, one.series.uid) is not None
            and one.stage.measured
        ]

    # Comparing

    def compare(self, series: Series, study: Study) -> None:
        """Show a prior beside the active series; the registration starts once both are there."""
        active = self._images.series
        if active is None:
            return
        self._cancel()
        session = self._page.context.session
        self._pair = (active.uid, series.uid)
        self._say(f"Opening the study of {day(study.study_date) or 'no date'} beside this one…")
        self._page.ask(lambda _: reading.open_prior(session, study.uid, series.uid), lambda _: None)
        self._images.beside(series, study)
        self._arrived(series.uid)

    def _arrived(self, series_uid: str) -> None:
        """Register as soon as both are open."""
        one, other = (self._images.shelf.get(uid) for uid in self._pair)
        if series_uid not in self._pair or one is None or other is None:
            return
        if self._task is not None:
            return
        if self._images.shelf.link.transform(*self._pair) is not None:
            self._say("The two share one space and scroll together.", manual=True)
            return
        fixed, moving = one.stage.volume, other.stage.volume
        if GeometryKind.UNKNOWN in {fixed.geometry.kind, moving.geometry.kind}:
            self._say("Not registered: a series does not say where it lies.", manual=True)
            return
        pair = self._pair
        self.progress.begin("Registering the prior study")
        self.bar.show()
        self._task = self._page.ask(
            lambda progress: register_volumes(fixed, moving, progress),
            lambda found: self._registered(pair, found),
            lane=Lane.COMPUTE,
            failed=self._not_registered,
            progressed=self.progress.progress,
            cancelled=lambda: self._not_registered("Registration cancelled."),
        )

    def _registered(self, pair: tuple[str, str], found: Registration) -> None:
        self._end()
        if pair != self._pair:
            return
        if not found.ok:
            self._say(f"Not registered: {found.reason}. The two scroll apart.", manual=True)
            return
        self._images.shelf.link.connect(*pair, found.matrix)
        self._images.shelf.link.align(pair[0])
        self._say(
            "Registered automatically (rigid). The two scroll together; check the match.",
            manual=True,
        )
        self.changed.emit()

    def _not_registered(self, reason: str) -> None:
        self._end()
        self._say(f"{reason} The two scroll apart.", manual=True)

    def hold_together(self) -> None:
        """Link the two by what both show now, instead of the registration."""
        one, other = (self._images.shelf.get(uid) for uid in self._pair)
        if one is not None and other is not None:
            self._images.shelf.link.hold_together(*self._pair)
            self._say("Held together by hand (shift only).", manual=True)
            self.changed.emit()

    # Fusing

    def fuse(self, series_uid: str) -> None:
        """Lay another open series over the active one."""
        active, other = self._images.series, self._images.shelf.get(series_uid)
        if active is None or other is None:
            return
        self._fused = (active.uid, series_uid)
        self._lay()
        name = other.series.description or f"series {other.series.number}"
        self._say(f"Laid over: {name}", fused=True)

    def unfuse(self) -> None:
        """Take the series on top away."""
        self._images.grid.show_fusion(None, self._fused[0])
        self._fused = ("", "")
        self.bar.hide()

    def _lay(self) -> None:
        below, above = self._fused
        other = self._images.shelf.get(above)
        transform = self._images.shelf.link.transform(below, above)
        if other is None or transform is None:
            return
        opacity = self.opacity.value() / 100.0
        name = other.series.description or f"series {other.series.number}"
        colours = FusionColours(self.colours.currentData())
        made = fuse(other.stage, transform, other.state.window, opacity, colours, name=name)
        self._images.grid.show_fusion(made, below)

    # The line under the images

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("compareBar")
        self._words = label("", "caption", wrap=True)
        self._words.setObjectName("compareWords")
        self._manual = button(
            "Hold together as shown",
            self.hold_together,
            name="holdTogether",
            kind="quiet",
            tip="Scroll both until they match, then hold them together",
        )
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(_OPACITY)
        self.opacity.setFixedWidth(140)
        self.opacity.setAccessibleName("Opacity of the laid-over series")
        self.opacity.setToolTip("Opacity of the laid-over series")
        self.opacity.valueChanged.connect(lambda *_: self._lay())
        self.colours = QComboBox()
        self.colours.setObjectName("fusionColours")
        self.colours.setAccessibleName("Colours of the laid-over series")
        for one in FusionColours:
            self.colours.addItem(one.value.capitalize(), one.value)
        self.colours.currentIndexChanged.connect(lambda *_: self._lay())
        self.progress = ProgressRow(name="registration")
        self.progress.cancelled.connect(self._cancel)
        line = QHBoxLayout()
        line.setSpacing(12)
        for part in (self._words, self.colours, self.opacity, self._manual):
            line.addWidget(part, int(part is self._words))
        column = QVBoxLayout(bar)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.progress)
        bar.hide()
        return bar

    def _say(self, words: str, *, manual: bool = False, fused: bool = False) -> None:
        self._words.setText(words)
        self._manual.setVisible(manual)
        self.opacity.setVisible(fused)
        self.colours.setVisible(fused)
        self.bar.show()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self) -> None:
        self._task = None
        self.progress.end()
