"""Which specialty to consult next: a small table of stated rules, never a treatment.

The rules follow the referral thinking of NICE NG99 (2018: people with a suspected glioma on
imaging are discussed by a specialist team at first imaging) and the usual pathway of pituitary
lesions to endocrinology. The time frames are this program's proposal, not yet reviewed by a
clinician; the reader edits or deletes the line before signing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.guarding.lexicon import is_negation, sentences, specialty_in, words


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A consultation: the specialty, within what time (may be empty) and the sentence itself."""

    specialty: str
    within: str
    sentence: str


_RULES = {
    "glioma": ("neurosurgery", "2 weeks"),
    "meningioma": ("neurosurgery", "2 weeks"),
    "pituitary": ("endocrinology", "4 weeks"),
    "": ("neurosurgery", "2 weeks"),
}

_ACT = re.compile(
    r"\b(?:consult\w*|refer\w*|visit|appointment|follow-up|clinic|review|see|opinion)\b"
)
_WITHIN = re.compile(r"\bwithin (?:the next )?(\d+|one|two|three|four|six) (day|week|month)s?\b")


def recommend(kind: str) -> Recommendation:
    """The consultation proposed for a confirmed lesion of a suspected kind ("" = uncertain)."""
    specialty, within = _RULES.get(kind, _RULES[""])
    sentence = f"Consultation with {specialty} within {within} is suggested."
    return Recommendation(specialty, within, sentence)


def recommendation_in(text: str) -> Recommendation | None:
    """The consultation a text asks for, or None; a denied one does not count."""
    for sentence in sentences(text):
        specialty = specialty_in(sentence)
        if not specialty or not _ACT.search(sentence.lower()):
            continue
        if any(is_negation(word) for word in words(sentence)):
            continue
        within = _WITHIN.search(sentence.lower())
        return Recommendation(
            specialty, within.group(0).removeprefix("within ") if within else "", sentence
        )
    return None
