"""A doctor's question to a patient's reports: from each the sentence that answers it, quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.drafting.ranking import ranked
from assistant.guarding.lexicon import sentences
from assistant.knowledge.language import language_of
from assistant.knowledge.terms import asked
from assistant.ports import Embedder
from assistant.records import Citation, Report


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence of a report, as it stands there."""

    report: Report
    citation: Citation


def search(
    text: str, reports: Sequence[Report], embedder: Embedder | None = None
) -> tuple[Found, ...]:
    """The sentence of each report that comes near enough to a question, in the reports' order.

    Words decide, and meaning where there is an embedder; a report without such a sentence is left
    out. Nothing is paraphrased.
    """
    language = language_of(text)
    wanted, found = frozenset(asked(text, language)), []
    for report in reports:
        best = ranked(text, wanted, _written(report), embedder, language=language)
        if best is not None:
            found.append(Found(report, best.citation))
    return tuple(found)


def _written(report: Report) -> list[Citation]:
    """Every sentence of a report with its section, the conclusion first."""
    parts = sorted(report.sections, key=lambda part: part.title != "Impression")
    return [
        Citation(f"report:{part.title}", sentence)
        for part in parts
        for sentence in sentences(part.text)
    ]
