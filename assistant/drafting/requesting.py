"""The sentences by which a report asks for something to be done, or says that nothing need be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.drafting.facts import IMPRESSION, addenda
from assistant.drafting.reading.vocabulary import plain
from assistant.drafting.recommendation import recommendations_in
from assistant.guarding.lexicon import sentences
from assistant.records import Citation, Report

_REQUEST = re.compile(
    r"\b(?:recommend\w*|advis\w+|suggested|refer(?:ral|red)?|consultation|follow-?up|control (?:in"
    r"|mri|mr|ct|scan|imaging|examination)|repeat (?:mri|mr|ct|scan|imaging)|re-?imaging"
    r"|review in|presentation (?:in|to|at)|appointment|admission|should be|is required"
    r"|(?:is|are) (?:needed|necessary|indicated)|may be considered|empfohlen|empfehl\w+"
    r"|(?:wieder)?vorstellung|überweisung"
    r"|(?:verlaufs)?kontrolle|abklärung|angeraten|anzuraten)\b"
)
_HEADED = re.compile(r"^\W*(?:recommendations?|empfehlung(?:en)?|procedere|advice)\b ?:")
_WHAT = (
    r"(?:follow-?up\w*|imaging|control(?:s|led)?|mri|ct|scans?|tests?|treatment|consultation|action"
    r"|workup|work-up|surveillance|\w*kontroll\w*|bildgebung|maßnahmen?|therapie|behandlung"
    r"|abklärung|untersuchung\w*)"
)
_NEEDED = r"(?:need\w*|necessary|required|indicated|recommended|nötig|notwendig|erforderlich)"
_NOT = r"(?:no|not|nothing|no longer|without|kein\w*|nicht|nichts)"
_NONE_NEEDED = re.compile(
    rf"\b{_NOT}\b[^.;]*\b{_WHAT}\b[^.;]*\b{_NEEDED}\b"
    rf"|\b{_WHAT}\b[^.;]*\b{_NOT}\b[^.;]*\b{_NEEDED}\b"
    rf"|\b{_NOT}\b[^.;]*\b{_NEEDED}\b[^.;]*\b{_WHAT}\b"
    rf"|^\W*no (?:further |additional |routine )?{_WHAT}\W*$"
    rf"|^\W*keine? (?:weitere\w* )?{_WHAT}\W*$"
)
_DENIED = re.compile(r"\b(?:no|not|without|unless|kein\w*|nicht|ohne)\b")


def is_request(text: str) -> bool:
    """Whether a sentence in ``plain`` form asks for something, or says that nothing is needed."""
    return bool(_HEADED.search(text) or _REQUEST.search(text) or _NONE_NEEDED.search(text))


def none_needed(text: str) -> bool:
    """Whether a sentence in ``plain`` form says that something need not be done."""
    return bool(_NONE_NEEDED.search(text))


def requests(report: Report) -> tuple[Citation, ...]:
    """Every sentence that asks for something, what was added last first.

    What stands after "Recommendation:" counts to the end of its section.
    """
    titles = (*reversed(addenda(report)), *IMPRESSION)
    return tuple(dict.fromkeys(one for title in titles for one in _of_section(report, title)))


def _of_section(report: Report, title: str) -> Iterator[Citation]:
    headed = False
    for sentence in sentences(report.section(title)):
        text = plain(sentence)
        headed = headed or bool(_HEADED.search(text))
        asks = bool(_REQUEST.search(text)) and not _DENIED.search(text)
        if headed or asks or none_needed(text) or recommendations_in(sentence):
            yield Citation(f"report:{title}", sentence)
