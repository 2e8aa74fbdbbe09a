"""The words of a radiology report: things spoken of, sides, places, and what denies them.

English, British and American spelling, with the short forms radiologists type (Lt, Rt, R, cc).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LESION = "lesion"
"""The topic of everything by which a text says that a tumour or the like is there."""
ABNORMALITY = "abnormality"
RELATION = "relation"
STRUCTURE = "structure"

KIND_WORDS: Mapping[str, str] = {
    "glioma": r"glio(?:ma|blastoma)s?|astrocytomas?|oligodendrogliomas?|gbm",
    "meningioma": r"meningiom\w*",
    "pituitary": r"(?:micro|macro)?adenomas?",
    "metastasis": r"metastas[ei]s|mets",
    "lymphoma": r"lymphomas?",
    "schwannoma": r"schwannomas?",
    "ependymoma": r"ependymomas?",
    "cancer": r"carcinomas?|malignanc(?:y|ies)",
}

_OTHER_LESIONS = (
    r"(?:white[- ]matter|isch?a?emic|vascular|microvascular|demyelinating|bon[ey]|osseous|skull"
    r"|marrow|calvarial|gliotic|traumatic|skin|scalp|sinus|mucosal|inflammatory)"
)
_TOPICS: tuple[tuple[str, str], ...] = (
    ("white matter", rf"{_OTHER_LESIONS} (?:hyperintense )?(?:lesions?|foci|changes?)"),
    ("mass effect", r"masseffect"),
    ("shift", r"(?:midline )?shift\w*|subfalcine"),
    ("hydrocephalus", r"hydrocephalus|ventriculomegaly"),
    ("oedema", r"(?:perilesional |peritumou?ral |vasogenic )?o?edema"),
    ("haemorrhage", r"ha?emorrhages?|ha?ematomas?|microbleeds?|bleed(?:ing|s)?"),
    ("infarct", r"infarct(?:s|ion|ions)?|strokes?|isch?a?emia"),
    ("herniation", r"herniat\w*"),
    ("cyst", r"cysts?"),
    ("enhancement", r"enhancement"),
    ("diffusion", r"(?:restricted |restriction of )?diffusion(?: restriction)?"),
    ("atrophy", r"atroph(?:y|ic)|volume loss"),
    ("aneurysm", r"aneurysms?"),
    ("stenosis", r"stenos[ei]s"),
    ("abscess", r"abscess(?:es)?"),
    ("thrombosis", r"thrombos[ei]s"),
    ("fracture", r"fractures?"),
    ("seeding", r"(?:leptomeningeal|subarachnoid) (?:spread|seeding|disease|enhancement)"),
    (ABNORMALITY, r"abnormalit(?:y|ies)|abnormal findings?"),
    (
        STRUCTURE,
        r"ventric(?:le|les|ular)|horns?|cisterns?|sulc(?:i|us)|sinus(?:es)?|mastoids?|orbits?|globes?"
        r"|arter(?:y|ies)|veins?|vessels?|flow[- ]voids?|chiasm|nerves?|stalk|falx|tentorium"
        r"|calvari\w+|bones?|marrow|scalp|thickening|effusions?|thickness|gaps?|spacing|slices?"
        r"|margins?|signal|white[- ]matter|gr[ae]y[- ]matter|gr[ae]y[- ]white|gliosis|scars?"
        r"|cavit\w+|calcifications?|perfusion|spectroscopy|collections?|hygromas?|craniotomy|catheter|shunt"
        r"|electrodes?|sequences?|motion|artefacts?|artifacts?|brain volume|vault|cervical|nodes?"
        r"|glands?|meninges|dura|pachymening\w*|leptomening\w*|plexus|septum|fissures?|foramen"
        r"|foramina|canals?|cortex|flair|resection|biopsy|drain\w*",
    ),
    (LESION, "|".join(KIND_WORDS.values())),
    (
        LESION,
        r"lesions?|tumou?rs?|mass(?:es)?|neoplasms?|neoplasia|nodules?"
        r"|space[- ]occupying (?:lesions?|process(?:es)?)|sol\b",
    ),
)
_TOPIC = re.compile("|".join(rf"(?P<t{n}>\b(?:{words})\b)" for n, (_, words) in enumerate(_TOPICS)))
_PLURAL = re.compile(
    r"\b(?:lesions|tumou?rs|masses|neoplasms|nodules|gliomas|glioblastomas|meningiomas|adenomas"
    r"|metastases|mets|lymphomas)\b"
)
_KIND = re.compile("|".join(rf"(?P<{kind}>\b(?:{words})\b)" for kind, words in KIND_WORDS.items()))

_LOBES = frozenset({"frontal", "parietal", "temporal", "occipital", "insula"})
_SUPRATENTORIAL = _LOBES | {"hippocampus", "thalamus", "basal ganglia", "corpus callosum"}
_FOSSA = frozenset({"cerebellum", "brainstem"})
_PLACES: tuple[tuple[str, frozenset[str]], ...] = (
    (r"frontal|fronto\w*|pre-?central|rolandic|motor cortex", frozenset({"frontal"})),
    (r"parietal|parieto\w*|frontoparietal|post-?central", frozenset({"parietal"})),
    (r"temporal|temporo\w*|frontotemporal|amygdala|unc(?:us|al)", frozenset({"temporal"})),
    (
        r"occipital|occipito\w*|parieto-?occipital|temporo-?occipital|calcarine",
        frozenset({"occipital"}),
    ),
    (r"insula|insular", frozenset({"insula"})),
    (r"hippocamp(?:us|al|i)", frozenset({"hippocampus", "temporal"})),
    (r"thalam(?:us|ic|i)", frozenset({"thalamus"})),
    (
        r"basal ganglia|putam\w+|caudate|pallid\w+|lentiform|capsul\w+",
        frozenset({"basal ganglia"}),
    ),
    (r"corpus callosum|callosal", frozenset({"corpus callosum"})),
    (r"cerebell\w+|vermis|vermian", frozenset({"cerebellum"})),
    (r"brainstem|pons|pontine|midbrain|mesenceph\w+|medulla", frozenset({"brainstem"})),
    (r"posterior fossa|infratentorial", _FOSSA),
    (r"supratentorial", _SUPRATENTORIAL),
    (r"pituitary|hypophys\w+|(?:supra|para|intra)?-?sella(?:r)?", frozenset({"pituitary"})),
    (r"pineal", frozenset({"pineal"})),
)
_PLACE = re.compile("|".join(rf"(?P<p{n}>\b(?:{words})\b)" for n, (words, _) in enumerate(_PLACES)))

_SIDE = re.compile(
    r"\b(?P<both>bilateral(?:ly)?|bihemispher\w+|bi-?(?:frontal|temporal|parietal|occipital)"
    r"|both (?:\w+ )?(?:sides?|hemispheres?|lobes|hemispheric)"
    r"|both (?=frontal|temporal|parietal|occipital|cerebellar|cerebral))"
    r"|\b(?P<side>left|right)\b"
)


def topics(text: str) -> tuple[str, ...]:
    """The things a phrase names, in order, each as its topic."""
    return tuple(_TOPICS[_number(match)][0] for match in _TOPIC.finditer(text))


def kinds(text: str) -> frozenset[str]:
    """The kinds of tumour a phrase names."""
    return frozenset(str(match.lastgroup) for match in _KIND.finditer(text))


def is_generic(text: str) -> bool:
    """Whether a phrase names a lesion without saying of what kind."""
    return any(
        _TOPICS[_number(match)][0] == LESION and not _KIND.fullmatch(match[0])
        for match in _TOPIC.finditer(text)
    )


def sides(text: str) -> frozenset[str]:
    """left, right, or both of them where a text says so in one word."""
    found: set[str] = set()
    for match in _SIDE.finditer(text):
        found |= {match["side"]} if match["side"] else {"left", "right"}
    return frozenset(found)


def places(text: str) -> frozenset[str]:
    """The regions of the brain a text names; a compartment names all of its regions."""
    return frozenset().union(
        *(_PLACES[_number(match)][1] for match in _PLACE.finditer(text)), frozenset()
    )


def place_sets(text: str) -> Iterator[frozenset[str]]:
    """The regions of each place named, one set per mention."""
    return (_PLACES[_number(match)][1] for match in _PLACE.finditer(text))


def plural_ends(text: str) -> Iterator[int]:
    """Where words for several lesions begin."""
    return (match.start() for match in _PLURAL.finditer(text))


def plain(sentence: str) -> str:
    """A sentence in small letters with the short forms written out and misleading words joined.

    ``Lt``, ``Rt`` and a lone L or R before a word become sides; the horns, sinuses and bones that
    bear the name of a lobe lose it, and hands are no sides.
    """
    text = sentence.replace("’", "'").replace("–", "-")
    text = _LETTER.sub(lambda match: "left" if "L" in match[0] else "right", text).lower()
    for pattern, put in _REWRITES:
        text = pattern.sub(put, text)
    return text


_LETTER = re.compile(r"\([LR]\)|\b[LR]\b(?=\s+[a-z])(?!\s*/)")
_REWRITES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"\blt\b\.?", "left"),
        (r"\brt\b\.?", "right"),
        (r"\b(left|right)wards?\b", r"\1"),
        (r"\b(?:left|right)[- ]hand(?:ed)?(?:ness)?\b", "handed"),
        (r"\bleft (?=untreated|in situ|behind)", ""),
        (r"\bbrain[- ]stem\b", "brainstem"),
        (r"\bmass[- ]effects?\b", "masseffect"),
        (r"\b(?:frontal|temporal|occipital|parietal) (?=horns?\b|sinus|bones?\b)", ""),
        (r"\bpituitary (?=stalk|gland)", ""),
        (r"(?<=\d),(?=\d\s*(?:mm|cm|ml|cc)\b)", "."),
        (r"\b(?:an?|any) (?=additional|further|second|other)", ""),
        (
            r"\bneither (?:of the )?(lesion|mass|tumou?r)s? (shows?|has|have|demonstrates?"
            r"|displays?|contains?|exhibits?)",
            r"both \1s \2 no",
        ),
        (
            r"\b(?:none|neither) of the (lesions|masses|tumou?rs) (shows?|has|have|demonstrates?"
            r"|displays?|contains?|exhibits?)",
            r"the \1 \2 no",
        ),
        (r":\s*(?=(?:entirely |otherwise )?(?:normal|unremarkable))", " "),
    )
)


def _number(match: re.Match[str]) -> int:
    """The number of the alternative that matched."""
    return int(str(match.lastgroup)[1:])
