"""How studies are read and how readers differ from the model, as cards of the monitoring page."""

from __future__ import annotations

from app.pages.finding_words import REASON_WORDS
from app.pages.monitoring_words import share_words
from app.pages.reading.read_mode_bar import MODE_WORDS
from app.widgets.charts import BarList
from app.widgets.surfaces import Card
from app.widgets.text import label
from app.workflow.monitoring import ReleaseReport
from app.workflow.reading_figures import Readings, Times
from inference.records import RejectReason

_NO_REASON = "No reason given"


class ReadingCard(Card):
    """Read modes, changes of mind and time per study, of all models together."""

    def __init__(self) -> None:
        super().__init__("How studies are read", name="monitoring.reading")
        self.lines = {key: label("", wrap=True) for key in ("modes", "changed", "unsure")}
        for key, made in self.lines.items():
            made.setObjectName(f"monitoring.reading.{key}")
            self.column.addWidget(made)

    def show_readings(self, given: Readings) -> None:
        """Show the figures of the whole clinic."""
        self.lines["modes"].setText(
            "\n".join(f"{MODE_WORDS[one.mode][0]}: {times_words(one.times)}" for one in given.modes)
            or "No study was read to the signature yet."
        )
        self.lines["changed"].setText(
            f"Mind changed once the model was shown: {share_words(given.changed)}"
            + (
                f"; {given.to_lesion} towards a lesion, {given.from_lesion} away from one"
                if given.changed.count
                else ""
            )
        )
        self.lines["unsure"].setText(
            f"Mind changed where the confidence was 1 to 3: {share_words(given.unsure_changed)}"
        )


class DisagreementCard(Card):
    """Why readers rejected findings of a version, and how far they moved its outlines."""

    def __init__(self) -> None:
        super().__init__("Why readers differ", name="monitoring.disagreement")
        self.outlines = label("", wrap=True)
        self.outlines.setObjectName("monitoring.outlines")
        self.bars = BarList(name="monitoring.reject-reasons", says="Reasons for rejections")
        self.column.addWidget(self.outlines)
        self.column.addWidget(label("Reasons for rejections", "caption"))
        self.column.addWidget(self.bars)

    def show_report(self, report: ReleaseReport) -> None:
        """Show one version."""
        dice = report.corrected_dice
        middle = dice[(len(dice) - 1) // 2] if dice else 0.0
        self.outlines.setText(
            f"Outlines corrected: {len(dice):,}, median Dice with the model's {middle:.2f},"
            f" least {dice[0]:.2f}"
            if dice
            else "No outline of this version was corrected."
        )
        counted = sorted(report.rejections.items(), key=lambda one: (one[0] == "", -one[1]))
        self.bars.show_bars([(reason_words(reason), count) for reason, count in counted])


def reason_words(reason: str) -> str:
    """Why a finding was rejected, as readers chose it."""
    return REASON_WORDS.get(RejectReason(reason), _NO_REASON) if reason else _NO_REASON


def times_words(times: Times) -> str:
    """How many studies, and how long they took from opening to signature."""
    studies = "1 study" if times.count == 1 else f"{times.count:,} studies"
    return (
        f"{studies}, opening to signature median {span_words(times.median_s)},"
        f" 95 of 100 within {span_words(times.p95_s)}"
    )


def span_words(seconds: float) -> str:
    """A span of time as a person says it: seconds, minutes, or hours."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
