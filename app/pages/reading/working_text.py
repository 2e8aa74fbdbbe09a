"""A section while it is written: whose each sentence is, and which numbers follow a measurement."""

from __future__ import annotations

from assistant.drafting.authorship import accept, adopted, follow, inserted, redraft, unread
from assistant.drafting.references import kept
from assistant.records import Reference, Section

_REMEMBERED = 200


class WorkingText:
    """What is stored and what stands on the screen now, kept in step while somebody types."""

    def __init__(self, section: Section) -> None:
        self.stored = self.now = adopted(section)
        self._touched = False
        self._seen: dict[str, tuple[Reference, ...]] = {}

    @property
    def dirty(self) -> bool:
        """Whether something is on the screen that has not been stored."""
        return self.now != self.stored

    @property
    def unread(self) -> tuple[tuple[int, int, str], ...]:
        """The sentences of the machine that wait: where each stands, and its source."""
        return tuple((start, end, one.source) for start, end, one in unread(self.now) if one)

    def typed(self, text: str, pasted: tuple[int, tuple[Reference, ...]] | None = None) -> None:
        """Take over what was typed; a text that was there before has its numbers again.

        ``pasted`` are references that came with pasted words, counted from where these begin.
        """
        self._remember()
        references = self._seen.get(text)
        if references is None and pasted is not None:
            start, came = pasted
            moved = kept(self.now.references, self.now.text, text)
            references = (*moved, *(_shifted(one, start) for one in came))
        self.now = follow(self.now, text, references)
        self._touched = True

    def insert(self, at: int, reference: Reference) -> None:
        """Put a number in that follows its measurement."""
        self._remember()
        self.now = inserted(self.now, at, reference)
        self._touched = True

    def accept_at(self, position: int) -> int | None:
        """Accept the unread sentence at a place; return where the next one is, or None.

        Where none stands at the place, none is accepted: nobody looks at what is elsewhere.
        """
        waiting = self.unread
        chosen = next((one for one in waiting if one[0] <= position <= one[1]), None)
        if chosen is None:
            after = [one[0] for one in waiting if one[0] > position] or [one[0] for one in waiting]
            return after[0] if after else None
        self.now = accept(self.now, {chosen[2]})
        self._touched = True
        left = self.unread
        after = [one[0] for one in left if one[0] >= chosen[1]] or [one[0] for one in left]
        return after[0] if after else chosen[1]

    def accept_all(self) -> None:
        """Accept every sentence of the machine that waits."""
        self.now = accept(self.now)
        self._touched = True

    def take(self) -> Section:
        """Return the section to be stored; what comes after this counts as typed meanwhile."""
        self._touched = False
        return self.now

    def store(self, section: Section) -> None:
        """Take over what was stored; what the reader did meanwhile stays."""
        section = adopted(section)
        if not self._touched:
            self.now = section
        elif section.machine_text != self.stored.machine_text:
            self.now = redraft(self.now, section)
        self.stored = section

    def _remember(self) -> None:
        self._seen[self.now.text] = self.now.references
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]


def _shifted(one: Reference, start: int) -> Reference:
    return Reference(
        one.start + start, one.text, one.subject, one.id, one.name, one.values, one.unit, one.broken
    )
