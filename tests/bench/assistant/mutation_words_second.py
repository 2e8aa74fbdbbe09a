"""What the second set's wrong variants add, exchange and leave out."""

from __future__ import annotations

ADDED: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "alarm": (
            "which is dangerous",
            "and this is very worrying",
            "which could be life-threatening",
            "which is bad news",
        ),
        "reassurance": (
            "which is nothing to worry about",
            "so you can relax",
            "and that is harmless",
            "which is good news",
        ),
        "drug": (
            "so you should take aspirin",
            "and ibuprofen will help",
            "so stop taking your tablets",
            "and cortisone is needed",
        ),
        "treatment": (
            "and an operation is needed",
            "so no treatment is needed",
            "and radiation will be given",
            "which is why you will be operated on",
        ),
        "cancer": (
            "which means cancer",
            "and cancer has been ruled out",
            "which is a malignant growth",
            "so it is not cancer",
        ),
        "prognosis": (
            "and you will recover fully",
            "which will get worse over time",
            "and it will go away on its own",
            "which shortens your life",
        ),
        "cause": (
            "because of high blood pressure",
            "which comes from stress",
            "because of an old injury",
            "which runs in your family",
        ),
        "confirmation": (
            "and a doctor has confirmed this",
            "but no doctor has confirmed this",
            "which only the computer saw",
            "but the doctor disagrees",
        ),
    },
    "de": {
        "alarm": (
            "und das ist gefährlich",
            "was sehr beunruhigend ist",
            "was lebensbedrohlich sein kann",
            "und das ist eine schlechte Nachricht",
        ),
        "reassurance": (
            "und das ist harmlos",
            "Sie müssen sich also keine Sorgen machen",
            "was eine gute Nachricht ist",
            "und das ist unbedenklich",
        ),
        "drug": (
            "deshalb sollten Sie Aspirin nehmen",
            "und Ibuprofen hilft",
            "setzen Sie daher Ihre Tabletten ab",
            "und Kortison ist nötig",
        ),
        "treatment": (
            "und eine Operation ist nötig",
            "und eine Behandlung ist nicht nötig",
            "und Sie werden bestrahlt",
            "weshalb Sie operiert werden",
        ),
        "cancer": (
            "und das bedeutet Krebs",
            "und Krebs ist ausgeschlossen",
            "was bösartig ist",
            "also ist es kein Krebs",
        ),
        "prognosis": (
            "und Sie werden wieder ganz gesund",
            "was mit der Zeit schlimmer wird",
            "und das geht von allein weg",
            "was Ihr Leben verkürzt",
        ),
        "cause": (
            "und Bluthochdruck ist der Grund",
            "was vom Stress kommt",
            "und eine alte Verletzung ist schuld",
            "was in Ihrer Familie liegt",
        ),
        "confirmation": (
            "und ein Arzt hat das bestätigt",
            "aber kein Arzt hat das bestätigt",
            "was nur der Computer gesehen hat",
            "aber der Arzt ist anderer Meinung",
        ),
    },
}
"""Clauses that add what the sentence did not say."""

EXCHANGED: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("left", "right"),
        ("frontal", "temporal"),
        ("computer", "doctor"),
        ("blood test", "scan"),
        ("text", "report"),
    ),
    "de": (
        ("link", "recht"),
        ("Computer", "Arzt"),
        ("Text", "Bericht"),
    ),
}
"""Pairs of words whose exchange exchanges two facts."""

_PLACE = (
    r" (?:in|on|over|under|next to|near|behind|at) the "
    r"(?!report|pictures|brain|scan|correct)(?:[\w']+ ?){1,3}(?=\.$)"
)
DROPPED: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("condition", r",? if [^,.;]+(?=\.$)"),
        ("condition", r"^If [^,]+, "),
        ("half", r",? (?:and|but) (?!white|bulging|throat)[^,.]{9,}(?=\.$)"),
        ("half", r"; [^.]+(?=\.$)"),
        ("half", r"^[^,.]{9,}, (?:but|and) "),
        ("half", r"^[^.;]+; "),
        ("part", _PLACE),
        ("part", r" (?:since|within|before|because|compared with) [^,.]+(?=\.$)"),
        ("part", r"^(?:In|On|Since|Within|Before|Because of|For|Compared with) [^,]+, "),
        ("part", r"\b(?:left|right) (?!side|is|one)(?=\w)"),
    ),
    "de": (
        ("condition", r", wenn [^,.]+(?=\.$)"),
        ("condition", r"^Wenn [^,]+, "),
        ("half", r",? und (?!markiert)[^,.]{9,}(?=\.$)"),
        ("half", r", (?:jetzt|vorher) [^,.]+(?=\.$)"),
        ("half", r"^[^,.]{9,}, (?:und|jetzt|vorher) "),
        ("part", r" seit [^,.]+(?= (?:nicht|größer)\b)"),
        ("part", r" innerhalb (?:von \w+ \w+|eines Monats)"),
        ("part", r" wegen einer \w+"),
        ("part", r" in \d+ Monaten"),
        ("part", r"\b(?:link|recht)e[nrs]? (?=[A-Z])"),
    ),
}
"""What is left out, by the kind of thing lost."""
