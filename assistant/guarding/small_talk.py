"""Courtesy only: a closed list of words, because nothing else is safe from a small model."""

from __future__ import annotations

import re

from assistant.guarding.lexicon import sentences, word_set, words

LONGEST = 30
_COURTESY = word_set(
    "a about again an and any anything are ask at be bye can day do evening explain find for free "
    "friendly front desk glad good goodbye great happy have hear hello help here hi how i i'd i'll "
    "i'm if in is it just let like look looking me moment morning afternoon much my nice of offer "
    "ok okay on or our out please pleased pleasure question questions report see show so some soon "
    "take talk thank thanks that that's the there thing times to us very visit want we we're "
    "welcome what will wish with wonderful would yes you you'd you're your assist assistance "
    "assistant anytime"
)
_CLAIMS = re.compile(r"\b(?:report|visit|it|that|you) (?:is|are)\b(?! welcome)|\bgood report\b")


def harmless(candidate: str) -> bool:
    """Whether a text is one or two short courteous sentences and nothing more.

    Any word outside the list, any number, any mark-up and any claim ("your report is good")
    refuses it.
    """
    said = words(candidate)
    if not said or len(said) > LONGEST or len(sentences(candidate)) > 2:
        return False
    if any(mark in candidate for mark in "<>*#[]{}@/\\|_`:;\n"):
        return False
    if _CLAIMS.search(candidate.lower()):
        return False
    return candidate.isascii() and all(word in _COURTESY for word in said)
