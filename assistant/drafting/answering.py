"""A follow-up question answered by quoting: the report first, then a passage, else nothing."""

from __future__ import annotations

import re

from assistant.drafting.citing import cite
from assistant.drafting.explanation import explain
from assistant.drafting.facts import addenda
from assistant.guarding.lexicon import CONCEPTS, concepts, sentences, word_set, words
from assistant.knowledge.shipped import look_up
from assistant.records import Citation, Passage, Report, Sentence

_EMPTY = word_set(
    "a about am an and any are as at be been but by can could did do does explain for from had has "
    "have hello hi how i if in is it its just know like me mean meaning means mri my of on or "
    "please report say says scan should show so tell term that the their there they this to was "
    "we were what what's when where which who why will with word would you your doctor now not "
    "up some all more computer lesion lesions"
)
_ASKED_OF = {
    "size": word_set("big large small size wide long mm millimetres measure diameter volume"),
    "place": word_set("where place located location side part left right lobe"),
}
_TELLS = {"size": word_set("mm ml cm"), "place": word_set("left right lobe midline frontal")}
_PRESENCE = re.compile(r"^\W*(?:is|are|was|were) there\b|^\W*(?:do|have) i (?:have|got)\b")
_OWN = word_set("my mine i me it")

NOT_IN_REPORT = "Your report does not use this word. In general:"


def answer(text: str, report: Report | None) -> tuple[Sentence, ...]:
    """Sentences that hold the answer, each with its source; empty if nothing here holds it.

    The report counts only if it is signed. The doctor's words are quoted, never paraphrased.
    """
    said = set(words(text))
    asked = said - _EMPTY
    passage = look_up(text)
    about_self = bool(said & _OWN)
    told: list[Sentence] = []
    if report is not None and report.signature is not None:
        told += _from_explanation(said, report)
        if not told:
            told += _from_sections(asked, report)
    if passage is not None and not told and _PRESENCE.search(text.lower()):
        return ()
    if passage is not None and not (told and about_self):
        if report is not None and not told and _absent(passage, report):
            told.append(Sentence(NOT_IN_REPORT))
        told.append(Sentence(passage.text, (cite(passage),), topic="meaning"))
    return tuple(told)


def _absent(passage: Passage, report: Report) -> bool:
    """Whether a passage is about a medical thing that the report nowhere names."""
    medical = {CONCEPTS[word] for word in passage.keywords if word in CONCEPTS}
    written = concepts(" ".join(section.text for section in report.sections))
    return bool(medical) and not medical & written


def _from_explanation(asked: set[str], report: Report) -> list[Sentence]:
    """What the explanation says of place and size, if that is what was asked."""
    wanted = [topic for topic, forms in _ASKED_OF.items() if asked & forms]
    found = [one for one in explain(report).sentences if one.topic == "found"]
    return [one for one in found if any(set(words(one.text)) & _TELLS[topic] for topic in wanted)][
        :2
    ]


def _from_sections(asked: set[str], report: Report) -> list[Sentence]:
    """The report's own sentence that shares most with the question, quoted.

    At least one shared word must be a medical concept, or half of the question must be shared.
    """
    best: tuple[int, Sentence] | None = None
    for title in ("Impression", "Findings", *addenda(report), "Technique", "Comparison"):
        for sentence in sentences(report.section(title)):
            shared = _likeness(asked, sentence)
            if shared and (best is None or shared > best[0]):
                cited = Citation(f"report:{title}", sentence)
                best = (shared, Sentence(f'Your report says: "{sentence}"', (cited,)))
    return [best[1]] if best else []


def _likeness(asked: set[str], sentence: str) -> int:
    """How much a sentence shares with a question: words, with medical concepts counted double."""
    said = set(words(sentence)) - _EMPTY
    shared = asked & said
    medical = concepts(" ".join(asked)) & concepts(sentence) - {"lesion"}
    if not medical and 2 * len(shared) < len(asked):
        return 0
    return len(shared) + 2 * len(medical) if shared or medical else 0
