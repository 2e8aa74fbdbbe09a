"""Forms in which signs of an emergency are spoken of where there is none now.

Long past, denied, asked about in general, about a machine or a film. English and German, over
folded text. A message is calm only if each part of it is: "no pain, but my face droops" is not.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.guarding.cues import folded
from assistant.guarding.figures import is_figure

_SENTENCES = re.compile(
    r"[.;!?\n]+|\bbut\b|\bhowever\b|\balthough\b|\baber\b|\bjedoch\b|\bobwohl\b"
    r"|\band (?:now|today|again)\b|\bund (?:jetzt|nun|heute|wieder)\b"
)
_PRESENT = re.compile(
    r"\bnow\b|\bagain\b|\btoday\b|\bright now\b|\bjust (?:had|now|happened|began|started)\b"
    r"|\bcurrently\b|\bstill\b(?! (?:see|visible|be seen|show))|\bstart\w*\b|\bthis (?:morning"
    r"|afternoon|evening|minute)\b"
    r"|\btonight\b"
    r"|\b(?:hours?|minutes?) ago\b|\bsince (?!(?:19|20)\d\d|birth|childhood|i was|my child"
    r"|\w+ years)"
    r"|\byesterday\b|\bsudden\w*|\bworse\b|\bkeeps?\b|\bout of nowhere\b|\bcan'?t stop\b"
    r"|\bafter my fall\b"
    r"|\bjetzt\b|\bwieder\b|\bheute\b(?! geht es mir gut)|\bgerade\b|\beben\b|\bmomentan\b"
    r"|\bploetzlich\w*"
    r"|\bauf einmal\b|\bgestern\b|\bschlimmer\b|\bstaendig\b|\bnicht auf\b|\bimmer noch\b"
    r"|\bvor (?:\w+ ){0,2}(?:stunden?|minuten?)\b|\bseit (?:heute|gestern|dem|der|einer|einigen"
    r"|mittag)(?! krieg)\b"
)
_PAST = re.compile(
    r"\b(?:years?|months?|decades?) (?:ago|back)\b|\bdecades\b|\ball my life\b"
    r"|\b(?:mein )?ganzes leben\b"
    r"|\bever since the\b|\bas a school\w+|\bals schul\w+|\bnone since\b|\bseitdem keine?\b"
    r"|\bin (?:my )?youth\b"
    r"|\bin der jugend\b|\bat (?:\w+teen|twenty\w*)\b|\bmit (?:\w+zehn|zwanzig)\b"
    r"|\bold (?:infarct|stroke|bleed)\b"
    r"|\balte[nrs]? (?:infarkt|schlaganfall|blutung)\b|\bfor (?:\w+ ){1,3}(?:years|decades)\b"
    r"|\bas a (?:child|kid|baby|teenager|boy|girl|student)\b"
    r"|\blast (?:year|summer|winter|spring|autumn|month)\b|\bin (?:19|20)\d\d\b|\bused to\b"
    r"|\bwhen i was\b|\bas i was little\b|\bhistory of\b|\blong ago\b|\bin the past\b"
    r"|\bchildhood\b|\bsince (?:19"
    r"|20)\d\d\b"
    r"|\bfor (?:many |some |\w+ty )?years\b|\b(?:since|from) birth\b|\bbefore the operation\b"
    r"|\bpreviously\b"
    r"|\bwhile pregnant\b|\bwhen i was\b|\bback in\b|\bgrew up with\b|\bunder control\b"
    r"|\bruled out\b"
    r"|\bfor (?:a|more than a|over a) decade\b|\bsince i was \w+\b|\bseit ich \w+ war\b"
    r"|\bals ich (?:klein|ein kind|jung|\w+zehn|zwanzig) war\b|\bseit dem krieg\b"
    r"|\bturned out to be\b"
    r"|\bvor (?:\w+ )?(?:jahren|monaten|jahrzehnten|langer zeit)\b|\bals (?:kind|baby|junge"
    r"|maedchen"
    r"|jugendliche\w*|schueler\w*|student\w*)\b|\b(?:letzte|vorige|vergangene)[nrs]? (?:jahr"
    r"|sommer|winter"
    r"|monat|fruehling|fruehjahr|herbst)\b|\bfrueher (?:hatte|war|bin|habe|in der)\b|\bdamals\b"
    r"|\b(?:im jahr |seit )?(?:19"
    r"|20)\d\d\b"
    r"|\bseit (?:meiner |der )?(?:kindheit|geburt|kinderlaehmung)\b|\bseit (?:\w+ )?(?:jahren"
    r"|jahrzehnten)\b"
    r"|\bvon geburt\b|\bin der (?:schule|kindheit|schwangerschaft)\b|\bausgeschlossen\b"
    r"|\bgut eingestellt\b|\bvor der operation\b|\bdie letzten jahre\b|\bseit ich \d\d bin\b"
)
_DENIED = re.compile(
    r"^(?:and |or |also |neither |nor |und |oder |auch )?(?:no|without|never|nor|not any|kein\w*"
    r"|ohne|weder|noch)\b"
    r"|\b(?:have|has|had|feel|feels|get|got|is|am|was|were|be) (?:no|not|never|none|free of)\b"
    r"|\bi'm not\b|\bnot (?:suicidal|dizzy|numb|confused)\b|\bno longer\b|\bnever (?:had|have"
    r"|been|faint\w*|lost)\b"
    r"|\b(?:don'?t|do not|doesn'?t|didn'?t|haven'?t|hasn'?t|hadn'?t|isn'?t|wasn'?t) (?:really )?"
    r"(?:have|feel|had|suffer|want to (?:die|kill|hurt|harm)|a stroke|a seizure|numb|weak|dizzy)\b"
    r"|\b(?:habe|hat|hatte|spuere|gab|gibt|bin|ist|war|waren|sind|fuehle"
    r"|merke) (?:\w+ ){0,3}(?:kein\w*|nie|noch nie"
    r"|nicht (?:lebensmuede|taub|gelaehmt|verwirrt|schwindlig|bewusstlos|ohnmaechtig|schlimm)"
    r"|nichts davon|nichts)\b"
    r"|\bnicht mehr taub\b|\bwill nicht sterben\b|\btue ich nicht\b|\bi don'?t$|^(?:gar |at all "
    r"|absolutely )?(?:nothing|nichts)(?: at all)?$"
)
_IN_GENERAL = re.compile(
    r"^(?:how|would|what|woran|wie|wuerde)\b.{0,15}\b(?:i|one|you|ich|man)\b.{0,12}\b(?:notice"
    r"|recogni[sz]e"
    r"|know if|spot|bemerk\w*|merk\w*|erkenn\w*)\b|^(?:is it|does it|kommt es"
    r"|ist es)\b.{0,12}\b(?:common|often"
    r"|usual|oft|haeufig|ueblich)\b|^(?:what is|was ist) (?:an? |ein\w* |the )?[\w -]{3,30}$"
)
_ASKED = re.compile(
    r"^(?:(?:so|and|please|hello|hi|tell me|explain|und|bitte|hallo|also|sagen sie mir)\W+)*"
    r"(?:what|can(?!'t)|could(?!n't)|does|do|is|are|will|would|why|how|should|which|was|kann|koennen|ist|sind"
    r"|wird|werden|warum|wieso|wie|soll\w*|muss|darf|welche\w*|woran|woher|haben|hat|sieht"
    r"|blutet)\b"
)
_PERSON = re.compile(
    r"\b(?:i|i'm|i've|my|me|he|she|his|her|him|we|someone|husband|wife|mother|father|mum|mom|dad"
    r"|son|daughter|right now)\b"
    r"|\b(?:ich|mein\w*|mir|mich|er|ihm|ihn|ihr\w*|jemand|mann|frau|mutter|vater|sohn|tochter)\b"
)
_ON_PAPER = re.compile(
    r"\b(?:report|scan|mri|word|mean(?:s|t)?|written|letter|mentions?|befund|bericht|mrt|wort"
    r"|bedeutet|heisst|gemeint|erwaehnt|brief)\b"
)
_IF_EVER = re.compile(
    r"\bif (?:i|he|she|we) ever\b|\bin general\b|\bfalls\b.{0,12}\beinmal\b|\ballgemeinen\b"
)
_OTHERWISE = re.compile(
    r"^(?:and |und )?(?:my|the|our|your|this|mein\w*|der|die|das|unser\w*) (?:computer|laptop"
    r"|app|phone"
    r"|page|website|screen|printer|video|dog|cat|car|rechner|handy|bildschirm|drucker|seite wurde"
    r"|internetseite|video|hund|katze|auto)\b|\b(?:in (?:a|the)|im) (?:film|movie|novel|roman"
    r"|krimi)\b"
    r"|\bsaw the bill\b|\bbei der rechnung\b|\bfrom boredom\b|\bvor langeweile\b"
    r"|\b(?:by|about|with|in) (?:this|the|my) (?:report|results?|time|letter|date|next step)\b"
    r"|\bwegen (?:der uhrzeit|des termins|meines termins)\b|\b(?:bericht|befund) verwirrt\b"
    r"|\bto death\b|\bzu tode\b|\bdying to\b|\bvor neugier\b|\bkilling me\b"
    r"|\bbringt mich noch um\b"
)
_BODY_BESIDE = re.compile(
    r"\b(?:because|since|and|so|und|weil|denn)\b.{0,12}\b(?:my|i|his|her|mein\w*|ich)\b.{0,20}"
    r"\b(?:hands?|arms?|legs?|feet|face|mouth|eyes?|numb|weak|feel|speak|move|breathe|beine?"
    r"|gesicht|mund|augen?|taub|schwach|sprechen|bewegen|atmen)\b"
)
"""A sign in oneself that stands beside a machine or a film."""
_AHEAD = re.compile(
    r"^(?:and |so |und )?(?:will|could|might|am i (?:going|gonna|a goner|done for|more likely)"
    r"|is my risk|werde ich"
    r"|wird|kann das"
    r"|bekomme ich|kriege ich|koennte ich|erhole|bringt mich das)\b|\bone day\b|\beines tages\b"
    r"|\birgendwann\b|\bafter the operation\?|\bnach der operation (?:schwach|taub)\b"
)
_WILL_AGAIN = re.compile(
    r"^(?:and |so |und )?(?:will (?:i|it|my \w+)|werde ich|wird (?:es|das|mein\w* \w+)"
    r"|krieg\w* ich|komme ich).{0,40}\b(?:again|wieder)\b[^,]*$"
)
_WELL = re.compile(
    r"\b(?:is|are|feel|feels|see|works?) (?:\w+ )?(?:fine|normal|perfect|ok|okay|well|good"
    r"|healthy|in order)\b"
    r"|\bnormally\b|\bas (?:always|usual)\b|\bjust fine\b|\bganz normal\b"
    r"|\bnothing to complain\b|\bnicht klagen\b|\ball is well\b|\bhealed\b|\bcontrolled\b"
    r"|\bthat is gone\b"
    r"|\bwie immer\b|\bnormal\b|\beinwandfrei\b|\bin ordnung\b|\bbestens\b|\b(?:sehe|geht|ist"
    r"|laeuft|sind"
    r"|funktionieren) (?:\w+ ){0,4}gut\b|\bgesund\b|\bverheilt\b|\bdas ist weg\b|\bharmlos\b"
    r"|\bharmless\b"
)
_NOT = re.compile(r"\b(?:not|no|never|cannot|\w+n't|nicht|kein\w*|nie)\b")
_SAID_BEFORE = re.compile(
    r"\b(?:report|letter|befund|bericht|brief)\b.{0,15}\b(?:says?|talks?|speaks?|mentions?"
    r"|states?|steht"
    r"|spricht|nennt)\b|\bim (?:brief|befund|bericht) steht\b"
    r"|\bsteht (?:da )?(?:etwas )?\b.{0,25}\bim (?:brief"
    r"|befund|bericht)\b|\bin the (?:report|letter)\b|\b(?:lost|verloren)\b.{0,40}\b(?:stroke"
    r"|schlaganfall)\b"
    r"|\bdied of\b|\bgestorben\b|\bstarb\b|\bnot to be an?\b|\bit was (?:not|only|no)\b"
    r"|\bwar (?:\w+ ){0,2}kein\w*\b"
    r"|\bdass es kein\w*\b|\bi said no\b|\bnein gesagt\b|\balready told\b|\bweiss der arzt schon\b"
    r"|\bthe report says no\b|\bim befund steht\b"
)
_VISITS = re.compile(
    r"\b(?:i|we) (?:really |probably )?(?:can'?t|cannot|won'?t|will not) (?:make it|come|attend"
    r"|be there)\b(?! (?:up|round|out|to my|back))|\bkomme (?:ich )?nicht(?: mehr)?\W*$"
    r"|\bcome any ?more\b"
    r"|\b(?:um|am|morgen|\w+tag)\b.{0,20}\b(?:schaffe ich es|kann ich) nicht(?: kommen)?\W*$"
    r"|\b(?:will|moechte) nicht mehr kommen\b"
    r"|\b(?:don'?t know|weiss nicht|weiss die)\b.{0,40}\b(?:entrance|appointment|clinic|room"
    r"|eingang|\w*termin|uhrzeit|zimmer|klinik)\b|\bsee a doctor about\b"
    r"|\bhelp with the report\b|\bhilfe mit dem befund\b"
    r"|\b(?:can'?t|cannot) (?:read|open|pronounce|find|log)\b.{0,30}\b(?:page|letter|print"
    r"|writing|attachment"
    r"|report|word|in)\b|\b(?:brief|schrift|seite|kleingedruckte|befund|anhang"
    r"|wort)\b.{0,30}\bnicht (?:lesen"
    r"|oeffnen|aussprechen|finden)\b"
)
_AT_TIMES = re.compile(
    r"\bsometimes\b|\bnow and then\b|\boccasional\w*\b|\bonce in a while\b|\bas ever\b"
    r"|\bwhen i (?:get up"
    r"|work|sit|cross|climb)\b|\bmanchmal\b|\bab und zu\b|\bgelegentlich\b|\bhin und wieder\b"
    r"|\bimmer gleich\b"
    r"|\bwenn ich (?:schnell|lange|die)\b|\bbeim (?:treppensteigen|aufstehen)\b|\bvom sitzen\b"
    r"|\bfrom sitting\b"
)


class Calm(StrEnum):
    """Why a message tells of no emergency now; a denial may still hold a sign in itself."""

    ELSEWHERE = "elsewhere"
    DENIED = "denied"


def calm_by_form(text: str) -> Calm | None:
    """Why every part of a message means that no sign is there now, or None if one may be."""
    sentences = [one.strip(" ,") for one in _SENTENCES.split(folded(text))]
    found = [_calm(one) for one in sentences if one]
    if not found or None in found:
        return None
    return Calm.DENIED if Calm.DENIED in found else Calm.ELSEWHERE


def _calm(sentence: str) -> Calm | None:
    otherwise = _OTHERWISE.search(sentence) and not _BODY_BESIDE.search(sentence)
    if otherwise or is_figure(sentence) or _WILL_AGAIN.search(sentence):
        return Calm.ELSEWHERE
    if _PRESENT.search(sentence):
        return None
    if any(form.search(sentence) for form in (_PAST, _AT_TIMES, _AHEAD, _SAID_BEFORE, _VISITS)):
        return Calm.ELSEWHERE
    if _asked_in_general(sentence) or (_WELL.search(sentence) and not _NOT.search(sentence)):
        return Calm.ELSEWHERE
    parts = (part.strip() for part in re.split(r",|\band\b|\bund\b", sentence))
    return Calm.DENIED if all(_DENIED.search(part) for part in parts) else None


def _asked_in_general(sentence: str) -> bool:
    """Whether a sentence asks about a thing and tells nothing of a person."""
    if _IN_GENERAL.search(sentence):
        return True
    if not _ASKED.search(sentence):
        return False
    if not _PERSON.search(sentence):
        return True
    on_paper = _ON_PAPER.search(sentence) and not re.search(r"\b(?:i|ich)\b", sentence)
    return bool(on_paper or _IF_EVER.search(sentence))
