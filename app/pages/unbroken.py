"""Text as it is put on the screen: a number and what it counts stay on one line.

Only for what is drawn. What is stored, sent, gated or compared keeps its plain blanks, and what is
copied from the screen as text gets them back.
"""

from __future__ import annotations

import re
from functools import cache

from assistant.guarding.lexicon import word_set
from assistant.phrases import languages

_NO_BREAK = "\N{NO-BREAK SPACE}"
_UNITS = word_set(
    "mm³ cm³ mm² cm² mm3 cm3 mm2 cm2 mm cm m ml mL l dl kg mg µg g Gy T ms s min h °C ° % ‰ Hz "
    "millimetres? millimeters? centimetres? centimeters? millilitres? milliliters? percent tesla "
    "minutes? hours? days? weeks? months? years? "
    "Millimetern? Zentimetern? Millilitern? Millimeter Zentimeter Milliliter Prozent Tesla Uhr "
    "Minuten? Stunden? Tage?n? Tag Wochen? Monate?n? Monat Jahre?n? Jahr"
)


def unbroken(text: str) -> str:
    """The text with no-break spaces in "72 mm", "12 %", "3 × 4", "3 May", "3. Mai" and "May 3"."""
    return _gap().sub(_NO_BREAK, text)


@cache
def _gap() -> re.Pattern[str]:
    """The blank between a number and its unit or month."""
    named = {one for words in languages().values() for one in words.row("time.months")}
    months = sorted({*named, *(one[:3] for one in named)}, key=len, reverse=True)
    month = "|".join(re.escape(one) for one in months)
    unit = "|".join(sorted(_UNITS, key=len, reverse=True))
    before_month = "|".join(rf"(?<=\b{re.escape(one)})" for one in months)
    return re.compile(
        rf"(?<=\d) (?=(?:{unit})(?!\w))"
        rf"|(?<=\d) (?=(?:{month})\b)|(?<=\d\.) (?=(?:{month})\b)"
        rf"|(?:{before_month}) (?=\d{{1,2}}\b)"
        r"|(?<=\d) (?=[×x] \d)|(?<=\d [×x]) (?=\d)"
    )
