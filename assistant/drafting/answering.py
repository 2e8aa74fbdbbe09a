"""A follow-up question answered by quoting: the report first, then a passage, else nothing.

The doctor's words are quoted, never paraphrased; what a template of the explanation already says
(how large, where, how many, changed since) is said as it stands there, with its citation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from assistant.drafting.asking import Aspect, Question, about, named, understood
from assistant.drafting.aspects import telling
from assistant.drafting.citing import cite
from assistant.drafting.explanation import explain
from assistant.drafting.facts import COMPARISON, FINDINGS, IMPRESSION, addenda, gather
from assistant.drafting.plain_words import PlainWords, words_of
from assistant.drafting.ranking import Ranked, ranked
from assistant.drafting.reading.vocabulary import NAMELESS, PLACE, SIDE, plain
from assistant.guarding.lexicon import sentences
from assistant.knowledge.finding import Finder
from assistant.knowledge.shipped import passage, passages
from assistant.knowledge.terms import terms
from assistant.ports import Embedder, PassageFinder
from assistant.records import Citation, Passage, Report, Sentence, Turn

_SIZE = re.compile(r"\d ?(?:mm|cm|ml)\b")
_TOLD = {
    Aspect.SIZE: _SIZE,
    Aspect.PLACE: re.compile(f"{PLACE.pattern}|{SIDE.pattern}"),
    Aspect.COUNT: re.compile(r"\b(?:\d+ (?:lesions|auffällige|of them)|counts \d+|davon \d+)"),
    Aspect.COURSE: re.compile(r"\blast scan\b|\bscan of\b|letzten? bild|bild vom"),
}
_OF_THIS_PERSON = re.compile(
    r"\b(?:my|mine|i|me|mein\w*|ich|mir|mich)\b|^\W*(?:is|are|was|were|did|ist|sind|war|hat) "
    r"|^\W*(?:who|when|how (?:old|many|much|long)|wer|wann|wie (?:alt|viele?|lange?))\b"
)
"""Questions a passage can not answer, as it knows nobody."""
_REQUEST = re.compile(
    r"\b(?:recommend\w*|advis\w+|refer(?:ral)?|consult\w*|follow-?up|control in|repeat"
    r"|re-?imaging|review in|empfohlen|empfehl\w+|(?:wieder)?vorstellung|überweisung"
    r"|(?:verlaufs)?kontrolle|abklärung)\b"
)
_NOT_ASKED = re.compile(r"\b(?:no|not|without|unless|kein\w*|nicht|ohne)\b")
_MOST = 2
_ENOUGH = 0.5
"""Share of a question's other words that the report's request must hold."""


def answer(
    text: str,
    report: Report | None,
    *,
    language: str = "en",
    history: Sequence[Turn] = (),
    find: PassageFinder | None = None,
    embedder: Embedder | None = None,
) -> tuple[Sentence, ...]:
    """Sentences that hold the answer, each with its source; empty if nothing here holds it.

    Parameters
    ----------
    report
        It counts only if it is signed.
    history
        What was said before, oldest first: "it" and "that word" are looked for there.
    find
        Finds passages; without one the program's own are searched by their words.
    embedder
        Ranks the report's sentences by meaning where words do not decide; may be None.
    """
    words = words_of(language)
    question = understood(text, history, language=words.language)
    signed = report if report is not None and report.signature is not None else None
    if Aspect.MEANING in question.aspects and not _asks_of_own(question):
        told = _meaning(question, signed, words, find)
        if told:
            return told
    if signed is not None:
        told = _from_report(question, signed, words, embedder)
        if told:
            return told
    if question.aspects - {Aspect.MEANING} or _OF_THIS_PERSON.search(question.text):
        return ()
    return _meaning(question, signed, words, find)


def _asks_of_own(question: Question) -> bool:
    """Whether a question is about the report ("what is the size"), not about what a word means."""
    return bool(question.aspects - {Aspect.MEANING})


def _meaning(
    question: Question, report: Report | None, words: PlainWords, find: PassageFinder | None
) -> tuple[Sentence, ...]:
    """The passage that says what was asked; told apart if the report does not use the word."""
    found = _passage(question, words, find)
    if found is None:
        return ()
    told = [Sentence(found.text, (cite(found),), topic="meaning")]
    if found.language != words.language:
        note = words.answer["passage_language"].format(language=words.languages[found.language])
        told.append(Sentence(note, (cite(found),)))
    if report is not None and question.subjects and not _names(report, question.subjects):
        told.insert(0, Sentence(words.answer["not_in_report"]))
    return tuple(told)


def _passage(question: Question, words: PlainWords, find: PassageFinder | None) -> Passage | None:
    """The passage of what is named, else what a search finds for the whole question."""
    if len(question.subjects) == 1 and not question.rest:
        subject = next(iter(question.subjects))
        known = words.conditions.get(subject)
        if known is not None:
            named_by = "tumour" if subject == "growth" else known.passage
            return passage(named_by, language=words.language)
    if question.referring:
        return None
    found = (find or _own_finder())(question.text, language=words.language, limit=1)
    return found[0] if found else None


@cache
def _own_finder() -> PassageFinder:
    """The program's own passages, searched by their words."""
    return Finder((*passages("en"), *passages("de")), None, {})


def _names(report: Report, subjects: frozenset[str]) -> bool:
    written = named(" ".join(section.text for section in report.sections))
    return any(about(subject, condition) for subject in subjects for condition in written)


def _from_report(
    question: Question, report: Report, words: PlainWords, embedder: Embedder | None
) -> tuple[Sentence, ...]:
    """What the explanation or the report itself says to it."""
    if Aspect.NEXT in question.aspects and (told := _next(question, report, words)):
        return told
    wanted = question.aspects & {*_TOLD, Aspect.RETURN}
    if wanted:
        plainly = not question.rest and not question.largest
        told = _explained(question, wanted & set(_TOLD), report, words) if plainly else ()
        told = told or _quoted(telling(question, wanted, report, words.language), words)
        if told or not question.rest:
            return told
    if Aspect.SURENESS in question.aspects and question.referring and not question.subjects:
        return _quoted(_only_held(report), words)
    if question.subjects and not question.rest:
        return _quoted(_naming(question, report)[:1], words)
    best = ranked(
        question.text, question.rest, _everything(report), embedder, language=words.language
    )
    if best is not None and _covers(question, best):
        return _quoted([best.citation], words)
    return ()


def _next(question: Question, report: Report, words: PlainWords) -> tuple[Sentence, ...]:
    """The next step, or the report's own request where its text can only be quoted."""
    asked = _requested(report)
    if question.rest and not _speaks_of(asked, question.rest, words.language):
        return ()
    step = explain(report, language=words.language).next_step
    if asked and (step is None or not set(step.citations) & set(asked)):
        return _quoted(asked[:_MOST], words)
    return (step,) if step is not None else ()


def _speaks_of(asked: Sequence[Citation], rest: frozenset[str], language: str) -> bool:
    """Whether a request has enough of what else a question names ("the scan in spring")."""
    said = {word for one in asked for word in terms(one.quote, language)}
    return len(rest & said) >= _ENOUGH * len(rest)


def _requested(report: Report) -> tuple[Citation, ...]:
    """The sentences by which the impression asks for a visit or another scan."""
    facts = gather(report)
    read = tuple(dict.fromkeys(Citation(one.source, one.sentence) for one in facts.recommendations))
    return read or tuple(
        one
        for one in facts.impression
        if _REQUEST.search(plain(one.quote)) and not _NOT_ASKED.search(plain(one.quote))
    )


def _covers(question: Question, best: Ranked) -> bool:
    """Whether a sentence found by likeness also names what the question names."""
    if not question.subjects:
        return True
    written = named(best.citation.quote)
    return any(about(subject, one) for subject in question.subjects for one in written)


def _explained(
    question: Question, wanted: frozenset[Aspect] | set[Aspect], report: Report, words: PlainWords
) -> tuple[Sentence, ...]:
    """What the explanation says of place, size, number or course of the thing asked about."""
    found = [
        one
        for one in explain(report, language=words.language).sentences
        if one.topic == "found" and any(_TOLD[aspect].search(plain(one.text)) for aspect in wanted)
    ]
    subjects = question.subjects - NAMELESS - {"normal"}
    if subjects:
        found = [one for one in found if _is_about(one, subjects, report)]
    elif not question.subjects:
        conditions = {condition for one in found for cited in one.citations
                      for condition in named(cited.quote)} - NAMELESS  # fmt: skip
        if len(found) > 1 and len(conditions) > 1:
            return ()  # "it" could be either
    return tuple(found[:_MOST])


def _is_about(sentence: Sentence, subjects: frozenset[str], report: Report) -> bool:
    """Whether a sentence tells of a condition; the finding is what the impression calls it."""
    written = {condition for cited in sentence.citations for condition in named(cited.quote)}
    if any(about(subject, one) for subject in subjects for one in written):
        return True
    decided = len([one for one in report.findings if one.status.value in {"accepted", "edited"}])
    if decided != 1 or not written <= NAMELESS:
        return False
    impression = named(" ".join(report.section(title) for title in IMPRESSION)) - NAMELESS
    return any(about(subject, one) for subject in subjects for one in impression) and (
        len(impression) == 1
    )


def _naming(question: Question, report: Report) -> list[Citation]:
    """Sentences of the report that name what was asked for, the impression's first."""
    wanted = question.subjects - {"normal"} or question.subjects
    return [
        cited
        for cited in _everything(report)
        if not cited.source.endswith("Technique")
        and any(about(s, one) for s in wanted for one in named(cited.quote))
    ]


def _only_held(report: Report) -> tuple[Citation, ...]:
    """The sentence of the one condition the impression holds to; nothing if it holds to more."""
    held = gather(report).held
    return (held[0].citation,) if len(held) == 1 else ()


def _everything(report: Report) -> tuple[Citation, ...]:
    def each() -> Iterator[Citation]:
        for title in (*IMPRESSION, *FINDINGS, *addenda(report), "Technique", *COMPARISON):
            for sentence in sentences(report.section(title)):
                yield Citation(f"report:{title}", sentence)

    return tuple(each())


def _quoted(found: Sequence[Citation], words: PlainWords) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(words.answer["report_says"].format(quote=words.quoted(one.quote)), (one,))
        for one in found
    )
