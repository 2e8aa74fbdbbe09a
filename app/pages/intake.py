"""A page of what a clinic takes in: what there is, a place to drop a file, and the chosen one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.pages.context import PageContext
from app.pages.page import Page
from app.tasks import Lane, Task
from app.widgets.messages import ProgressRow
from app.widgets.surfaces import Card, DropZone
from app.widgets.text import label
from viewer.ports import Progress

_SIDE_PX = 400
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Intake:
    """What a page says of taking something in.

    ``hint`` says what may be dropped, ``only_one`` and ``at_work`` why it is not taken now, and
    ``cancelled`` that it was not kept.
    """

    hint: str
    only_one: str
    at_work: str
    cancelled: str


class IntakePage(Page):
    """What there is at the left with a place to drop a file, the chosen one at the right.

    One thing is at work at a time, with progress and cancel; a refusal stays on the page.
    """

    def __init__(
        self, context: PageContext, name: str, title: str, subtitle: str, intake: Intake
    ) -> None:
        super().__init__(context, name, title, subtitle)
        self._intake = intake
        self._work: Task | None = None
        self._choices: tuple[QPushButton, ...] = ()
        self.progress = ProgressRow(name=f"{name}.progress")
        self.progress.cancelled.connect(self._cancel)
        self.refusal = label("", "error", wrap=True)
        self.refusal.setObjectName(f"{name}.refusal")
        self.refusal.hide()

    def open(self, **_ids: str) -> None:
        """Read what there is again."""
        self.refresh()

    def refresh(self) -> None:
        """Read what there is again."""
        raise NotImplementedError

    def take(self, path: Path) -> None:
        """Take in what was dropped or chosen."""
        raise NotImplementedError

    def put_choices(self, *choices: QPushButton) -> None:
        """Put buttons that take something in beside the title; they rest while one is at work."""
        self._choices = choices
        for one in choices:
            self.header.addWidget(one)

    def arrange(self, side: QWidget, *parts: tuple[QWidget, int]) -> QVBoxLayout:
        """Lay out the left column, each part with its stretch, and the side; return the column."""
        drop = DropZone(name=f"{self.objectName()}.drop")
        drop.dropped.connect(self._dropped)
        left = QVBoxLayout(drop)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(12)
        left.addWidget(label(self._intake.hint, "muted", wrap=True))
        left.addWidget(self.progress)
        left.addWidget(self.refusal)
        for part, stretch in parts:
            left.addWidget(part, stretch)
        card = Card(name=f"{self.objectName()}.side")
        card.setFixedWidth(_SIDE_PX)
        card.column.addWidget(side, 1)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(drop, 1)
        both.addWidget(card)
        self.body.addLayout(both, 1)
        return left

    def choose_file(self, title: str, kinds: str) -> None:
        """Let a file be chosen, and take it in."""
        name, _ = QFileDialog.getOpenFileName(self, title, "", f"{kinds};;All files (*)")
        if name:
            self.take(Path(name))

    def free(self) -> bool:
        """Whether nothing is at work; if something is, say that it has to be waited for."""
        if self._work is not None:
            self.complain(self._intake.at_work)
        return self._work is None

    def work(
        self, begun: str, job: Callable[[Progress], T], done: Callable[[T], None], lane: Lane
    ) -> None:
        """Do something long, with progress and cancel; one at a time."""
        if not self.free():
            return
        self.refusal.hide()
        self.set_busy(busy=True)
        self.progress.begin(begun)

        def finished(result: T) -> None:
            self._ended()
            done(result)

        self._work = self.ask(
            job,
            finished,
            lane=lane,
            failed=self._failed,
            progressed=self.progress.progress,
            cancelled=lambda: self._failed(self._intake.cancelled),
        )

    def refuse(self, text: str) -> None:
        """Say on the page why something was not taken in; what is at work goes on."""
        self.refusal.setText(text)
        self.refusal.show()

    def set_busy(self, *, busy: bool) -> None:
        """Let the buttons rest while something is at work."""
        for one in self._choices:
            one.setEnabled(not busy)

    def _dropped(self, paths: tuple[Path, ...]) -> None:
        if len(paths) == 1:
            self.take(paths[0])
        else:
            self.complain(self._intake.only_one)

    def _failed(self, text: str) -> None:
        self._ended()
        self.refuse(text)

    def _ended(self) -> None:
        self._work = None
        self.progress.end()
        self.set_busy(busy=False)

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()
