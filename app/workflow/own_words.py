"""Words a person has called right, so that the spelling leaves them alone."""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.errors import NotFoundError, WorkstationError
from app.workflow.session import Session

MOST_WORDS = 5000
LONGEST_WORD = 60


def own_words(session: Session) -> tuple[str, ...]:
    """Return the person's own words, in order."""
    session.authorize(Permission.KEEP_TEXTS)
    with session.begin() as work:
        return work.own_words.of_account(session.actor.account_id)


def add_word(session: Session, word: str) -> None:
    """Call a word right from now on, for this person.

    The word itself is not written to the audit trail: it may be somebody's name.

    Raises
    ------
    WorkstationError
        It is not one word, or there are too many.
    """
    session.authorize(Permission.KEEP_TEXTS)
    kept, mine = word.strip(), session.actor.account_id
    if len(kept.split()) != 1 or len(kept) > LONGEST_WORD:
        raise WorkstationError("Only a single word can be added.")
    with session.begin() as work:
        if len(work.own_words.of_account(mine)) >= MOST_WORDS:
            raise WorkstationError(f"You keep {MOST_WORDS} words already. Remove some first.")
        work.own_words.put(mine, kept)
        work.note("own-word.added", mine)


def remove_word(session: Session, word: str) -> None:
    """Leave the word to the dictionary again."""
    session.authorize(Permission.KEEP_TEXTS)
    mine = session.actor.account_id
    with session.begin() as work:
        if not work.own_words.remove(mine, word):
            raise NotFoundError("That word is not among yours any more.")
        work.note("own-word.removed", mine)
