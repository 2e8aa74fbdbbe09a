"""What is known of the words of the report: right, wrong, or not looked up yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches

from PySide6.QtCore import QObject, QTimer, Signal

from app import preferences
from app.accounts.permissions import Permission
from app.pages.page import Page
from app.tasks import Lane
from app.workflow import own_words

PAUSE_MS = 250
"""Words are looked up together, this long after the first one that is not known yet."""

MOST_OWN_SUGGESTED = 2


class Spelling(QObject):
    """Remembers verdicts, so that marking a paragraph costs a look into a set and no waiting.

    Words are looked up in another process, off the GUI thread; ``changed`` tells the set of words
    whose verdict changed, an empty one where it may be any. A word nobody has looked up yet counts
    as right.
    """

    changed = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._workstation = page.context.workstation
        self._session = page.context.session
        self.on = self._workstation.preferences.spelling
        self.available = True
        self.own: tuple[str, ...] = ()
        self._right: set[str] = set()
        self._wrong: set[str] = set()
        self._waiting: set[str] = set()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._look_up)

    def is_wrong(self, word: str) -> bool:
        """Whether a word is known to be wrong; one that is not known yet is looked up soon."""
        if not self.on or word in self._right:
            return False
        if word in self._wrong:
            return True
        self._waiting.add(word)
        if not self._pause.isActive():
            self._pause.start()
        return False

    def suggest(self, word: str, told: Callable[[tuple[str, ...]], None]) -> None:
        """Fetch what may have been meant, the person's own words first."""
        mine = tuple(get_close_matches(word, self.own, MOST_OWN_SUGGESTED, 0.75))
        speller = self._workstation.speller

        def came(found: tuple[str, ...]) -> None:
            told((*mine, *(one for one in found if one not in mine)))

        self._page.ask(
            lambda _: speller.suggestions(word), came, lane=Lane.IO, failed=lambda _: told(mine)
        )

    def switch(self, *, on: bool) -> None:
        """Check or stop checking, on this workstation."""
        self.on = on
        kept = replace(self._workstation.preferences, spelling=on)
        self._workstation.preferences = kept
        preferences.save(self._workstation.folder, kept)
        self.changed.emit(frozenset())

    def stop(self) -> None:
        """Look up nothing more: the page is closed."""
        self.on = False
        self._pause.stop()

    # The person's own words

    def read(self) -> None:
        """Fetch the words the person has called right."""
        session = self._session
        if session.can(Permission.KEEP_TEXTS):
            self._page.ask(lambda _: own_words.own_words(session), self._took)

    def add(self, word: str) -> None:
        """Call a word right from now on."""
        session = self._session
        self._change(lambda: own_words.add_word(session, word))

    def remove(self, word: str) -> None:
        """Leave a word to the dictionary again."""
        session = self._session
        self._change(lambda: own_words.remove_word(session, word))

    def _change(self, act: Callable[[], None]) -> None:
        session = self._session

        def work() -> tuple[str, ...]:
            act()
            return own_words.own_words(session)

        self._page.ask(lambda _: work(), self._took)

    def _took(self, own: tuple[str, ...]) -> None:
        """Take over the own words; those that are no longer own are looked up again."""
        before = {form for word in self.own for form in _forms(word)}
        mine = {form for word in own for form in _forms(word)}
        self.own = own
        self._right = self._right - before | mine
        self._wrong -= mine
        if before != mine:
            self.changed.emit(before ^ mine)

    def _look_up(self) -> None:
        asked, self._waiting = frozenset(self._waiting), set()
        speller = self._workstation.speller

        def came(wrong: frozenset[str]) -> None:
            mine = {form for word in self.own for form in _forms(word)}
            fresh = (wrong & asked) - mine
            self._wrong |= fresh
            self._right |= asked - fresh
            if fresh:
                self.changed.emit(fresh)

        self._page.ask(
            lambda _: speller.wrong(asked), came, lane=Lane.IO, failed=lambda _: self._gave_up()
        )

    def _gave_up(self) -> None:
        """Mark nothing where there is no dictionary; the report is written all the same."""
        self.on = self.available = False


def _forms(word: str) -> tuple[str, str]:
    """A word as kept, and as it begins a sentence."""
    return word, word[:1].upper() + word[1:]
