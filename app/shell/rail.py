"""The slim navigation rail: pages above, search and the signed-in person below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QMenu, QSizePolicy, QToolButton, QVBoxLayout

from app.records import Actor
from app.shell.places import Place
from app.widgets import theme
from assistant.phrases import Phrases

_WIDTH_PX = 80
_ICON_PX, _SMALL_ICON_PX = 22, 18
_ROOMY = 8
"""So many pages have room on a screen of 768 lines; more stand closer together."""


class Rail(QFrame):
    """Icons with a label; ``chosen`` carries a page's key."""

    chosen = Signal(str)
    palette_wanted = Signal()
    lock_wanted = Signal()
    sign_out_wanted = Signal()
    theme_wanted = Signal()
    password_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(_WIDTH_PX)
        theme.set_role(self, "rail")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._icons: dict[str, str] = {}
        self._icon_px = _ICON_PX
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(6, 12, 6, 8)
        self._column.setSpacing(4)
        self._menu = QMenu(self)

    def show_places(self, places: Sequence[Place], actor: Actor, words: Phrases) -> None:
        """Show the pages this person may visit, and the person, in a language."""
        self._clear()
        say = words.say
        self.setAccessibleName(say("rail.pages"))
        in_rail = [place for place in places if place.in_rail]
        crowded = len(in_rail) > _ROOMY
        self._icon_px = _SMALL_ICON_PX if crowded else _ICON_PX
        self._column.setSpacing(0 if crowded else 4)
        for number, place in enumerate(in_rail, start=1):
            title = place.title_in(words)
            tip = say("place.key", title=title, number=number)
            made = self._add(place.key, place.icon, title, tip)
            made.setCheckable(True)
            self._group.addButton(made)
            made.clicked.connect(lambda *_, key=place.key: self.chosen.emit(key))
        self._column.addStretch(1)
        search = self._add("palette", "search", say("rail.find"), say("rail.find_tip"))
        search.clicked.connect(lambda *_: self.palette_wanted.emit())
        lock = self._add("lock", "lock", say("rail.lock"), say("rail.lock_tip"))
        lock.clicked.connect(lambda *_: self.lock_wanted.emit())
        role = say(f"role.{actor.role.value}") if actor.role else ""
        person = self._add("user", "user", actor.name.split(" ")[-1][:11], f"{actor.name}, {role}")
        self._fill_menu(f"{actor.name} · {role}", words)
        person.clicked.connect(
            lambda *_: self._menu.popup(person.mapToGlobal(QPoint(person.width(), 0)))
        )

    def show_current(self, key: str) -> None:
        """Mark the page in front."""
        for name, made in self._buttons.items():
            if made.isCheckable():
                made.setChecked(name == key)
                token = "accent" if name == key else "text_muted"
                made.setIcon(theme.icon(self._icons[name], token))

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()  # deleted only when the event loop comes round, and drawn until then
                widget.setParent(None)
                widget.deleteLater()
        self._buttons.clear()

    def _add(self, name: str, icon: str, text: str, tip: str) -> QToolButton:
        made = QToolButton()
        made.setObjectName(f"rail.{name}")
        made.setText(text)
        made.setAccessibleName(tip)
        made.setToolTip(tip)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setIcon(theme.icon(icon, "text_muted"))
        made.setIconSize(QSize(self._icon_px, self._icon_px))
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._column.addWidget(made)
        self._buttons[name], self._icons[name] = made, icon
        return made

    def _fill_menu(self, who: str, words: Phrases) -> None:
        self._menu.clear()
        self._menu.setObjectName("user.menu")
        self._menu.addAction(who).setEnabled(False)
        self._menu.addSeparator()
        dark = theme.current().name == "dark"
        entries = (
            ("sun" if dark else "moon", "light" if dark else "dark", self.theme_wanted),
            ("key", "password", self.password_wanted),
            ("lock", "lock", self.lock_wanted),
            ("sign-out", "sign_out", self.sign_out_wanted),
        )
        for icon, key, signal in entries:
            shortcut = f"\t{words.say('menu.lock_key')}" if key == "lock" else ""
            text = words.say(f"menu.{key}") + shortcut
            action = self._menu.addAction(theme.icon(icon), text)
            action.triggered.connect(lambda *_, told=signal: told.emit())
