"""A follow-up question answered by quoting: the report first, then a passage, else nothing.

The doctor's words are quoted, never paraphrased; what a template of the explanation already says
(how large, where, how many, changed since) is said as it stands there, with its citation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from assistant.drafting.asking import Aspect, Question, about, named, speaks_of, understood
from assistant.drafting.aspects import telling
from assistant.drafting.citing import cite
from assistant.drafting.explanation import explain
from assistant.drafting.facts import COMPARISON, FINDINGS, IMPRESSION, addenda, gather
from assistant.drafting.kinds import Kind, tells
from assistant.drafting.matching import HARD, matching, sides_asked, sides_in
from assistant.drafting.plain_words import PlainWords, words_of
from assistant.drafting.ranking import Ranked, ranked
from assistant.drafting.reading.stances import Stance, read
from assistant.drafting.reading.things import covers, of_group, things_in
from assistant.drafting.reading.vocabulary import GROWTHS, NAMELESS, PLACE, SIDE, plain
from assistant.drafting.recommendation import scan_of, specialty_of
from assistant.drafting.requesting import is_request, none_needed, requests
from assistant.drafting.signing import signed_by
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
    r"\b(?:my|mine|i|me|mein\w*|ich|mir|mich)\b|^\W*(?:is|are|was|were|did|has|have|had"
    r"|ist|sind|war|hat|haben|wurden?|gibt) "
    r"|^\W*(?:who|when|which|welche[rsnm]?"
    r"|how (?:old|many|much|long)|wer|wann|wie (?:alt|viele?|lange?))\b"
)
"""Questions a passage can not answer, as it knows nobody."""
_BEFORE = re.compile(
    r"\b(?<!than )(?<!as )(?<!to )before(?=\W*$)|\bin the past\b"
    r"|\b(?:schon einmal|schon mal|früher)\b"
)
_OLD = re.compile(
    r"\b(?:old|older|chronic|prior|previous|former|remote|alte?[rnsm]?|chronisch\w*|abgelaufen\w*"
    r"|stattgehabt\w*|known|bekannt\w*)\b"
)
_OWN = re.compile(r"\b(?:my|mine|i|me|mein\w*|ich|mir|mich)\b")
_SCAN = re.compile(r"\b(?:mri|mrt|mr|ct|scan|scans|imaging|bildgebung|aufnahme)\b")
_MOST = 2
_ENOUGH = 0.5
"""Share of a question's other words that the report's request must hold."""
_OF_A_SENTENCE = frozenset(
    {Kind.CAUSE, Kind.SEVERITY, Kind.AMOUNT, Kind.WHEN, Kind.DURATION, Kind.WHO}
)
"""Kinds of answer that only a sentence which holds one gives."""


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
    if Kind.GENERAL in question.kinds and not _OWN.search(question.text):
        return _meaning(question, signed, words, find)
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
    if Kind.SIGNING in question.kinds:
        return (signed_by(report, words),)
    if Aspect.NEXT in question.aspects and (told := _next(question, report, words)):
        return told
    if question.things or question.kinds & _OF_A_SENTENCE:
        told = _quoted(matching(question, report, words.language), words)
        if told or of_group(question.things, *HARD):
            return told
    return _as_asked(question, report, words, embedder)


def _as_asked(
    question: Question, report: Report, words: PlainWords, embedder: Embedder | None
) -> tuple[Sentence, ...]:
    """By what is asked of a condition, else by the words of the question."""
    wanted = question.aspects & {*_TOLD, Aspect.RETURN}
    if wanted and (question.rest or not question.things):
        plainly = not question.rest and not question.largest
        told = _explained(question, wanted & set(_TOLD), report, words) if plainly else ()
        told = told or _quoted(telling(question, wanted, report, words.language), words)
        if told or not question.rest:
            return told
    if question.subjects or question.kinds:
        told = _quoted(_of_subject(question, report), words)
        if told or (question.subjects and not question.words):
            return told
    if question.things:
        return ()
    best = ranked(
        question.text, question.rest, _everything(report), embedder, language=words.language
    )
    if best is not None and _covers(question, best):
        return _quoted([best.citation], words)
    return ()


def _of_subject(question: Question, report: Report) -> list[Citation]:
    """How sure it is, how it is all in all, or the sentences that name what was asked for."""
    if Kind.SURENESS in question.kinds and not question.words:
        return _how_sure(question, report)
    if Kind.OVERVIEW in question.kinds and not question.things | question.words:
        return _overview(question, report)
    if not question.subjects or question.words:
        return []
    found = _naming(question, report)
    if question.things or question.kinds & _OF_A_SENTENCE:
        found = found if all(_only_denies(one, question) for one in found) else []
    return found[:_MOST]


def _next(question: Question, report: Report, words: PlainWords) -> tuple[Sentence, ...]:
    """What the report asks for, as far as the question wants it: the next step and its words."""
    asked = requests(report)
    if Kind.CAUSE in question.kinds:
        return _quoted([one for one in asked if tells(Kind.CAUSE, plain(one.quote))][:1], words)
    step = explain(report, language=words.language).next_step
    if question.things | question.words | _named_acts(question):
        asked = tuple(one for one in asked if _speaks_of(one, question, words.language))
        if not asked:
            return ()
    cited = set(step.citations) if step is not None else set[Citation]()
    dismissed = any(none_needed(plain(one.quote)) for one in asked)
    if step is None or dismissed or (asked and not (cited and cited <= set(asked))):
        return _quoted(asked[:_MOST], words)
    more = [one for one in asked if one not in cited]
    return (step, *_quoted(more[: _MOST - 1], words))


def _named_acts(question: Question) -> frozenset[str]:
    """The specialty and the new scan a question speaks of."""
    scan = "scan" if _SCAN.search(question.text) else ""
    return frozenset({specialty_of(question.text), scan} - {""})


def _speaks_of(asked: Citation, question: Question, language: str) -> bool:
    """Whether a request speaks of what a question names ("the scan in spring")."""
    text = plain(asked.quote)
    if not all(covers(things_in(text), one) for one in question.things):
        return False
    if _SCAN.search(question.text) and not (
        scan_of(text) or _SCAN.search(text) or none_needed(text)
    ):
        return False
    wanted = specialty_of(question.text)
    if wanted and wanted not in {specialty_of(text), ""}:
        return False
    shared = question.words & set(terms(asked.quote, language))
    return len(shared) >= _ENOUGH * len(question.words)


def _how_sure(question: Question, report: Report) -> list[Citation]:
    """The sentences of the impression that say how sure it is; else the one it holds to."""
    found = [one for one in gather(report).impression if tells(Kind.SURENESS, plain(one.quote))]
    meant = [
        one
        for one in found
        if any(about(s, c) for s in question.subjects - NAMELESS for c in named(one.quote))
    ]
    if question.subjects - NAMELESS:
        return meant[:_MOST] or _naming(question, report)[:1]
    return found[:_MOST] or list(_only_held(report))


def _overview(question: Question, report: Report) -> list[Citation]:
    """What the impression says first, or what it calls normal where that is asked."""
    said = [one for one in gather(report).impression if not is_request(plain(one.quote))]
    if "normal" in question.subjects:
        said.sort(key=lambda one: "normal" not in named(one.quote))
    return said[:_MOST]


def _covers(question: Question, best: Ranked) -> bool:
    """Whether a sentence found by likeness names what the question names, and tells its kind."""
    text = plain(best.citation.quote)
    if Kind.FUTURE in question.kinds or not all(tells(kind, text) for kind in question.kinds):
        return False
    if not _on_side(question, best.citation):
        return False
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
        if one.topic == "found"
        and wanted
        and all(_TOLD[aspect].search(plain(one.text)) for aspect in wanted)
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
    if wanted - NAMELESS <= GROWTHS:  # "a tumour behind the bleed" asks for the tumour too
        wanted = wanted - NAMELESS or wanted
    return [
        cited
        for cited in _everything(report)
        if not cited.source.endswith("Technique")
        and not is_request(plain(cited.quote))
        and _on_side(question, cited)
        and _of_that_time(question, cited)
        and _names_all(cited, wanted)
    ]


def _names_all(cited: Citation, subjects: frozenset[str]) -> bool:
    return all(speaks_of(subject, cited.quote) for subject in subjects)


def _of_that_time(question: Question, cited: Citation) -> bool:
    """Whether a sentence speaks of what was there before, where that is asked."""
    return not _BEFORE.search(question.text) or bool(_OLD.search(plain(cited.quote)))


def _on_side(question: Question, cited: Citation) -> bool:
    """Whether a sentence is about the side a question names."""
    return sides_asked(question) <= sides_in(plain(cited.quote))


def _only_denies(cited: Citation, question: Question) -> bool:
    """Whether a sentence says that what was asked for is not there, whatever was asked of it."""
    stated = [
        one
        for one in read(cited.quote).stated
        if any(about(subject, one.condition) for subject in question.subjects)
    ]
    return bool(stated) and all(one.stance is Stance.DENIED for one in stated)


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
