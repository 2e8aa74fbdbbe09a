"""Everyday ways to ask for an outlook or a treatment, and questions that only look like it.

Over folded text, English and German; ``assistant.guarding.scope`` reads them.
"""

from __future__ import annotations

import re

COLLOQUIAL_OUTLOOK = (
    r"\b(?:a goner|done for|death (?:sentence|warrant)|affairs in order|my (?:last )?will\W*$"
    r"|(?:make|write) (?:a|my) (?:last )?will\b|the (?:big )?c(?:-| )?word|the big c\b"
    r"|my number (?:is )?up|curtains for me|end of the tunnel|long for this world"
    r"|beginning of the end|sugar-?coat|worst (?:case|that can happen|it (?:can|could) do))",
    r"\bis (?:it|this|that) (?:\w+ )?(?:something|anything|one of those) (?:\w+ ){0,2}"
    r"(?:bad|nasty|serious|sinister|evil|awful|to worry)\b",
    r"\b(?:weeks|months) or (?:months|years)\b|\bmatter of (?:weeks|months)\b",
    r"\bwill i (?:still )?(?:be (?:around|here|alive|there)) (?:for|when|next|at|in|to see)\b"
    r"(?!.{0,20}\b(?:appointment|visit|scan|o'clock)\b)|\bmy old self\b|\bbe myself again\b",
    r"\b(?:gonna|going to|will (?:i|it|everything|things)) be (?:ok|okay|alright|all right"
    r"|fine)\b",
    r"\b(?:will|does|is) (?:it|this|that|the thing) (?:going to |gonna )?"
    r"(?:get|become|grow) (?:bigger|larger|better|worse)\b",
    r"\bhow (?:long|much time) (?:do|does) (?:people|somebody|one|you|patients) (?:\w+ ){0,4}"
    r"(?:live|last|get|have|left)\b|\bhow long (?:till|until|before) it\b",
    r"\b(?:live|grow old) (?:\w+ ){0,3}with (?:it|this|that|a thing)\b"
    r"|\b(?:need|reason|cause) (?:to|for) (?:panic|alarm|be (?:scared|afraid))\b"
    r"|\b(?:anything|something) to be (?:scared|afraid|frightened) of\b",
    r"\b(?:todesurteil|testament|letzten willen|nachlass|weg vom fenster|loeffel abgeben"
    r"|k-wort|anfang vom ende|hopfen und malz|im schlimmsten fall|schlimmstenfalls"
    r"|das (?:aergste|schlimmste)|der alte\W*$|die alte\W*$)",
    r"\b(?:ist|hab|habe) (?:es|das|ich|da) (?:\w+ )?(?:was|etwas) (?:\w+ )?"
    r"(?:schlimmes|ernstes|boeses|uebles|gefaehrliches|bedrohliches)\b",
    r"\b(?:krieg|kriege|bekomme|werde) ich (?:das|es|das ding) (?:\w+ ){0,2}(?:los|weg)\b",
    r"\bwird das wieder(?:\W*$| (?:gut|was|besser|in ordnung|normal))"
    r"|\bgeht (?:das|es) (?:\w+ )?(?:weg|vorbei|vorueber)\W*$",
    r"\bbleibt (?:\w+ ){0,2}(?:was|etwas|ein schaden) zurueck\b|\bmonaten? oder jahren?\b"
    r"|\bdamit (?:\w+ )?leben\b|\bhat es mich erwischt\b|\bbringt mich (?:das|es)\b.{0,12}\bum\b",
    r"\berlebe? ich\b.{0,30}\b(?:noch|weihnachten|ostern|rente|hochzeit)\b"
    r"|\bbin ich\b.{0,25}\bnoch (?:da|am leben)\b|\bwie steht es um mich\b"
    r"|\bmuss ich mich\b.{0,12}\bverrueckt machen\b|\bnoch hoffnung\b"
    r"|\bwird (?:es|das|das ding) (?:\w+ ){0,4}groesser\b|\bwie lange (?:haelt|macht|lebt) man\b",
)

COLLOQUIAL_TREATMENT = (
    r"\bunder the (?:knife|scalpel)\b|\b(?:cut|open|drill|saw) (?:\w+ ){0,2}my (?:head|skull)\b"
    r"|\bbehind the wheel\b|\b(?:quit|stop|give up) (?:smoking|drinking)\b"
    r"|\b(?:what|which) (?:\w+ ){0,3}(?:helps?|gets rid of) (?:\w+ )?(?:it|against|with)\b"
    r"|\bwhat would you do (?:in|if)\b|\b(?:must|should) it (?:come|be cut|be taken) out\b"
    r"|\b(?:have|drink) a (?:pint|beer|drink|glass of \w+)\b|\bhome remed\w+",
    r"\bunters? (?:das )?(?:messer|skalpell)\b|\b(?:kopf|schaedel) (?:auf(?:machen|gemacht)?"
    r"|bohren)\b"
    r"|\bans steuer\b|\bhinters (?:steuer|lenkrad)\b|\brauchen (?:auf)?(?:hoeren|lassen)\b"
    r"|\bmuss (?:das ding|es|das) (?:\w+ )?(?:raus|weg)\b|\bwas (?:hilft"
    r"|nuetzt) (?:\w+ ){0,2}gegen\b"
    r"|\ban meiner stelle\b|\bhausmittel\b",
)

_EXAM = (
    r"(?:scan|mri|scanner|tube|examination|appointment|visit|room|clinic|untersuchung|mrt|roehre"
    r"|termin|geraet|aufnahme|raum|klinik)"
)
ANSWERED_FORMS = re.compile(
    r"^\W*(?:(?:so|and|please|hello|hi|und|bitte|hallo)\W+)*(?:"
    r"(?:does|did) (?:the|my|this) (?:report|letter|doctor|radiologist)\b.{0,20}"
    r"\b(?:say|mention|state|write|use|show|talk|speak)\b(?!.*\b(?:will|should|can|must) i\b)"
    r"|what (?:does|did) (?:the|my) (?:report|letter) (?:say|write) about\b"
    r"|why (?:does|do|did) (?:it|they|the report|the letter)\b"
    r"|is the word\b|(?:what|how) (?:is|are|was) (?:the|a|an) [\w -]{3,40} called\W*$"
    r"|what is the difference between\b|what does (?:the (?:word|term) )?[\w\" -]{3,40} mean\W*$"
    r"|(?:has|did|is|was|were) (?:it|the \w+|everything|all of it|the whole \w+)\b.{0,40}"
    r"\b(?:since|in|from|at|during|after) (?:my|the) (?:last )?(?:operation|surgery|treatment"
    r"|therapy|radiotherapy|chemo\w*|radiation)\W*$"
    rf"|how (?:bad|serious|dangerous) (?:is|are) (?:the|an?) (?:noise|magnet|contrast\w*"
    rf"|{_EXAM})\b"
    r"|how long (?:do|will|must|can) i (?:have to |need to )?(?:lie|stay|fast|wait|be in the"
    r"|not eat"
    r"|keep still|be at)\b"
    rf"|(?:can|may|could|should|am i allowed to|do) i\b.{{0,12}}\b(?:eat|drink|have breakfast"
    rf"|drive home"
    rf"|drive myself|take (?:my|a|the|someone|somebody) ?\w*|stop|bring"
    rf"|wear)\b.{{0,30}}\b{_EXAM}\b"
    r"|(?:can|may) i take (?:someone|somebody|my (?:wife|husband|phone|son|daughter|sister))\b"
    r"|(?:should|do) i (?:have to |need to )?bring\b|soll ich\b.{0,40}\b(?:mitbringen"
    r"|dabeihaben)\W*$"
    r"|(?:steht|stand)\b.{0,20}\b(?:im|in|da|dort|irgendwo)\b(?!.*\b(?:werde|soll|kann"
    r"|muss) ich\b)"
    r"|was (?:steht|schreibt)\b.{0,20}\bueber\b|kommt das wort\b"
    r"|was ist der unterschied zwischen\b|was unterscheidet\b"
    r"|was (?:bedeutet|heisst) (?:das wort |der begriff )?[\w\" -]{3,40}\W*$"
    r"|(?:ist|hat|wurde|war)\b.{0,40}\b(?:seit|bei|in|nach) (?:der"
    r"|meiner) (?:letzten )?(?:operation"
    r"|op|behandlung|therapie|bestrahlung)\b.{0,25}\b(?:gewachsen|geaendert|entfernt|veraendert"
    r"|kleiner|groesser|geblieben|zu sehen)\b"
    rf"|wie (?:schlimm|gefaehrlich) ist (?:der|das|ein) (?:laerm|klopfen|magnet|{_EXAM})\b"
    r"|wie lange (?:muss|darf|soll) ich\b.{0,25}\b(?:liegen|stillliegen|warten|bleiben|essen"
    r"|nuechtern)\b"
    r"|wie lange habe ich (?:noch )?zeit\b"
    rf"|(?:darf|kann|soll) ich\b.{{0,12}}\b(?:vor|nach) (?:der|dem) {_EXAM}\b"
    r")"
)
