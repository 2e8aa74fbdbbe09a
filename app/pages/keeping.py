"""A free time kept while somebody decides, with the minutes that are left."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.page import Page, words_for
from app.tasks import Lane
from app.widgets import theme
from app.widgets.text import label
from app.workflow import holding
from scheduling.places import Hold
from scheduling.records import Slot

_TICK_MS = 1000


class Keeping(QWidget):
    """Keeps one slot at a time; ``changed`` is called when one is kept or given back.

    ``refused`` is called with a sentence where the slot cannot be kept.
    """

    def __init__(
        self, page: Page, changed: Callable[[], None], refused: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._page = page
        self._session = page.context.session
        self._changed, self._refused = changed, refused
        self._wanted: Slot | None = None
        self.hold: Hold | None = None
        self._left = label("", "caption", wrap=True)
        self._left.setObjectName("keeping.left")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._left)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self.tick)

    @property
    def hold_id(self) -> str:
        """The hold that stands, or an empty text."""
        return self.hold.id if self.hold is not None else ""

    def keep(self, slot: Slot, patient_id: str = "") -> None:
        """Keep a slot in place of the one kept before."""
        self.let_go()
        self._wanted = slot
        self._left.setText(self._page.words.say("keeping.begins"))
        theme.set_tone(self._left, "")
        session = self._session
        self._page.ask(
            lambda _: holding.hold(session, slot, patient_id),
            lambda hold: self._kept(hold, slot),
            failed=lambda why: self._not_kept(why, slot),
        )

    def let_go(self) -> None:
        """Give the slot back."""
        gone, session = self.hold, self._session
        self.forget()
        if gone is not None and gone.expires_at > session.now():
            self._page.ask(lambda _: holding.let_go(session, gone.id), lambda _: self._changed())

    def let_go_at_leaving(self) -> None:
        """Give the slot back though nobody waits for the answer: the page is being closed."""
        gone, session = self.hold, self._session
        self.forget()
        if gone is not None:
            self._page.context.tasks.run(
                Lane.DATABASE,
                lambda _: holding.let_go(session, gone.id),
                done=lambda _: None,
                failed=_ran_out,
            )

    def forget(self) -> None:
        """Keep nothing any more: it was booked."""
        self._wanted = self.hold = None
        self._tick.stop()
        self._left.setText("")

    def tick(self) -> None:
        """Say how long the slot is kept."""
        if self.hold is None:
            return
        left_s = int((self.hold.expires_at - self._session.now()).total_seconds())
        if left_s <= 0:
            self.forget()
            self._left.setText(self._page.words.say("keeping.gone"))
            theme.set_tone(self._left, "warning")
            self._changed()
            return
        left = f"{left_s // 60}:{left_s % 60:02d}"
        self._left.setText(self._page.words.say("keeping.left", left=left))
        theme.set_tone(self._left, "warning" if left_s < 60 else "good")

    def _kept(self, hold: Hold, slot: Slot) -> None:
        if self._wanted is not slot:  # another was clicked, or the panel closed, meanwhile
            session = self._session
            self._page.ask(lambda _: holding.let_go(session, hold.id), lambda _: None)
            return
        self.hold = hold
        self._tick.start()
        self.tick()
        self._changed()

    def _not_kept(self, why: str, slot: Slot) -> None:
        if self._wanted is slot:
            self.forget()
            self._refused(why)


def _ran_out(error: Exception) -> None:
    """A time that could not be given back frees itself; errors of ours are raised."""
    words_for(error)
