"""What the assistant may quote: shipped sources, the clinic's leaflets, and what a question finds.

A leaflet is text of strangers. It is read in a child process, looked at by an administrator before
it is used, quoted as the clinic's, and never a fact of a report or an instruction.
"""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.events import LeafletChanged
from app.workflow.session import Session
from assistant.errors import LeafletError
from assistant.knowledge.library import LANGUAGES, Library
from assistant.knowledge.shipped import licensed, passages
from assistant.leaflets.reading import ReadLeaflet, read_leaflet
from assistant.ports import PassageFinder
from assistant.records import Leaflet, Origin, Passage
from viewer.ports import Progress

_LONGEST_TITLE = 80
_MOST_LEAFLETS = 100
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Where shipped passages come from."""

    name: str
    origin: Origin
    language: str
    date: str
    licence: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that may be quoted: shipped sources, and leaflets, the newest first."""

    sources: tuple[Source, ...]
    leaflets: tuple[Leaflet, ...]


def holdings(session: Session) -> Holdings:
    """Return the sources that ship and every leaflet of the clinic."""
    session.authorize(Permission.MANAGE_KNOWLEDGE)
    with session.begin() as work:
        leaflets = work.leaflets.all()
    shipped = [one for language in LANGUAGES for one in passages(language)]
    held: dict[tuple[str, Origin, str, str, str], list[Passage]] = {}
    for one in (*shipped, *licensed()):
        key = (one.source, one.origin, one.language, one.date, one.licence)
        held.setdefault(key, []).append(one)
    return Holdings(tuple(Source(*key, tuple(some)) for key, some in held.items()), leaflets)


def preview(session: Session, path: Path, progress: Progress) -> ReadLeaflet:
    """Read a file and return what it would add; nothing is kept yet.

    Raises
    ------
    LeafletError
        with the reason, fit for a person; the refusal is audited.
    """
    session.authorize(Permission.MANAGE_KNOWLEDGE)
    progress(0.0, "opening it")
    try:
        return read_leaflet(path, lambda: progress(0.5, "reading it in a process of its own"))
    except LeafletError:
        with session.begin() as work:
            work.note("leaflet.refused", "file", outcome="refused")
        raise


def add(
    session: Session, library: Library, leaflet: ReadLeaflet, title: str, language: str
) -> Leaflet:
    """Keep a leaflet that was looked at; from now on it is quoted.

    Takes up to some seconds, for where its pieces lie among others by meaning.

    Raises
    ------
    LeafletError
        It has no title, no language of the program's, or is there already.
    """
    session.authorize(Permission.MANAGE_KNOWLEDGE)
    title = _plain(title)
    if not title:
        raise LeafletError("Give the leaflet a title: patients see it under what is quoted.")
    if language not in LANGUAGES:
        raise LeafletError("Choose the language the leaflet is written in.")
    kept = Leaflet(
        id=uuid.uuid4().hex,
        title=title,
        language=language,
        file_name=leaflet.file_name,
        sha256=leaflet.sha256,
        pages=leaflet.pages,
        extracts=leaflet.extracts,
        added_at=session.now(),
        added_by=session.actor.account_id,
        added_by_name=session.actor.name,
    )
    kept = replace(kept, points=library.points(kept))
    with session.begin() as work:
        there = work.leaflets.all()
        if any(one.sha256 == kept.sha256 and one.language == language for one in there):
            raise LeafletError("This leaflet is here already.")
        if len(there) >= _MOST_LEAFLETS:
            raise LeafletError(f"There are {_MOST_LEAFLETS} leaflets. Remove one first.")
        work.leaflets.put(kept)
        work.note("leaflet.added", kept.id, detail=kept.sha256)
    session.publish(LeafletChanged(kept.id))
    return kept


def remove(session: Session, leaflet_id: str) -> None:
    """Take a leaflet out with its text; what was quoted from it stays in what was said."""
    session.authorize(Permission.MANAGE_KNOWLEDGE)
    with session.begin() as work:
        leaflet = work.leaflets.get(leaflet_id)
        if leaflet is None:
            raise NotFoundError("There is no such leaflet.")
        work.leaflets.remove(leaflet_id)
        work.note("leaflet.removed", leaflet_id, detail=leaflet.sha256)
    session.publish(LeafletChanged(leaflet_id))


def try_question(
    session: Session, library: Library, text: str, language: str
) -> tuple[Passage, ...]:
    """Return what the assistant would quote in answer to a question, best first."""
    session.authorize(Permission.MANAGE_KNOWLEDGE)
    return _finder(session, library)(text, language=language, limit=_MOST_SHOWN)


def finder(session: Session, library: Library) -> PassageFinder:
    """Return what finds passages for the signed-in person's questions."""
    session.authorize(Permission.ASK_ASSISTANT, session.actor.patient_id)
    return _finder(session, library)


def _finder(session: Session, library: Library) -> PassageFinder:
    """The finder over the leaflets as they are; they are read only if they have changed."""
    with session.begin() as work:
        ready = library.ready(work.leaflets.ids())
        leaflets = () if ready is not None and ready.by_meaning else work.leaflets.all()
    return ready if ready is not None and ready.by_meaning else library.finder(leaflets)


def _plain(text: str) -> str:
    """A title on one line, of letters that are seen."""
    shown = "".join(
        one if unicodedata.category(one)[0] != "C" else " " for one in " ".join(text.split())
    )
    return " ".join(shown.split())[:_LONGEST_TITLE]
