"""A section put together from lines; each knows what it is about and whose numbers it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.guarding.lexicon import sentence_spans
from assistant.records import Proposal, Reference, Section, Subject


@dataclass(frozen=True, slots=True)
class Taken:
    """A number taken from a measurement of a finding, as it is written."""

    text: str
    finding_id: str
    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a draft: ``source`` names what it is about, ``parts`` are its words and numbers."""

    source: str
    parts: tuple[str | Taken, ...]

    @property
    def text(self) -> str:
        """The line as it reads."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)


def composed(title: str, lines: Sequence[Line]) -> Section:
    """The section those lines make, every sentence a proposal nobody has read yet."""
    text, proposals, references = "", list[Proposal](), list[Reference]()
    for line in lines:
        text += "\n" if text else ""
        references += _references(line, len(text))
        for number, (start, end) in enumerate(sentence_spans(line.text)):
            said = line.text[start:end]
            proposals.append(Proposal(f"{line.source}.{number}", said, said))
        text += line.text
    return Section(title, text, text, tuple(proposals), tuple(references))


def _references(line: Line, start: int) -> list[Reference]:
    found = []
    for part in line.parts:
        if isinstance(part, Taken):
            found.append(
                Reference(
                    start=start,
                    text=part.text,
                    subject=Subject.FINDING,
                    id=part.finding_id,
                    name=part.name,
                    values=(part.value,),
                    unit=part.unit,
                )
            )
            start += len(part.text)
        else:
            start += len(part)
    return found
