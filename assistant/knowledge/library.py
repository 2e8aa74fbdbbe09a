"""All that may be quoted, ready to search: what ships and the clinic's leaflets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from assistant.errors import AssistantError
from assistant.knowledge.finding import Finder
from assistant.knowledge.shipped import licensed, searched
from assistant.knowledge.vectors import MEANT, packed, shipped_vectors, unpacked
from assistant.ports import Embedder
from assistant.records import Leaflet, Origin, Passage

LANGUAGES = ("en", "de")
"""Languages passages may be in."""


def quotable(leaflet: Leaflet) -> Iterator[Passage]:
    """The passages of a leaflet, marked as the clinic's; what is held back is not among them."""
    for number, piece in enumerate(leaflet.extracts):
        if not piece.held_back:
            yield Passage(
                id=f"leaflet:{leaflet.id}:{number}",
                title=f"{leaflet.title}: {piece.title}" if piece.title else leaflet.title,
                text=piece.text,
                source=leaflet.added_by_name,
                date=leaflet.added_at.date().isoformat(),
                licence="",
                language=leaflet.language,
                origin=Origin.CLINIC,
                page=piece.page,
            )


class Library:
    """Builds a finder when the leaflets change and keeps it; safe from several threads.

    Parameters
    ----------
    embedder
        Gives the sentence embedder, or None where there is none.
    """

    def __init__(self, embedder: Callable[[], Embedder | None]) -> None:
        self._embedder = embedder
        self._turn = threading.Lock()
        self._kept: tuple[tuple[str, ...], Finder | None] = (), None

    def points(self, leaflet: Leaflet) -> str:
        """A leaflet's points of meaning, to be kept with it; empty where they can not be had."""
        embedder = self._embedder()
        meant = [one for one in quotable(leaflet) if one.language == MEANT]
        if embedder is None:
            return ""
        try:
            return packed(meant, embedder)
        except AssistantError:
            return ""

    def ready(self, leaflet_ids: Sequence[str]) -> Finder | None:
        """The finder over just these leaflets, if it is the one that is kept."""
        with self._turn:
            known, kept = self._kept
            return kept if known == tuple(leaflet_ids) else None

    def finder(self, leaflets: Sequence[Leaflet]) -> Finder:
        """A PassageFinder over what ships and these leaflets; a leaflet never changes."""
        key = tuple(one.id for one in leaflets)
        with self._turn:
            embedder = self._embedder()
            known, kept = self._kept
            if kept is None or known != key or (embedder is not None and not kept.by_meaning):
                shipped = [one for language in LANGUAGES for one in searched(language)]
                brought = [passage for one in leaflets for passage in quotable(one)]
                points = dict(shipped_vectors())
                for one in leaflets:
                    meant = [passage for passage in quotable(one) if passage.language == MEANT]
                    points |= unpacked(one.points, meant)
                kept = Finder((*shipped, *licensed(), *brought), embedder, points)
                self._kept = key, kept
            return kept

    def forget(self) -> None:
        """Let go of the leaflets' text; called when the workstation locks."""
        with self._turn:
            self._kept = (), None
