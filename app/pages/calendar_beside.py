"""The calendar's side where it is chosen who and what stands side by side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from app.pages.booking_words import Catalogue
from app.pages.calendar_panels import SidePanel
from app.pages.page import Page
from app.widgets.text import label, plain_tip

_ID = Qt.ItemDataRole.UserRole
_HINT = (
    "Each has a column in the day. Drag a visit into another column to give it to somebody else, or"
    " to another scanner or room."
)


class BesidePanel(SidePanel):
    """People, scanners and rooms to be ticked; each tick is heeded at once."""

    def __init__(
        self, page: Page, close: Callable[[], None], chosen: Callable[[tuple[str, ...]], None]
    ) -> None:
        super().__init__(page, "Side by side", close)
        self._chosen = chosen
        self.list = QListWidget()
        self.list.setObjectName("beside.list")
        self.list.setAccessibleName("People, scanners and rooms")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(lambda *_: self._tell_chosen())
        self.column.addWidget(label(_HINT, "caption", wrap=True))
        self.column.addWidget(self.list, 1)

    def show_choices(self, known: Catalogue, chosen: tuple[str, ...]) -> None:
        """Offer everybody and everything, those chosen ticked."""
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.list.clear()
        named = [(one.id, one.name, one.specialty) for one in known.people]
        named += [(one.id, one.name, known.name(one.place_id, "")) for one in known.things]
        for ident, name, more in named:
            item = QListWidgetItem(f"{name} · {more}" if more else name)
            item.setToolTip(plain_tip(item.text()))
            item.setData(_ID, ident)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            ticked = Qt.CheckState.Checked if ident in chosen else Qt.CheckState.Unchecked
            item.setCheckState(ticked)
            self.list.addItem(item)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self.list.setFocus()

    def _tell_chosen(self) -> None:
        items = [self.list.item(number) for number in range(self.list.count())]
        ticked = [one for one in items if one.checkState() is Qt.CheckState.Checked]
        self._chosen(tuple(str(one.data(_ID)) for one in ticked))
