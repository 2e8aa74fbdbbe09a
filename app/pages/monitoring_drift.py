"""Whether what comes in still looks like what came in first: the card of the monitoring page."""

from __future__ import annotations

from collections.abc import Sequence

from app.pages.monitoring_words import (
    RULE,
    chance_words,
    drift_sentence,
    middle_words,
    month_briefly,
    month_words,
    scanner_briefly,
    scanner_words,
    score_words,
)
from app.records import Scanner
from app.widgets import theme
from app.widgets.charts import Point, TrendChart
from app.widgets.surfaces import Card
from app.widgets.table import Column, Table
from app.widgets.text import label
from app.workflow.drift import FAR, FAR_REFUSED, REFUSED, Verdict
from app.workflow.drifting import ALL_SCANNERS, Compared, Drift

_MOST_MONTHS = 24
_MOST_ROWS, _ROW_PX = 6, 36


class DriftCard(Card):
    """The newest month's comparisons, those with suspected drift first; one over the months."""

    def __init__(self) -> None:
        super().__init__("Input drift", name="monitoring.drift")
        self._drift: Drift | None = None
        self._names: dict[int, str] = {}
        self._short: dict[int, str] = {}
        self.sentence = label("", "strong", wrap=True)
        self.sentence.setObjectName("monitoring.verdict")
        self.collecting = label("", "muted", wrap=True)
        columns: tuple[Column[Compared], ...] = (
            Column("Scanner", lambda one: self._short.get(one.cell.scanner_id, "")),
            Column("Score", lambda one: score_words(one.cell.score), 112),
            Column("Series", lambda one: f"{one.cell.count:,}", 54),
            Column("Now", lambda one: middle_words(one.cell.score, one.cell.middle), 62),
            Column("Was", lambda one: middle_words(one.cell.score, one.cell.reference_middle), 62),
            Column("Distance", lambda one: f"{100 * one.cell.distance:.0f} %", 68),
            Column("p", lambda one: chance_words(one.cell.p), 76),
            Column("Verdict", _pill, 98, _tone),
        )
        self.table: Table[Compared] = Table(
            columns, name="monitoring.compared", says="Comparisons of the newest month"
        )
        self.table.current_changed.connect(self._show_months)
        self.over = label("", "caption", wrap=True)
        self.trend = TrendChart(name="monitoring.distance", says="Distance by month")
        for part in (self.sentence, self.collecting, self.table, self.over, self.trend):
            self.column.addWidget(part)
        self.column.addWidget(label(RULE, "caption", wrap=True))
        self._show_parts(shown=False)

    def wait(self) -> None:
        """Say that it is being compared."""
        self._say("Comparing…")
        self._show_parts(shown=False)

    def progress(self, fraction: float, text: str, /) -> None:
        """Say how far the comparing is."""
        self._say(f"{text}: {100 * fraction:.0f} %")

    def fail(self, reason: str) -> None:
        """Say why there is nothing."""
        self._say(reason, "danger")

    def show_drift(self, drift: Drift, scanners: Sequence[Scanner]) -> None:
        """Show one version's comparisons."""
        self._drift = drift
        self._names = {one.id: scanner_words(one) for one in scanners}
        self._short = {one.id: scanner_briefly(one) for one in scanners}
        for names in (self._names, self._short):
            names[ALL_SCANNERS] = scanner_words(None)
        self._say(*drift_sentence(drift))
        waiting = [one for one in drift.collected if one.accepted < one.needed and one.scanner_id]
        texts = [
            f"{self._names.get(one.scanner_id, '')}: {one.accepted} of {one.needed}"
            for one in waiting
        ]
        self.collecting.setText("Reference not complete yet: " + " · ".join(texts))
        self.collecting.setVisible(bool(texts))
        newest = [one for one in drift.compared if one.cell.month == drift.months[-1]]
        newest.sort(key=lambda one: (one.verdict is Verdict.STEADY, -one.cell.distance))
        self._show_parts(shown=bool(newest))
        head = self.table.horizontalHeader().height()
        self.table.setFixedHeight(head + _ROW_PX * min(_MOST_ROWS, len(newest)) + 4)
        self.table.show_records(newest, same=lambda one: (one.cell.scanner_id, one.cell.score))

    def _say(self, text: str, tone: str = "") -> None:
        self.sentence.setText(text)
        theme.set_tone(self.sentence, tone)

    def _show_parts(self, *, shown: bool) -> None:
        for part in (self.table, self.over, self.trend):
            part.setVisible(shown)
        if not shown:
            self.collecting.hide()

    def _show_months(self, chosen: Compared | None) -> None:
        if chosen is None or self._drift is None:
            return
        cell = chosen.cell
        mine = [
            one
            for one in self._drift.compared
            if (one.cell.scanner_id, one.cell.score) == (cell.scanner_id, cell.score)
        ][-_MOST_MONTHS:]
        self.trend.show_points(
            [
                Point(month_briefly(one.cell.month), one.cell.distance, tone=_tone(one) or "accent")
                for one in mine
            ],
            limit=FAR_REFUSED if cell.score == REFUSED else FAR,
        )
        self.over.setText(
            f"{self._names.get(cell.scanner_id, '')}, {score_words(cell.score)}: distance from the"
            f" first {cell.reference_count} series, to {month_words(cell.month)}"
        )


def _pill(one: Compared) -> str:
    return "suspected" if one.verdict is Verdict.SUSPECTED else "steady"


def _tone(one: Compared) -> str:
    return "warning" if one.verdict is Verdict.SUSPECTED else ""
