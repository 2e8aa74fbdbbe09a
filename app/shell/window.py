"""The one window: rail, page in the middle, news over it, status strip below, curtain over all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app import preferences
from app.bootstrap import Workstation
from app.errors import SignInError
from app.events import EmergencyTurned
from app.pages.context import PageContext
from app.pages.page import words_for
from app.shell.background import Background
from app.shell.change_password import PasswordDialog
from app.shell.curtain import Curtain
from app.shell.emergency_bar import EmergencyBar
from app.shell.idle import IdleWatch
from app.shell.over import UnderNews
from app.shell.palette import Command, CommandPalette
from app.shell.places import Place, places_for
from app.shell.qt_words import QtWords
from app.shell.rail import Rail
from app.shell.strip import StatusStrip
from app.tasks import Lane, Tasks
from app.widgets import theme
from app.widgets.messages import Banner
from app.widgets.text import label
from app.workflow.session import Session
from assistant.phrases import Phrases, phrases
from resources.languages import DEFAULT
from viewer.ports import Progress

FRAME_PX = 4


@runtime_checkable
class Visited(Protocol):
    """What the window asks of a page."""

    def open(self, **ids: str) -> None:
        """Come to the front, perhaps for particular records."""

    def leave(self) -> None:
        """Be closed: stop what runs, save what is unsaved."""


class WindowNavigator:
    """The window as pages see it: a way to other pages and a line for news."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def show(self, page: str, **ids: str) -> None:
        """Bring a page to the front, e.g. ``show("reading", study_uid=uid)``."""
        self._window.visit(page, **ids)

    def banner(self, text: str, kind: str = "info") -> None:
        """Show one line; kind is info, good, warning or danger."""
        self._window.banner(text, kind)


class MainWindow(QMainWindow):
    """Shows pages to whoever is signed in, and the curtain to whoever is not."""

    signed_in = Signal()
    curtain_fell = Signal()

    def __init__(self, workstation: Workstation, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("Sagittal")
        self.setWindowIcon(theme.icon("sagittal", "accent"))
        self.setMinimumSize(960, 600)
        self._workstation, self._tasks = workstation, tasks
        self._qt_words = QtWords(self)
        self.navigator = WindowNavigator(self)
        self._session: Session | None = None
        self.words = phrases(DEFAULT)
        self._places: tuple[Place, ...] = ()
        self._pages: dict[str, QWidget] = {}
        self._place: tuple[str, dict[str, str]] = ("", {})
        self._left_behind: tuple[str, tuple[str, dict[str, str]]] | None = None
        self.rail, self.strip, self.news = Rail(), StatusStrip(), Banner(name="news")
        self.emergency = EmergencyBar(tasks)
        self.pages = QStackedWidget()
        self.pages.setObjectName("pages")
        self.curtain = Curtain(workstation, tasks)
        self._layers = QStackedWidget()
        self._layers.addWidget(self.curtain)
        self._layers.addWidget(self._desk())
        self.setCentralWidget(self._layers)
        self.background = Background(workstation, tasks, self.strip, self)
        self.idle = IdleWatch(
            workstation.preferences.idle_lock_minutes,
            idle=lambda: self.lock("window.idle"),
            nearly=lambda: self.banner(self.words.say("window.nearly"), "warning"),
            back=self.news.dismiss,
            parent=self,
        )
        self._connect()

    # --- pages and news ----------------------------------------------------------------------

    def visit(self, page: str, **ids: str) -> None:
        """Bring a page to the front; it is made at its first visit."""
        place = next((place for place in self._places if place.key == page), None)
        if place is None or self._session is None:
            return
        self.emergency.leave_for(page)
        before, widget = self.pages.currentWidget(), self._made(place, self._session)
        focused = self.focusWidget()
        left_behind = focused is None or before is None or before.isAncestorOf(focused)
        if widget is not self.pages.currentWidget():
            self.news.dismiss()
        self.pages.setCurrentWidget(widget)
        if left_behind and widget is not before:
            widget.setFocus()  # else it would go to whatever comes first: the rail
        self.rail.show_current(page)
        self._place = (page, ids)
        if isinstance(widget, Visited):
            widget.open(**ids)

    def banner(self, text: str, kind: str = "info") -> None:
        """Show one line over the page; good news goes away by itself."""
        self.news.say(text, kind)
        if kind == "good":
            QTimer.singleShot(8_000, self.news, lambda: self._forget_news(text))

    # --- who is here -------------------------------------------------------------------------

    @property
    def session(self) -> Session | None:
        """The session of the person signed in, if any."""
        return self._session

    @property
    def page(self) -> QWidget | None:
        """The page in front, if any."""
        return self.pages.currentWidget()

    def enter(self, session: Session, words: Phrases) -> None:
        """Raise the curtain for a person; whoever comes back finds the place they left.

        The window speaks the language of ``words``.
        """
        self._session, self.words = session, words
        self._places = places_for(session.actor.role)
        self.rail.show_places(self._places, session.actor, words)
        self.news.name_dismiss(words.say("window.dismiss"))
        self._research.setText(words.say("window.research"))
        self._qt_words.speak(words.language)
        self._layers.setCurrentIndex(1)
        self.background.begin(session, words)
        self.emergency.follow(session)
        self.idle.start()
        place: tuple[str, dict[str, str]] = (self._places[0].key, {})
        if self._left_behind is not None and self._left_behind[0] == session.actor.account_id:
            place = self._left_behind[1]
        self._left_behind = None
        self.visit(place[0], **place[1])
        self._load_pages(session)
        self.signed_in.emit()

    def lock(self, note: str = "window.locked") -> None:
        """Let the curtain fall at once; the same person comes back to the same page.

        ``note`` is the key of what the curtain says.
        """
        if self._session is None:
            return
        self._left_behind = (self._session.actor.account_id, self._place)
        self._leave(note)

    def sign_out(self) -> None:
        """End the session for good."""
        self._left_behind = None
        self._leave("window.signed_out")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave tidily."""
        self._leave("")
        super().closeEvent(event)

    def use_theme(self, name: str) -> None:
        """Change the theme; pages are made again in the new colours."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, name)
        self._workstation.preferences = replace(self._workstation.preferences, theme=name)
        preferences.save(self._workstation.folder, self._workstation.preferences)
        if self._session is not None:
            self._close_pages()
            self.rail.show_places(self._places, self._session.actor, self.words)
            self.visit(self._place[0], **self._place[1])

    # --- inside ------------------------------------------------------------------------------

    def _desk(self) -> QWidget:
        research = QFrame()
        research.setObjectName("research")
        theme.set_role(research, "research")
        line = QHBoxLayout(research)
        line.setContentsMargins(24, 3, 24, 3)
        self._research = label(self.words.say("window.research"))
        line.addWidget(self._research)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(research)
        column.addWidget(UnderNews(self.pages, self.news), 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(column, 1)
        desk = QFrame()
        desk.setObjectName("desk")
        self.emergency.turned.connect(partial(_frame, desk))
        whole = QVBoxLayout(desk)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.emergency)
        whole.addLayout(middle, 1)
        whole.addWidget(self.strip)
        return desk

    def _made(self, place: Place, session: Session) -> QWidget:
        """Return the page of a place, made now if it was not there yet."""
        if place.key not in self._pages:
            context = PageContext(
                self._workstation, self._tasks, session, self.navigator, self.words
            )
            self._pages[place.key] = place.load()(context)
            self.pages.addWidget(self._pages[place.key])
        return self._pages[place.key]

    def _make_ahead(self, session: Session) -> None:
        """Make the slow pages while nobody waits, each in its own turn of the event loop."""
        for place in self._places:
            if place.ahead and self._session is session and place.key not in self._pages:
                self._made(place, session)
                QTimer.singleShot(0, self, lambda: self._make_ahead(session))
                return

    def _load_pages(self, session: Session) -> None:
        """Load the code of the person's pages off the GUI thread, before the first click."""
        places = self._places

        def load(_: Progress) -> None:
            for place in places:
                place.load()

        self._tasks.run(Lane.IO, load, done=lambda _: self._make_ahead(session), failed=_raise)

    def _connect(self) -> None:
        self.curtain.entered.connect(self.enter)
        self.rail.chosen.connect(self.visit)
        self.rail.palette_wanted.connect(self.open_palette)
        self.rail.lock_wanted.connect(partial(self.lock, "window.locked"))
        self.rail.sign_out_wanted.connect(self.sign_out)
        self.rail.theme_wanted.connect(self._other_theme)
        self.rail.password_wanted.connect(self.ask_password)
        self._workstation.bus.listen(
            EmergencyTurned,
            lambda event: self._tasks.on_gui_thread(lambda: self.emergency.heard(event)),
        )
        QShortcut(QKeySequence("Ctrl+K"), self, self.open_palette)
        QShortcut(QKeySequence("Ctrl+L"), self, self.lock)
        for number in range(1, 9):
            QShortcut(QKeySequence(f"Ctrl+{number}"), self, partial(self._show_number, number))

    def open_palette(self) -> None:
        """Open the command palette."""
        if self._session is None:
            return
        say = self.words.say
        commands = [
            Command(
                place.title_in(self.words),
                say("palette.page"),
                place.icon,
                partial(self.visit, place.key),
            )
            for place in self._places
            if place.in_rail
        ]
        other = "light" if theme.current().name == "dark" else "dark"
        commands += [
            Command(say("password.title"), "", "key", self.ask_password),
            Command(say("menu.lock"), say("menu.lock_key"), "lock", self.lock),
            Command(say("menu.sign_out"), "", "sign-out", self.sign_out),
            Command(say(f"menu.{other}"), "", "sun", self._other_theme),
        ]
        field = "palette.patients" if self._sees_patients() else "palette.field"
        CommandPalette(commands, self._find_patients, self, self.words, field).open()

    def ask_password(self) -> None:
        """Let the person change their own password; the keys are derived off the GUI thread."""
        session, clinic = self._session, self._workstation.clinic
        if session is None:
            return

        def change(old: str, new: str) -> None:
            self._tasks.run(
                Lane.DATABASE,
                lambda _: clinic.change_password(session, old, new),
                done=lambda _: changed(),
                failed=refused,
            )

        def changed() -> None:
            if isValid(dialog):
                dialog.accept()
            self.banner(self.words.say("window.password_changed"), "good")

        def refused(error: Exception) -> None:
            if isValid(dialog):
                dialog.refuse(
                    words_for(error, self.words), about_old=isinstance(error, SignInError)
                )

        shortest = clinic.shortest_password(session.actor.role)
        dialog = PasswordDialog(self, change, self.words, shortest)
        dialog.open()

    def _sees_patients(self) -> bool:
        return "patients" in {place.key for place in self._places}

    def _find_patients(self, text: str, answer: Callable[[Sequence[Command]], None]) -> None:
        session = self._session
        if session is None or not self._sees_patients():
            return
        from app.workflow import admitting  # noqa: PLC0415 - loaded once somebody is in

        self._tasks.run(
            Lane.DATABASE,
            lambda _: admitting.search_patients(session, text)[:8],
            done=lambda found: answer(
                [
                    Command(
                        one.name,
                        f"patient {one.mrn}",
                        "user",
                        partial(self.visit, "worklist", text=one.name),
                    )
                    for one in found
                ]
            ),
            failed=lambda _: None,
        )

    def _show_number(self, number: int) -> None:
        in_rail = [place for place in self._places if place.in_rail]
        if number <= len(in_rail):
            self.visit(in_rail[number - 1].key)

    def _other_theme(self) -> None:
        self.use_theme("light" if theme.current().name == "dark" else "dark")

    def _forget_news(self, text: str) -> None:
        if self.news.text == text:
            self.news.dismiss()

    def _leave(self, note: str) -> None:
        """Close the pages, then end the session behind what they still save."""
        session, self._session = self._session, None
        if session is None:
            return
        self._layers.setCurrentIndex(0)
        for dialog in self.findChildren(QDialog):
            dialog.close()
        self.idle.stop()
        self.emergency.follow(None)
        self.background.end()
        self._close_pages()
        self.news.dismiss()
        workstation, clinic = self._workstation, self._workstation.clinic
        self._tasks.run(
            Lane.IO,
            lambda _: workstation.forget_conversation(),
            done=lambda _: None,
            failed=_raise,
        )
        self._tasks.run(
            Lane.DATABASE, lambda _: clinic.sign_out(), done=lambda _: None, failed=_raise
        )
        same = self._left_behind is not None
        words = self.words if same else phrases(self._workstation.preferences.language)
        text = words.say(note) if note else ""
        self.curtain.fall(text, same_person=same, words=words)
        self._qt_words.speak(DEFAULT)
        self.curtain_fell.emit()

    def _close_pages(self) -> None:
        for page in self._pages.values():
            if isinstance(page, Visited):
                page.leave()
            self.pages.removeWidget(page)
            page.setParent(None)
            page.deleteLater()
        self._pages.clear()


def place_on_screen(window: QMainWindow) -> None:
    """Give the window most of the screen it is on, wholly visible at any size and scale."""
    screen = window.screen() or QGuiApplication.primaryScreen()
    room = screen.availableGeometry()
    if room.width() <= 1600:
        window.setGeometry(room)
        window.showMaximized()
        return
    window.resize(round(room.width() * 0.9), round(room.height() * 0.9))
    window.move(room.center() - window.rect().center())


def _frame(desk: QFrame, holds: bool) -> None:  # noqa: FBT001 - a signal's argument
    """Give the whole window a red frame while a chart is open in an emergency."""
    theme.set_role(desk, "framed" if holds else "")
    width = FRAME_PX if holds else 0
    layout = desk.layout()
    if layout is not None:
        layout.setContentsMargins(width, width, width, width)


def _raise(error: Exception) -> None:
    raise error
