"""A country chosen by its name and kept as its code: two letters mistyped name another country."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit

_PARTS_OF_THE_WORLD = {"EU"}
_LETTERS = 2


class CountryBox(QComboBox):
    """A list of countries that typing searches; an empty field names none.

    ``currentTextChanged`` tells of every change.
    """

    def __init__(self, name: str, placeholder: str = "Type its name, or choose it") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumWidth(80)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.addItem("", "")
        for country, code in countries().items():
            self.addItem(country, code)
        completer = QCompleter(self.model(), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)
        field = self.lineEdit()
        if isinstance(field, QLineEdit):
            field.setPlaceholderText(placeholder)
            field.editingFinished.connect(self._finish)

    @property
    def known(self) -> bool:
        """Whether what stands in the field is a country of the list, or nothing."""
        return self._row() >= 0

    @property
    def code(self) -> str:
        """ISO 3166-1 code of the country, two capital letters; empty where none is named."""
        row = self._row()
        return str(self.itemData(row)) if row >= 0 else ""

    def show_code(self, code: str) -> None:
        """Show the country of a code; one that is in no list is shown as it is."""
        code = code.strip().upper()
        if self.findData(code) < 0:
            self.addItem(code, code)
        self.setCurrentIndex(self.findData(code))

    def _row(self) -> int:
        return self.findText(self.currentText().strip(), Qt.MatchFlag.MatchFixedString)

    def _finish(self) -> None:
        """Write a name out where its beginning fits one country alone."""
        typed = self.currentText().strip()
        row = self._row()
        if row < 0:
            begun = [
                at
                for at in range(1, self.count())
                if self.itemText(at).casefold().startswith(typed.casefold())
            ]
            row = begun[0] if len(begun) == 1 else -1
        if row >= 0:
            self.setCurrentIndex(row)
            self.setEditText(self.itemText(row))


@cache
def countries() -> dict[str, str]:
    """Return every country's ISO 3166-1 code by its English name, in order of the names."""
    named = {
        QLocale.territoryToString(one): QLocale.territoryToCode(one) for one in QLocale.Country
    }
    kept = {
        name: code
        for name, code in named.items()
        if len(code) == _LETTERS and code not in _PARTS_OF_THE_WORLD
    }
    return dict(sorted(kept.items()))
