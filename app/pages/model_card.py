"""A model's card on the screen: intended use, figures, reliability, abstention, limits, digest."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.calibration import (
    Abstention,
    Bin,
    Calibration,
    Estimate,
    Reliability,
    calibration_of,
)
from app.pages.citations import clear
from app.pages.figures import figures, further_figures
from app.pages.odds import FEWEST_CASES
from app.widgets.charts import CurveChart, CurvePoint
from app.widgets.surfaces import Line, row
from app.widgets.text import label
from app.workflow.rates import Share
from inference.records import ModelCard

NOT_MEASURED = "not measured"
UNCALIBRATED = (
    "Not calibrated: its probabilities are shown as the model gives them. They do not say how many "
    "findings of that kind are right, and how often it is wrong was not measured here."
)
_LONG = 34
_PARTS = (("lesion", "That it is a lesion"), ("type", "The type of a lesion"))


class ModelCardView(QWidget):
    """Shows one card, or one sentence in its place."""

    def __init__(self, *, name: str = "modelCard") -> None:
        super().__init__()
        self.setObjectName(name)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def show_text(self, text: str) -> None:
        """Say why there is no card."""
        clear(self._column)
        self._column.addWidget(label(text, "muted", wrap=True))

    def show_card(self, card: ModelCard, figures_are: str = "Measured") -> None:
        """Show a card; what it does not hold is said to be not measured."""
        clear(self._column)
        add = self._column.addWidget
        add(label(f"{card.name} {card.version}", "strong", wrap=True))
        add(label(card.intended_use, wrap=True))
        add(Line())
        add(label("Limits", "strong"))
        for limit in card.limits:
            add(label(f"– {limit}", wrap=True))
        add(Line())
        add(label(figures_are, "strong"))
        self._pairs(figures(card))
        if not figures(card):
            add(label("No figures.", "muted"))
        add(Line())
        self._calibration(calibration_of(card))
        others = further_figures(card)
        if others and others != figures(card):
            add(Line())
            add(label("All other figures of the card", "strong"))
            self._pairs(others)
        add(Line())
        add(label(f"Trained on: {card.trained_on}", "muted", wrap=True))
        self._digest(card)

    def _digest(self, card: ModelCard) -> None:
        digest = label(f"Weights SHA-256\n{card.weights_sha256[:32]}\n{card.weights_sha256[32:]}")
        digest.setObjectName("modelCard.digest")
        digest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        digest.setToolTip(card.weights_sha256)
        self._column.addWidget(digest)

    def _calibration(self, calibration: Calibration) -> None:
        add = self._column.addWidget
        add(label("How far its probabilities can be taken at their word", "strong", wrap=True))
        if calibration.lesion is None and calibration.kind is None:
            add(label(UNCALIBRATED, wrap=True, tone="warning"))
            return
        for (key, title), part in zip(_PARTS, (calibration.lesion, calibration.kind), strict=True):
            if part is None:
                add(label(f"{title}: calibration {NOT_MEASURED}.", "muted", wrap=True))
                continue
            add(label(title, wrap=True))
            if part.bins:
                chart = CurveChart(name=f"modelCard.curve.{key}", says=curve_spoken(title, part))
                chart.show_points([_point(one) for one in part.bins])
                add(chart)
                add(label(CURVE_WORDS, "caption", wrap=True))
            if part.even_odds:
                add(label(even_words(part), "caption", wrap=True))
            self._pairs(reliability_words(part))
        add(label("When it leaves the type open", "strong", wrap=True))
        if calibration.abstention is None:
            add(label(f"Abstention: {NOT_MEASURED}.", "muted", wrap=True))
        else:
            self._pairs(abstention_words(calibration.abstention))

    def _pairs(self, pairs: tuple[tuple[str, str], ...]) -> None:
        for what, figure in pairs:
            shown = label(figure, "strong", wrap=len(figure) > _LONG)
            self._column.addLayout(row(label(what, wrap=True), shown, stretch=0))
            if len(figure) > _LONG:
                shown.setMinimumWidth(200)


CURVE_WORDS = (
    "Across: the probability given. Up: how often it was right. On the dashed line it could be "
    "taken at its word. Columns and figures: cases; a hollow point rests on fewer than "
    f"{FEWEST_CASES}. Upright lines: 95 % interval."
)


def even_words(part: Reliability) -> str:
    """Why a probability given at even odds lies off the line in a test with other odds."""
    return (
        f"Of its test cases {100 * part.share_right:.0f} of 100 were lesions, but the probability"
        " is given as if half were: so the points lie off the line, and a finding's row says what"
        " was wrong at even odds."
    )


def reliability_words(part: Reliability) -> tuple[tuple[str, str], ...]:
    """The calibration error before and after, the temperature if there is one, and the cases."""
    softened = part.temperature
    before = [("Calibration error before", error_words(part.before))] if part.before else []
    return (
        *before,
        (f"Calibration error{' after' if before else ''}", error_words(part.after)),
        *([("Its scores are divided by", f"{softened:.3f}")] if softened is not None else []),
        ("Cases", f"{sum(one.count for one in part.bins):,}"),
    )


def error_words(error: Estimate | None) -> str:
    """An expected calibration error with its 95 % interval."""
    if error is None:
        return NOT_MEASURED
    return f"{error.value:.3f} ({error.low:.3f} to {error.high:.3f})"


def abstention_words(part: Abstention) -> tuple[tuple[str, str], ...]:
    """The rule and what it measured to give."""
    rule = NOT_MEASURED if part.bar is None else f"not exactly one reaches {part.bar:.2f}"
    return (
        ("Method", part.method or NOT_MEASURED),
        ("Type left open where", rule),
        ("True type among those kept, wanted", _percent(part.coverage_target)),
        ("True type among those kept, measured", _percent(part.coverage)),
        ("Cases in which it names a type", _percent(part.share_named)),
        ("Right where it names one", _percent(part.accuracy_kept)),
    )


def curve_spoken(title: str, part: Reliability) -> str:
    """The curve for whoever does not see it."""
    points = "; ".join(
        f"said {100 * one.confidence:.0f} %, right {100 * one.accuracy:.0f} % of {one.count}"
        for one in part.bins
    )
    return f"Reliability, {title.lower()}: {points}"


def _percent(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{100 * value:.1f} %"


def _point(one: Bin) -> CurvePoint:
    low, high = Share(round(one.accuracy * one.count), one.count).interval
    solid = one.count >= FEWEST_CASES
    return CurvePoint(one.confidence, one.accuracy, one.count, low, high, solid)
