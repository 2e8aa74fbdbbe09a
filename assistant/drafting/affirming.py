"""Whether a report affirms anything abnormal, so that no general denial may stand over it.

"No mass" denies one thing; said to a patient as "no growth" or "no lesion" it sounds like a scan
on which nothing is. Where the report holds to, leaves open or only hints at anything, such a
denial is left in the doctor's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.drafting.checking.consistency import denies_lesion
from assistant.drafting.reading.stances import Reading, Stance, Stated, undenied
from assistant.drafting.reading.vocabulary import NAMELESS, plain
from assistant.records import Citation

_HINT = re.compile(
    r"\b(?:abnormal\w*|hyperintens\w*|hypointens\w*|hyperdens\w*|hypodens\w*|signal (?:change|"
    r"alteration|increase)\w*|enhanc\w*|restricted diffusion|spots?|patch(?:es|y)?|foc(?:us|i)"
    r"|plaques?|thicken\w*|displac\w*|compress\w*|effac\w*|enlarge\w*|dilat\w*|widened|narrow\w*"
    r"|opacif\w*|effusions?|collections?|cavit(?:y|ies|ation)|calcif\w*|glio(?:sis|tic)|scars?"
    r"|ectopia|empty sella|asymmetr\w*|defects?|bulg\w*|herniat\w*|flattened|oedematous|swollen"
    r"|auffällig\w*|signal(?:anhebung|veränderung|störung|alteration)\w*|hyperintensität\w*"
    r"|anreicher\w*|diffusions(?:störung|restriktion)\w*|fleck\w*|verdick\w*|verlager\w*"
    r"|komprim\w*|kompression\w*|verstrichen\w*|vergrößer\w*|erweiter\w*|aufgeweitet\w*"
    r"|verschatt\w*|erguss\w*|verkalk\w*|gliose\w*|narbe\w*|ektopie|asymmetri\w*|defekt\w*"
    r"|vorwölb\w*|abgeflacht\w*|geschwollen\w*|verschmälert\w*|eingeengt\w*)\b"
)
"""Words for something unusual that no template tells of."""
ANOTHER = re.compile(r"\b(?:other|further|second|additional|new|more|elsewhere)\b", re.IGNORECASE)
"""Words by which a denial leaves room for what is there already."""


def affirms_anything(everything: Iterable[tuple[Citation, Reading]]) -> bool:
    """Whether any sentence holds to, leaves open or hints at something that is not normal."""
    return any(_affirms(cited.quote, reading) for cited, reading in everything)


def tells_of_disease(everything: Sequence[tuple[Citation, Reading]]) -> bool:
    """Whether a sentence names something by which a scan can not be called normal.

    Swollen sinuses do not count, as in the check of a report against itself.
    """
    return any(
        reading.beyond
        or any(one.condition != "sinus" and _is_there(cited.quote, one) for one in reading.stated)
        for cited, reading in everything
    )


def _affirms(sentence: str, reading: Reading) -> bool:
    if reading.beyond:
        return True
    if any(_is_there(sentence, one) for one in reading.stated):
        return True
    return undenied(plain(sentence), _HINT)


def _is_there(sentence: str, stated: Stated) -> bool:
    """Whether a condition is not plainly denied; "no enhancing lesion" denies plainly enough."""
    if stated.condition == "normal" or stated.stance is Stance.DENIED:
        return False
    denied = stated.stance is Stance.LIMITED and stated.condition in NAMELESS
    return not (denied and denies_lesion(sentence) and not ANOTHER.search(sentence))
