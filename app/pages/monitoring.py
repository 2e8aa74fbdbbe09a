"""How the models do here: agreement with readers, input drift, refusals and times; no names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.pages.context import PageContext
from app.pages.monitoring_drift import DriftCard
from app.pages.monitoring_reading import DisagreementCard, ReadingCard
from app.pages.monitoring_words import (
    csv_text,
    month_briefly,
    release_words,
    share_briefly,
    share_words,
)
from app.pages.page import Page
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.charts import BarList, Point, TrendChart
from app.widgets.messages import EmptyState
from app.widgets.surfaces import Card, scrolled
from app.widgets.table import Column, Table
from app.widgets.text import label
from app.workflow import drifting, monitoring
from app.workflow.drifting import Drift
from app.workflow.monitoring import Overview, ReleaseReport
from app.workflow.rates import Share
from viewer.ports import Progress

_MOST_MONTHS = 24
_ROW_PX = 36


class MonitoringPage(Page):
    """One line per model version; what is below is about the chosen one."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(
            context,
            "monitoring",
            "Monitoring",
            "How the models do on this workstation's studies. Simulated studies are left out.",
        )
        self._overview: Overview | None = None
        self._drifts: dict[int, Drift] = {}
        self.export = button(
            "Save as CSV",
            self._ask_where,
            name="monitoring.export",
            icon="download",
            tip="Save every figure of every version as a table; no patient is in it",
        )
        self.answers = button(
            "Answers of the assistant",
            lambda: context.navigator.show("answer_reviews"),
            name="monitoring.answers",
            icon="assistant",
            tip="What patients found wrong with answers of the assistant",
        )
        self.header.addWidget(self.answers)
        self.header.addWidget(self.export)
        self.releases: Table[ReleaseReport] = Table(
            _columns(), name="monitoring.releases", says="Model versions"
        )
        self.releases.setToolTip("Choose a version to see it below")
        self.releases.current_changed.connect(self._show_release)
        self.agreement, self.refusals, self.times = AgreementCard(), RefusalsCard(), TimesCard()
        self.reading, self.disagreement = ReadingCard(), DisagreementCard()
        self.drift = DriftCard()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._figures())
        self._stack.addWidget(
            EmptyState(
                "monitoring",
                "No series has been analysed yet",
                "Figures appear here with the first analysis of a study that is not simulated.",
                name="monitoring.empty",
            )
        )
        self.body.addWidget(self._stack, 1)
        self.export.setEnabled(False)

    def open(self, **_ids: str) -> None:
        """Count again."""
        session = self.context.session
        self.ask(lambda _: monitoring.overview(session), self._show)

    def save(self, path: Path) -> None:
        """Write every figure of every version into a table file."""
        session, overview = self.context.session, self._overview
        if overview is None:
            return

        def job(progress: Progress) -> None:
            drifts = {
                one.release.id: drifting.drift(session, one.release.id, progress)
                for one in overview.releases
            }
            text = csv_text(overview, drifts)
            monitoring.export(session, lambda: _write(path, text))

        self.ask(
            job,
            lambda _: self.context.navigator.banner(f"Saved {path.name}.", "good"),
            lane=Lane.IO,
        )

    def _ask_where(self) -> None:
        dialog = QFileDialog(self.window(), "Save the figures", "monitoring.csv", "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.open()

    def _show(self, overview: Overview) -> None:
        self._overview, self._drifts = overview, {}
        self.reading.show_readings(overview.readings)
        self.export.setEnabled(bool(overview.releases))
        self._stack.setCurrentIndex(0 if overview.releases else 1)
        self.releases.show_records(overview.releases, same=lambda one: one.release.id)
        rows = min(4, len(overview.releases))
        self.releases.setFixedHeight(self.releases.horizontalHeader().height() + rows * _ROW_PX + 4)

    def _show_release(self, report: ReleaseReport | None) -> None:
        if report is None or self._overview is None:
            return
        for card in (self.agreement, self.refusals, self.times, self.disagreement):
            card.show_report(report)
        session, release_id = self.context.session, report.release.id
        if release_id in self._drifts:
            self.drift.show_drift(self._drifts[release_id], self._overview.scanners)
            return
        self.drift.wait()
        self.ask(
            lambda progress: drifting.drift(session, release_id, progress),
            lambda found: self._show_drift(release_id, found),
            progressed=self.drift.progress,
            failed=self.drift.fail,
        )

    def _show_drift(self, release_id: int, found: Drift) -> None:
        """Show what was compared, unless another version has been chosen meanwhile."""
        self._drifts[release_id] = found
        current = self.releases.current
        if self._overview is not None and current is not None and current.release.id == release_id:
            self.drift.show_drift(found, self._overview.scanners)

    def _figures(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(12)
        column.addWidget(self.releases)
        beside = QHBoxLayout()
        beside.setSpacing(12)
        left, right = QVBoxLayout(), QVBoxLayout()
        for side, cards in (
            (left, (self.agreement, self.disagreement, self.reading)),
            (right, (self.drift, self.refusals, self.times)),
        ):
            side.setSpacing(12)
            for card in cards:
                side.addWidget(card)
            side.addStretch(1)
        beside.addLayout(left, 5)
        beside.addLayout(right, 7)
        column.addLayout(beside)
        column.addStretch(1)
        return scrolled(inside, name="monitoring.area", by_key=True)


class AgreementCard(Card):
    """What readers made of the findings, and what they found beside them."""

    def __init__(self) -> None:
        super().__init__("Agreement with readers", name="monitoring.agreement")
        self.lines = {
            key: label("", wrap=True) for key in ("decided", "overridden", "missed", "quiet")
        }
        for key, made in self.lines.items():
            made.setObjectName(f"monitoring.{key}")
            self.column.addWidget(made)
        self.column.addWidget(label("Overridden by month, with 95 % interval", "caption"))
        self.trend = TrendChart(name="monitoring.trend", says="Share of findings overridden")
        self.column.addWidget(self.trend)

    def show_report(self, report: ReleaseReport) -> None:
        """Show one version."""
        given = report.agreement
        self.lines["decided"].setText(
            f"Accepted {given.accepted:,} · edited {given.edited:,} · rejected"
            f" {given.rejected:,} · waiting for a decision {given.waiting:,}"
        )
        for key, words, share in (
            ("overridden", "Overridden (edited or rejected)", given.overridden),
            ("missed", "Missed: findings readers added, of all they hold true", given.missed_share),
            ("quiet", "Nothing suspected, but the reader added one", given.added_where_quiet),
        ):
            self.lines[key].setText(f"{words}: {share_words(share)}")
        self.trend.show_points(
            [_point(one.month, one.overridden) for one in report.months[-_MOST_MONTHS:]],
            none="No finding has been decided yet.",
        )


class RefusalsCard(Card):
    """Why series were not analysed."""

    def __init__(self) -> None:
        super().__init__("Not analysed", name="monitoring.refusals")
        self.share = label("", wrap=True)
        self.bars = BarList(name="monitoring.reasons", says="Reasons for not analysing")
        self.column.addWidget(self.share)
        self.column.addWidget(self.bars)

    def show_report(self, report: ReleaseReport) -> None:
        """Show one version."""
        self.share.setText(f"Of all series given to it: {share_words(report.refused)}")
        self.bars.show_bars([(_short(reason), count) for reason, count in report.reasons])


class TimesCard(Card):
    """How long an analysis takes."""

    def __init__(self) -> None:
        super().__init__("Time per series", name="monitoring.times")
        self._column = label("", wrap=True)
        self._column.setObjectName("monitoring.seconds")
        self.column.addWidget(self._column)

    def show_report(self, report: ReleaseReport) -> None:
        """Show one version, a line per device."""
        lines = [
            f"{one.device}: median {one.median_s:.1f} s, 95 of 100 within {one.p95_s:.1f} s"
            f" ({one.count:,} {'analysis' if one.count == 1 else 'analyses'})"
            for one in report.durations
        ]
        self._column.setText("\n".join(lines) or "No series was analysed to the end.")

    @property
    def text(self) -> str:
        """What is shown."""
        return self._column.text()


def _columns() -> tuple[Column[ReleaseReport], ...]:
    return (
        Column("Model version", lambda one: release_words(one.release)),
        Column("Runs", lambda one: f"{one.runs:,}", 80),
        Column("Not analysed", lambda one: share_briefly(one.refused), 172),
        Column("Overridden", lambda one: share_briefly(one.agreement.overridden), 172),
        Column("Missed", lambda one: share_briefly(one.agreement.missed_share), 160),
        Column("Added to nothing", lambda one: share_briefly(one.agreement.added_where_quiet), 160),
        Column("Seconds", _seconds, 90),
    )


def _seconds(report: ReleaseReport) -> str:
    most = max(report.durations, key=lambda one: one.count, default=None)
    return f"{most.median_s:.1f}" if most else ""


def _short(reason: str) -> str:
    """A reason without the words every reason begins with."""
    words = reason.removeprefix("Not analysed, because ").rstrip(".")
    return words or "no reason given"


def _point(month: int, share: Share) -> Point:
    if share.value is None:
        return Point(month_briefly(month), None)
    low, high = share.interval
    return Point(month_briefly(month), share.value, low, high)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8-sig", newline="")
