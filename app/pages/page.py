"""What every page is: opened for some ids, left again, and never called back after it is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.errors import WorkstationError
from app.events import Event
from app.pages.context import PageContext
from app.pages.told import told
from app.tasks import Lane, Task
from app.widgets import theme
from app.widgets.text import label
from assistant.errors import AssistantError
from assistant.phrases import Phrases
from inference.errors import InferenceError
from scheduling.errors import SchedulingError
from sync.errors import SyncError
from viewer.errors import ViewerError
from viewer.ports import Progress

T = TypeVar("T")
E = TypeVar("E", bound=Event)

HUMAN_ERRORS = (
    WorkstationError,
    ViewerError,
    InferenceError,
    AssistantError,
    SchedulingError,
    SyncError,
)
"""Errors whose message is written for the person; anything else is ours and crashes visibly."""


def words_for(error: Exception, words: Phrases | None = None) -> str:
    """Sentence for a person about an error that is not ours; any other error is raised again.

    In English unless ``words`` of another language are given.
    """
    if isinstance(error, HUMAN_ERRORS):
        text = str(error)
    elif isinstance(error, OSError):
        text = f"The disk or the network refused: {error.strerror or type(error).__name__}."
    else:
        raise error
    return text if words is None else told(text, words)


class Page(QWidget):
    """One page of the window; ``body`` is the column under its title line.

    ``words`` are of the language it speaks, also of what it says went wrong.
    """

    def __init__(self, context: PageContext, name: str, title: str, subtitle: str = "") -> None:
        super().__init__()
        self.context = context
        self.words = context.words
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme.set_role(self, "ground")
        self._running: set[Task] = set()
        self._unsubscribers: list[Callable[[], None]] = []
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        titles = QVBoxLayout()
        titles.setSpacing(0)
        self._title = label(title, "title")
        titles.addWidget(self._title)
        if subtitle:
            titles.addWidget(label(subtitle, "muted"))
        self.header.addLayout(titles)
        self.header.addStretch(1)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(16)
        column.addLayout(self.header)
        column.addLayout(self.body, 1)

    def set_title(self, title: str) -> None:
        """Rename the page."""
        self.setAccessibleName(title)
        self._title.setText(title)

    def open(self, **ids: str) -> None:
        """Come to the front, perhaps for particular records; read what is shown again."""

    def leave(self) -> None:
        """Be closed: stop what runs and listen to nothing any more."""
        for task in tuple(self._running):
            task.cancel()
        for unsubscribe in self._unsubscribers:
            unsubscribe()
        self._unsubscribers.clear()

    def listen(self, kind: type[E], slot: Callable[[E], None]) -> None:
        """Call ``slot`` on the GUI thread after each event of the kind, while the page lives."""
        self._unsubscribers.append(
            self.context.listen(kind, lambda event: self._heard(slot, event))
        )

    def ask(
        self,
        job: Callable[[Progress], T],
        done: Callable[[T], None],
        *,
        lane: Lane = Lane.DATABASE,
        failed: Callable[[str], None] | None = None,
        progressed: Progress | None = None,
        cancelled: Callable[[], None] | None = None,
    ) -> Task:
        """Run a job off the GUI thread; its callbacks are dropped once the page is gone.

        ``failed`` is given a sentence for the person; without it the sentence becomes a banner.
        """
        handles: list[Task] = []

        def ended() -> bool:
            for task in handles:
                self._running.discard(task)
            return isValid(self)

        def on_done(result: T) -> None:
            if ended():
                done(result)

        def on_failed(error: Exception) -> None:
            if ended():
                (failed or self.complain)(words_for(error, self.words))

        def on_cancelled() -> None:
            if ended() and cancelled is not None:
                cancelled()

        task = self.context.tasks.run(
            lane,
            job,
            done=on_done,
            failed=on_failed,
            progressed=progressed,
            cancelled=on_cancelled,
        )
        handles.append(task)
        self._running.add(task)
        return task

    def complain(self, text: str) -> None:
        """Tell what went wrong in the line above the pages."""
        self.context.navigator.banner(text, "danger")

    def _heard(self, slot: Callable[[E], None], event: E) -> None:
        if isValid(self):
            slot(event)
