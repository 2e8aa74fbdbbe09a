"""The words of a report as the undo stack keeps them: text, numbers taken, sentences accepted.

A number taken from a measurement is kept as a gap and not as digits, so that taking words back
neither undoes a measurement nor is hindered by one that was made since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from app.storage.codec import canonical, decode
from assistant.drafting.authorship import adopted, follow
from assistant.drafting.references import key_of
from assistant.records import Reference, Report, Section

TEMPLATE = ":template"
"""Under this name the template of the report's words stands among the sections' titles."""
_GAP = "\ufffc"
_NUMBERS, _ACCEPTED = "|numbers", "|accepted"


def state_of(report: Report) -> dict[str, str]:
    """Return the words of each section by its title, what belongs to them, and the template."""
    state = {TEMPLATE: f"{report.template_id} {report.template_version}".strip()}
    for part in report.sections:
        state |= _state_of(adopted(part))
    return state


def changed(before: Report, after: Report) -> tuple[dict[str, str], dict[str, str]]:
    """Return what differs between two states of the same report: as it was, and as it is."""
    was, now = state_of(before), state_of(after)
    names = [name for name in now if name in was and now[name] != was[name]]
    return {name: was[name] for name in names}, {name: now[name] for name in names}


def with_state(report: Report, wanted: Mapping[str, str]) -> Report:
    """Return the report with the words that are wanted put back; the others stay as they are."""
    name, _, version = wanted.get(TEMPLATE, state_of(report)[TEMPLATE]).partition(" ")
    return replace(
        report,
        sections=tuple(_put_back(adopted(part), wanted) for part in report.sections),
        template_id=name,
        template_version=version,
    )


def accepted_sources(section: Section) -> set[str]:
    """Return which proposals of a section the reader has accepted."""
    return {one.source for one in section.proposals or () if one.accepted}


def with_accepted(section: Section, sources: set[str]) -> Section:
    """Return the section with just these proposals accepted."""
    return replace(
        section,
        proposals=tuple(
            replace(one, accepted=one.source in sources) for one in section.proposals or ()
        ),
    )


def _state_of(part: Section) -> dict[str, str]:
    text = part.text
    for one in reversed(part.references):
        text = text[: one.start] + _GAP + text[one.end :]
    numbers = [replace(one, start=0, text="", values=(), broken=False) for one in part.references]
    return {
        part.title: text,
        f"{part.title}{_NUMBERS}": canonical(numbers).decode(),
        f"{part.title}{_ACCEPTED}": canonical(sorted(accepted_sources(part))).decode(),
    }


def _put_back(part: Section, wanted: Mapping[str, str]) -> Section:
    names = (part.title, f"{part.title}{_NUMBERS}", f"{part.title}{_ACCEPTED}")
    if not any(name in wanted for name in names):
        return part
    state = {**_state_of(part), **{name: wanted[name] for name in names if name in wanted}}
    numbers = [decode(Reference, one) for one in json.loads(state[names[1]])]
    text, references = _filled(part, state[part.title], numbers)
    return with_accepted(follow(part, text, references), set(json.loads(state[names[2]])))


def _filled(
    part: Section, gaps: str, numbers: list[Reference]
) -> tuple[str, tuple[Reference, ...]]:
    """Return the text with its gaps filled by what each number reads now, and the references.

    A number that is not in the text now reads as its last known value until it is measured again.
    """
    known = {key_of(one): one for one in part.references}
    text, found = "", []
    pieces = gaps.split(_GAP)
    for position, piece in enumerate(pieces):
        text += piece
        if position < len(pieces) - 1:
            one = known.get(key_of(numbers[position]), numbers[position])
            one = replace(one, start=len(text), text=one.text or "?")
            found.append(one)
            text += one.text
    return text, tuple(found)
