"""The calendar's two lines of controls: whose and where, which days and how they are shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QComboBox, QPushButton, QWidget

from app.pages.booking_words import PLAIN
from app.pages.calendar_span import View
from app.widgets.buttons import button, tool
from app.widgets.forms import SearchField
from app.widgets.surfaces import row
from app.widgets.text import label, plain_tip
from scheduling.places import Place, VisitType
from scheduling.records import Practitioner

_TIPS = {
    View.DAY: ("Day", "D", "One day, people side by side"),
    View.WEEK: ("Week", "W", "A week"),
    View.MONTH: ("Month", "M", "A month"),
    View.AGENDA: ("Agenda", "A", "Four weeks as a list"),
}


SEVERAL = "side-by-side"
"""Stands for people and things chosen one by one."""


class Filters(QWidget):
    """Practitioner, place, kind of visit and patient; ``changed`` is called when any of them is.

    ``several`` is called when some are to stand side by side; ``subjects`` are those.
    """

    def __init__(self, changed: Callable[[], None], several: Callable[[], None]) -> None:
        super().__init__()
        self._changed, self._several = changed, several
        self.subjects: tuple[str, ...] = ()
        self.who = _choice("calendar.who", "Whose calendar", 216)
        self.where = _choice("calendar.where", "Which place", 144)
        self.where.addItem("Every place", "")
        self.where.hide()
        self.kind = _choice("calendar.kind", "Free times for which kind of visit", 144)
        self.kind.addItem(PLAIN, "")
        self.kind.hide()
        self.patient = SearchField("Patient", name="calendar.of_patient")
        self.patient.setFixedWidth(160)
        self.patient.setToolTip("Show the visits of patients of that name only")
        pause = QTimer(self, singleShot=True, interval=200)
        pause.timeout.connect(changed)
        self.patient.textChanged.connect(lambda *_: pause.start())
        self.who.currentIndexChanged.connect(lambda *_: self._other_people())
        for box in (self.where, self.kind):
            box.currentIndexChanged.connect(lambda *_: changed())
        self.setLayout(row(self.who, self.where, self.kind, self.patient))

    @property
    def practitioner_id(self) -> str:
        """Whose calendar is asked for; empty for everybody's."""
        return "" if self.side_by_side else str(self.who.currentData() or "")

    @property
    def practitioner_name(self) -> str:
        """Who that is, without specialty; empty for everybody."""
        return self.who.currentText().partition(" · ")[0] if self.practitioner_id else ""

    @property
    def side_by_side(self) -> bool:
        """Whether some that are chosen one by one are asked for."""
        return bool(self.who.currentData() == SEVERAL)

    @property
    def visit_type_id(self) -> str:
        """For which kind of visit free times are asked for; empty for plain visits."""
        return str(self.kind.currentData() or "")

    @property
    def place_id(self) -> str:
        """Which place is asked for; empty for every place."""
        return str(self.where.currentData() or "")

    def show_practitioners(self, found: tuple[Practitioner, ...], wanted: str) -> None:
        """Offer these people, the wanted one chosen; asks for nothing."""
        items = [(f"{one.name} · {one.specialty}", one.id) for one in found]
        if len(found) != 1:
            items.append(("Everybody", ""))
        items.append(("Side by side…", SEVERAL))
        _fill(self.who, items, SEVERAL if self.side_by_side else wanted)

    def show_kinds(self, found: tuple[VisitType, ...]) -> None:
        """Offer these kinds of visit; nothing to choose where there is none."""
        items = [(PLAIN, ""), *((one.name, one.id) for one in found)]
        _fill(self.kind, items, self.visit_type_id)
        self.kind.setVisible(bool(found))

    def _other_people(self) -> None:
        if self.side_by_side:
            self._several()
            return
        self._changed()

    def show_places(self, found: tuple[Place, ...]) -> None:
        """Offer these places; nothing to choose where there is one at most."""
        shown = [one for one in found if one.active]
        items = [("Every place", ""), *((one.name, one.id) for one in shown)]
        _fill(self.where, items, self.place_id)
        self.where.setVisible(len(shown) > 1)


class Steps(QWidget):
    """Back, today, forward; the days in words; and the views."""

    def __init__(
        self,
        step: Callable[[int], None],
        today: Callable[[], None],
        choose: Callable[[View], None],
        undo: Callable[[], None],
        paper: Callable[[], None],
        save: Callable[[], None],
    ) -> None:
        super().__init__()
        on_paper = tool(
            "print", "Print the list of what is shown", paper, name="calendar.print", key="Ctrl+P"
        )
        to_file = tool(
            "download", "Save the list of what is shown as PDF", save, name="calendar.save_list"
        )
        self._undo = tool("undo", "Undo", undo, name="calendar.undo", key="Ctrl+Z")
        self.show_undo("")
        self.back = tool("chevron-left", "Back", lambda: step(-1), name="calendar.back", key="PgUp")
        self.forward = tool(
            "chevron-right", "Forward", lambda: step(1), name="calendar.forward", key="PgDown"
        )
        now = button("Today", today, name="calendar.today", tip="Go to today", key="T")
        self.span = label("", "strong")
        self.span.setObjectName("calendar.range")
        self.zone = label("", "caption")
        self.zone.setObjectName("calendar.zone")
        self.views: dict[View, QPushButton] = {}
        either = QButtonGroup(self)
        for view, (word, key, tip) in _TIPS.items():
            made = button(word, _choosing(choose, view), name=f"calendar.{view}", tip=tip, key=key)
            made.setCheckable(True)
            either.addButton(made)
            self.views[view] = made
        gap = QWidget()
        parts = (
            self.back,
            now,
            self.forward,
            self.span,
            self.zone,
            gap,
            self._undo,
            on_paper,
            to_file,
            *self.views.values(),
        )
        self.setLayout(row(*parts, stretch=5))

    def show_span(self, view: View, words: str, zone: str) -> None:
        """Say what is shown."""
        self.span.setText(words)
        self.zone.setText(f"Times in {zone}")
        self.views[view].setChecked(True)

    def show_undo(self, words: str) -> None:
        """Say what an undo would take back; nothing to take back without words."""
        self._undo.setEnabled(bool(words))
        self._undo.setToolTip(f"Undo: {words} (Ctrl+Z)" if words else "Nothing to undo (Ctrl+Z)")


def _choosing(choose: Callable[[View], None], view: View) -> Callable[[], None]:
    return lambda: choose(view)


def _choice(name: str, says: str, width: int) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(says)
    made.setToolTip(says)
    made.currentTextChanged.connect(lambda text: made.setToolTip(plain_tip(f"{says}: {text}")))
    made.setMinimumWidth(width)
    made.setMaximumWidth(width + 60)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made


def _fill(box: QComboBox, items: list[tuple[str, str]], wanted: str) -> None:
    before = [(box.itemText(index), box.itemData(index)) for index in range(box.count())]
    if before == items and str(box.currentData() or "") == wanted:
        return
    box.blockSignals(True)  # noqa: FBT003 - Qt's signature
    box.clear()
    for text, data in items:
        box.addItem(text, data)
    box.setCurrentIndex(max(box.findData(wanted), 0))
    box.blockSignals(False)  # noqa: FBT003 - Qt's signature
