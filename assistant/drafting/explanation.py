"""A signed report in plain words: facts fill written templates, every sentence says its source.

No model takes part. The templates are written for a United States school grade of 6 or less
(Flesch-Kincaid) and have not yet been reviewed by a clinician.
"""

from __future__ import annotations

import re

from assistant.drafting.facts import Facts, Lesion, gather
from assistant.drafting.recommendation import Recommendation, recommend
from assistant.errors import ReportNotSignedError
from assistant.guarding.lexicon import sentences, words
from assistant.knowledge.shipped import passage, passages
from assistant.records import Citation, Explanation, Passage, Report, ReportStatus, Sentence

_MEANING = {
    "glioma": "a growth that starts in the cells that feed and hold up the nerves of the brain",
    "meningioma": "a growth of the thin layers that cover the brain",
    "pituitary": "a growth of a small gland at the base of the brain",
}
_NAME = {
    "glioma": "a glioma",
    "meningioma": "a meningioma",
    "pituitary": "a growth of the pituitary gland",
}
_PLAIN_PLACES = {
    "middle central": "middle",
    "central": "middle",
    "anterior": "front",
    "posterior": "back",
    "imaged head": "head",
}
_GLOSSARY = ("contrast", "oedema", "midline-shift", "biopsy", "metastasis", "ventricles")


def explain(report: Report) -> Explanation:
    """Explain a signed report to its patient.

    Raises
    ------
    ReportNotSignedError
        If no doctor has signed it: there is nothing final to explain.
    """
    if report.signature is None or not (
        report.status.is_final or report.status is ReportStatus.ENTERED_IN_ERROR
    ):
        raise ReportNotSignedError("Your doctor has not signed this report yet.")
    facts = gather(report)
    if report.status is ReportStatus.ENTERED_IN_ERROR:
        told = [Sentence("This report was taken back. Please ask your doctor.", topic="found")]
        return Explanation(report.id, report.version, tuple(told), None)
    if facts.contradictions:
        return _quoted_only(report, facts)
    told = [*_found(facts), *_meaning(facts), *_unknown(facts), *_computer(facts)]
    told += [*_quotes(facts), *_questions(facts), *_glossary(report)]
    next_step, specialty = _next_step(facts)
    return Explanation(report.id, report.version, tuple(told), next_step, specialty)


def _quoted_only(report: Report, facts: Facts) -> Explanation:
    """The doctor's words as they stand, where findings and text do not agree."""
    told = [
        Sentence(
            "This report can not be put into plain words here. Its parts do not fully agree.",
            facts.quotes[:1],
            topic="found",
        ),
        *_quotes(facts),
    ]
    ask = Sentence("Please ask your doctor to go through this report with you.", facts.quotes[:1])
    specialty = facts.recommendation.specialty if facts.recommendation else ""
    return Explanation(report.id, report.version, tuple(told), ask, specialty)


def _found(facts: Facts) -> list[Sentence]:
    """What is there, where and how large; or that nothing was marked."""
    if not facts.lesions:
        cited = (facts.absence_citation,) if facts.absence_citation else facts.quotes[:1]
        text = "Your doctor looked at your MRI scan and did not mark any lesion on it."
        return [Sentence(text, cited, topic="found")]
    told = []
    if len(facts.lesions) > 1:
        every = tuple(lesion.citation for lesion in facts.lesions)
        told.append(
            Sentence(f"Your MRI scan shows {len(facts.lesions)} lesions.", every, topic="found")
        )
    told += [Sentence(_shown(one), (one.citation,), topic="found") for one in facts.lesions]
    confirmed = "Your doctor has looked at the pictures and has confirmed this."
    told.append(Sentence(confirmed, (facts.lesions[0].citation,), topic="found"))
    return told


def _shown(lesion: Lesion) -> str:
    """The sentence that says what the scan shows of one lesion."""
    size = f" It is {lesion.size} wide at its widest place." if lesion.size else ""
    return f"Your MRI scan shows a lesion{_in(lesion.where)}.{size}"


def _in(where: str) -> str:
    """The place in plain words, with its preposition."""
    place = _plain_place(where)
    side, _, rest = place.partition(", ")
    if rest and side in {"left", "right"}:
        return f" on the {side} side, in the {rest}"
    if rest and side == "midline":
        return f" near the middle line, in the {rest}"
    if not place:
        return ""
    if place.endswith(" side") or place.startswith("midline"):
        return f" on the {place}"
    first = place.split(maxsplit=1)[0].lower()
    if first in {"in", "on", "near", "at", "over", "between", "next", "close", "around"}:
        return f" {place}"
    return f" in {place}" if first == "the" else f" in the {place}"


def _plain_place(where: str) -> str:
    """A place without the Latin words for front, back and middle."""
    for latin, plain in _PLAIN_PLACES.items():
        where = re.sub(rf"\b{latin}\b", plain, where)
    return where


def _meaning(facts: Facts) -> list[Sentence]:
    """What kind it is, only as far as the doctor's own impression says so."""
    if not facts.lesions:
        return [_from_passage("no-lesion", topic="meaning")]
    told = [_from_passage("lesion", topic="meaning")]
    cited = (facts.kind_citation,) if facts.kind_citation else ()
    if len(facts.kinds) == 1 and not facts.other:
        kind = facts.kinds[0]
        verb = "thinks it may be" if facts.suspected else "calls it"
        text = f"Your doctor {verb} {_NAME[kind]}. That is {_MEANING[kind]}."
        source = passage(kind)
        told.append(Sentence(text, (*cited, _cite(source)), topic="meaning"))
    elif facts.kinds or facts.other:
        text = "Your doctor has written down what it could be. You can read the words below."
        told.append(Sentence(text, cited or facts.quotes[:1], topic="meaning"))
    return told


def _unknown(facts: Facts) -> list[Sentence]:
    """What the scan does not tell."""
    if not facts.lesions:
        return []
    told = []
    if len(facts.kinds) != 1 and not facts.other:
        text = "It is not yet known what kind of lesion it is."
        cited = (facts.kind_citation,) if facts.kind_citation else facts.quotes[:1]
        told.append(Sentence(text, cited, topic="unknown"))
    told.append(_from_passage("scan-limits", topic="unknown"))
    return told


def _computer(facts: Facts) -> list[Sentence]:
    """What the machine marked and the doctor rejected."""
    told = []
    for lesion in facts.rejected:
        size = f" of {lesion.size}" if lesion.size else ""
        text = (
            f"The computer marked a spot{size}{_in(lesion.where)}. "
            "Your doctor checked it and found that it is not a real lesion."
        )
        told.append(Sentence(text, (lesion.citation,), topic="computer"))
    return told


def _quotes(facts: Facts) -> list[Sentence]:
    """The doctor's own words, unchanged: the impression, then what was added later."""
    told = []
    for source in dict.fromkeys(one.source for one in facts.quotes):
        verb = "wrote" if source == "report:Impression" else "added"
        cited = tuple(one for one in facts.quotes if one.source == source)
        said = " ".join(one.quote for one in cited)
        told.append(Sentence(f'Your doctor {verb}: "{said}"', cited, topic="quote"))
    return told


def _questions(facts: Facts) -> list[Sentence]:
    """Questions a patient may take along."""
    limits, no_lesion = _cite(passage("scan-limits")), _cite(passage("no-lesion"))
    if not facts.lesions:
        asked = ["What else could cause how I feel?", "Do I need any more tests?"]
        cited = (no_lesion,)
    else:
        asked = [
            "What do you think it is, and how sure are you?",
            "Do I need more tests?",
            "What can we do next, and how soon?",
            "What signs should make me call you at once?",
        ]
        cited = (limits,)
    return [Sentence(f"You could ask your doctor: {one}", cited, topic="question") for one in asked]


def _glossary(report: Report) -> list[Sentence]:
    """Passages for hard words that the findings or the impression use."""
    said = set(words(" ".join((report.section("Findings"), report.section("Impression")))))
    told = []
    for passage_id in _GLOSSARY:
        one = passage(passage_id)
        if said & set(one.keywords):
            told.append(Sentence(f"{one.title}: {one.text}", (_cite(one),), topic="word"))
    return told


def _next_step(facts: Facts) -> tuple[Sentence | None, str]:
    """The consultation the report asks for; without one, the usual specialty and no date."""
    asked = facts.recommendation
    if asked is not None:
        return Sentence(_consultation(asked), (_cite_report(asked),)), asked.specialty
    if not facts.lesions:
        text = "Please talk with your doctor about this result."
        return Sentence(text, facts.quotes[:1]), ""
    if len(facts.kinds) == 1 and not facts.other:
        specialty = recommend(facts.kinds[0]).specialty
        text = (
            f"The usual next step is a visit to {specialty}. "
            "Ask your doctor if and when you should go there."
        )
        return Sentence(text, (_cite(passage(specialty)),)), specialty
    text = "Please talk with your doctor about the next step."
    return Sentence(text, facts.quotes[:1]), ""


def _consultation(asked: Recommendation) -> str:
    urgent = "an urgent" if "urgent" in asked.sentence.lower() else "a"
    within = f" within {asked.within}" if asked.within else ""
    return f"Your doctor suggests {urgent} visit to {asked.specialty}{within}."


def _cite_report(asked: Recommendation) -> Citation:
    return Citation("report:Impression", asked.sentence)


def _cite(source: Passage) -> Citation:
    """A passage as a citation; the quote is the passage's text."""
    return Citation(source.cited_as, source.text)


def _from_passage(passage_id: str, *, topic: str) -> Sentence:
    source = passage(passage_id)
    return Sentence(source.text, (_cite(source),), topic=topic)


def resolves(citation: Citation, report: Report) -> bool:
    """Whether a citation's quote really stands where it says.

    Decisions are resolved by a decided finding of the same place.
    """
    kind, _, name = citation.source.partition(":")
    if kind == "knowledge":
        return any(one.id == name and one.text == citation.quote for one in passages())
    if name == "decisions":
        return any(finding.status.value in citation.quote for finding in report.findings)
    return citation.quote in sentences(report.section(name))
