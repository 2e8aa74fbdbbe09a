"""What a message calls for, decided by written rules; unsure means unsure.

A second judge by sentence embedding is planned; until then a message that no rule knows is
answered from the report and the passages, or by buttons.
"""

from __future__ import annotations

import re
from enum import StrEnum

GREETING = re.compile(
    r"^\W*(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|greetings)(?: there| again)?\W*$"
)
THANKS = re.compile(
    r"^\W*(?:(?:ok|okay|great|good)\W+)?(?:many |so much )?"
    r"(?:thanks?|thank you|cheers|bye|goodbye|see you)"
    r"(?: (?:a lot|very much|so much|you|again))*\W*$"
)
YES = re.compile(
    r"^\W*(?:yes|yeah|yep|sure|ok|okay|please|do so|go ahead|alright)(?:\W+(?:please|do|so))*\W*$"
)

_BOOK = re.compile(
    r"\b(?:book\w*|schedul\w+|reschedul\w+|appointments?|slots?|availab\w+|free times?|openings?"
    r"|make a date|arrange (?:a|an) \w+|visit)\b|\bwhen (?:can|could|is|are) .{0,25}"
    r"\b(?:come|see|free|in|duty)\b|\bon duty\b|\b(?:see|meet|talk to|speak (?:to|with)) "
    r"(?:a|an|the|dr|doctor|my|prof)\b|\bi(?:'d| would) (?:like|want) to (?:see|meet|come)\b"
    r"|\bfit me in\b|\bcan i come\b|\bcan (?:dr|doctor)\b"
)
_NEXT = re.compile(
    r"\bnext steps?\b|\bwhat (?:happens|do i do|should i do|now|comes) ?(?:next|now)?\b"
    r"|\bwhat's next\b|\bwhere (?:do|should) i go\b|\bwho (?:do|should) i (?:see|go|talk|call)\b"
    r"|\bwhich (?:doctor|specialist|specialty)\b|\bdo i need (?:a|to see|another|any)\b"
)
_EXPLAIN = re.compile(
    r"\b(?:explain|summari[sz]e|plain words|simple words|easy words|tell me about|understand"
    r"|go through|what does (?:it|my report|the report|my scan|my mri) (?:say|mean|show))\b"
    r"|\bwhat (?:did|does|do) (?:the|my|they|you|it) .{0,20}\b(?:find|found|show|say|see)\b"
    r"|\bwhat (?:is|was|'s) (?:in|on|wrong|found|seen)\b.{0,20}|\bmy results?\b|^\W*my report\W*$"
    r"|\bdid (?:the|my|you|they) .{0,20}\b(?:find|see|show)\b"
    r"|\bwhat do i have\b|\bwhat is it\W*$|\bwhat have i got\b"
)
_MEANING = re.compile(
    r"\b(?:what (?:is|are|'s|does|do)|meaning of|mean(?:s|ing)?|define|explain the (?:word|term))\b"
)
_ASKS = re.compile(
    r"^\W*(?:(?:please|hello|hi|and|so|but)\W+)*(?:what|where|when|who|why|how|which|is|are|was|were"
    r"|do|does|did|can|could|tell|explain|show|define|meaning)(?!')\b"
)
_WHOLE_REPORT = re.compile(r"\b(?:report|results?|scan|mri|images?|pictures?|findings?)\b")


class Intent(StrEnum):
    """What a message calls for."""

    BOOK = "book"
    NEXT_STEP = "next step"
    EXPLAIN = "explain"
    QUESTION = "question"
    SMALL_TALK = "small talk"


def route(text: str) -> Intent:
    """The intent of a message; what no rule knows is a question."""
    message = text.lower().replace("’", "'").strip()
    if GREETING.search(message) or THANKS.search(message):
        return Intent.SMALL_TALK
    if _NEXT.search(message):
        return Intent.NEXT_STEP
    if _BOOK.search(message) and not re.match(r"^\W*what (?:is|does|are) (?:an? )?\w+", message):
        return Intent.BOOK
    if _EXPLAIN.search(message) and not _asks_for_a_word(message):
        return Intent.EXPLAIN
    return Intent.QUESTION


def _asks_for_a_word(message: str) -> bool:
    """Whether "explain X" or "tell me about X" is about one word, not about the report."""
    return (
        bool(_MEANING.search(message) or "about" in message)
        and not _WHOLE_REPORT.search(message)
        and not re.search(r"\b(?:it|i have|found|wrong)\b", message)
    )


def tells(text: str) -> bool:
    """Whether a message tells something about a person instead of asking for something."""
    return not _ASKS.search(text.lower().replace("’", "'"))
