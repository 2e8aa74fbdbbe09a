"""The stage of the demo: folders, window, workstation, and the services around it."""

from __future__ import annotations

import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from app.bootstrap import Workstation
from app.demo.cast import DemoClock
from app.demo.central import CentralServer
from app.demo.hand import Hand
from app.demo.heartbeat import Heartbeat
from app.demo.receivers import Gateway
from app.demo.steps import StepBook
from app.events import Event
from app.shell.run import make_application
from app.shell.window import MainWindow
from app.tasks import Tasks
from app.workflow.session import Session

E = TypeVar("E", bound=Event)


def quiet(_fraction: float, _text: str, /) -> None:
    """Take progress and say nothing."""


@dataclass
class Stage:
    """Everything the acts of the demo share."""

    out: Path
    study: Path | None
    workstation: Workstation
    window: MainWindow
    tasks: Tasks
    hand: Hand
    heart: Heartbeat
    server: CentralServer
    gateway: Gateway
    clock: DemoClock
    steps: StepBook
    session: Session | None = None
    study_uid: str = ""
    names: tuple[str, ...] = ()
    report_id: str = ""
    appointment_id: str = ""
    mail_port: int = 0
    crashes: list[str] = field(default_factory=list)

    def signed_in(self) -> Session:
        """Return the session of whoever is signed in at the window."""
        session = self.window.session
        if session is None:
            raise RuntimeError("nobody is signed in")
        return session

    def crashed(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Take the place of the crash card: what nobody caught fails the demo."""
        self.crashes.append("".join(traceback.format_exception(kind, error, trace)))

    def hears(self, kind: type[E]) -> Callable[[], bool]:
        """Return a question that is true once an event of this kind has been published."""
        heard: list[E] = []
        self.workstation.bus.listen(kind, heard.append)
        return lambda: bool(heard)


@contextmanager
def set_stage(study: Path | None, out: Path) -> Iterator[Stage]:
    """Clear the folder, open the window and the services; end all of them afterwards."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with ExitStack() as stack:
        clock = DemoClock()
        server = stack.enter_context(CentralServer(out / "server"))
        gateway = stack.enter_context(closing(Gateway(out / "sms")))
        workstation = Workstation(out / "workstation-1", clock=clock)
        # No real hand touches the mouse: on a slow machine the window would lock mid-analysis.
        workstation.preferences = replace(workstation.preferences, idle_lock_minutes=60)
        application = make_application(workstation.preferences.theme)
        tasks = Tasks()
        window = MainWindow(workstation, tasks)
        stack.callback(workstation.close)
        stack.callback(tasks.close)
        stack.callback(window.background.close)
        hand = Hand(window, out / "screenshots")
        window.resize(1366, 768)
        window.show()
        stage = Stage(
            out=out,
            study=study,
            workstation=workstation,
            window=window,
            tasks=tasks,
            hand=hand,
            heart=Heartbeat(window),
            server=server,
            gateway=gateway,
            clock=clock,
            steps=StepBook(),
        )
        hook = sys.excepthook
        sys.excepthook = stage.crashed
        stack.callback(setattr, sys, "excepthook", hook)
        yield stage
        window.close()
        application.processEvents()
