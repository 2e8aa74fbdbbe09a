"""The analysis: started here, followed here, cancelled here, and its outcome in words."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.pages.odds import nothing_suspected
from app.widgets.buttons import button, tool
from app.widgets.messages import ProgressRow
from app.widgets.surfaces import row
from app.widgets.text import label
from app.workflow.orders import Order
from inference.records import ModelCard, Run, RunOutcome

_NOT_YET = "Not analysed yet."


class AnalysisBar(QWidget):
    """A button, a progress row with cancel in its place, and one neutral sentence."""

    wanted = Signal()
    cancelled = Signal()
    add_wanted = Signal()
    card_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("analysisBar")
        self._button = button(
            "Analyse",
            self.wanted.emit,
            name="analyse",
            kind="primary",
            icon="sparkle",
            tip="Let the model look at the series on the screen",
            key="Ctrl+Return",
        )
        self._add = button(
            "Add",
            self.add_wanted.emit,
            name="findingAdd",
            icon="plus",
            tip="Add a finding of your own where the crosshair is",
        )
        self.model = QComboBox()
        self.model.setObjectName("analysisModel")
        self.model.setAccessibleName("Model")
        self.model.setToolTip(
            "Which model looks at the series: the shipped one, or the clinic's own"
        )
        self.model.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.model.hide()
        self._card = tool(
            "info",
            "The model's card: what it is for, how often it was wrong, its limits",
            self.card_wanted.emit,
            name="analysisCard",
        )
        self._card.setEnabled(False)
        self._progress = ProgressRow(name="analysisProgress")
        self._progress.cancelled.connect(self.cancelled)
        self._outcome = label(_NOT_YET, "muted", wrap=True)
        self._outcome.setObjectName("analysisOutcome")
        self._cautions = label("", wrap=True, tone="warning")
        self._cautions.setObjectName("analysisCautions")
        self._cautions.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(
            row(
                label("Findings", "heading"),
                QWidget(),
                self._card,
                self._add,
                self._button,
                stretch=1,
            )
        )
        column.addWidget(self.model)
        column.addWidget(self._progress)
        column.addWidget(self._outcome)
        column.addWidget(self._cautions)

    @property
    def outcome(self) -> str:
        """The sentence that is shown."""
        return self._outcome.text()

    def show_run(
        self, run: Run | None, found: int, card: ModelCard | None = None, withheld: str = ""
    ) -> None:
        """Say how the last analysis ended; ``found`` is the number of its findings.

        ``withheld`` is what is said instead while the reader is not to know yet.
        """
        self._outcome.setText(withheld or outcome_sentence(run, found, card))
        self._card.setEnabled(card is not None)
        self._cautions.setText("\n".join(run.cautions) if run else "")
        self._cautions.setVisible(bool(run and run.cautions))

    def allow(self, *, allowed: bool) -> None:
        """Whether an analysis may be started now."""
        self._button.setEnabled(allowed)

    def allow_adding(self, *, allowed: bool) -> None:
        """Whether the reader may add a finding now."""
        self._add.setEnabled(allowed)

    def follow(self, order: Order | None, ended: str = "") -> None:
        """Show how far an analysis is; None shows the outcome again, or why the last one ended."""
        running = order is not None
        if order is not None:
            if self._progress.isHidden():
                self._progress.begin("Starting the analysis…")
            self._progress.progress(order.fraction, order.text)
            self._button.setEnabled(False)
        elif not self._progress.isHidden():
            self._progress.end()
        self.model.setEnabled(not running)
        self._outcome.setVisible(not running)
        self._cautions.setVisible(not running and bool(self._cautions.text()))
        if ended:
            self._outcome.setText(ended)


def outcome_sentence(run: Run | None, found: int, card: ModelCard | None = None) -> str:
    """How an analysis ended, without praise or alarm."""
    if run is None:
        return _NOT_YET
    if run.outcome is RunOutcome.NOT_ANALYSED:
        return run.reason or "Not analysed."
    if run.outcome is RunOutcome.NOTHING_SUSPECTED:
        return nothing_suspected(run, card)
    things = "1 finding" if found == 1 else f"{found} findings"
    return f"{things} suggested by {run.model} {run.version} in {run.seconds:.0f} s ({run.device})."
