"""Figures of speech, machines and slight everyday complaints that use the words of emergencies.

English and German, over folded text. A part of a sentence that tells of the body beside them
counts as it stands: "my phone died and I can't feel my legs" is no figure.
"""

from __future__ import annotations

import re

_DEVICES = (
    r"(?:computer|laptop|tablet|phone|watch|printer|screen|router|wifi|internet|tv|television"
    r"|radio"
    r"|lift|washing machine|horse|hamster|rabbit|doll|telefon|handy|rechner|drucker|bildschirm"
    r"|fernseher|waschmaschine|aufzug|pferd|hase|puppe|kaffeemaschine|wecker)"
)
_FIGURES = re.compile(
    rf"^\W*(?:my|our|the|mein\w*|unser\w*|der|die|das) (?:\w+ ){{0,2}}{_DEVICES}\b"
    r"(?!.*\b(?:i|i'm|me|my|he|she|his|her|we|ich|mir|mich|mein\w*|er|sie|ihm|ihr)\b)"
    r"|\bstroke of (?:luck|genius|midnight|\w+)\b|\bpass\w* out (?:\w+ )?(?:flyers|leaflets|forms"
    r"|cups|papers|water|sweets)\b|\b(?:bank|my) account\b|\bseizure of (?:my|the|his|her) \w+"
    r"|\b(?:boss|kids|children|traffic|jargon|neighbours?|homework|tax\w*)\b.{0,20}\bheadaches?\b"
    r"|\bwhen i (?:saw|heard|read) (?:how|the (?:bill|price|result|news))\b"
    r"|\bals ich (?:die rechnung|den preis|das ergebnis|die nachricht)\b|\bwords for how\b"
    r"|\bfehlen die worte\b|\bvor lauter (?:\w*woertern|\w*ausdruecken|formularen|terminen)\b"
    r"|\b(?:afraid|scared|frightened|fear|nervous)\b.{0,40}\b(?:in the (?:tube|scanner|machine"
    r"|tunnel"
    r"|mri))\b|\b(?:angst|fuerchte)\b.{0,25}\b(?:in der roehre|im (?:mrt|geraet|scanner))\b"
    r"|\bpanic attack\b.{0,20}\blast time\b|\bletztes mal\b.{0,12}\bpanikattacke\b"
)
_SIGNS = re.compile(
    r"\b(?:numb\w*|weak\w*|speak|speech|talk|see|vision|sight|breath\w*|air|move|feel\w*|arms?"
    r"|legs?"
    r"|face|mouth|pain|hurts?|faint\w*|conscious\w*|collaps\w+|seizures?|fit|stroke|dizzy|vomit\w*"
    r"|blood|bleed\w*|die|kill|live|taub\w*|schwach|sprechen|reden|sehen|luft|atme\w*|bewegen"
    r"|spuere"
    r"|arme?|beine?|gesicht|mund|schmerz\w*|weh|ohnmacht|ohnmaechtig|bewusst\w*|anfall|krampf\w*"
    r"|schlaganfall|schwindl\w*|brech\w*|erbrech\w*|blut\w*|sterben|leben|umbringen)\b"
)
_SLIGHT = re.compile(
    r"\b(?:stiff|sore|tense|aches?|tingl\w*|pins and needles|tired)\b.{0,25}\b(?:from|after"
    r"|when i) (?:\w+ )?(?:typ\w+|sleep\w+|slept|sitting|gardening|running|knitting|reading"
    r"|driving"
    r"|lifting|moving house|the gym|long (?:drives?|flights?))\b"
    r"|\b(?:nacken|schulter\w*|ruecken|handgelenk\w*)\b.{0,30}\b(?:falsch gelegen|verlegen"
    r"|verspannt)\b"
    r"|\b(?:went|goes|go|falls?|going|fallen) (?:to sleep|asleep)\b.{0,20}\b(?:on"
    r"|when i) (?:\w+ )?"
    r"(?:drives?|flights?|sit|cross)\b|\bschlaeft\b.{0,30}\bimmer ein\b"
    r"|\boverslept\b|\bmissed (?:my|the) (?:bus|train)\b|\bverschlafen\b|\b(?:bus|zug) verpasst\b"
    r"|\b(?:give|giving|take|took|drawing) blood\b|\bblutabnehmen\b|\bblut abgenommen\b"
)
_GRAVE = re.compile(
    r"\b(?:can'?t|cannot|unable|sudden\w*|worst|fever|vomit\w*|speech|slur\w*|droop\w*|vision"
    r"|blind"
    r"|unbearable|confus\w*|numb\w*|paraly\w*|fieber|erbrech\w*|ploetzlich|gelaehmt|taub\w*"
    r"|verwirrt"
    r"|sprech\w*|unertraeglich|licht|light|rash|ausschlag|headache|kopfschmerz\w*|chest|brust)\b"
)


def is_figure(sentence: str) -> bool:
    """Whether a folded sentence only speaks in a figure, of a machine, or of a slight complaint."""
    if _SLIGHT.search(sentence) and not _GRAVE.search(sentence):
        return True
    parts = [part for part in re.split(r",|\band\b|\bund\b", sentence) if part.strip()]
    figures = [bool(_FIGURES.search(part)) for part in parts]
    return any(figures) and all(
        figure or not _SIGNS.search(part) for figure, part in zip(figures, parts, strict=True)
    )
