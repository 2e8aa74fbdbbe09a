"""Written rules for English intents, for a machine without the embedding models."""

from __future__ import annotations

import re

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
_WHOLE_REPORT = re.compile(r"\b(?:report|results?|scan|mri|images?|pictures?|findings?)\b")


def intent_by_rule(text: str) -> str:
    """The name of the intent the words of an English message name, or an empty text."""
    message = text.lower().replace("’", "'").strip()
    if _NEXT.search(message):
        return "next step"
    if _BOOK.search(message) and not re.match(r"^\W*what (?:is|does|are) (?:an? )?\w+", message):
        return "book"
    if _EXPLAIN.search(message) and not _asks_for_a_word(message):
        return "explain"
    return ""


def _asks_for_a_word(message: str) -> bool:
    """Whether "explain X" or "tell me about X" is about one word, not about the report."""
    return (
        bool(_MEANING.search(message) or "about" in message)
        and not _WHOLE_REPORT.search(message)
        and not re.search(r"\b(?:it|i have|found|wrong)\b", message)
    )
