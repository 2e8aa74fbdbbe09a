"""One language model: what it is, what it showed on this machine, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.pages.language_words import (
    Held,
    count_words,
    name_words,
    size_words,
    speed_words,
    status_words,
    trial_words,
)
from app.pages.wording import day
from app.widgets.buttons import button
from app.widgets.forms import FormRow, PasswordField
from app.widgets.surfaces import Line, row
from app.widgets.text import Badge, label
from assistant.engine.records import OwnLanguageModel, OwnLanguageStatus

_SHIPPED = (
    "It greets and thanks. It words no sentence of a report: tried on the program's sentences it "
    "made none easier to read. It can not be removed."
)
_NOTHING = "No model chosen. Add one, or choose one in the list."


@dataclass(frozen=True, slots=True)
class PanelActs:
    """What the panel's buttons do."""

    gauge: Callable[[OwnLanguageModel], None]
    accept: Callable[[OwnLanguageModel], None]
    approve: Callable[[OwnLanguageModel, str, bool], None]
    use: Callable[[Held], None]
    remove: Callable[[OwnLanguageModel], None]


class LanguagePanel(QWidget):
    """Shows one model, or that none is chosen."""

    def __init__(self, acts: PanelActs) -> None:
        super().__init__()
        self._held: Held | None = None
        self._acts = acts
        self._badge, self._use_badge = Badge(), Badge("In use", "accent")
        self._name = label("", "heading", wrap=True)
        self._facts = label("", wrap=True)
        self._speed = label("", wrap=True)
        self._trial = label("", wrap=True)
        self._files = label("", "caption", wrap=True)
        self.password = PasswordField("language.password")
        self._confirm = FormRow(
            "Your password", self.password, "Approve only what you know the origin of."
        )
        self.wording = QCheckBox("It may word sentences: I read the changed ones")
        self.wording.setObjectName("language.wording")
        self.gauge = button(
            "Measure", lambda: self._own(acts.gauge), name="language.gauge", icon="clock"
        )
        self.accept = button(
            "Run the trial", lambda: self._own(acts.accept), name="language.accept", icon="play"
        )
        self.approve = button("Approve", self._approve, name="language.approve", kind="primary")
        self.use = button("Use this model", self._use, name="language.use", kind="primary")
        self.remove = button(
            "Remove", lambda: self._own(acts.remove), name="language.remove", kind="danger"
        )
        self._arrange()
        self.show_model(None)

    def show_model(self, held: Held | None, *, in_use: bool = False) -> None:
        """Show a model, or that none is chosen."""
        self._held = held
        self.password.forget()
        self._confirm.fail("")
        own = held if isinstance(held, OwnLanguageModel) else None
        here = own is not None and own.status is not OwnLanguageStatus.REMOVED
        for part in (self._badge, self._facts, self._rule):
            part.setVisible(held is not None)
        for part in (self._speed, self._trial, self._files):
            part.setVisible(own is not None)
        for act in (self.gauge, self.accept, self.remove):
            act.setVisible(here)
        self._use_badge.setVisible(in_use)
        self._show_approval(own if here else None)
        approved = own is not None and own.status is OwnLanguageStatus.APPROVED
        self.use.setVisible(held is not None and not in_use and (own is None or approved))
        self._name.setText(_NOTHING if held is None else name_words(held))
        if held is not None:
            self._badge.show_text(*status_words(held))
            self._facts.setText(_facts(held))
        if own is not None:
            self._speed.setText(speed_words(own.speed))
            self._trial.setText(trial_words(own.trial))
            self._files.setText(f"File's SHA-256\n{own.sha256[:32]}\n{own.sha256[32:]}")

    def set_busy(self, *, busy: bool) -> None:
        """Let nothing be started while a model works."""
        for act in (self.gauge, self.accept, self.approve, self.use, self.remove):
            act.setEnabled(not busy)

    def refuse(self, text: str) -> None:
        """Say at the password why nothing was approved."""
        self.password.forget()
        self._confirm.fail(text)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._rule = Line()
        badges = row(self._badge, self._use_badge)
        badges.addStretch(1)
        column.addLayout(badges)
        for told in (self._name, self._facts, self._rule, self._speed, self._trial):
            column.addWidget(told)
        column.addLayout(row(self.gauge, self.accept))
        for asked in (self._confirm, self.wording, self.approve, self.use, self.remove):
            column.addWidget(asked)
        column.addWidget(self._files)
        column.addStretch(1)

    def _show_approval(self, own: OwnLanguageModel | None) -> None:
        """Offer approval once there is a speed; wording once there is a trial that passed."""
        passed = own is not None and own.trial is not None and not own.trial.shortcomings
        waits = own is not None and (
            own.status is OwnLanguageStatus.QUARANTINED or (passed and not own.allow_wording)
        )
        ready = waits and own is not None and own.speed is not None
        self._confirm.setVisible(ready)
        self.approve.setVisible(ready)
        self.wording.setVisible(ready and passed)
        self.wording.setChecked(False)

    def _approve(self) -> None:
        if isinstance(self._held, OwnLanguageModel):
            self._acts.approve(self._held, self.password.text(), self.wording.isChecked())

    def _use(self) -> None:
        if self._held is not None:
            self._acts.use(self._held)

    def _own(self, act: Callable[[OwnLanguageModel], None]) -> None:
        if isinstance(self._held, OwnLanguageModel):
            act(self._held)


def _facts(held: Held) -> str:
    """Kind, size, context, licence and what it may do."""
    if not isinstance(held, OwnLanguageModel):
        return f"Licence: {held.licence}\n{_SHIPPED}"
    offered = held.offered
    lines = [
        f"{offered.architecture}, {count_words(offered.parameters)} parameters, "
        f"{offered.quantisation}, {size_words(offered.bytes)}",
        f"Reads up to {offered.context:,} tokens; chat format {held.chat_format}"
        f"{'' if offered.has_template else ' (the file brings no template)'}",
        f"Licence: {held.licence}",
        f"Added {day(held.added_at.date())}",
    ]
    if held.decided_at is not None:
        word = status_words(held)[0]
        lines.append(f"{word} {day(held.decided_at.date())}")
    if held.status is OwnLanguageStatus.APPROVED:
        may = "may word sentences" if held.allow_wording else "greets only; words no sentence"
        lines.append(f"For patients it {may}.")
    return "\n".join(lines)
