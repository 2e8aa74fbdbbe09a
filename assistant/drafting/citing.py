"""Citations of passages, and whether a citation's quote really stands where it says."""

from __future__ import annotations

from assistant.drafting.plain_words import languages
from assistant.drafting.signing import SIGNATURE, signature_line
from assistant.guarding.lexicon import sentences
from assistant.knowledge.attribution import attribution
from assistant.knowledge.shipped import licensed, passage, passages
from assistant.records import Citation, Passage, Report, Sentence


def cite(source: Passage) -> Citation:
    """A passage as a citation, with its attribution; the quote is the passage's text."""
    shown = attribution(source, language=source.language)
    return Citation(source.cited_as, source.text, shown, source.origin)


def from_passage(passage_id: str, language: str, *, topic: str = "") -> Sentence:
    """A passage told as it stands."""
    source = passage(passage_id, language=language)
    return Sentence(source.text, (cite(source),), topic=topic)


def resolves(citation: Citation, report: Report) -> bool:
    """Whether a citation's quote really stands where it says.

    Decisions are resolved by a decided finding of the same place.
    """
    kind, _, name = citation.source.partition(":")
    if kind == "knowledge":
        return any(
            one.id == name and one.text == citation.quote
            for one in (*licensed(), *(one for each in languages() for one in passages(each)))
        )
    if name == "decisions":
        return any(finding.status.value in citation.quote for finding in report.findings)
    if name == SIGNATURE and report.signature is not None:
        return citation.quote == signature_line(report.signature)
    return citation.quote in sentences(report.section(name))
