"""Signs in the words of a message that a sentence embedding blurs: when, whose, denied, asked.

English and German side by side: a patient may write either, whatever the interface speaks.
"""

from __future__ import annotations

import re
import unicodedata
import zlib

import numpy as np
from numpy.typing import NDArray

N_GRAMS = 1024

_GERMAN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'"})
_TIME = r"(?:years?|months?|weeks?|decades?)"
_CUES = {
    "past": rf"\b{_TIME} ago\b|\bas a (?:child|kid|baby|teenager|boy|girl|student)\b|\blong ago\b"
    r"|\blast (?:year|summer|winter|spring|autumn|month)\b|\bin (?:19|20)\d\d\b|\bused to\b"
    r"|\bwhen i was\b|\bonce\b|\bhistory of\b|\bin the past\b|\bback then\b|\bat the time\b"
    r"|\bvor (?:\w+ )?(?:jahren|monaten|wochen|jahrzehnten|langer zeit)\b|\bals (?:kind|baby|junge"
    r"|maedchen|jugendliche\w*|schueler\w*|student\w*)\b|\b(?:letzte|vorige|vergangene)[nrs]? "
    r"(?:jahr|sommer|winter|monat|fruehling|fruehjahr|herbst)\b|\bfrueher\b|\bdamals\b"
    r"|\b(?:19|20)\d\d\b|\bseinerzeit\b|\bin der (?:schule|kindheit|schwangerschaft)\b",
    "long": rf"\bfor (?:many |some |\w+ty )?{_TIME}\b|\bsince (?:birth|childhood|i was|my \w+hood"
    r"|the (?:19|20)\d\d)|\bsince (?:19|20)\d\d\b|\bunchanged\b|\bas ever\b|\balways had\b"
    r"|\bnow and then\b|\bsometimes\b|\bseit (?:meiner |der )?(?:kindheit|geburt)\b"
    r"|\bseit (?:\w+ )?(?:jahren|jahrzehnten|langem)\b|\bseit ich \d\d\b|\bvon geburt\b"
    r"|\bunveraendert\b|\bmanchmal\b|\bab und zu\b|\bschon (?:immer|lange)\b|\bwie immer\b",
    "present": r"\bnow\b|\bagain\b|\btoday\b|\bjust (?!nerves)\b|\bcurrently\b|\bat the moment\b"
    r"|\bthis (?:morning|afternoon|evening)\b|\btonight\b|\b(?:hours?|minutes?) ago\b"
    r"|\bsince (?:breakfast|lunch|yesterday|this|last night|an hour|the operation|noon)\b"
    r"|\bfor an? (?:hour|minute)|\byesterday\b|\bovernight\b|\bjetzt\b|\bgerade\b|\beben\b"
    r"|\bheute\b|\bwieder\b|\bmomentan\b|\bseit (?:heute|gestern|mittag|dem|der|einer|einigen)\b"
    r"|\bvor (?:\w+ )?(?:\w+ )?(?:stunden?|minuten?)\b|\bgestern\b|\bueber nacht\b",
    "sudden": r"\bsudden\w*|\bout of (?:nowhere|the blue)\b|\bwithout warning\b|\ball at once\b"
    r"|\bwoke up (?:and|with)\b|\bploetzlich\w*|\bauf einmal\b|\baus dem nichts\b|\bschlagartig\b"
    r"|\baufgewacht und\b|\bvon jetzt auf gleich\b",
    "worse": r"\bworse\b|\bwon't stop\b|\bdoes(?:n't| not) stop\b|\bcan't stop\b|\bkeeps?\b"
    r"|\bmore and more\b|\bworst\b|\bunbearabl\w+|\bterribl\w+|\bhoert nicht auf\b|\bschlimmste?\w*"
    r"|\bimmer (?:mehr|schlimmer|staerker|wieder|weniger)\b|\bstaendig\b|\bunertraeglich\w*"
    r"|\bfurchtbar\w*|\bschrecklich\w*",
    "denial": r"\b(?:no|not|never|without|none|neither|nor|free of|denies|\w+n't)\b"
    r"|\b(?:kein\w*|nicht|nie|niemals|ohne|weder|noch nie|nichts)\b",
    "nothing": r"\bi (?:have|had|feel|get) no\b|\bi (?:have|had) (?:not|never)\b|\bno longer\b"
    r"|\bdon't have\b|\bnever (?:had|have|fainted)\b|\bhe has no\b|\bshe has no\b|^no\b"
    r"|\bich habe keine?\w*\b|\bhatte (?:\w+ )?(?:noch nie|nie|keine?\w*)\b|\bnicht mehr (?:taub"
    r"|schwind\w+)|\bkeine? \w+, kein|^keine?\b|\bbin noch nie\b",
    "settled": r"\bruled out\b|\bunder control\b|\bcontrolled\b|\bhealed\b|\bfine\b|\bnormal\w*\b"
    r"|\brecovered\b|\bit was nothing\b|\bgone\b|\bwas not\b|\bpassed\b|\bbetter\b|\bwell\b"
    r"|\bausgeschlossen\b|\beingestellt\b|\bverheilt\b|\bin ordnung\b|\berholt\b|\bes war nichts\b"
    r"|\babgeklaert\b|\bgut\b|\bbesser\b|\bzum glueck\b|\bvorbei\b|\bgelegt\b",
    "asks": r"^(?:(?:so|and|please|hello|hi|tell me|explain|und|bitte|hallo|also)\W+)*"
    r"(?:what|can|could|does|do|is|are|will|would|why|how|should|which|who|where|when|was|kann"
    r"|koennen|koennte"
    r"|koennten|ist|sind|wird|werden|warum|wieso|wie|soll|muss|darf|welche\w*|wer|wo|wann|woran"
    r"|woher|gibt|haben|hat|habe|wofuer|wozu|zahlt|sieht)\b",
    "defines": r"\bwhat (?:is|are|does|do|was|kind)\b|\bmean(?:s|ing|t)?\b|\bexplain\b|\bcauses?\b"
    r"|\bsigns? of\b|\bsymptoms?\b|\btypical\b|\bin general\b|\bdo people\b|\bdefine\b|\bword\b"
    r"|\bwas (?:ist|sind|bedeutet|heisst|meint)\b|\bbedeutung\b|\bversteht man\b|\bausloesen\b"
    r"|\bverursach\w+|\banzeichen\b|\bsymptome?\b|\btypisch\b|\ballgemein\w*|\bgemeint\b|\bwort\b"
    r"|\bhaben leute\b|\berkennt man\b|\bwarum\b|\bwhy\b",
    "mine": r"\b(?:i|my|me|mine|i'm|i've|we|our)\b|\b(?:ich|mein\w*|mir|mich|wir|unser\w*)\b",
    "kin": r"\b(?:he|she|his|her|him|husband|wife|mother|father|mum|mom|dad|son|daughter|brother"
    r"|sister|grand\w+|child|baby|partner|friend|neighbou?r|colleague|boss|aunt|uncle|cousin)\b"
    r"|\b(?:er|ihm|ihn|ihr\w*|mann|frau|mutter|vater|mama|papa|sohn|tochter|bruder|schwester"
    r"|oma|opa|kind|partner\w*|freund\w*|nachbar\w*|kolleg\w*|chef\w*|tante|onkel|cousin\w*)\b",
    "body": r"\b(?:head|face|mouth|arms?|legs?|hands?|foot|feet|side|body|eyes?|vision|sight|speech"
    r"|tongue|lips?|chest|neck|fingers?|breath\w*|balance|smile|eyelid|pupils?|heart)\b"
    r"|\w*(?:kopf|gesicht|mund|arme?|beine?|hand|haende|fuss|fuesse|seite|koerper|augen?|zunge"
    r"|lippen?|brust|nacken|finger|luft|atem|gleichgewicht|sprache|lid|pupille|herz)\b",
    "report": r"\b(?:reports?|results?|scans?|mri|findings?|letter|pictures?|images?|diagnosis)\b"
    r"|\b(?:befund\w*|bericht\w*|ergebnis\w*|mrt|bild\w*|aufnahmen?|brief|diagnose|untersuchung)\b",
    "visit": r"\b(?:appointments?|appt|visits?|slots?|book\w*|consultation|check-?up|openings?)\b"
    r"|\b\w*termine?[ns]?\b|\bbuch\w*|\bgebucht\b|\bsprechstunde\b|\bkontrolle\b|\bbesuch\w*",
    "change": r"\b(?:mov\w+|reschedul\w+|chang\w+|postpon\w+|shift|instead|swap|earlier|delay"
    r"|rebook|later|another|different|forward)\b|\b\w*(?:verschieb\w+|verleg\w+|umbuch\w+|tausch\w+"
    r"|vorverlegen|aender\w*|statt|frueher|spaeter|ander\w+|ersatz\w*)\b",
    "cancel": r"\b(?:cancel\w*|call off|not come|not coming|won't be coming|withdraw|delete|scrap"
    r"|drop|take me off|unbook)\b|\b(?:absag\w+|stornier\w+|abgesagt|sage?n? .* ab|streich\w+"
    r"|loesch\w+|erledigt|zurueckziehen|komme nicht|nicht mehr)\b",
    "machine": r"\b(?:app|page|screen|computer|password|website|phone|film|dog|cat|bill"
    r"|insurance)\b|\b(?:app|seite wurde|bildschirm|rechner|passwort|handy|film|hund|katze"
    r"|rechnung|kasse)\b",
    "when": r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\btomorrow\b|\bnext (?:week|month)\b"
    r"|\bo'clock\b|\b\d+ ?(?:am|pm)\b|\b\d\d?:\d\d\b|\bmorgen\b|\b\w*(?:montag|dienstag|mittwoch"
    r"|donnerstag|freitag|samstag|sonntag)s?\b|\bnaechste\w* (?:woche|monat)\b|\b\d+ uhr\b",
    "mark": r"\?\W*$",
    "alarm": r"\b(?:help|ambulance|emergency|doctor quick|hurry|dying)\b|\b(?:hilfe|notarzt|notfall"
    r"|krankenwagen|rettung\w*|schnell)\b",
}
_COMPILED = tuple(re.compile(pattern) for pattern in _CUES.values())
CUES = tuple(_CUES)


def folded(text: str) -> str:
    """A text in lower case, without accents, German letters spelt out, spaces single."""
    letters = unicodedata.normalize("NFKD", text.lower().translate(_GERMAN_LETTERS))
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


def cues(text: str) -> NDArray[np.float32]:
    """For each of ``CUES`` whether it is in a text: ones and zeros."""
    message = folded(text)
    return np.array([bool(one.search(message)) for one in _COMPILED], np.float32)


def n_grams(text: str) -> NDArray[np.float32]:
    """Words, pairs of words and pieces of words of a text, hashed; of unit length.

    They know endings and misspellings that an embedding of whole sentences does not.
    """
    words = re.sub(r"[^a-z0']+", " ", re.sub(r"\d+", "0", folded(text))).split()
    grams = {
        f"{first}_{second}" for first, second in zip(["^", *words], [*words, "$"], strict=True)
    }
    for word in words:
        marked = f" {word} "
        grams.add(f"={word}")
        grams.update(
            marked[at : at + size]
            for size in range(3, 6)
            for at in range(max(0, len(marked) - size + 1))
        )
    counts = np.zeros(N_GRAMS, np.float32)
    for gram in grams:
        counts[zlib.crc32(gram.encode()) % N_GRAMS] += 1
    return counts / max(float(np.sqrt(np.square(counts).sum())), 1e-9)
