"""One of the clinic's own models: its card, what its try showed, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.model_card import ModelCardView
from app.pages.wording import day
from app.widgets.buttons import button
from app.widgets.forms import FormRow, PasswordField
from app.widgets.surfaces import Line
from app.widgets.text import Badge, label
from inference.models.own.records import OwnModel, OwnStatus, Trial

STATUS_WORDS = {
    OwnStatus.QUARANTINED: ("In quarantine", "warning"),
    OwnStatus.APPROVED: ("Approved", "good"),
    OwnStatus.WITHDRAWN: ("Withdrawn", "muted"),
}
"""Word and tone of where a model stands."""


class ModelPanel(QWidget):
    """Shows one model, or that none is chosen."""

    def __init__(
        self,
        approve: Callable[[OwnModel, str], None],
        withdraw: Callable[[OwnModel], None],
    ) -> None:
        super().__init__()
        self._model: OwnModel | None = None
        self._badge = Badge()
        self._trial = label("", wrap=True)
        self._files = label("", "caption", wrap=True)
        self.card = ModelCardView(name="models.card")
        self.password = PasswordField("models.password")
        self._confirm = FormRow(
            "Your password", self.password, "Approve only what you know the origin of."
        )
        self.approve = button(
            "Approve for use", lambda: self._do(approve), name="models.approve", kind="primary"
        )
        self.withdraw = button(
            "Withdraw", lambda: self._end(withdraw), name="models.withdraw", kind="danger"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._rule = Line()
        for part in (self._badge, self._trial, self._confirm, self.approve, self.withdraw):
            column.addWidget(part)
        column.addWidget(self._rule)
        column.addWidget(self.card)
        column.addWidget(self._files)
        column.addStretch(1)
        self.show_model(None)

    def show_model(self, model: OwnModel | None) -> None:
        """Show a model, or that none is chosen."""
        self._model = model
        self.password.forget()
        self._confirm.fail("")
        waits = model is not None and model.status is OwnStatus.QUARANTINED
        gone = model is None or model.status is OwnStatus.WITHDRAWN
        self._confirm.setVisible(waits)
        self.approve.setVisible(waits)
        self.withdraw.setVisible(not gone)
        for part in (self._badge, self._trial, self._rule, self._files):
            part.setVisible(model is not None)
        if model is None:
            self.card.show_text("No model chosen. Import one, or choose one in the list.")
            return
        self._badge.show_text(*STATUS_WORDS[model.status])
        decided = f" {day(model.decided_at.date())}" if model.decided_at else ""
        lines = (trial_words(model.trial), f"{STATUS_WORDS[model.status][0]}{decided}.")
        self._trial.setText("\n".join(lines if decided else lines[:1]))
        self.card.show_card(model.card.as_model_card(), "Stated by its card, not measured here")
        self._files.setText(
            "Files and their SHA-256\n"
            + "\n".join(
                f"{name}\n{digest[:32]}\n{digest[32:]}" for name, digest in model.digests.items()
            )
        )

    def refuse(self, text: str) -> None:
        """Say at the password why nothing was approved."""
        self.password.forget()
        self._confirm.fail(text)

    def _do(self, approve: Callable[[OwnModel, str], None]) -> None:
        if self._model is not None:
            approve(self._model, self.password.text())

    def _end(self, withdraw: Callable[[OwnModel], None]) -> None:
        if self._model is not None:
            withdraw(self._model)


def trial_words(trial: Trial) -> str:
    """What one try on the example study showed, and no more than that."""
    regions = "1 region" if trial.regions == 1 else f"{trial.regions} regions"
    told = [
        f"Tried on the example study: {regions} marked on {trial.slices} slices in "
        f"{trial.seconds:.1f} s, {trial.peak_mb:,} MB at most, the same answer twice.",
    ]
    if trial.parameters:
        told.append(f"{trial.parameters:,} parameters.")
    if trial.heat_maps:
        told.append(trial.heat_maps)
    told.append("This shows that it runs, not that it is right.")
    return " ".join(told)
