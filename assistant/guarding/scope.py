"""What the assistant does not answer: treatment, dose, outlook, other people, its own rules.

Written rules in English and German, or a head over what a message means: either refuses.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.guarding.colloquial import (
    ANSWERED_FORMS,
    COLLOQUIAL_OUTLOOK,
    COLLOQUIAL_TREATMENT,
)
from assistant.guarding.cues import folded
from assistant.guarding.heads import judge
from assistant.ports import Embedder

REFUSED_FROM = 0.05
"""Least probability of all refusals together at which the head alone refuses (ADR 50)."""
REFUSED_IF_RULED = 0.03
"""The same where a rule sees a word of treatment or outlook, too."""
REFUSED_IN_ANSWERED_FORMS = 0.7
"""The same where the form is one of those that ask about the report or the examination."""


class OutOfScope(StrEnum):
    """Why a question is handed to the doctor."""

    TREATMENT = "treatment"
    OUTLOOK = "outlook"
    OTHER_PERSON = "other person"
    RULES = "rules"


_RELATIVE_DE = (
    r"(?:bruder\w*|schwester|mutter|vater\w*|mama|papa\w*|frau|mann\w*|partner\w*|nachbar\w*"
    r"|freund\w*|sohn\w*|tochter|chef\w*|kolleg\w*|tante|onkel\w*|cousin\w*|oma|opa|grossmutter"
    r"|grossvater\w*|schwieger\w+|ex\w*)"
)
_RECORD_DE = (
    r"(?:befund\w*|bericht\w*|ergebnis\w*|mrt|bilder|akte|daten|telefonnummer|adresse|termine?s?"
    r"|diagnose)"
)
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
        r"\b(?:ignorier\w*|vergiss|missacht\w*|umgeh\w*)\b.{0,25}\b(?:regeln|anweisung\w*|vorgaben"
        r"|richtlinien|oben|alles|sperre)\b|\bsystem-?prompt\b|\btu so, als\b|\bentwicklermodus\b",
        r"\b(?:gib|zeig\w*|verrate?|nenn\w*)\b.{0,20}\b(?:prompt|anweisungen|passwort"
        r"|schluessel)\b",
    ),
    (
        OutOfScope.OTHER_PERSON,
        rf"\b{_RECORD}\b.{{0,25}}\b(?:of|from|for) (?:my|the|another|a|other)\b"
        rf".{{0,12}}{_RELATIVE}",
        rf"\b{_RELATIVE}(?:'?s)? .{{0,15}}{_RECORD}\b",
        r"\b(?:another|other) (?:person|patient|people)",
        rf"\b{_RECORD_DE}\b.{{0,15}}\b(?:von |vom )?(?:meine[rsm]?|seine[rsm]?|ihre[rsm]?|eine[rs]"
        rf"|des|der|dem)\b.{{0,12}}{_RELATIVE_DE}\b",
        rf"\bmeine?[rsnm]? {_RELATIVE_DE}\b.{{0,25}}\b{_RECORD_DE}\b",
        r"\b(?:andere[rnms]?|fremde[rn]?) (?:person|patient\w*|leute)\b|\balle patienten\b",
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
        r"\b(?:sterben|ueberleb\w*|lebenserwartung|prognose|unheilbar|heilbar|toedlich|heilungs\w+"
        r"|boesartig|gutartig|lebensbedrohlich|krebs)\b|\bwie lange (?:habe|lebe|bleibt)\b.{0,25}"
        r"\b(?:leben|noch)\b|\bwie (?:ernst|schlimm|gefaehrlich)\b|\bsorgen machen\b"
        r"|\b(?:meine|wie stehen die|welche) chancen\b|\bwieder gesund\b"
        r"|\b(?:wird|wuerde|kann) (?:es|das|er|sie) (?:\w+ )?(?:wachsen|schlimmer|streuen"
        r"|platzen)\b",
        r"\b(?:do|have) i (?:have |got )?cancer\b|\bshould i (?:be )?worr(?:y|ied)\b",
        *COLLOQUIAL_OUTLOOK,
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
        r"\b(?:dosis|dosierung|milligramm|ueberdosis|tabletten?|pillen?|medikament\w*|medizin"
        r"|aspirin"
        r"|paracetamol|kortison|cortison|antibiotik\w+|blutverduenner|schmerzmittel|vitamine?"
        r"|nahrungsergaenzung\w*|cannabis\w*|globuli|homoeopath\w*|rezept|krankschreib\w+)\b",
        r"\b(?:behandel\w+|behandlung\w*|therap\w+|chemo\w*|bestrahl\w+|strahlentherapie|operation"
        r"|operier\w+|op)\b",
        r"\b(?:darf|kann|soll|sollte|muss) ich\b.{0,30}\b(?:fahren|fliegen|trinken|arbeiten"
        r"|sport|laufen"
        r"|schwimmen|reisen|rauchen|alkohol|nehmen|absetzen|essen|diaet|schwanger|sex|sauna|tauchen"
        r"|heben|impfen)\b",
        *COLLOQUIAL_TREATMENT,
        r"\b(?:can|may|should|could|is it (?:safe|ok|okay|fine)) (?:for me )?(?:i|to|me)\b.{0,25}"
        r"\b(?:drive|driving|fly|drink|work|exercise|run|swim|sport|sports|travel|smoke|alcohol"
        r"|take|stop|eat|diet|pregnant|breastfeed|sex)\b",
    ),
)
_RULES = tuple((scope, re.compile("|".join(patterns))) for scope, *patterns in _PATTERNS)
_DEFINITION = re.compile(
    r"^\W*(?:(?:please|hello|hi|so|and|bitte|hallo|und)\W+)*"
    r"(?:what (?:is|are|does|do) (?:an? |the word |the term )?"
    r"[\w-]+(?: [\w-]+)?(?: mean)?|explain the word [\w-]+"
    r"|was (?:ist|sind|bedeutet|heisst) (?:ein\w* |das wort |der begriff )?[\w-]+"
    r"|erklaeren sie (?:mir )?das wort [\w-]+)\W*$"
)
_ABOUT_SELF = re.compile(
    r"\b(?:i|my|me|it|this|that|best|treatment|chances?|dose|prognosis|life expectancy|ich|mein\w*"
    r"|mir|es|das(?! wort)|beste|behandlung|dosis|prognose)\b"
)


def out_of_scope(
    text: str, *, language: str = "en", embedder: Embedder | None = None
) -> OutOfScope | None:
    """Why a message must be left to the doctor, or None if it may be answered.

    Asking what a word means is always in scope; asking what to take, what will happen, or about
    somebody else never is. Where a rule sees a word of treatment or outlook the meaning can still
    clear the message, more easily in a question about the report or the examination. Without an
    embedder the rules decide alone.
    """
    del language  # a message is judged as it is written
    message = folded(text)
    if _DEFINITION.search(message) and not _ABOUT_SELF.search(message):
        return None
    ruled = next((scope for scope, pattern in _RULES if pattern.search(message)), None)
    medical = ruled in {OutOfScope.TREATMENT, OutOfScope.OUTLOOK}
    if (ruled is not None and not medical) or embedder is None:
        return ruled
    judged = judge("scope", text, embedder)
    if not judged.by_meaning:
        return ruled
    refused = 1.0 - judged.probabilities["in scope"]
    if refused < _refused_from(message, medical=medical):
        return None
    return max(OutOfScope, key=lambda scope: judged.probabilities[scope.value])


def _refused_from(message: str, *, medical: bool) -> float:
    """Least probability that refuses, by what the rules see in a folded message."""
    if not medical:
        return REFUSED_FROM
    asked = ANSWERED_FORMS.search(message) is not None
    return REFUSED_IN_ANSWERED_FORMS if asked else REFUSED_IF_RULED
