"""What the mutations exchange, as (pattern, replacement) per language, and what they add."""

from __future__ import annotations

Table = dict[str, tuple[tuple[str, str], ...]]

SIDES: Table = {
    "en": (
        ("left", "right"),
        ("right", "left"),
        ("both sides", "the left side"),
        ("both halves", "the right half"),
    ),
    "de": (
        ("linke(n|r|s)?", r"rechte\1"),
        ("rechte(n|r|s)?", r"linke\1"),
        ("links", "rechts"),
        ("rechts", "links"),
    ),
}
NUMBER_WORDS: Table = {
    "en": (("three", "five"), ("two", "six"), ("seven", "two"), ("one", "three")),
    "de": (("drei", "fünf"), ("zwei", "vier"), ("ein Teil", "drei Teile")),
}
UNITS: Table = {
    "en": (
        ("mm", "cm"),
        ("cm", "mm"),
        ("ml", "mm"),
        ("weeks?", "months"),
        ("months", "weeks"),
        ("days?", "months"),
        ("hours", "weeks"),
        ("percent", "per thousand"),
    ),
    "de": (
        ("mm", "cm"),
        ("ml", "mm"),
        ("Wochen", "Monaten"),
        ("Monaten", "Wochen"),
        ("Tag", "Jahr"),
    ),
}
MODAL = r"\b(may|might|could|possible|könnten?|möglicherweise)\b"
"""With these a negation added says the same ("it might not be" beside "it might be")."""
NEGATED = (
    r"\b(no|not|none|neither|nor|without|never|cannot|nothing|nicht|kein\w*|ohne|nie|weder|noch)\b"
)
NEGATION_REMOVED: Table = {
    "en": (
        ("no", "a"),
        ("not yet", ""),
        ("not", ""),
        ("none of", "all of"),
        ("nothing", "something"),
        ("neither a", "a"),
        ("without", "with"),
        ("cannot", "can"),
        ("does not (press|show|need|explain|mention)", r"does \1"),
    ),
    "de": (
        ("kein", "ein"),
        ("keine (?!neuen)", "eine "),
        ("keine neuen", "neue"),
        ("nicht", ""),
        ("ohne", "mit"),
        ("noch nicht", ""),
    ),
}
NEGATION_ADDED: Table = {
    "en": (
        ("is", "is not"),
        ("are", "are not"),
        ("was", "was not"),
        ("were", "were not"),
        ("there is an?", "there is no"),
        ("has", "has not"),
        ("shows", "does not show"),
        ("measures", "does not measure"),
        ("needs", "does not need"),
        ("looks", "does not look"),
        ("should", "should not"),
        ("we recommend", "we do not recommend"),
        ("recommends", "does not recommend"),
        ("please see", "please do not see"),
        ("(scan|we) found", r"\1 did not find"),
        ("lies", "does not lie"),
        ("will", "will not"),
        ("can", "cannot"),
    ),
    "de": (
        ("ist", "ist nicht"),
        ("sind", "sind nicht"),
        ("hat", "hat nicht"),
        ("ist ein", "ist kein"),
        ("ist eine", "ist keine"),
        ("wurde", "wurde nicht"),
        ("sollten?", "sollte nicht"),
        ("misst", "misst nicht"),
        ("beträgt", "beträgt nicht"),
        ("bildet", "bildet keine"),
        ("wird", "wird nicht"),
        ("leuchten", "leuchten nicht"),
    ),
}
FINDINGS: Table = {
    "en": (
        ("growth", "bleeding"),
        ("growth", "cyst"),
        ("lump", "scar"),
        ("bleeding", "swelling"),
        ("bleeding", "growth"),
        ("swelling", "bleeding"),
        ("cyst", "tumour"),
        ("cyst", "clot"),
        ("aneurysm", "cyst"),
        ("stroke", "tumour"),
        ("infarcts?", "abscess"),
        ("meningioma", "glioma"),
        ("glioma", "meningioma"),
        ("lymphoma", "glioma"),
        ("tumour", "clot"),
        ("spots?", "bleedings"),
        ("scar", "tumour"),
        ("mass", "abscess"),
        ("infection", "stroke"),
        ("cavernoma", "aneurysm"),
        ("inflammation", "bleeding"),
        ("blood collection", "tumour"),
        ("headaches", "seizures"),
        ("dizziness", "memory loss"),
    ),
    "de": (
        ("Gewächs", "Aneurysma"),
        ("Gewächs", "Kavernom"),
        ("Blutung", "Schwellung"),
        ("Schwellung", "Blutung"),
        ("Zyste", "Blutung"),
        ("Aneurysma", "Gewächs"),
        ("Knoten", "Infarkt"),
        ("Schlaganfall", "Tumor"),
        ("Tumor", "Schlaganfall"),
        ("Gliom", "Meningeom"),
        ("Lymphom", "Gliom"),
        ("Narbe", "Zyste"),
        ("Flecken", "Narben"),
        ("Herde?", "Tumor"),
        ("Kavernom", "Aneurysma"),
        ("Infarkt", "Abszess"),
        ("Entzündung", "Blutung"),
        ("Schwindel", "Anfall"),
    ),
}
ANATOMY: Table = {
    "en": (
        ("thalamus", "cerebellum"),
        ("cerebellum", "thalamus"),
        ("frontal", "occipital"),
        ("hippocampus", "thalamus"),
        ("optic nerve", "hearing nerve"),
        ("pituitary gland", "pineal gland"),
        ("ear", "eye"),
        ("(?<!of the )eye", "ear"),
        ("brain stem", "spinal cord"),
        ("spinal cord", "brain stem"),
        ("skull", "jaw"),
        ("heart", "lung"),
        ("artery", "vein"),
        ("vein", "artery"),
        ("neck", "chest"),
        ("sinuses", "lungs"),
        ("spine", "skull"),
        ("white part", "stem"),
    ),
    "de": (
        ("Thalamus", "Kleinhirn"),
        ("Hippocampus", "Thalamus"),
        ("Sehnerv", "Hörnerv"),
        ("Hörnerv", "Sehnerv"),
        ("Hirnanhangdrüse", "Zirbeldrüse"),
        ("Auge", "Ohr"),
        ("Schädel", "Kiefer"),
        ("Nasennebenhöhlen", "Lungen"),
        ("Hirnkammern", "Hirnhäute"),
    ),
}
HEDGED = (
    r"\b(may|might|could|probably|possibl\w+|likely|suspect\w*|seems?|as if|certain|specific"
    r"|think|thinks|not sure|könnten?|möglicherweise|wahrscheinlich|vermutlich|eher|can be)\b"
)
CERTAINTY_RAISED: Table = {
    "en": (
        ("may be", "is"),
        ("might be", "is"),
        ("probably", "certainly"),
        ("is likely", "is certain"),
        ("likely to be", "certainly"),
        ("may come", "come"),
        ("may reach", "reaches"),
        ("may need", "needs"),
        ("could have been", "was"),
        ("suspects", "confirms"),
        ("looks as if it is", "is"),
        ("it seems that", "it is certain that"),
        ("seems to have", "has"),
        ("cannot say for certain", "says for certain"),
        ("is not sure", "is sure"),
        ("can be (?!seen)", "is "),
        ("thinks that", "knows that"),
    ),
    "de": (
        ("könnte (.*) sein", r"ist sicher \1"),
        ("wahrscheinlich", "sicher"),
        ("könnten", "werden sicher"),
        ("eher", "sicher"),
        ("können auch", "werden sicher"),
    ),
}
CERTAINTY_LOWERED: Table = {
    "en": (
        ("there is", "there may be"),
        ("shows", "may show"),
        ("(scan|we) found", r"\1 may have found"),
        ("looks", "may look"),
        ("measures", "might measure"),
        ("lies", "probably lies"),
        ("is in", "may be in"),
        ("is normal", "is probably normal"),
        ("are normal", "are probably normal"),
        ("are new", "may be new"),
        ("is touched", "may be touched"),
        ("is swollen", "could be swollen"),
        ("is small", "is possibly small"),
        ("has not", "has probably not"),
        ("is not", "is possibly not"),
    ),
    "de": (
        ("ist zu sehen", "ist möglicherweise zu sehen"),
        ("ist (?=ein|keine)", "ist vielleicht "),
        ("liegt", "liegt möglicherweise"),
        ("ist normal", "ist vermutlich normal"),
        ("sind neu", "sind vermutlich neu"),
        ("sieht", "sieht vielleicht"),
        ("ist nicht", "ist wahrscheinlich nicht"),
        ("gibt es", "gibt es wahrscheinlich"),
    ),
}
CONFIRMATION: Table = {
    "en": (
        ("has confirmed", "has not yet confirmed"),
        ("has not yet confirmed", "has confirmed"),
        ("has confirmed", "has rejected"),
        ("rejected", "confirmed"),
        ("found that it was not real", "found that it was real"),
    ),
    "de": (
        ("den Befund bestätigt", "den Befund noch nicht bestätigt"),
        ("noch nicht bestätigt", "bestätigt"),
        ("verworfen", "bestätigt"),
    ),
}
URGENCY: Table = {
    "en": (
        ("within \\d+ \\w+", "immediately"),
        ("within \\d+ \\w+", "at some point"),
        ("urgent", "routine"),
        ("soon", "some day"),
        ("soon", "at once"),
        ("in \\d+ months", "today"),
        ("due in", "overdue by"),
        ("(scan|test) is advised", r"\1 is urgently advised"),
        ("should be repeated", "must be repeated at once"),
    ),
    "de": (
        ("innerhalb von \\d+ \\w+", "sofort"),
        ("innerhalb von \\d+ \\w+", "irgendwann"),
        ("dringend", "nicht dringend"),
        ("bald", "irgendwann"),
        ("bald", "sofort"),
        ("in \\d+ Monaten", "heute"),
    ),
}
SPECIALTIES: Table = {
    "en": (
        ("neurosurgeon", "cardiologist"),
        ("neurosurgeon", "neurologist"),
        ("neurosurgery", "dermatology"),
        ("eye doctor", "ear doctor"),
        ("neurologist", "oncologist"),
        ("oncology", "cardiology"),
        ("blood tests", "urine tests"),
        ("hearing test", "eye test"),
        ("a biopsy", "an ultrasound"),
    ),
    "de": (
        ("Neurochirurgie", "Kardiologie"),
        ("Neurologen", "Onkologen"),
        ("Gewebeprobe", "Ultraschalluntersuchung"),
    ),
}
QUANTIFIERS: Table = {
    "en": (
        ("small(er)?", r"large\1"),
        ("large", "small"),
        ("tiny", "huge"),
        ("old", "new"),
        ("new", "old"),
        ("fresh", "old"),
        ("moderate", "severe"),
        ("strong", "slight"),
        ("slowly", "quickly"),
        ("slow", "fast"),
        ("a little", "a lot"),
        ("wider", "narrower"),
        ("largest", "smallest"),
        ("common", "rare"),
        ("often", "rarely"),
        ("less", "more"),
        ("all", "some"),
        ("high", "low"),
        ("too low", "too high"),
        ("thin", "thick"),
        ("earlier", "later"),
        ("bright", "dark"),
        ("unchanged", "bigger"),
        ("evenly", "unevenly"),
        ("older", "younger"),
        ("good", "poor"),
    ),
    "de": (
        ("kleine?", "große"),
        ("(?<!mm )groß", "klein"),
        ("große", "kleine"),
        ("alte", "neue"),
        ("alt", "neu"),
        ("frischer", "alter"),
        ("neuen?", "alten"),
        ("weiter als", "enger als"),
        ("weniger", "mehr"),
        ("größte", "kleinste"),
        ("alle drei", "zwei von drei"),
    ),
}
WHO: Table = {
    "en": (
        ("the doctor", "the computer"),
        ("your doctor", "the computer"),
        ("the computer", "the doctor"),
    ),
    "de": (
        ("der Arzt", "der Computer"),
        ("der Computer", "der Arzt"),
        ("Ihren Arzt", "den Computer"),
    ),
}
Additions = dict[str, tuple[str, ...]]
REASSURANCE: Additions = {
    "en": (
        "which is harmless",
        "so there is nothing to worry about",
        "You can relax",
        "This is completely benign",
        "and that is good news",
    ),
    "de": (
        "das ist harmlos",
        "also brauchen Sie sich keine Sorgen zu machen",
        "Das ist gutartig",
        "Das ist eine gute Nachricht",
    ),
}
ALARM: Additions = {
    "en": (
        "which is dangerous",
        "This can be life-threatening",
        "and this is very serious",
        "You should be worried",
        "which is a bad sign",
    ),
    "de": (
        "das ist gefährlich",
        "Das kann lebensbedrohlich sein",
        "und das ist sehr ernst",
        "Das ist ein schlechtes Zeichen",
    ),
}
DRUGS: Additions = {
    "en": (
        "Please take dexamethasone 4 mg",
        "and aspirin will help",
        "so you should start levetiracetam",
        "You can stop your blood thinner",
    ),
    "de": (
        "Bitte nehmen Sie Dexamethason",
        "und Aspirin hilft dagegen",
        "Setzen Sie Ihre Blutverdünner ab",
    ),
}
TREATMENTS: Additions = {
    "en": (
        "You will need surgery",
        "and radiotherapy is the best option",
        "which must be removed",
        "Chemotherapy will follow",
    ),
    "de": (
        "Sie müssen operiert werden",
        "und eine Bestrahlung ist am besten",
        "Eine Chemotherapie folgt",
    ),
}
CANCER: Additions = {
    "en": ("It is cancer", "which is malignant", "and cancer cells were found", "It has spread"),
    "de": (
        "Es ist Krebs",
        "das ist bösartig",
        "und es wurden Krebszellen gefunden",
        "Es hat gestreut",
    ),
}
PROGNOSIS: Additions = {
    "en": (
        "You will recover fully",
        "and most people live for many years with it",
        "It will get worse",
        "which will not come back",
    ),
    "de": (
        "Sie werden wieder ganz gesund",
        "und die meisten leben damit viele Jahre",
        "Es wird schlimmer werden",
    ),
}
