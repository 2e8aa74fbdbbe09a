"""Fetching series off the GUI thread; what arrives for a study that was left is dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.errors import MemoryBudgetError
from app.pages.page import Page
from app.pages.reading.heat_choice import HeatChoice
from app.pages.reading.loading import (
    Laid,
    caption_of,
    last_measuring,
    last_run,
    load_overlays,
    load_own_outlines,
    load_prior_stage,
    load_stage,
    load_thumbnail,
    run_laid_over,
)
from app.pages.reading.open_series import OpenSeries, SeriesShelf
from app.pages.reading.series_strip import SeriesStrip
from app.tasks import Lane
from app.workflow.memory import forecast
from app.workflow.reading import OpenedStudy, Prior
from inference.records import Finding, Run
from viewer.canvas.stage import Stage
from viewer.canvas.state import HeatStyle
from viewer.ports import Progress
from viewer.records import Series, Study

_MIB = 1 << 20
_LEFT = "The study was left before its images came."
_Caller = tuple[Callable[[OpenSeries], None], Callable[[str], None]]


class SeriesFetcher(QObject):
    """Knows the open study and its priors; ``arrived`` tells of each series that is ready."""

    arrived = Signal(object)

    def __init__(self, page: Page, shelf: SeriesShelf) -> None:
        super().__init__(page)
        self._page, self.shelf = page, shelf
        self.study: OpenedStudy | None = None
        self.heat, self.heats = HeatStyle(), HeatChoice()
        self.priors: tuple[Prior, ...] = ()
        self._of_priors: dict[str, tuple[Series, Study]] = {}
        self.chosen: Finding | None = None
        self._turn = 0
        self._waiting: dict[tuple[int, str], list[_Caller]] = {}

    def begin(self, study: OpenedStudy | None) -> None:
        """Fetch for another study from now on; None for no study."""
        self._turn += 1
        self.study = study
        self.priors, self.chosen = (), None
        self._of_priors.clear()
        self.heats.clear()
        self.shelf.clear()

    def show_priors(self, priors: tuple[Prior, ...]) -> None:
        """Say which series of earlier studies there are."""
        self.priors = priors
        for prior in priors:
            self._of_priors.update({one.uid: (one, prior.study) for one in prior.series})

    def find(self, series_uid: str) -> Series | None:
        """Return a series of the study or of an earlier one."""
        known = self.study.series if self.study else ()
        prior = self._of_priors.get(series_uid)
        return next((one for one in known if one.uid == series_uid), prior[0] if prior else None)

    def study_of_prior(self, series_uid: str) -> Study | None:
        """Return the earlier study a series is of, or None where it is of the open one."""
        prior = self._of_priors.get(series_uid)
        return prior[1] if prior else None

    def is_prior(self, series_uid: str) -> bool:
        """Whether a series is of an earlier study."""
        return series_uid in self._of_priors

    def volumes_of(self, series: Series) -> tuple[Series, ...]:
        """The volumes of the series this one is one of, along their axis; itself if it is alone."""
        known = self.study.series if self.study and series.source_uid else ()
        mates = [one for one in known if one.source_uid == series.source_uid]
        return tuple(sorted(mates, key=lambda one: one.axis_index)) or (series,)

    def volume_words(self, series_uid: str) -> str:
        """Which volume of its series this is, e.g. ``2 of 4: b value 500``."""
        series = self.find(series_uid)
        if series is None or series.axis_count < 2:
            return ""
        which = f"{series.axis or 'volume'} {series.axis_value}".strip()
        return f"{series.axis_index + 1} of {series.axis_count}: {which}"

    def notice(self, series: Series) -> str:
        """What an empty view says while a series is on its way: how much memory it will take."""
        if self.shelf.get(series.uid) is not None:
            return "Opening…"
        run = last_run(self.study, series.uid) if self.study else None
        measured = last_measuring(self.study, series.uid) if self.study else None
        size = forecast(series, run, measured).total
        return f"Opening… {max(1, round(size / _MIB)):,} MiB of memory"

    def fetch(
        self,
        series: Series,
        on_screen: Iterable[str],
        done: Callable[[OpenSeries], None],
        failed: Callable[[str], None],
    ) -> None:
        """Give a series that is held, or load it; one that is on its way is not loaded twice."""
        held = self.shelf.get(series.uid)
        if held is not None:
            done(held)
            return
        study, key = self.study, (self._turn, series.uid)
        if study is None:
            return
        if key in self._waiting:
            self._waiting[key].append((done, failed))
            return
        try:
            run, measured = last_run(study, series.uid), last_measuring(study, series.uid)
            self.shelf.make_room(series, run, on_screen, measured)
        except MemoryBudgetError as error:
            failed(str(error))
            return
        self._waiting[key] = [(done, failed)]

        def arrived(stage: Stage) -> None:
            callers = self._waiting.pop(key, [])
            if key[0] == self._turn:
                opened = self._ready(study, series, stage)
                self.arrived.emit(opened)
                for done_, _ in callers:
                    done_(opened)
            else:
                _tell(callers, _LEFT)

        def lost(reason: str) -> None:
            callers = self._waiting.pop(key, [])
            if key[0] == self._turn:
                self.shelf.give_up(series.uid)
            _tell(callers, reason if key[0] == self._turn else _LEFT)

        self._page.ask(self._job(series), arrived, lane=Lane.IO, failed=lost)

    def _job(self, series: Series) -> Callable[[Progress], Stage]:
        session, prior = self._page.context.session, self.study_of_prior(series.uid)
        if prior is None:
            return lambda progress: load_stage(session, series, progress)
        return lambda progress: load_prior_stage(session, prior, series, progress)

    def run_of(self, series_uid: str) -> Run | None:
        """Return the run laid over a series: that of the chosen finding, else the newest."""
        return run_laid_over(self.study, series_uid, self.chosen) if self.study else None

    def overlays(self, opened: OpenSeries, show: Callable[[Laid], None]) -> None:
        """Fetch what a run laid over a series."""
        turn, session, stage = self._turn, self._page.context.session, opened.stage
        run = self.run_of(opened.series.uid)
        uid = opened.series.uid

        def arrived(laid: Laid) -> None:
            if turn == self._turn and self.run_of(uid) == run:
                show(laid)

        if run is None:
            job = partial(load_own_outlines, session, uid, stage)
        else:
            job = partial(load_overlays, session, run, stage, self.heats.of(run))
        self._page.ask(job, arrived, lane=Lane.IO)

    def thumbnails(self, strip: SeriesStrip) -> None:
        """Draw the strip's pictures that are not there yet, from the middle slices alone."""
        session = self._page.context.session
        for one in self.study.series if self.study else ():
            if strip.wants_thumbnail(one.uid):
                self._page.ask(
                    partial(load_thumbnail, session, one),
                    partial(strip.show_thumbnail, one.uid),
                    lane=Lane.IO,
                    failed=lambda _: None,  # a strip without one picture still works
                )

    def _ready(self, study: OpenedStudy, series: Series, stage: Stage) -> OpenSeries:
        caption = caption_of(study, series, self.study_of_prior(series.uid))
        opened = OpenSeries(series, stage, stage.first_state(), caption)
        opened.state.set_heat(self.heat)
        self.shelf.put(opened)
        return opened


def _tell(callers: Iterable[_Caller], reason: str) -> None:
    for _, failed in callers:
        failed(reason)
