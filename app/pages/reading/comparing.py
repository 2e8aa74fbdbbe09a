"""Earlier studies beside the open one, registered in the background."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.pages.page import Page
from app.pages.reading.images import StudyImages
from app.pages.reading.loading import hanging_facts, prior_names
from app.pages.reading.menus import add
from app.pages.reading.open_series import same_space
from app.tasks import Lane, Task
from app.widgets.buttons import button
from app.widgets.messages import ProgressRow
from app.widgets.text import label
from app.workflow import reading
from app.workflow.comparing_findings import Comparison, compare_series
from app.workflow.reading import Prior
from viewer.canvas.hanging import Hanging, compared, hangings
from viewer.geometry.alignment import Registration
from viewer.geometry.registering import register_volumes
from viewer.records import GeometryKind, Volume

Pair = tuple[str, str]

_ONE_SPACE = "one space with the current study"
_REGISTERED = "registered, check the match"
_APART = "not registered: scrolls apart"
_BY_HAND = "held together by hand"
_WORKING = "being registered…"
_TOLD = {
    _ONE_SPACE: "The two studies share one space and scroll together.",
    _REGISTERED: "Registered automatically (rigid). The two scroll together; check the match.",
    _BY_HAND: "Held together by hand (shift only).",
}


class Comparing(QObject):
    """Pairs of a current and an earlier series, and the line that says how they lie.

    ``findings_compared`` carries the change of each finding by the finding's id.
    """

    changed = Signal()
    findings_compared = Signal(object)

    def __init__(self, page: Page, images: StudyImages) -> None:
        super().__init__(page)
        self._page, self._images = page, images
        self._pairs: tuple[Pair, ...] = ()
        self._tried: set[Pair] = set()
        self._how: dict[Pair, str] = {}
        self._turn = 0
        self._task: Task | None = None
        self.bar = self._make_bar()
        images.opened_series.connect(self._arrived)
        images.laid_out.connect(self._laid_out)
        images.put_on_screen.connect(self._put_on_screen)
        images.prior_wanted.connect(self.compare)

    def open(self, study_uid: str) -> None:
        """Look for earlier studies of the patient."""
        self._forget()
        self._how.clear()
        if not study_uid:
            return
        session = self._page.context.session

        def show(found: tuple[Prior, ...]) -> None:
            study = self._images.study
            if study is not None and study.study.uid == study_uid:
                self._images.show_priors(found)

        self._page.ask(lambda _: reading.priors(session, study_uid), show)

    def fill(self, menu: QMenu) -> None:
        """Offer each earlier study: all its sequences beside those of now, or one series."""
        priors, study = self._images.fetcher.priors, self._images.study
        if not priors or study is None:
            menu.addAction("No earlier study of this patient").setEnabled(False)
            return
        now = hanging_facts(study.series)
        for name, prior in zip(prior_names(priors), priors, strict=True):
            below = menu.addMenu(f"{name}  {prior.study.description}".strip())
            then = hanging_facts(prior.series, name)
            beside = [one for one in hangings([*now, *then]) if one.pairs]
            for hanging in beside:
                words = "Same sequences side by side"
                add(below, words, partial(self._images.hang, hanging))
            for one in then:
                found = self._images.fetcher.find(one.uid)
                if found is not None:
                    words = found.description or f"Series {found.number}"
                    add(below, words, partial(self.compare, found.uid))

    def compare(self, series_uid: str) -> None:
        """Show an earlier series beside the active one."""
        active = self._images.series
        if active is not None and self._images.fetcher.is_prior(series_uid):
            self._images.hang(compared("prior", [(active.uid, series_uid)]))

    def hold_together(self) -> None:
        """Link a pair by what both show now, instead of the registration."""
        here = self._images.grid.active.series_uid
        pair = next((one for one in self._pairs if here in one), self._pairs[0])
        if all(self._images.shelf.get(uid) is not None for uid in pair):
            self._images.shelf.link.hold_together(*pair)
            self._how[pair] = _BY_HAND
            self._images.badge(pair[1], _BY_HAND)
            self._say(_TOLD[_BY_HAND])
            self.changed.emit()

    # Which pairs there are

    def _laid_out(self, hanging: Hanging) -> None:
        """Another layout: its pairs are the ones to register."""
        self._forget()
        self._pairs = hanging.pairs
        self._next()

    def _put_on_screen(self, series_uid: str) -> None:
        """An earlier series was put into a cell by itself: it pairs with the active one."""
        active = self._images.series
        if active is None or not self._images.fetcher.is_prior(series_uid):
            return
        if all(series_uid != prior for _, prior in self._pairs):
            self._pairs = (*self._pairs, (active.uid, series_uid))
        self._next()

    def _arrived(self, series_uid: str) -> None:
        if any(series_uid in pair for pair in self._pairs):
            self._next()

    # Registering

    def _next(self) -> None:
        """Register the first pair that is there and not linked; say how all of them lie."""
        if self._task is not None:
            return
        link = self._images.shelf.link
        for pair in self._pairs:
            one, other = (self._images.shelf.get(uid) for uid in pair)
            if one is None or other is None:
                continue
            if link.transform(*pair) is not None:
                if pair not in self._tried:
                    self._linked(pair)
                continue
            fixed, moving = one.stage.volume, other.stage.volume
            if pair in self._tried:
                continue
            self._tried.add(pair)
            if GeometryKind.UNKNOWN in {fixed.geometry.kind, moving.geometry.kind}:
                self._failed(pair, "Not registered: a series does not say where it lies.")
                continue
            self._register(pair, fixed, moving)
            return

    def _register(self, pair: Pair, fixed: Volume, moving: Volume) -> None:
        turn = self._turn

        def mine(act: Callable[..., None]) -> Callable[..., None]:
            """Another layout has pairs of its own: what comes for the former ones is dropped."""
            return lambda *told: act(pair, *told) if turn == self._turn else None

        self._images.badge(pair[1], _WORKING)
        self._say("")
        self.progress.begin("Registering the prior study")
        self._task = self._page.ask(
            lambda progress: register_volumes(fixed, moving, progress),
            mine(self._registered),
            lane=Lane.COMPUTE,
            failed=mine(self._stopped),
            progressed=self.progress.progress,
            cancelled=lambda: mine(self._stopped)("Registration cancelled."),
        )

    def _linked(self, pair: Pair) -> None:
        """The pair is linked already: it shares a space, or it was laid so before."""
        self._tried.add(pair)
        self._images.shelf.link.align(pair[0])
        how = self._how_linked(pair)
        self._images.badge(pair[1], how)
        self._say(_TOLD[how])

    def _how_linked(self, pair: Pair) -> str:
        """What the link rests on; a frame of reference counts only where nothing else was done.

        A link outlives the layout and the images it was made from, so it is kept here and not read
        off what is on the screen.
        """
        one, other = (self._images.fetcher.find(uid) for uid in pair)
        if pair not in self._how and one is not None and other is not None:
            if same_space(one, other):
                return _ONE_SPACE
            mates = {how for (_, prior), how in self._how.items() if self._one_study(prior, pair)}
            return _BY_HAND if _BY_HAND in mates else _REGISTERED
        return self._how.get(pair, _REGISTERED)

    def _one_study(self, prior: str, pair: Pair) -> bool:
        studies = [self._images.fetcher.study_of_prior(uid) for uid in (prior, pair[1])]
        return studies[0] is not None and studies[0] == studies[1]

    def _registered(self, pair: Pair, found: Registration) -> None:
        self._end()
        if not found.ok:
            self._failed(pair, f"Not registered: {found.reason}. The two scroll apart.")
        else:
            link = self._images.shelf.link
            link.connect(*pair, found.matrix)
            link.align(pair[0])
            self._how[pair] = _REGISTERED
            self._images.badge(pair[1], _REGISTERED)
            self._say(_TOLD[_REGISTERED])
            self.changed.emit()
            self._compare_findings(pair, found)
        self._next()

    def _compare_findings(self, pair: Pair, found: Registration) -> None:
        """Ask what became of the findings; nothing is said where a series was not analysed."""
        session, study = self._page.context.session, self._images.study

        def show(told: Comparison) -> None:
            if told.of_finding and self._images.study is study:
                self.findings_compared.emit(told.of_finding)

        self._page.ask(lambda _: compare_series(session, *pair, found.matrix), show)

    def _stopped(self, pair: Pair, reason: str) -> None:
        self._end()
        self._failed(pair, f"{reason} The two scroll apart.")

    def _failed(self, pair: Pair, words: str) -> None:
        self._images.badge(pair[1], _APART)
        self._say(words)

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
        self.progress = ProgressRow(name="registration")
        self.progress.cancelled.connect(self._cancel)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._words, 1)
        line.addWidget(self._manual)
        column = QVBoxLayout(bar)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.progress)
        bar.hide()
        return bar

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._manual.setVisible(bool(words))
        self.bar.show()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _forget(self) -> None:
        self._cancel()
        self._end()
        self._turn += 1
        self._pairs = ()
        self._tried.clear()
        self.bar.hide()

    def _end(self) -> None:
        self._task = None
        self.progress.end()
