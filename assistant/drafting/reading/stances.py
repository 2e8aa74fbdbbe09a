"""What one sentence of a doctor states: which conditions, denied or not, and how surely.

The reading is shy: a sentence is cut into clauses, and wherever a denial, a doubt or a word of
history can not be tied to one condition for certain, the condition is ``OPEN``. What is open is
quoted and never put into other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.drafting.reading.vocabulary import (
    BEYOND,
    CONDITION,
    ELSEWHERE,
    GROWTHS,
    NAMELESS,
    OVERLAPS,
    condition_of,
    plain,
)


class Stance(StrEnum):
    """How a sentence stands to a condition.

    LIMITED is a denial of some of it only ("no new lesion"); OPEN means that it can not be told.
    No template speaks of either.
    """

    SURE = "sure"
    PROVEN = "proven"
    KNOWN = "known"
    SUSPECTED = "suspected"
    DENIED = "denied"
    LIMITED = "limited"
    OPEN = "open"


HOLDS = frozenset({Stance.SURE, Stance.PROVEN, Stance.KNOWN, Stance.SUSPECTED})
"""Stances by which a condition is held to be there, for certain or not."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One condition as a clause states it; ``alone`` if the clause states no other.

    ``clause`` is in ``plain`` form, ``start`` and ``end`` are where the condition stands in it.
    """

    condition: str
    stance: Stance
    clause: str
    start: int
    end: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence states; ``beyond`` if it holds to something that has no template."""

    stated: tuple[Stated, ...]
    beyond: bool
    rest_normal: bool


_STOP = re.compile(
    r";|\.(?=\s|$)|,? \b(?:but|however|although|whereas|aber|jedoch|sondern|hingegen)\b"
)
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s*")
_CHANGE = (
    r"(?:\w+ )?(?:change|increase|decrease|growth|progress\w*|regress\w*|enlargement|difference|"
    r"doubt|änderung|veränderung|größenänderung|größenzunahme|größenprogress\w*|wachstum|zunahme|"
    r"abnahme|progress\w*|befundänderung|befundprogress\w*|zweifel)"
)
_DENY = re.compile(
    rf"\b(?:no(?! {_CHANGE}\b| longer\b)|without|neither|nor|absence of|free of|negative for"
    rf"|kein(?:e[nrms]?|erlei)?(?! {_CHANGE}\b)|ohne|weder|noch(?! (?:nicht|immer))|frei von)\b"
)
_LINK = (
    r"(?:any|a|an|the|of|for|definite|evidence|signs?|indication|suggestion|or|nor|and"
    r"|intracranial|"
    r"cerebral|intra-axial|visible|hinweise?|auf|für|nachweis|nachweisbare[rnsm]?|eine?[rnsm]?|der|"
    r"des|von|anhalt|zeichen|oder|noch|und|intrakranielle?[rnsm]?|zerebrale?[rnsm]?|sichtbare[rn]?|"
    r"abgrenzbare[rn]?|bzw|beziehungsweise|sowie|as well as)"
)
_ONLY_LINKS = re.compile(rf"^[\s,]*(?:{_LINK}[\s,]+)*$")
_OR_FOLLOWS = re.compile(r"\b(?:or|nor|oder|noch|bzw|beziehungsweise|sowie)\b")
_BACK = re.compile(
    r"^[^,;:]*?\b(?:(?:is|are|was|were) (?:not (?:seen|present|identified|visible|found|evident|"
    r"demonstrated|shown|detected)|absent|excluded|ruled out)|(?:lässt|lassen) sich nicht "
    r"(?:nachweisen|abgrenzen|erkennen)|(?:ist |sind )?nicht (?:nachweisbar|abgrenzbar|erkennbar|"
    r"zu sehen|vorhanden|sichtbar)|(?:ist |sind |wurde )?(?:sicher )?ausgeschlossen)\b"
)
_NEGATION = re.compile(
    r"\b(?:not|never|none|cannot|nothing|n't|nicht|nie|nichts|niemals|kaum|no longer|nicht mehr"
    r"|fehl\w*|absent|excluded|ausgeschlossen|ruled out|resolved|kein\w*|ohne|without|no|weder)\b"
    r"|n't\b"
)
_HEDGE = re.compile(
    r"\b(?:suspect\w*|suspicious|possibl[ey]|probabl[ey]|likely|presum\w+|may|might|could|"
    r"suggest(?:s|ive|ing)?(?! a? ?(?:consult|follow|visit))|consistent with|compatible with|"
    r"in keeping with|concerning for|favou?r\w*|question\w*|appears? to|seems?|verdacht\w*|v\. ?a\."
    r"|verdächtig\w*|möglich\w*|wahrscheinlich\w*|vermutlich\w*|mutmaßlich\w*|ehesten|eher|"
    r"vereinbar|passend|suspekt\w*|könnten?|kann|können|hinweis\w*|fraglich\w*|wohl|scheint)"
    r"(?:\b|(?<=\.))"
)
_OPEN = re.compile(
    r"\b(?:unlikely|less likely|more likely|most likely \w+ than|unwahrscheinlich\w*|versus"
    r"|vs|rather than|"
    r"differential\w*|differenzial\w*|dd|d\.d|cannot be (?:\w+ )?(?:excluded|ruled out)|"
    r"(?:not|nicht) (?:be )?(?:\w+ )?(?:excluded|ruled out|auszuschließen|ausgeschlossen)|"
    r"rule out|r/o|to exclude|status post|s/p|post-?operativ\w*|postsurgical|resect\w*|resektion|"
    r"operated|operiert\w*|after \w+ of|history of|zustand nach|z\. ?n|st\. ?n|n\. ?op"
    r"|nach (?:\w+ )?(?:"
    r"operation|op|resektion|bestrahlung)|frage nach|zum ausschluss|ausschluss|if|falls|wenn|"
    r"whether|ob|mimic\w*|resolved|rückgebildet\w*|treated|behandelt\w*|clipped|coiled|geclippt\w*|"
    r"gecoilt\w*|ruptur\w*|uncertain|unclear|unklar\w*|indeterminate|unspecific|nonspecific|"
    r"unspezifisch\w*|screening|risk of|risiko\w*|family)\b|\?"
)
_PROVEN = re.compile(
    r"\b(?:histologically (?:proven|confirmed)|biopsy[- ]proven|proven|histologisch \w*gesichert\w*"
    r"|bioptisch gesichert\w*|gesichert\w*)\b"
)
_KNOWN = re.compile(r"\b(?:known|previously described|bekannt\w*|vorbekannt\w*)\b")
_AGE = re.compile(
    r"\b(?:consistent|compatible|in keeping"
    r"|commensurate) with (?:the )?(?:patient'?s )?(?:stated )?"
    r"age\b|altersentsprechend\w*"
)
_REST = re.compile(
    r"\b(?:otherwise|rest of|remainder of|remaining|apart from this|im übrigen|übrige[rnsm]?|sonst"
    r"|ansonsten)\b[^.;]*\b(?:normal|unremarkable|unauffällig\w*|regelrecht\w*)\b"
    r"|\b(?:normal|unremarkable|unauffällig\w*)\b[^.;]*\botherwise\b"
)
_ACTS = re.compile(
    r"\b(?:recommend\w*|advis\w+|refer(?:ral|red)?|consult\w*|follow-?up (?:mri|ct|scan|imaging)|"
    r"empfohlen|empfehl\w+|vorstellung|überweisung|anzuraten|angeraten|(?:verlaufs)?kontrolle)\b"
)
_USUAL = re.compile(r"\b(?:normal|regular|physiologic\w*|usual|regelrecht\w*|üblich\w*)\W*$")
_NEAR_WORDS = 6
_PARTS = re.compile(r"[,;(]|\b(?:with|and|mit|und|due to|from|durch|bei|after|nach)\b")
_WHERE = re.compile(r"^ ?(?:in|on|at|of the|im|in der|links|rechts|li|re|left|right)\b[^,]*$")
_WORDS_BETWEEN = re.compile(r"\b(?:or|oder|bzw|beziehungsweise)\b")


def read(sentence: str) -> Reading:
    """What a sentence states of each condition it names, in order."""
    text = _AGE.sub("", plain(_NUMBERED.sub("", sentence)))
    stated: list[Stated] = []
    beyond = False
    rest_normal = False
    for clause in _clauses(text):
        if _ACTS.search(clause):
            continue
        rest = bool(_REST.search(clause)) and not _NEGATION.search(clause)
        rest_normal = rest_normal or rest
        found = [one for one in _of_clause(clause) if not (rest and one.condition == "normal")]
        stated += found
        beyond = beyond or _goes_beyond(clause)
    return Reading(tuple(stated), beyond, rest_normal)


def _clauses(text: str) -> Iterator[str]:
    start = 0
    for stop in _STOP.finditer(text):
        if text[stop.start()] == "." and _ends_short(text[start : stop.start() + 1]):
            continue
        yield text[start : stop.start()].strip(" ,")
        start = stop.end()
    if text[start:].strip(" ,."):
        yield text[start:].strip(" ,.")


def _ends_short(piece: str) -> bool:
    return bool(re.search(r"\b(?:[a-z]|dr|vs|ca|lt|rt|li|re|bds|bzw|st|evtl|ggf)\.$", piece))


def _of_clause(clause: str) -> list[Stated]:
    """The conditions of one clause, each once, with its stance."""
    matches = list(CONDITION.finditer(clause))
    named = [condition_of(match) for match in matches]
    denials = [_denied(clause, matches, number) for number in range(len(matches))]
    held = {name for name, denied in zip(named, denials, strict=True) if denied is None}
    if held & GROWTHS:
        held -= NAMELESS  # "a lesion, suspected meningioma" speaks of one thing
    opened = _is_open(clause, matches, held)
    found: dict[str, Stated] = {}
    for match, name, denied in zip(matches, named, denials, strict=True):
        if denied is None and name not in held:
            continue
        stance = denied or (Stance.OPEN if opened else _certainty(clause, match, held))
        made = Stated(name, stance, clause, match.start(), match.end(), alone=len(held) == 1)
        if name not in found:
            found[name] = made
        elif (found[name].stance is Stance.DENIED) != (stance is Stance.DENIED):
            found[name] = replace(made, stance=Stance.OPEN)
    return list(found.values())


def _denied(clause: str, matches: list[re.Match[str]], number: int) -> Stance | None:
    """DENIED or OPEN where a denial touches this condition, None where none does."""
    match = matches[number]
    before = clause[: match.start()]
    denials = list(_DENY.finditer(before))
    after = clause[match.end() :]
    if _BACK.search(after):
        plainly = not denials and len(matches) == 1 and not _OPEN.search(clause)
        return Stance.DENIED if plainly else Stance.OPEN
    if denials:
        return _in_list(clause, denials[-1], matches, number)
    if _NEGATION.search(_without_change(before)) or _NEGATION.search(_before_deny(after)):
        return Stance.OPEN
    return None


def _in_list(
    clause: str, denial: re.Match[str], matches: list[re.Match[str]], number: int
) -> Stance | None:
    """Whether a denial before it reaches a condition: it does as far as its list goes."""
    between = clause[denial.end() : matches[number].start()]
    for one in matches[:number]:
        if one.start() >= denial.end():
            between = between.replace(clause[one.start() : one.end()], "", 1)
    if _NEGATION.search(between):
        return Stance.OPEN
    if not _ONLY_LINKS.match(f"{between} "):
        return Stance.OPEN if "," in between else Stance.LIMITED
    joined = clause[denial.end() : matches[number].start()]
    first = not any(one.start() >= denial.end() for one in matches[:number])
    if first or _OR_FOLLOWS.search(joined) or _OR_FOLLOWS.search(clause[matches[number].end() :]):
        return (
            Stance.OPEN
            if _OPEN.search(clause) or _HEDGE.search(_no_links(clause))
            else (Stance.DENIED)
        )
    return Stance.OPEN


def _no_links(clause: str) -> str:
    """The clause without the words that belong to a denial ("kein Hinweis auf")."""
    return re.sub(
        r"\bkein\w* (?:hinweis\w*|anhalt|verdacht) (?:auf|für)\b|\bno suggestion of\b", "", clause
    )


def _without_change(text: str) -> str:
    return re.sub(rf"\b(?:no|keine?[rnm]?|not|nicht) (?={_CHANGE}\b|changed|verändert)", "", text)


def _before_deny(text: str) -> str:
    """What follows a condition, up to the next thing that begins a list of denials."""
    stop = re.search(r"(?:,| and| und| with| mit|^) ?(?:no|without|kein\w*|ohne)\b", text)
    return _without_change(text[: stop.start()] if stop else text)


def _is_open(clause: str, matches: list[re.Match[str]], held: set[str]) -> bool:
    """Whether a clause leaves open what is there, so that none of it may be put in other words."""
    if not held:
        return False
    if _OPEN.search(clause) or ELSEWHERE.search(clause):
        return True
    if len(held) > 1:
        marked = _HEDGE.search(clause) or _PROVEN.search(clause) or _KNOWN.search(clause)
        spans = [match.span() for match in matches]
        between = clause[spans[0][1] : spans[-1][0]]
        return bool(marked) or bool(_WORDS_BETWEEN.search(between))
    return bool(_HEDGE.search(clause) and (_PROVEN.search(clause) or _KNOWN.search(clause)))


def _certainty(clause: str, match: re.Match[str], held: set[str]) -> Stance:
    """How surely a clause holds to a condition that it does not deny."""
    if len(held) > 1:
        return Stance.SURE  # marked clauses with several conditions are open already
    hedges = list(_HEDGE.finditer(clause))
    bound = [_bound(clause, match, hedge) for hedge in hedges]
    if None in bound:
        return Stance.OPEN
    if any(bound):
        return Stance.SUSPECTED
    if _PROVEN.search(clause):
        return Stance.PROVEN
    return Stance.KNOWN if _KNOWN.search(clause) else Stance.SURE


def _bound(clause: str, match: re.Match[str], hedge: re.Match[str]) -> bool | None:
    """Whether a word of doubt is about this condition; None if that can not be told."""
    if match.start() <= hedge.start() and hedge.end() <= match.end():
        return True
    if hedge.end() <= match.start():
        between = clause[hedge.end() : match.start()]
        near = len(between.split()) <= _NEAR_WORDS and not _PARTS.search(between)
        return True if near else None
    rest = clause[hedge.end() :]
    again = CONDITION.search(rest)
    if again and condition_of(again) == condition_of(match):
        return False  # "white matter changes, likely small vessel disease": the first is seen
    return True if not rest.strip(" .)") or _WHERE.match(rest) else None


def _goes_beyond(clause: str) -> bool:
    """Whether a clause holds to something without a template; a plain denial of it does not."""
    spans = [match.span() for match in CONDITION.finditer(clause)]
    for match in BEYOND.finditer(clause):
        inside = any(start <= match.start() and match.end() <= end for start, end in spans)
        if inside or _DENY.search(clause[: match.start()]) or _BACK.search(clause[match.end() :]):
            continue
        return True
    return False


def undenied(text: str, words: re.Pattern[str]) -> bool:
    """Whether a text in ``plain`` form uses one of these words where no denial comes near it.

    A word inside the name of a condition does not count: the condition has its own stance.
    """
    for clause in _clauses(text):
        if _ACTS.search(clause):
            continue
        spans = [match.span() for match in CONDITION.finditer(clause)]
        for match in words.finditer(clause):
            inside = any(start <= match.start() and match.end() <= end for start, end in spans)
            before, after = clause[: match.start()], clause[match.end() :]
            denied = _NEGATION.search(before) or _BACK.search(after) or _USUAL.search(before)
            if not inside and not denied:
                return True
    return False


def overlapping(condition: str, other: str) -> bool:
    """Whether to deny one condition speaks against holding to the other."""
    return condition == other or other in OVERLAPS.get(condition, frozenset())
