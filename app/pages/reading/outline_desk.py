"""Outlines and findings kept together: what is painted is measured, and can be a finding."""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.pages.page import Page
from app.pages.reading.brush_panel import BrushPanel
from app.pages.reading.finding_form import Words
from app.pages.reading.findings_panel import FindingsPanel
from app.pages.reading.images import StudyImages
from app.tasks import Lane
from app.workflow import outlining, own_findings
from app.workflow.reading import OpenedStudy
from inference.records import Finding
from viewer.ports import Progress
from viewer.records import Volume

_MEASURED = "measured when you save"


class OutlineDesk:
    """Measures after each stroke, and again what was left unmeasured when a study is opened.

    One measuring of a map runs at a time; strokes that come meanwhile are measured together.
    """

    def __init__(
        self, page: Page, images: StudyImages, panel: FindingsPanel, brush: BrushPanel
    ) -> None:
        self._page, self._images, self._panel, self._brush = page, images, panel, brush
        self._running: set[tuple[str, str]] = set()
        self._again: set[tuple[str, str]] = set()
        brush.opened.connect(self._prepare)
        brush.painted.connect(self.measure)
        brush.finding_wanted.connect(self._make_finding)
        panel.selected.connect(brush.aim)

    def _prepare(self, series_uid: str, volume: Volume) -> None:
        """Find out how the series lies to the head while the reader begins to paint."""
        placer = self._page.context.workstation.placer
        self._page.ask(
            lambda _: placer.place(series_uid, volume),
            lambda _: None,
            lane=Lane.IO,
            failed=lambda _: None,  # asked again, and told, when an outline is measured
        )

    def measure_all(self, opened: OpenedStudy | None) -> None:
        """Measure every map of a study that may have changed; cheap where none has."""
        session = self._page.context.session
        if opened is None or opened.emergency or not session.can(Permission.REVIEW_FINDING):
            return
        if opened.report is not None and not opened.report.status.is_draft:
            return
        drawn = {(one.series_uid, one.run_id) for one in opened.findings if one.label_value}
        for series_uid, run_id in sorted(drawn):
            self.measure(series_uid, run_id)

    def measure(self, series_uid: str, run_id: str) -> None:
        """Measure the outlines of a run, or the reader's own, off the GUI thread."""
        key = (series_uid, run_id)
        if key in self._running:
            self._again.add(key)
            return
        self._running.add(key)
        session, placer = self._page.context.session, self._page.context.workstation.placer

        def job(_: Progress) -> tuple[Finding, ...]:
            return outlining.remeasure(session, series_uid, run_id, placer)

        def done(findings: tuple[Finding, ...]) -> None:
            self._ended(key)
            self._panel.take_over(findings)

        def failed(reason: str) -> None:
            self._ended(key)
            self._page.complain(reason)

        self._page.ask(job, done, lane=Lane.IO, failed=failed)

    def from_drawing(self, annotation_id: str) -> None:
        """Ask what the reader has found where something was drawn or measured."""
        session, placer = self._page.context.session, self._page.context.workstation.placer

        def store(words: Words) -> Finding:
            what, place, note = words
            return own_findings.add_measured(
                session, annotation_id, placer, label=what, place=place, note=note
            )

        self._panel.begin_own(store, _MEASURED)

    def _make_finding(self) -> None:
        series, value = self._images.series, self._brush.own_value
        if series is None or not value:
            return
        session, placer = self._page.context.session, self._page.context.workstation.placer

        def store(words: Words) -> Finding:
            what, place, note = words
            return own_findings.add_outlined(
                session, series.uid, value, placer, label=what, place=place, note=note
            )

        self._panel.begin_own(store, _MEASURED)

    def _ended(self, key: tuple[str, str]) -> None:
        self._running.discard(key)
        if key in self._again:
            self._again.discard(key)
            self.measure(*key)
