"""Which sentences of a published text may stand alone as background for a patient. Pure.

What is never given is left out: treatment and doses, the outlook, figures of how many, numbers to
call of another country, and what makes sense only beside the page it stood on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.guarding.lexicon import word_set

_TREATMENT = r"""treat\w*|therap\w*|surg\w*|operat(?:e|ed|ion|ions|ive)|drug\w*|medicat\w*
    medicine\w*|dose\w*|dosage|tablet\w*|pill\w*|radiation to|radiosurg\w*|radiother\w*|chemo\w*
    shunt\w*|transplant\w*|prescri\w*|palliat\w*|antibiotic\w*|steroids?|aspirin|vitamin\w*
    supplement\w*|rehabilit\w*|thinners|pain relievers?|first steps"""
_OUTLOOK = r"""surviv\w*|die|dies|died|death\w*|dying|fatal|deadly|lethal|life-threatening
    life expectancy|prognos\w*|outlook|cure|cured|cures|curable|incurable|recover\w*|outcome\w*
    mortality|disabling|devastating|aggressive\w*|worst|most serious|permanent\w*|non-reversible
    lose the ability"""
_FIGURES = r"""research\w*|scientist\w*|trials?|studies|study|investigat\w*|funded|estimated?
    percent|percentage|million\w*|thousand|americans?|united states|africans?|caucasian\w*
    hispanic\w*|911"""
_PAGE = r"""article|summary|table|below|above|figure|pdq|key points|click|website|web site|nih|ninds
    nci|nidcd|gard|medlineplus|ontology|omim|orphanet|dictionary|registry|following"""
_GENETICS = r"""prenatal|preimplantation|mutant|penetrance|autosomal|expressivity"""
_DAMAGED = r"""theyre|youve|dont|doesnt|cant|isnt|arent|wont|youre|womans|mans|persons|mothers
    patients|childs|infants with|peoples|bodys|brains|diseases progress|alzheimers|huntingtons
    parkinsons|cushings|hodgkins|ofacquired|andatrial|fibrillationcan|platesareas|symptomsthe
    activityfrom|developmentcan|astroctytomas|glucose-also|carcinomas-adrenal|libido-interest"""
"""Apostrophes, blanks and dashes the collection lost."""
_NEVER = re.compile(
    r"\b(?:"
    + "|".join(
        re.sub(r"\s*\n\s*", "|", words)
        for words in (_TREATMENT, _OUTLOOK, _FIGURES, _PAGE, _GENETICS, _DAMAGED)
    )
    + r")\b|%|https?:|\bu\.s\.|\d{3,}|\[|\]|--|[a-z],[a-z]",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"(?:it|its|they|their|them|these|this|those|that|such|other|others|another|however|also|but"
    r"|and|or|in addition|additional|additionally|for example|instead|thus|therefore|then"
    r"|as a result|because of this|the same|both|here|there|most are|some are|all of|he|she"
    r"|his|her|affected"
    r"|in some of these|the (?:most common (?:is|symptom)|resulting|factors|condition)"
    r"|in the case of|type i+|in most cases|in rare cases|in some cases|in these cases|secondary"
    r"|signs and symptoms of the)\b",
    re.IGNORECASE,
)
_STOP = re.compile(r"(?<=[a-z0-9)%][.!?])\s+(?=[A-Z])")
_ITEM = re.compile(r"(?:^|\s+)-+\s+")
_ITEM_START = re.compile(r"^-+\s")
_BLOCKS = re.compile(r"\s{3,}|\n\s*\n|\s{2,}(?=-\s)|(?<=[a-z]{2}[.!?])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z0-9]+")
_SMALL = word_set("of with and type brain disease syndrome childhood due to the s 1 2")
_STEM = 6
_GLUED_LIST = re.compile(r": (?:[^\s,;]+ ){5,}")
_MOST_ITEMS, _LONGEST_ITEM = 9, 14


def units(answer: str) -> list[str]:
    """Sentences of an answer in order; a list is one with what introduces it, joined by ``;``."""
    found: list[str] = []
    items: list[str] = []
    for block in [part.strip() for part in _BLOCKS.split(answer)]:
        if not block:
            continue
        if _ITEM_START.match(block):
            items += [item.strip(" .;,") for item in _ITEM.split(block) if item.strip()]
            continue
        _close(found, items)
        found += [" ".join(one.split()) for one in _STOP.split(block)]
    _close(found, items)
    return found


def _close(found: list[str], items: list[str]) -> None:
    """Hang the items of a list on the sentence that introduces it; a loose list is marked bad."""
    if not items:
        return
    fits = len(items) <= _MOST_ITEMS and all(len(one.split()) <= _LONGEST_ITEM for one in items)
    if found and found[-1][-1] not in ".!?" and fits:
        found[-1] = f"{found[-1].rstrip(' :')}: {'; '.join(items)}."
    else:
        found.append("[list]")
    items.clear()


def sound(sentence: str) -> bool:
    """Whether a sentence may be quoted: whole, and about nothing that is never given."""
    whole = sentence[:1].isupper() and sentence[-1:] == "." and not sentence.endswith(" etc.")
    length = len(sentence.split())
    clean = (
        all(mark not in sentence for mark in (" - ", " :", '""')) and sentence.count('"') % 2 == 0
    )
    return (
        whole
        and 4 <= length <= 60
        and clean
        and not _GLUED_LIST.search(sentence)
        and not _NEVER.search(sentence)
    )


def names(sentence: str, topic: str) -> bool:
    """Whether a sentence says what it is about: a word of the topic, or its initials."""
    said = {word[:_STEM].rstrip("s") for word in _WORD.findall(sentence.lower())}
    asked = [word for word in _WORD.findall(topic.lower()) if word not in _SMALL]
    initials = "".join(word[0] for word in _WORD.findall(topic.lower()) if word != "of")
    by_initials = len(initials) > 1 and initials in _WORD.findall(sentence.lower())
    return bool(said & {word[:_STEM].rstrip("s") for word in asked}) or by_initials


def runs(sentences: Sequence[str], topic: str, *, least: int, most: int) -> Iterator[str]:
    """Passages of consecutive sound sentences, each of ``least`` to ``most`` words.

    The first sentence of a passage names the topic and does not lean on one before it.
    """
    run: list[str] = []
    for sentence in (*sentences, ""):
        words = sum(len(one.split()) for one in run)
        fits = sound(sentence) and words + len(sentence.split()) <= most
        if run and not fits:
            if words >= least:
                yield " ".join(run)
            run = []
        starts = names(sentence, topic) and not _LEANS.match(sentence)
        if sound(sentence) and (run or starts):
            run.append(sentence)
