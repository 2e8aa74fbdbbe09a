"""A signed report in plain words: facts fill written templates, every sentence says its source.

No model takes part. The templates stand in ``resources/explanations``; they are written for a
United States school grade of 6 or less (Flesch-Kincaid; in German the Wiener Sachtextformel) and
no clinician has reviewed them yet.
"""

from __future__ import annotations

from assistant.drafting.facts import Facts, gather
from assistant.drafting.next_steps import next_step
from assistant.drafting.plain_words import PlainWords, words_of
from assistant.drafting.telling import (
    computer,
    found,
    glossary,
    meaning,
    questions,
    quotes,
    unknown,
)
from assistant.errors import ReportNotSignedError
from assistant.records import Explanation, Report, ReportStatus, Sentence


def explain(report: Report, *, language: str = "en") -> Explanation:
    """Explain a signed report to its patient, in the patient's language.

    The report may be written in another language; its own words are then quoted as they are.

    Raises
    ------
    ReportNotSignedError
        If no doctor has signed it: there is nothing final to explain.
    """
    words = words_of(language)
    if report.signature is None or not (
        report.status.is_final or report.status is ReportStatus.ENTERED_IN_ERROR
    ):
        raise ReportNotSignedError(words.say["unsigned"])
    if report.status is ReportStatus.ENTERED_IN_ERROR:
        told = [Sentence(words.say["withdrawn"], topic="found")]
        return Explanation(report.id, report.version, tuple(told), None)
    facts = gather(report)
    if facts.contradictions or not _tells(facts):
        return _quoted_only(report, facts, words)
    told = [*found(facts, words), *meaning(facts, words), *unknown(facts, words)]
    told += [*computer(facts, words), *quotes(facts, words), *questions(facts, words)]
    told += glossary(report, told, words)
    step, specialty = next_step(facts, words)
    return Explanation(report.id, report.version, tuple(told), step, specialty)


def _tells(facts: Facts) -> bool:
    """Whether there is anything that can be put into plain words."""
    said = (facts.lesions, facts.rejected, facts.held, facts.denied)
    return any(said) or bool(facts.normal or facts.absence or facts.rest_normal)


def _quoted_only(report: Report, facts: Facts, words: PlainWords) -> Explanation:
    """The doctor's words as they stand, where they do not agree or no template fits."""
    key = "disagree" if facts.contradictions else "unclear"
    told = [
        Sentence(words.say[key], facts.quotes[:1], topic="found"),
        *quotes(facts, words),
    ]
    ask = Sentence(words.say["disagree_next"], facts.quotes[:1])
    specialty = next((one.specialty for one in facts.recommendations if one.specialty), "")
    return Explanation(report.id, report.version, tuple(told), ask, specialty)
