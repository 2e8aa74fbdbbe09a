"""What the assistant does not answer: treatment, dose, outlook, other people, its own rules."""

from __future__ import annotations

import re
from enum import StrEnum


class OutOfScope(StrEnum):
    """Why a question is handed to the doctor."""

    TREATMENT = "treatment"
    OUTLOOK = "outlook"
    OTHER_PERSON = "other person"
    RULES = "rules"


REFUSALS = {
    OutOfScope.TREATMENT: (
        "I can not advise on medicine, treatment or daily life with an illness. "
        "Please ask your doctor."
    ),
    OutOfScope.OUTLOOK: (
        "I can not say how an illness will go on or how serious it is. Please ask your doctor."
    ),
    OutOfScope.OTHER_PERSON: (
        "I can only speak about your own reports. I can not see those of another person."
    ),
    OutOfScope.RULES: "I can not do that. I can explain your report or show free times.",
}

_RELATIVE = (
    r"(?:brother|sister|mother|mum|mom|father|dad|wife|husband|partner|neighbou?r|friend|son"
    r"|daughter|boss|colleague|patient|aunt|uncle|cousin)"
)
_RECORD = (
    r"(?:results?|reports?|scans?|mri|files?|data|records?|phone number|address|appointments?)"
)

_PATTERNS = (
    (
        OutOfScope.RULES,
        r"\b(?:ignore|forget|disregard|bypass)\b.{0,25}\b(?:rules?|instructions?|prompts?|above)\b",
        r"\bsystem prompt\b|\bjailbreak\b|\bpretend (?:to be|you)|\bact as\b|\bdeveloper mode\b",
        r"\b(?:print|show|reveal|repeat)\b.{0,20}\b(?:prompt|instructions|password|key)\b",
    ),
    (
        OutOfScope.OTHER_PERSON,
        rf"\b{_RECORD}\b.{{0,25}}\b(?:of|from|for) (?:my|the|another|a|other)\b"
        rf".{{0,12}}{_RELATIVE}",
        rf"\b{_RELATIVE}(?:'?s)? .{{0,15}}{_RECORD}\b",
        r"\b(?:another|other) (?:person|patient|people)",
    ),
    (
        OutOfScope.OUTLOOK,
        r"\bhow (?:long|much time) (?:do|will|have|can|am) (?:i|we)\b(?!.{0,20}\bwait)",
        r"\b(?:will|am|going to|could|can) (?:i |it |this |going to )*"
        r"(?:die|survive|live|kill|get worse|get better|come back|grow|spread|heal|go away)\b",
        r"\b(?:life expectancy|survival|prognosis|outlook|terminal|incurable|curable)\b",
        r"\b(?:fatal|deadly)\b",
        r"\b(?:chances?|odds) (?:of|to|that|are|do)\b|\bmy chances\b",
        r"\bhow (?:serious|bad|dangerous|severe)\b|\bis (?:it|this|that) (?:\w+ )?"
        r"(?:cancer|cancerous|malignant|benign|dangerous|serious|bad|life.threatening)\b",
        r"\b(?:do|have) i (?:have |got )?cancer\b|\bshould i (?:be )?worr(?:y|ied)\b",
    ),
    (
        OutOfScope.TREATMENT,
        r"\b(?:dose|dosage|doses|mg|milligrams?|overdose)\b",
        r"\b(?:pills?|tablets?|medicines?|medications?|drugs?|ibuprofen|aspirin|paracetamol"
        r"|steroids?|dexamethasone|antibiotics?|blood thinners?|painkillers?|vitamins?|supplements?"
        r"|cannabis"
        r"|herbs?|herbal|homeopath\w*)\b",
        r"\b(?:treat|treats|treated|treatment|treatments|therapy|therapies|cure|cures|chemo\w*"
        r"|radiotherapy|radiation|surgery|operation|operate|operated)\b",
        r"\b(?:can|may|should|could|is it (?:safe|ok|okay|fine)) (?:for me )?(?:i|to|me)\b.{0,25}"
        r"\b(?:drive|driving|fly|drink|work|exercise|run|swim|sport|sports|travel|smoke|alcohol"
        r"|take|stop|eat|diet|pregnant|breastfeed|sex)\b",
    ),
)
_RULES = tuple((scope, re.compile("|".join(patterns))) for scope, *patterns in _PATTERNS)
_DEFINITION = re.compile(
    r"^\W*(?:(?:please|hello|hi|so|and)\W+)*"
    r"(?:what (?:is|are|does|do) (?:an? |the word |the term )?"
    r"[\w-]+(?: [\w-]+)?(?: mean)?|explain the word [\w-]+)\W*$"
)
_ABOUT_SELF = re.compile(r"\b(?:i|my|me|best|treatment|chances?|dose)\b")


def out_of_scope(text: str) -> OutOfScope | None:
    """Why a message must be left to the doctor, or None if it may be answered.

    Asking what a word means is always in scope; asking what to take, what will happen, or about
    somebody else never is.
    """
    message = text.lower().replace("’", "'")
    if _DEFINITION.search(message) and not _ABOUT_SELF.search(message):
        return None
    return next((scope for scope, pattern in _RULES if pattern.search(message)), None)


def refusal(scope: OutOfScope) -> str:
    """The sentence by which a question is handed to the doctor."""
    return REFUSALS[scope]
