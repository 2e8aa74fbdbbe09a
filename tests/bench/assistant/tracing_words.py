"""What the checker of the screen knows of words, English and German in one pattern each.

Written for this bench alone and without a look at the gate's lexicon: two lists that agree by
descent would agree in their mistakes.
"""

from __future__ import annotations

FINDINGS: dict[str, str] = {
    "growth": r"growths?|lesions?|mass(?:es)?|lumps?|nodules?|gewächse?|raumforderung(?:en)?"
    r"|läsion(?:en)?|knoten|gewebevermehrung(?:en)?",
    "spot": r"spots?|foc(?:us|i)|fleck(?:en)?|herde?|hyperintensit(?:y|ies)",
    "tumour": r"tumou?rs?|\w*tumor(?:en|s)?|neoplasms?",
    "glioma": r"(?:oligodendro)?gliomas?|glioblastomas?|gliome?|glioblastome?",
    "meningioma": r"meningiomas?|meningeome?",
    "adenoma": r"(?:micro|macro)?adenomas?|(?:mikro|makro)?adenome?",
    "schwannoma": r"schwannomas?|schwannome?|neurinome?",
    "metastasis": r"metastas[ie]s|metastas\w+|metastasen?",
    "lymphoma": r"lymphomas?|lymphome?",
    "infection": r"abscess(?:es)?|infections?|abszesse?|infektion(?:en)?",
    "inflammation": r"inflammations?|neuritis|\w*entzündung(?:en)?",
    "infarct": r"infarcts?|infarctions?|strokes?|ischa?emia|\w*infarkte?|schlaganfälle?"
    r"|schlaganfalls?",
    "bleeding": r"bleed(?:s|ing)?|ha?emorrhages?|ha?emorrhagic|ha?ematomas?|microbleeds?"
    r"|\w*blutung(?:en)?|\w*hämatome?|bluterg\w+",
    "cyst": r"cysts?|\w*zysten?",
    "cavernoma": r"cavernomas?|kavernome?",
    "aneurysm": r"aneurysms?|aneurysma|aneurysmen",
    "hydrocephalus": r"hydrocephalus|hydrozephalus",
    "demyelination": r"multiple sclerosis|demyelinating|multiple sklerose|entmarkung\w*",
    "swelling": r"o?edemas?|swellings?|swollen|\w*ödeme?|schwellung(?:en)?|geschwollen"
    r"|thickening|sinusitis",
    "atrophy": r"atrophy|shrinkage|shrunk|volume loss|atrophie|geschrumpft|schwund",
    "shift": r"midline shift|mittellinienverlagerung",
    "fracture": r"fractures?|\w*bruch|brüche|frakturen?",
    "clot": r"thrombosis|clots?|\w*thrombosen?|gerinnsel",
    "dementia": r"alzheimer\S*|dementia|demenz",
    "angiopathy": r"angiopathy|angiopathie",
    "chiari": r"chiari\w*",
    "recurrence": r"recurrences?|residual|rezidive?|resttumor",
}
GENERAL: dict[str, frozenset[str]] = {
    "growth": frozenset(
        {"tumour", "glioma", "meningioma", "adenoma", "schwannoma", "metastasis", "lymphoma"}
        | {"spot", "cyst", "cavernoma", "infection", "recurrence"}
    ),
    "spot": frozenset({"growth", "demyelination", "bleeding", "infarct", "metastasis"}),
    "tumour": frozenset({"glioma", "meningioma", "adenoma", "schwannoma", "metastasis"}),
}
"""A general word is borne out by any of these; never the other way round."""
PLACES: dict[str, str] = {
    "frontal": r"frontal\w*|stirnlappen|front lobe",
    "parietal": r"parietal\w*|parafalcine|scheitellappen",
    "temporal": r"(?:mesial )?temporal\w*|schläfenlappen",
    "occipital": r"occipital\w*|okzipital\w*|hinterhauptslappen|hinterhauptlappen",
    "thalamus": r"thalam\w+",
    "cerebellum": r"cerebell\w+|kleinhirn\w*|zerebell\w+",
    "pituitary": r"pituitary|hypophys\w+|hirnanhang\w*|sella",
    "hippocampus": r"hippocamp\w+",
    "insula": r"insula\w*|inselrinde|insel",
    "brainstem": r"brain ?stem|hirnstamm\w*",
    "ventricles": r"ventric\w+|hirnkammern?|ventrikel\w*",
    "optic nerve": r"optic|chiasm|sehnerv\w*",
    "spine": r"spine|spinal|cord|wirbelsäule|rückenmark\w*",
    "corpus callosum": r"corpus callosum|balken",
    "skull": r"skull|schädel\w*",
    "carotid": r"carotid|halsschlagader|karotis",
    "sinuses": r"sinus(?:es)?|nasennebenhöhlen?",
    "pineal": r"pineal|zirbeldrüse",
}
SPECIALTIES: dict[str, str] = {
    "neurosurgery": r"neurosurg\w+|neurochirurg\w+|neurovascular",
    "neurology": r"neurolog\w+",
    "endocrinology": r"endocrinolog\w+|endokrinolog\w+",
    "ophthalmology": r"ophthalmolog\w+|eye doctor|augen(?:arzt|ärztin|heilkunde)\w*",
    "oncology": r"oncolog\w+|neuro-oncolog\w+|\w*onkolog\w+",
    "ear, nose and throat": r"ear, nose and throat|ent|hno|hals-nasen-ohren\w*",
    "cardiology": r"cardiolog\w+|kardiolog\w+",
    "general practice": r"general practi\w+|hausarzt|hausärztin|allgemeinmedizin",
    "memory clinic": r"memory clinic|gedächtnissprechstunde|gedächtnisambulanz",
    "epilepsy clinic": r"epilepsy clinic|epilepsieambulanz|epilepsiesprechstunde",
    "dermatology": r"dermatolog\w+",
}
JUDGEMENTS: dict[str, str] = {
    "cancer": r"cancer\w*|malignan\w+|krebs\w*|bösartig\w*",
    "harmless": r"harmless|benign|nothing to worry|good news|harmlos\w*|gutartig\w*"
    r"|keine sorgen?|gute nachricht",
    "danger": r"dangerous|life-threatening|serious|fatal|terminal|gefährlich\w*"
    r"|lebensbedrohlich\w*|tödlich\w*",
    "cure": r"cured?|recover\w*|heilbar|geheilt|gesund werden",
    "treatment": r"surgery|operation|operated|radiotherapy|chemotherapy|tablets?|medication"
    r"|dexamethasone?|aspirin|antibiotics?|operiert|bestrahlung|chemotherapie|tabletten?"
    r"|medikamente?|antibiotik\w+",
    "outlook": r"survival|prognosis|life expectancy|years to live|prognose|lebenserwartung",
    "normal": r"normal|unremarkable|unauffällig\w*|no abnormality",
}
LEFT = r"left|linke[nrsm]?|links|linksseitig\w*"
RIGHT = r"right|rechte[nrsm]?|rechts|rechtsseitig\w*"
BOTH = r"both|bilateral|beide[nrs]?|beidseits|beidseitig\w*"
HEDGE = (
    r"may|might|could|possib\w+|probabl\w+|likely|suspect\w*|suspicious|consider\w*|seems?|appears?"
    r"|favours?|suggest(?:s|ive)?|can(?:not|'t) be (?:ruled out|excluded)|kann|können|könnten?"
    r"|can be seen in|möglich\w*|vielleicht|vermut\w+|wahrscheinlich\w*|verdacht|verdächtig\w*"
    r"|nicht ausgeschlossen|nicht auszuschließen|hält .{0,30} für|denkt|thinks|rather than|indicate"
)
MILD = r"in keeping with|am ehesten|passend zu|vereinbar mit|looks like|consistent with"
"""Words between sure and unsure: what they introduce may be repeated either way."""
DENIES_NEXT = (
    r"no|not|without|neither|nor|never|free of|none of|kein\w*|nicht|ohne|frei von|weder|noch keine"
)
STOPS = (
    r"is|are|was|were|has|have|needs?|but|aber|sondern|ist|sind|war|waren|hat|haben|wird|werden"
    r"|which|der|die|das|liegt|muss|shows?|because|weil"
)
DENIES_BEFORE = (
    r"(?:not|nicht|never|kein\w*) (?:yet |mehr )?(?:been )?(?:be )?(?:seen|found|present|visible"
    r"|shown|identified|there|zu sehen|nachweisbar|gefunden|vorhanden|sichtbar|erkennbar|da)"
    r"|(?<!not )(?<!cannot be )(?:ruled out|excluded|absent)|(?<!nicht )ausgeschlossen|fehlt"
    r"|(?:was|were|is|are) not (?:seen|found|marked)|wurden? nicht"
)
UNREAL = r"artefacts?|artifacts?|artefakte?|status after|removal|removed|resection"
"""What is spoken of with these is not there, or no longer."""
CONFIRMED = r"confirmed|bestätigt"
REJECTED = r"not (?:a |any )?real|kein\w* echte\w*|rejected|verworfen|abgelehnt"
UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("mm", "millimetre", "millimetres", "millimeter", "millimetern"), ("mm", 1.0)),
    **dict.fromkeys(("cm", "centimetres", "zentimeter", "zentimetern"), ("mm", 10.0)),
    **dict.fromkeys(("ml", "millilitres", "milliliter"), ("ml", 1.0)),
    **dict.fromkeys(("hour", "hours", "stunde", "stunden"), ("h", 1.0)),
    **dict.fromkeys(("day", "days", "tag", "tage", "tagen"), ("h", 24.0)),
    **dict.fromkeys(("week", "weeks", "woche", "wochen"), ("h", 168.0)),
    **dict.fromkeys(("month", "months", "monat", "monate", "monaten"), ("month", 1.0)),
    **dict.fromkeys(("year", "years", "jahr", "jahre", "jahren"), ("month", 12.0)),
    **dict.fromkeys(("%", "percent", "per cent", "prozent"), ("%", 1.0)),
}
NUMBER_WORDS: dict[str, float] = {
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "zwei": 2.0,
    "drei": 3.0,
    "vier": 4.0,
    "fünf": 5.0,
    "sechs": 6.0,
    "sieben": 7.0,
}
