"""What every page is given: the workstation, the lanes, the session and a way to other pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from app.bootstrap import Workstation
from app.events import Event
from app.tasks import Tasks
from app.workflow.session import Session
from assistant.phrases import Phrases, phrases
from resources.languages import DEFAULT

E = TypeVar("E", bound=Event)


class Navigator(Protocol):
    """Shows another page, or one line of news, without pages knowing each other."""

    def show(self, page: str, **ids: str) -> None:
        """Bring a page to the front, e.g. ``show("reading", study_uid=uid)``."""

    def banner(self, text: str, kind: str = "info") -> None:
        """Show one line; kind is info, good, warning or danger."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """The parts a page works with; ``words`` are of the language the person is spoken to in."""

    workstation: Workstation
    tasks: Tasks
    session: Session
    navigator: Navigator
    words: Phrases = field(default_factory=lambda: phrases(DEFAULT))

    def listen(self, kind: type[E], slot: Callable[[E], None]) -> Callable[[], None]:
        """Call ``slot`` on the GUI thread after every event of this kind; return the unsubscriber.

        Events are published by the workflow on whatever lane it runs.
        """

        def hand_over(event: E) -> None:
            self.tasks.on_gui_thread(lambda: slot(event))

        return self.workstation.bus.listen(kind, hand_over)
