"""Does a message tell of an emergency? Written rules or a head over its meaning, for recall.

Rules alone miss wordings nobody thought of: on three English lists written after the rules of
their time they caught 3 of 24, 4 of 20 and 0 of 16; and they hear a sign in many a calm message.
The second judge is a head over what a message means (``assistant.guarding.heads``). Between yes
and no stands a question, "Is this happening now?", and the emergency number stands on the page at
all times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.guarding.calm_forms import Calm, calm_by_form
from assistant.guarding.cues import CUES, cues, folded
from assistant.guarding.german_red_flags import GERMAN_RULES
from assistant.guarding.heads import judge
from assistant.ports import Embedder

SURE_FROM = 0.6
"""From this probability on the emergency advice is shown at once, below it a question."""
ASK_FROM = 0.015
"""Least probability that asks; chosen on the development sets (ADR 50)."""
RULED_FROM = 0.005
"""Least probability at which a rule's sign still asks where the words may speak of something else;
a sign of self-harm always counts."""
SURE_FROM_IF_RULED = 0.2
ASK_FROM_BY_WORDS = 0.15
ASK_ANYWAY_FROM = 0.97
"""From this probability on even what is long past, denied or asked in general asks."""

_ALWAYS = "self-harm"
_MAY_BE_CALM = (
    "past", "long", "denial", "nothing", "settled", "asks", "mark", "defines", "report", "machine",
    "kin", "visit",
)  # fmt: skip
"""Cues without which a rule's sign counts whatever its probability."""
_FEW = 2
"""Most words that may stand around what somebody is unable to do."""

_UNABLE = (
    r"(?:can'?t|cannot|can not|can hardly|can barely|unable to|couldn'?t|could not|not able to"
    r"|won'?t|trouble|difficulty|hard to|struggl\w+ to|problems?)"
)
_BODY = r"(?:face|mouth|arm|arms|leg|legs|side|hand|body|foot|smile|eyelid)"
_WEAK = r"(?:numb\w*|weak\w*|droop\w*|paraly\w+|limp|gone dead|heavy|hanging|crooked|lopsided)"
_PART = (
    r"(?:body|face|mouth|arms?|legs?|hands?|foot|feet|fingers?|limbs?|side|smile|tongue|eyes?"
    r"|eyelid|lips?|cheek|vision|sight|balance|speech|voice|words)"
)
_WRONG = (
    r"(?:(?:doesn'?t|don'?t|won'?t|not|stopped|isn'?t|quit|refuses? to) (?:\w+ )?"
    r"(?:work\w*|mov\w+|obey\w*|open\w*|clos\w+|listen\w*)"
    r"|uneven|strange|funny|weird|odd|thick|asleep|tingl\w+|pins and needles|useless|powerless"
    r"|drop(?:s|ping|ped)|dark|black|gone|vanish\w*|disappear\w*|blurr\w+|unsteady|wobbly|clumsy"
    r"|sag\w*|out of control|drunk|twisted|hangs?|stuck"
    r"|pull\w+ (?:to|down)|g(?:ave|ives?|iving) way)"
)
_KIN = r"(?:my|his|her|their|the|your)"


@dataclass(frozen=True, slots=True)
class _Rule:
    """One kind of emergency; ``denies`` if its words already hold a negation."""

    name: str
    pattern: re.Pattern[str]
    denies: bool = False


def _rule(name: str, *patterns: str, denies: bool = False) -> _Rule:
    return _Rule(name, re.compile("|".join(patterns)), denies)


_RULES = (
    _rule(
        "seizure",
        r"\bseizures?\b",
        r"\bconvuls\w+",
        r"\b(?:having|had|got|epileptic|another|a) fits?\b",
        r"\bfitting\b",
        r"\bshak\w+ (?:all over|uncontroll\w+|violently)",
        r"\b(?:body|arms?|legs?) (?:\w+ )?(?:is |are |keeps? |won'?t stop )?(?:jerk|twitch)\w+",
        r"\btwitch\w+ uncontroll\w+",
    ),
    _rule(
        "sudden headache",
        r"\bworst (?:headache|head pain|pain)",
        r"\bthunderclap\b",
        r"\bsudden\w*\b.{0,40}\b(?:headache|head pain|pain in (?:my|the|his|her) head)",
        r"\bhead(?:ache)?\b.{0,40}\b(?:sudden\w*|out of nowhere|explod\w+|burst\w*|unbearable)",
        r"\b(?:unbearable|terrible|horrible|excruciating|never had such)\b.{0,20}\bhead",
        r"\bhead\w*\b.{0,25}\b(?:like never|as never|than ever|split\w*|lightning)",
        r"\b(?:lightning|explosion|burst|bang)\b.{0,20}\b(?:head|skull)\b",
    ),
    _rule(
        "something does not work",
        rf"\b{_PART}\b.{{0,25}}\b{_WRONG}",
        rf"\b{_WRONG}.{{0,30}}\b{_PART}\b",
        r"\b(?:lost|losing|lose|no) (?:\w+ )?(?:feeling|strength|control|sensation|power|balance)",
        r"\b(?:can'?t|cannot|can not|hard to) (?:\w+ )?(?:keep|hold|grip|balance|button)",
        r"\broom (?:is |keeps )?(?:spin|turn)\w*|\b(?:everything|world) (?:is |keeps )?spin\w*",
        denies=True,
    ),
    _rule(
        "sudden onset",
        r"\b(?:all of a sudden|from one moment to the next|like a hammer|without warning)\b",
        r"\b(?:i|he|she|my \w+|dad|mum|mom)\b.{0,40}\bsuddenly\b",
        r"\bsuddenly\b.{0,10}\b(?:i|he|she|my)\b",
    ),
    _rule(
        "stroke or attack",
        r"\b(?:having|had|has|have|be|like|get|getting) (?:\w+ )?(?:a |another )(?:\w+ )?"
        r"(?:stroke|attack|blackout|tia)\b",
        r"\bstroke (?:now|again|symptoms)",
        r"\bfoam\w*|\bturn\w* (?:blue|grey|gray)\b|\bchok(?:ing|ed)\b",
        r"\b(?:star(?:es|ing)|doesn'?t|does not|won'?t|not|stopped) (?:\w+ )?"
        r"(?:answer|react|respond)\w*",
        r"\bfluid\b.{0,25}\b(?:nose|ear|wound)\b",
        r"\bblood (?:from|out of|in) (?:my|his|her|the)\b|\bwound\b.{0,20}\b(?:leak|open|bleed)\w*",
        r"\bbit (?:my|his|her) tongue\b|\bstiff all over\b|\bjust lies\b|\bget (?:any |no )?air\b",
        denies=True,
    ),
    _rule(
        "speech",
        rf"\b{_UNABLE}\b.{{0,15}}\b(?:speak\w*|talk\w*|find (?:my |the )?words|get words out)",
        r"\bslurr\w+",
        r"\bwords (?:are |is |keep |come )?(?:coming )?(?:out )?(?:wrong|jumbled|mixed|garbled)",
        r"\bspeech (?:is|has|got|became)\b",
        r"\b(?:talk|speak|mak)\w* (?:nonsense|gibberish|funny|no sense)|\bmumbl\w+|\bgarbled\b",
        r"\bsounds? (?:\w+ )?drunk\b",
        denies=True,
    ),
    _rule(
        "weakness",
        rf"\b{_BODY}\b.{{0,25}}\b{_WEAK}",
        rf"\b{_WEAK}.{{0,20}}\b{_BODY}\b",
    ),
    _rule(
        "cannot move, see, breathe or wake",
        rf"\b{_UNABLE} (?:\w+ )?(?:move|lift|raise|feel)"
        rf"(?! (?:\w+ )?(?:appointment|visit|slot|date|booking|time|well|good))",
        rf"\b{_UNABLE} (?:\w+ )?(?:stand|walk|swallow|breath\w*|wake|keep (?:\w+ )?awake)",
        rf"\b{_UNABLE} (?:\w+ )?see"
        r"(?:\W*$| (?:anything|properly|clearly|well|out|on|from|straight))",
        r"\b(?:isn'?t|is not|not|stopped) (?:breath|respond|wak)\w+",
        denies=True,
    ),
    _rule(
        "consciousness",
        r"\bpass(?:ed|es|ing)? out\b|\blos(?:e|es|ing) consciousness\b",
        r"\b(?:don'?t|can'?t|do not|cannot) (?:recall|remember) (?:it|falling|anything|a thing)\b"
        r"|\bremember how i got\b|\bknow (?:what|which) (?:year|day it is)\b",
        r"\bunconscious\b",
        r"\bunresponsive\b|\bcan'?t be woken\b|\bnot (?:waking|awake)\b",
        r"\bcollaps\w+",
        r"\bfaint(?:ed|ing)\b",
        r"\bblack(?:ed|ing) out\b",
        r"\blost consciousness",
        r"\b(?:very|so|really|extremely|suddenly) (?:sleepy|drowsy|confused)",
        r"\b(?:is|am|got|became|he'?s|she'?s) (?:\w+ )?confused\b",
        r"\bdoes(?:n'?t| not) (?:know where|recogni[sz]e)",
    ),
    _rule(
        "vision",
        rf"\b(?:lost|losing) (?:{_KIN} )?(?:vision|sight|eyesight)",
        r"\b(?:went|going|gone|suddenly) blind",
        r"\bsudden\w*\b.{0,25}\b(?:double|vision|sight)",
        r"\b(?:vision|sight|eyesight)\b.{0,20}\b(?:sudden\w*|gone|went|black)",
        r"\bonly see (?:half|one side|part)|\bcurtain\b.{0,25}\b(?:eye|vision|sight)",
        r"\b(?:see\w*|everything|all) (?:\w+ ){0,3}double\b|\b(?:see|seeing) (?:\w+ )?(?:flashes"
        r"|nothing|black)\b",
        r"\beverything (?:went|turned|goes|is) (?:dark|black|blurr\w+)",
    ),
    _rule(
        "self-harm",
        r"\b(?:don'?t|do not|dont|no longer) want to (?:live|be here|be alive|go on|wake up)",
        r"\bkill(?:ing)? my ?self",
        r"\bsuicid\w+",
        r"\bend(?:ing)? (?:my (?:own )?life|it all|this life|everything)",
        r"\b(?:hurt|harm|cut)(?:ing)? my ?self",
        r"\bbetter off (?:dead|without me|if i)\b|\bfarewell letter\b|\bnobody would miss me\b",
        r"\breason to (?:go on|live)\b|\blife is not worth\b|\bjump\w* (?:off|from|out of)\b"
        r"|\bwish i (?:would not|wouldn't|was dead|were dead)",
        r"\bno (?:reason|point) (?:to|in|for) (?:liv|go|carry)\w+",
        r"\bwant (?:to die|it (?:all )?to (?:be over|end|stop))\b",
        r"\b(?:rather|sooner|better) (?:be dead|die)\b",
        r"\btired of (?:living|life)\b|\bcan'?t go on\b|\bnot worth living\b|\bnothing matters\b"
        r"|\boverdos\w+",
        r"\b(?:took|taken|swallowed|emptied|drank) (?:the |a )?(?:whole|entire|all|every"
        r"|full) (?:\w+ ){0,2}"
        r"(?:box|pack\w*|bottle|strip|blister|pills?|tablets?)\b",
        r"\btook (?:all|too many|a lot of) (?:\w+ )?(?:pills|tablets|medicine|medication)\b",
        denies=True,
    ),
    _rule(
        "chest or breath",
        r"\bchest (?:pain|hurts)",
        r"\bpain in (?:my|the|his|her) chest",
        r"\bshort(?:ness)? of breath",
        r"\bgasping\b",
    ),
    _rule(
        "stiff neck",
        r"\bstiff\w* neck",
        r"\bneck\b.{0,15}\bstiff",
        r"\b(?:can'?t|cannot) (?:bend|move|turn) (?:my|his|her) (?:neck|head)\b",
        denies=True,
    ),
    _rule(
        "vomiting",
        r"\b(?:vomit\w*|throwing up)\b.{0,40}\bhead",
        r"\bhead\w*\b.{0,40}\b(?:vomit\w*|throwing up)",
        r"\b(?:keep|stop|constantly) (?:vomit\w*|throwing up)",
        denies=True,
    ),
    _rule(
        "injury or bleeding",
        r"\b(?:hit|banged|injured|struck) (?:my|his|her|the) head",
        r"\bfell\b.{0,25}\bhead\b",
        r"\bbleed\w* (?:a lot|heavily|badly|and)",
    ),
)

_GERMAN = tuple(
    _Rule(name, re.compile("|".join(patterns)), denies) for name, denies, patterns in GERMAN_RULES
)

_CLAUSES = re.compile(
    r"[.;!?\n]+|\bbut\b|\bhowever\b|\balthough\b|\band now\b|\baber\b|\bjedoch\b|\bobwohl\b"
    r"|\bund (?:jetzt|nun|heute)\b"
)
_DENIAL = re.compile(
    r"\b(?:no|not|never|without|none|neither|nor|free of|denies|\w+n'?t|kein\w*|nicht|nie|ohne"
    r"|weder)\b"
)
_PAST = re.compile(
    r"\b(?:years? ago|months? ago|as a (?:child|kid|baby|teenager)"
    r"|last (?:year|summer|winter|spring|autumn|month)|in (?:19|20)\d\d"
    r"|when i was|used to|history of|long ago|in the past|childhood"
    r"|before the operation|previously|vor (?:\w+ )?(?:jahren|monaten)|als kind|frueher (?:hatte"
    r"|war|bin)|damals"
    r"|(?:letzte|vorige)[nrs]? (?:jahr|sommer|winter|monat|herbst)|seit (?:\w+ )?jahren|von geburt"
    r"|(?:19|20)\d\d)\b"
)
_PRESENT = re.compile(
    r"\b(?:now|again|today|just|currently|at the moment|still|hours?|minutes?|this morning|tonight"
    r"|since|yesterday|happening|started|getting worse|keeps?|jetzt|wieder|heute|gerade|eben"
    r"|gestern|ploetzlich|stunden?|minuten?)\b"
)
_ASKING = re.compile(
    r"^\W*(?:(?:so|and|please|hello|hi|tell me|explain|i wonder)\W+)*"
    r"(?:what|can|could|does|do|is|are|will|would|why|how|should|which|was|kann|koennen|ist|sind"
    r"|wird|warum|wieso|wie|soll|welche\w*|woran|haben|hat|sieht|bekomme|werde)(?!')\b"
)
_SELF = re.compile(
    r"\b(?:i am|i'm|im|i have|i've|i had|i feel|i keep|i can'?t|i cannot|my|he is|he's|she is"
    r"|she's|having"
    r"|right now|someone|ich habe|ich bin|mein\w*|er ist|er hat|sie ist|sie hat|jemand)\b"
)
_REPORT = re.compile(
    r"\b(?:report|scan|mri|word|mean|means|written|befund|bericht|mrt|wort|bedeutet|brief)\b"
)


class Verdict(StrEnum):
    """What a message calls for.

    ASK: it may be an emergency; ask "Is this happening now?" and show the emergency number.
    """

    NONE = "none"
    ASK = "ask"
    EMERGENCY = "emergency"


def emergency(text: str, *, language: str = "en", embedder: Embedder | None = None) -> Verdict:
    """Whether a message in English or German tells of an emergency.

    A high probability says so, or a written rule; a low probability asks. A rule's sign counts for
    nothing where the probability is next to none and a cue (past, denied, asked, a relative) says
    why, unless it is said to be now: then it asks. What is long past, denied or asked about in
    general is none, unless a rule or a very high probability says otherwise. Without an embedder
    the rules and the wording decide; they miss more and alarm more often.
    """
    del language  # a message is judged as it is written
    ruled, unable = _sign_in(text)
    judged = judge("emergency", text, embedder)
    probability = judged.probabilities["emergency"]
    calm = calm_by_form(text)
    if calm is Calm.ELSEWHERE or (calm is Calm.DENIED and not ruled):
        return Verdict.ASK if probability >= ASK_ANYWAY_FROM else Verdict.NONE
    if ruled and judged.by_meaning and ruled != _ALWAYS and _may_be_calm(text, unable):
        verdict = _weighed(probability, SURE_FROM_IF_RULED, RULED_FROM)
        return Verdict.ASK if verdict is Verdict.NONE and _is_now(text) else verdict
    if ruled:
        return Verdict.EMERGENCY
    return _weighed(probability, SURE_FROM, ASK_FROM if judged.by_meaning else ASK_FROM_BY_WORDS)


def _weighed(probability: float, sure_from: float, ask_from: float) -> Verdict:
    if probability >= sure_from:
        return Verdict.EMERGENCY
    return Verdict.ASK if probability >= ask_from else Verdict.NONE


def _may_be_calm(text: str, unable: str) -> bool:
    """Whether a cue in the words may tell of something else than a sign that is there now.

    A few words around what somebody is unable to do ("krieg keine Luft") tell of nothing else.
    """
    rest = folded(text).replace(unable, " ").split()
    if unable and len(rest) <= _FEW:
        return False
    return not _cues_in(text).isdisjoint(_MAY_BE_CALM)


def _is_now(text: str) -> bool:
    """Whether something is said to be there now, and nothing to be past, long there or settled."""
    seen = _cues_in(text)
    return "present" in seen and seen.isdisjoint({"past", "long", "settled"})


def _cues_in(text: str) -> set[str]:
    return {name for name, there in zip(CUES, cues(text), strict=True) if there}


def red_flag(text: str) -> str:
    """Name of the emergency a message tells of by a written rule, or an empty text.

    A denied sign ("no seizures"), one long past ("a seizure three years ago") and a general
    question ("can a meningioma cause seizures?") are no emergency; when in doubt it is one.
    """
    return _sign_in(text)[0]


def _sign_in(text: str) -> tuple[str, str]:
    """The name of the emergency as ``red_flag`` says it, and what somebody is unable to do.

    The latter are folded words, or none where the sign is another.
    """
    message = folded(text)
    present = bool(_PRESENT.search(message))
    for clause in _CLAUSES.split(message):
        if _is_general_question(clause) or (_PAST.search(clause) and not present):
            continue
        for rule in (*_RULES, *_GERMAN):
            for match in rule.pattern.finditer(clause):
                if not _denied(clause[: match.start()], rule):
                    return rule.name, match[0] if rule.denies else ""
    return "", ""


def _is_general_question(clause: str) -> bool:
    """Whether a clause asks about a thing and tells nothing of a person."""
    if not _ASKING.search(clause):
        return False
    return not _SELF.search(clause) or bool(_REPORT.search(clause) and "i " not in f"{clause} ")


def _denied(before: str, rule: _Rule) -> bool:
    """Whether the words just before a sign, up to a comma, deny it."""
    near = " ".join(re.split(r"[,:]", before)[-1].split()[-4:])
    if rule.denies:
        return bool(
            re.search(
                r"\b(?:never|don'?t have|no|i'?m not|i am not|am not|nie|kein\w*)\s*\w*$"
                r"|\bbin nicht\s*$",
                near,
            )
        )
    return bool(_DENIAL.search(near))
