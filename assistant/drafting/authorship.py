"""Whose words a text is: each sentence the machine proposed, and what the reader made of it.

A proposed sentence is unread until the reader accepts it or writes it otherwise; struck out it is
remembered as struck, so that a later draft does not bring it back. Pure; the sections returned
hold their text, their proposals and their references in step.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from assistant.drafting.references import Current, Key, kept, key_of, standing
from assistant.guarding.lexicon import sentence_spans
from assistant.records import Fate, Proposal, Reference, Section

ALIKE = 0.5
"""From this likeness on a changed sentence is the old one edited, below it another one."""

Placed = tuple[int, int, Proposal | None]
"""Where a sentence stands, and the proposal it is or came from; None for the reader's own."""


def adopted(section: Section) -> Section:
    """The section with its proposals, made from ``machine_text`` where they were not kept yet."""
    if section.proposals is not None:
        return section
    said = section.machine_text
    proposed = [said[start:end] for start, end in sentence_spans(said)]
    made = tuple(Proposal(f"line.{n}", one, one) for n, one in enumerate(proposed))
    return follow(replace(section, text=said, proposals=made, references=()), section.text)


def placed(section: Section) -> tuple[Placed, ...]:
    """Every sentence of the text with the proposal it belongs to, in order."""
    waiting: dict[str, list[Proposal]] = {}
    for one in section.proposals or ():
        if one.text:
            waiting.setdefault(one.text, []).append(one)
    found: list[Placed] = []
    for start, end in sentence_spans(section.text):
        same = waiting.get(section.text[start:end])
        found.append((start, end, same.pop(0) if same else None))
    return tuple(found)


def unread(section: Section) -> tuple[Placed, ...]:
    """The sentences of the machine nobody has accepted or edited, in order."""
    return tuple(
        one for one in placed(section) if one[2] is not None and one[2].fate is Fate.UNREAD
    )


def accept(section: Section, sources: Collection[str] | None = None) -> Section:
    """The section with proposals accepted as they stand: those named, or all that are unread."""
    return replace(
        section,
        proposals=tuple(
            replace(one, accepted=True)
            if one.fate is Fate.UNREAD and (sources is None or one.source in sources)
            else one
            for one in section.proposals or ()
        ),
    )


def follow(section: Section, text: str, references: Sequence[Reference] | None = None) -> Section:
    """The section after the reader changed its text.

    ``references`` are those of the new text where the caller has followed them letter by letter.
    """
    section = adopted(section) if section.proposals is None else section
    if references is None:
        references = kept(section.references, section.text, text)
    states = _followed(section, text)
    return replace(
        section,
        text=text,
        references=standing(tuple(references), text),
        proposals=tuple(
            replace(one, text=states.get(one.source, "")) for one in section.proposals or ()
        ),
    )


def redraft(section: Section, drafted: Section) -> Section:
    """The section brought up to a new draft: only sentences nobody has touched are replaced.

    What the reader wrote, edited, accepted or struck out stays as it is; a section from which the
    reader struck every sentence of the machine is the reader's, and gets no new ones.
    """
    section = adopted(section)
    fates = {one.fate for one in section.proposals or ()}
    if fates == {Fate.STRUCK}:
        return replace(section, machine_text=drafted.machine_text)
    fresh = {one.source: one for one in drafted.proposals or ()}
    for old in section.proposals or ():
        new = fresh.get(old.source)
        if old.fate is Fate.UNREAD and (new is None or new.proposed != old.proposed):
            section = _exchanged(section, old, new, drafted)
        elif old.fate is Fate.STRUCK and new is None:
            section = _without(section, old.source)
    known = {one.source for one in section.proposals or ()}
    before = ""
    for one in drafted.proposals or ():
        if one.source not in known:
            section = _added(section, one, before, drafted)
        before = one.source
    return replace(section, machine_text=drafted.machine_text)


def refreshed(section: Section, now: Mapping[Key, Current | None]) -> Section:
    """The section with each number as it is measured now; one whose measurement is gone is broken.

    What ``now`` does not name stays as it is. A sentence of the machine goes on being its sentence.
    """
    for one in reversed(section.references):
        if key_of(one) in now:
            section = _renumbered(section, one, now[key_of(one)])
    return section


def inserted(section: Section, at: int, reference: Reference) -> Section:
    """The section with a number from a measurement put in at a place of its text."""
    text = section.text[:at] + reference.text + section.text[at:]
    moved = kept(section.references, section.text, text)
    return follow(section, text, (*moved, replace(reference, start=at)))


def _followed(section: Section, text: str) -> dict[str, str]:
    """How each proposal stands in a new text, by its source; missing where it is gone."""
    old = placed(section)
    was = [section.text[start:end] for start, end, _ in old]
    now = [text[start:end] for start, end in sentence_spans(text)]
    states: dict[str, str] = {}
    gone: list[Proposal] = []
    free: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        touched = [proposal for _, _, proposal in old[i1:i2] if proposal is not None]
        if tag == "equal":
            states |= {one.source: one.text for one in touched}
            continue
        left, pairs = list(now[j1:j2]), dict[str, str]()
        for one in touched:
            likeness, best = max(
                ((_likeness(one.text, said), said) for said in left), default=(0.0, "")
            )
            if likeness >= ALIKE:
                pairs[one.source] = best
                left.remove(best)
        states |= pairs
        gone += [one for one in touched if one.source not in pairs]
        free += left
    struck = [one for one in section.proposals or () if not one.text]
    for one in (*gone, *struck):  # moved elsewhere, or put back as it was
        same = next((said for said in (one.text, one.proposed) if said and said in free), "")
        if same:
            states[one.source] = same
            free.remove(same)
    return states


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _place_of(section: Section, source: str) -> tuple[int, int] | None:
    return next(
        (
            (start, end)
            for start, end, one in placed(section)
            if one is not None and one.source == source
        ),
        None,
    )


def _exchanged(section: Section, old: Proposal, new: Proposal | None, drafted: Section) -> Section:
    """The section with an untouched sentence replaced, or taken out where there is no new one."""
    where = _place_of(section, old.source)
    if where is None:
        return _without(section, old.source)
    start, end = where
    if new is None:
        start, end = _with_space(section.text, start, end)
        return _without(_spliced(section, start, end, "", ()), old.source)
    references = _references_of(new, drafted)
    section = _spliced(section, start, end, new.proposed, references)
    return replace(
        section,
        proposals=tuple(
            new if one.source == old.source else one for one in section.proposals or ()
        ),
    )


def _added(section: Section, new: Proposal, before: str, drafted: Section) -> Section:
    """The section with a new sentence, after the one the draft has before it."""
    ahead = _place_of(section, before) if before else None
    same_line = before and before.rpartition(".")[0] == new.source.rpartition(".")[0]
    proposals = [*(section.proposals or ())]
    sources = [one.source for one in proposals]
    proposals.insert(sources.index(before) + 1 if before in sources else 0, new)
    references = _references_of(new, drafted)
    if ahead is not None:
        lead = " " if same_line else "\n"
        at = ahead[1] if same_line else _end_of_line(section.text, ahead[1])
        words, shift = f"{lead}{new.proposed}", len(lead)
    else:
        at, shift = 0, 0
        words = f"{new.proposed}\n" if section.text else new.proposed
    moved = tuple(replace(one, start=one.start + shift) for one in references)
    return replace(_spliced(section, at, at, words, moved), proposals=tuple(proposals))


def _spliced(
    section: Section, start: int, end: int, words: str, references: Sequence[Reference]
) -> Section:
    """The section with a stretch of its text replaced; ``references`` count from the new words."""
    grown = len(words) - (end - start)
    stay = [one for one in section.references if one.end <= start]
    moved = [
        replace(one, start=one.start + grown) for one in section.references if one.start >= end
    ]
    fresh = [replace(one, start=one.start + start) for one in references]
    text = section.text[:start] + words + section.text[end:]
    return replace(section, text=text, references=standing((*stay, *fresh, *moved), text))


def _without(section: Section, source: str) -> Section:
    return replace(
        section,
        proposals=tuple(one for one in section.proposals or () if one.source != source),
    )


def _references_of(proposal: Proposal, drafted: Section) -> tuple[Reference, ...]:
    """The references inside a sentence of the draft, counted from where the sentence begins."""
    where = _place_of(drafted, proposal.source)
    if where is None:
        return ()
    return tuple(
        replace(one, start=one.start - where[0])
        for one in drafted.references
        if where[0] <= one.start and one.end <= where[1]
    )


def _with_space(text: str, start: int, end: int) -> tuple[int, int]:
    """A sentence's stretch with the white space that goes with it; its line if it fills it."""
    begins = start == 0 or text[start - 1] == "\n"
    ends = end == len(text) or text[end] == "\n"
    if begins and ends:
        return (start, end + 1) if end < len(text) else (max(0, start - 1), end)
    return (start, end + 1) if begins else (start - 1, end)


def _end_of_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _renumbered(section: Section, one: Reference, now: Current | None) -> Section:
    others = tuple(other for other in section.references if other is not one)
    if now is None:
        return replace(section, references=_sorted(others, replace(one, broken=True)))
    put = replace(one, text=now.text, values=now.values, unit=now.unit, broken=False)
    if now.text == one.text:
        return replace(section, references=_sorted(others, put))
    holder = next(
        (p for start, end, p in placed(section) if p and start <= one.start and one.end <= end),
        None,
    )
    was = _place_of(section, holder.source) if holder is not None else None
    changed = _spliced(section, one.start, one.end, now.text, (replace(put, start=0),))
    if holder is None or was is None:
        return changed
    said = changed.text[was[0] : was[1] + len(now.text) - len(one.text)]
    proposed = said if holder.text == holder.proposed else holder.proposed
    return replace(
        changed,
        proposals=tuple(
            replace(p, text=said, proposed=proposed) if p.source == holder.source else p
            for p in section.proposals or ()
        ),
    )


def _sorted(others: Sequence[Reference], one: Reference) -> tuple[Reference, ...]:
    return tuple(sorted((*others, one), key=lambda each: each.start))
