"""The bar over the window while a chart is open in an emergency: whose, how long, and the way out.

The window wears a red frame as long as the bar is shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.accounts.permissions import Permission
from app.errors import LockedError
from app.events import EmergencyTurned
from app.tasks import Lane, Tasks
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.text import IconLabel, label
from app.workflow import emergency
from app.workflow.emergency import Standing
from app.workflow.session import Session

T = TypeVar("T")

_TICK_MS = 1_000
CHART = frozenset({"reading", "report"})
"""The pages a chart is looked at on; going to any other one leaves it."""


class EmergencyBar(QFrame):
    """Follows the session's emergency access; ``turned`` tells whether one holds."""

    turned = Signal(bool)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("emergency")
        theme.set_role(self, "emergency")
        self._tasks = tasks
        self._session: Session | None = None
        self._standing: Standing | None = None
        self._text = label("", "strong")
        self._text.setObjectName("emergency.text")
        self._left = label("")
        self._left.setObjectName("emergency.left")
        self._end = button(
            "End emergency access",
            self.end,
            name="emergency.end",
            tip="Leave this chart now",
            key="Ctrl+Shift+E",
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 6, 12, 6)
        line.setSpacing(12)
        line.addWidget(IconLabel("warning", 18, "on_alarm"))
        line.addWidget(self._text)
        line.addWidget(self._left)
        line.addStretch(1)
        line.addWidget(self._end)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(self._tick)
        self.hide()

    @property
    def holds(self) -> bool:
        """Whether a chart is open in an emergency."""
        return self._standing is not None

    def follow(self, session: Session | None) -> None:
        """Follow somebody who has come, or nobody any more."""
        self._session = session
        self._show(None)

    def heard(self, _: EmergencyTurned) -> None:
        """Look what holds now."""
        session = self._session
        if session is None or not session.can(Permission.BREAK_GLASS):
            return

        def show(found: Standing | None) -> None:
            if session is self._session:
                self._show(found)

        self._run(lambda: emergency.standing(session), show)

    def leave_for(self, page: str) -> None:
        """End the access where another page than those of the chart comes to the front."""
        if self.holds and page not in CHART:
            self.end()

    def end(self) -> None:
        """Leave the chart."""
        session = self._session
        if session is None or not self.holds:
            return
        self._show(None)
        self._run(lambda: emergency.stop(session), lambda _: None)

    def _run(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        self._tasks.run(Lane.DATABASE, lambda _: job(), done=done, failed=_left)

    def _show(self, found: Standing | None) -> None:
        before, self._standing = self.holds, found
        self.setVisible(self.holds)
        if found is None:
            self._clock.stop()
        else:
            patient = found.patient
            facts = f"{patient.name} ({patient.mrn})" if patient.mrn else patient.name
            self._text.setText(f"Emergency access: {facts}")
            self._tick()
            self._clock.start()
        if before != self.holds:
            self.turned.emit(self.holds)

    def _tick(self) -> None:
        if self._standing is None or self._session is None:
            return
        left_s = (self._standing.access.ends_at - self._session.now()).total_seconds()
        if left_s <= 0:
            self.end()
            return
        self._left.setText(f"{_in_words(left_s)} left. Looking only: nothing can be signed.")


def _in_words(left_s: float) -> str:
    """Return ``3 h 59 min``, ``12 min`` or ``40 s``."""
    if left_s < 60:
        return f"{math.ceil(left_s)} s"
    minutes = int(left_s // 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def _left(error: Exception) -> None:
    """Whoever has left meanwhile has ended the access by leaving."""
    if not isinstance(error, LockedError):
        raise error
