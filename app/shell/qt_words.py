"""The words Qt itself says: menus of text fields, file dialogs, names of days in a calendar."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from resources.languages import DEFAULT


class QtWords(QObject):
    """Puts Qt's own words into a language; English is what they are written in."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._translator = QTranslator(self)

    def speak(self, language: str) -> None:
        """Speak a language, a BCP 47 primary subtag; dates are as on this system in English."""
        QCoreApplication.removeTranslator(self._translator)
        if language == DEFAULT:
            QLocale.setDefault(QLocale.system())
            return
        QLocale.setDefault(QLocale(language))
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._translator.load(f"qtbase_{language}", folder):
            QCoreApplication.installTranslator(self._translator)
