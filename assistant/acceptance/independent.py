"""A second look at what passed the gate, by other means.

It shares no list and no rule with the gate, so that one mistake does not blind both. It compares
what must not change as bags of words: numbers, units, sides, denials, doubts, confirmations and
the names of things. It is stricter than a reader would be.
"""

from __future__ import annotations

import re
from collections import Counter

_GROUPS: tuple[tuple[str, str], ...] = (
    ("a number", r"\d+(?:[.,]\d+)*(?:st|nd|rd|th)?"),
    ("a unit", r"mm3?|cm|ml|percent(?:ile)?|%|days?|weeks?|months?|years?|grade"),
    ("a side", r"left|right|both|midline|middle"),
    ("a doubt", r"may|might|could|can|possibl[ey]|perhaps|likely|unlikely|probab\w+|suspect\w*|"
                r"suspicious|appears?|seems?|unclear|uncertain|unknown"),
    ("a confirmation", r"confirm\w*|proven?|diagnosed|established|certain"),
    ("a degree", r"small|tiny|little|large|big|huge|mild|moderate|severe|slight\w*|nearly|almost|"
                 r"smaller|larger|wider|normal|abnormal|urgent\w*|soon|immediate\w*|often|always"),
    ("a time", r"new|old|past|fresh|yet|still|already|again|now"),
    ("what it is", r"tumou?rs?|cancer\w*|growths?|cysts?|lesions?|spots?|scars?|bleed\w*|"
                   r"h[ae]+morrhag\w*|blood|strokes?|infarcts?|swelling|o?edema|shift|injur\w*|"
                   r"meningiomas?|gliomas?|\w*adenomas?|cavernomas?|sclerosis|dementia|benign|"
                   r"malignant|harmless|inflammation|artifacts?|metasta\w*|seizures?|aneurysm\w*"),
    ("where it is", r"frontal|parietal|temporal|occipital|cerebell\w+|thalam\w+|hippocamp\w+|"
                    r"pituitary|ventricles?|gland|nerves?|lobes?|matter|layers|vessels?|brain"),
    ("who", r"neurosurg\w+|neurolog\w+|endocrinolog\w+|oncolog\w+|general practice|memory clinic|"
            r"referring|doctors?|program"),
    ("what to do", r"follow-up|consultation|treatment|surgery|operat\w+|medicines?|drugs?|tests?|"
                   r"biops\w+|dose|radiation|chemotherapy"),
)  # fmt: skip
_DENIALS = re.compile(
    r"\b(?:no|not|none|nothing|never|without|neither|nor|cannot|un\w*able|free of|absen\w+|"
    r"rul\w+ out|exclud\w+)\b|n't\b"
)
_COMPILED = tuple((name, re.compile(rf"(?<!\w)(?:{form})(?!\w)")) for name, form in _GROUPS)
_SAME = {"tumor": "tumour", "tumors": "tumours", "edema": "oedema"}


def violation(source: str, candidate: str) -> str:
    """What was changed, in a few words; empty if nothing that may not change was."""
    before, after = source.lower(), candidate.lower()
    for name, form in _COMPILED:
        lost, added = _bag(form, before), _bag(form, after)
        changed = (lost - added) + (added - lost)
        if changed:
            return f"{name} was changed: {', '.join(sorted(changed))}"
    if len(_DENIALS.findall(before)) != len(_DENIALS.findall(after)):
        return "a denial was added or lost"
    return ""


def _bag(form: re.Pattern[str], text: str) -> Counter[str]:
    """How often each word of a group occurs; numbers and names in one spelling."""
    return Counter(_SAME.get(found, found) for found in form.findall(text))
