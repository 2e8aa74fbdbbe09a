"""Which act a message asks for: book, move or cancel a visit, or see what is booked."""

from __future__ import annotations

import re

from assistant.wishes import Act

_VISIT = (
    r"(?:appointments?|visits?|bookings?|slots?|meetings?|consultations?|check-?ups?|scans?"
    r"|[\w-]*termine?s?|besuche?s?|buchung)"
)
_CANCEL = re.compile(
    rf"\b(?:cancel\w*|call(?:ing)? off|delete|drop|get rid of)\b.{{0,40}}\b{_VISIT}\b|\bcancel\b"
    rf"|\b{_VISIT}\b.{{0,30}}\b(?:cancel\w*|delete[ds]?)\b|\b(?:can ?not|can't|won't|unable to)"
    rf" (?:be able to )?(?:come|make|keep|attend)\b.{{0,30}}\b{_VISIT}\b"
    rf"|\bdo(?:n't| not) (?:need|want) (?:the|my|that) {_VISIT}\b"
    rf"|\b{_VISIT}\b.{{0,40}}\b(?:absagen|stornier\w+|löschen|streichen|ab)\b\W*$"
    rf"|\b(?:absag\w+|stornier\w+|streich\w+|abzusagen)\b|\bsag\w*\b.{{0,40}}\b{_VISIT}\b.{{0,30}}\bab\b"
    rf"|\b{_VISIT}\b.{{0,30}}\b(?:nicht (?:kommen|wahrnehmen|einhalten)|nicht mehr)\b"
    r"|\bkann (?:da |am \w+ |leider )*nicht kommen\b",
    re.IGNORECASE,
)
_MOVE = re.compile(
    rf"\b(?:re-?schedul\w+|rebook\w*|postpon\w+|push back|put off)\b"
    rf"|\b(?:move|chang\w+|shift|bring forward|swap|switch)\b.{{0,40}}\b{_VISIT}\b"
    rf"|\b{_VISIT}\b.{{0,40}}\b(?:moved?|chang\w+|shift\w*|earlier|later|forward)\b"
    rf"|\b(?:another|different|new|other) (?:time|date|day) for my {_VISIT}\b"
    rf"|\b(?:umbuch\w+|verschieb\w+|verleg\w+|vorverleg\w+|umzubuchen|vorzieh\w+|tauschen)\b"
    rf"|\bverschoben\b|\banderen (?:tag|zeitpunkt) für (?:den|meinen) {_VISIT}\b",
    re.IGNORECASE,
)
_SEE = re.compile(
    rf"\b(?:what|which|when|show|list|do i have|have i|any)\b.{{0,25}}\b(?:my|i have|booked|next"
    rf"|coming|upcoming)\b.{{0,15}}\b{_VISIT}\b|^\W*my {_VISIT}\W*$"
    rf"|\bwhen (?:is|are) my\b.{{0,12}}{_VISIT}|\bdo i have (?:an?|any) {_VISIT}\b"
    rf"|\bwhat (?:have i|is) booked\b"
    rf"|\bwann (?:ist|sind|habe ich)\b.{{0,15}}{_VISIT}|^\W*meine? {_VISIT}\W*$"
    rf"|\b(?:habe|hab) ich\b.{{0,15}}{_VISIT}"
    rf"|\b(?:zeig\w*|welche)\b.{{0,15}}\bmeine?\b.{{0,10}}{_VISIT}",
    re.IGNORECASE,
)


def act_in(text: str) -> Act | None:
    """The act on own visits a message names, or None; booking a new one is the router's to see."""
    for act, pattern in ((Act.MOVE, _MOVE), (Act.CANCEL, _CANCEL), (Act.SEE, _SEE)):
        if pattern.search(text):
            return act
    return None
