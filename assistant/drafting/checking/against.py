"""One sentence against the accepted findings: presence, side, place, number and count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.drafting.checking.known import Known, matching
from assistant.drafting.checking.phrases import Stance, Statement
from assistant.drafting.checking.quantities import Quantity, Role
from assistant.drafting.checking.vocabulary import ABNORMALITY, LESION
from assistant.records import DoubtKind

Told = tuple[DoubtKind, str]

_ELSEWHERE = re.compile(
    r"\b(?:other|further|second|additional|elsewhere|otherwise|new|more|remaining|rest|remainder"
    r"|apart from|except\w*|besides|aside from|another|residual)\b"
)
_ACUTE = re.compile(r"\b(?:acute|significant|relevant|traumatic|vascular)\b")
_NORMAL = re.compile(r"\b(?:normal|unremarkable|within normal limits)\b(?! (?:size|width|variant))")
_WHOLE = re.compile(
    r"\b(?:study|scan|mri|mr|examination|exam|imaging|head|parenchyma"
    r"|brain(?! (?:volume|atrophy|stem)))\b"
)
_ALL_NORMAL = re.compile(
    r"^\W*(?:(?:entirely |completely )?(?:normal|unremarkable)(?: findings)?|no abnormal findings?"
    r"|nothing abnormal)\W*$"
)
_SIDED_BRAIN = re.compile(r"\b(?:hemisphere|side|lobe)s?\b")
_UNCHANGED = re.compile(r"\b(?:unchanged|stable|constant|no (?:\w+ )?change|not changed)\b")
_GREW = re.compile(r"\b(?:increas\w*|grow(?:n|th|s|ing)?|grew|enlarg\w*|progress\w*|larger)\b")
_SHRANK = re.compile(r"\b(?:decreas\w*|shr[aiu]nk\w*|smaller|regress\w*|reduc\w*)\b")
_SIZED = re.compile(
    r"\b(?:measur\w+|diameters?|size|dimensions?|volume|extent|lesions?|tumou?rs?|mass(?:es)?)\b"
)


def contradictions_of(
    said: Sequence[Statement], sentence: str, all_known: Sequence[Known], *, subject: str = LESION
) -> Iterator[Told]:
    """What a sentence says against the findings, kind and plain words.

    ``subject`` is what the text spoke of before, for a sentence such as "It measures 24 mm."
    """
    lesions = [one for one in said if one.topic == LESION]
    if not all_known:
        yield from _present_unaccepted(lesions, sentence)
        return
    yield from _absent(said, lesions, sentence, all_known)
    for one in lesions:
        sized = one.stance is Stance.DENIED and is_measured_denial(one)
        if one.stance is Stance.AFFIRMED or sized:
            yield from _sides(one, sentence, all_known)
            yield from _numbers(one, all_known)
        if one.stance is Stance.AFFIRMED:
            yield from _places(one, sentence, all_known)
            yield from _counts(one, sentence, all_known)
    if subject == LESION and not any(one.inside for one in said):
        for one in said:
            if one.says(_SIZED) and one.stance is Stance.AFFIRMED:
                yield from _numbers(one, all_known)


def is_measured_denial(one: Statement) -> bool:
    """Whether it denies a lesion and yet gives its size: nobody measures what is not there."""
    return any(number.role is Role.NOW for number in one.quantities) and not one.says(_ELSEWHERE)


def denies(said: Sequence[Statement], sentence: str) -> bool:
    """Whether a sentence says that there is no lesion, or that all is normal."""
    lesions = [one for one in said if one.topic == LESION and one.stance is Stance.DENIED]
    return bool(lesions) or _all_is_normal(said, sentence)


def affirms(said: Sequence[Statement]) -> bool:
    """Whether a sentence says that there is a lesion."""
    return any(one.topic == LESION and one.stance is Stance.AFFIRMED for one in said)


def _present_unaccepted(lesions: Sequence[Statement], sentence: str) -> Iterator[Told]:
    if any(one.stance is Stance.AFFIRMED for one in lesions):
        yield DoubtKind.PRESENCE, f'"{sentence}" describes a lesion, but no finding is accepted.'


def _absent(
    said: Sequence[Statement],
    lesions: Sequence[Statement],
    sentence: str,
    all_known: Sequence[Known],
) -> Iterator[Told]:
    count = "a finding is" if len(all_known) == 1 else f"{len(all_known)} findings are"
    for one in lesions:
        if one.stance is not Stance.DENIED:
            continue
        if is_measured_denial(one):
            yield (
                DoubtKind.PRESENCE,
                f'"{sentence}" says there is no lesion and gives its size, but {count} accepted.',
            )
            return
        if _denied_here(one, said, sentence, all_known):
            yield (
                DoubtKind.PRESENCE,
                f'"{sentence}" says there is no lesion, but {count} accepted.',
            )
            return
    if _all_is_normal(said, sentence) and not _ELSEWHERE.search(sentence.lower()):
        yield DoubtKind.PRESENCE, f'"{sentence}" says there is no lesion, but {count} accepted.'
        return
    yield from _normal_there(said, sentence, all_known)


def _denied_here(
    one: Statement, said: Sequence[Statement], sentence: str, all_known: Sequence[Known]
) -> bool:
    """Whether a denial is of a lesion where a finding lies, or of the kind it is held to be."""
    if _ELSEWHERE.search(one.text) or _ELSEWHERE.search(sentence.lower()):
        return False
    named_sides, named_places = _where_denied(one, said)
    if named_places and any(not known.places for known in all_known):
        return False
    if not matching(all_known, named_sides, named_places):
        return False
    if one.generic:
        return True
    return any(one.kinds & known.kinds for known in all_known) and not affirms(said)


def _where_denied(
    one: Statement, said: Sequence[Statement]
) -> tuple[frozenset[str], frozenset[str]]:
    """Where a denial speaks of: its own words, else what stands before or after without a topic."""
    if one.sides or one.places:
        return one.sides, one.places
    around = [other for other in said if not other.topic]
    named_sides = frozenset().union(*(other.sides for other in around), frozenset())
    return named_sides, frozenset().union(*(other.places for other in around), frozenset())


def _all_is_normal(said: Sequence[Statement], sentence: str) -> bool:
    lowered = sentence.lower()
    if _ALL_NORMAL.search(lowered):
        return True
    for one in said:
        if one.topic == ABNORMALITY and one.stance is Stance.DENIED:
            alone = len(one.inside) == 1 and not one.places and not one.sides
            if alone and not one.says(_ACUTE) and not affirms(said):
                return True
        placed = bool(one.inside or one.places or one.sides)
        if not placed and one.says(_NORMAL) and one.says(_WHOLE):
            return True
    return False


def _normal_there(
    said: Sequence[Statement], sentence: str, all_known: Sequence[Known]
) -> Iterator[Told]:
    """A lobe or hemisphere called normal in which a finding lies."""
    if _ELSEWHERE.search(sentence.lower()) or affirms(said):
        return
    for one in said:
        if one.inside or not one.says(_NORMAL):
            continue
        if not one.places and not (one.sides and one.says(_SIDED_BRAIN)):
            continue
        there = [
            known
            for known in matching(all_known, one.sides, one.places)
            if (known.places or not one.places) and (known.side or not one.sides)
        ]
        if there:
            yield (
                DoubtKind.PRESENCE,
                f'"{sentence}" calls normal where an accepted finding lies.',
            )
            return


def _sides(one: Statement, sentence: str, all_known: Sequence[Known]) -> Iterator[Told]:
    if not one.sides:
        return
    about = [known for known in all_known if known.places & one.places] or list(all_known)
    there = {known.side for known in about}
    if "" in there:
        return
    for side in sorted(one.sides - there):
        lies = " and ".join(sorted(there))
        yield DoubtKind.SIDE, f'"{sentence}" says {side}, but the accepted finding lies {lies}.'


def _places(one: Statement, sentence: str, all_known: Sequence[Known]) -> Iterator[Told]:
    if not one.places or not all(known.places for known in all_known):
        return
    taken = frozenset[str]().union(*(known.places for known in all_known))
    if not one.places & taken:
        lies = " and ".join(sorted({known.finding.place.strip() for known in all_known}))
        yield (
            DoubtKind.PLACE,
            f'"{sentence}" says another place; the accepted finding lies: {lies}.',
        )


def _counts(one: Statement, sentence: str, all_known: Sequence[Known]) -> Iterator[Told]:
    if one.count is None:
        return
    there = len(matching(all_known, one.sides if len(one.sides) == 1 else frozenset(), one.places))
    if there in {0, one.count} or (one.at_least and there > one.count):
        return
    said = "several lesions" if one.at_least else f"{one.count} lesion(s)"
    verb = "is" if there == 1 else "are"
    yield DoubtKind.COUNT, f'"{sentence}" speaks of {said}, but {there} {verb} accepted there.'


def _numbers(one: Statement, all_known: Sequence[Known]) -> Iterator[Told]:
    about = matching(all_known, one.sides, one.places) or list(all_known)
    lengths = [length for known in about for length in known.lengths]
    largest = [known.largest for known in about if known.largest is not None]
    volumes = [known.volume for known in about if known.volume is not None]
    for number in one.quantities:
        if number.role is Role.BEFORE:
            continue
        if number.is_volume:
            yield from _volume(number, volumes)
        elif lengths:
            yield from _length(number, lengths, largest)
    yield from _course(one)


def _length(number: Quantity, lengths: Sequence[float], largest: Sequence[float]) -> Iterator[Told]:
    near = max(0.5 * number.step + 0.51, 0.06 * number.value if number.about else 0.0)
    written, measured = number.written, _list(lengths, "mm")
    if number.role in {Role.ABOVE, Role.BELOW}:
        over = any(length > number.value - 0.5 for length in largest)
        under = any(length < number.value + 0.5 for length in largest)
        if largest and not (over if number.role is Role.ABOVE else under):
            yield DoubtKind.NUMBER, f"{number.role} {written} is written; measured: {measured}."
        return
    if any(abs(number.value - length) <= near for length in lengths):
        return
    if number.minor and (len(lengths) < 2 or number.value < min(lengths)):
        return  # a diameter nobody measured cannot be held against the text
    if any(
        abs(number.value / ratio - length) <= 1.0 for length in lengths for ratio in (10.0, 0.1)
    ):
        yield DoubtKind.NUMBER, f"{written} is written; the unit looks wrong: {measured} measured."
    else:
        yield DoubtKind.NUMBER, f"{written} is written; measured: {measured}."


def _volume(number: Quantity, volumes: Sequence[float]) -> Iterator[Told]:
    near = max(0.5 * number.step + 0.01, 0.06 * number.value if number.about else 0.0)
    if not volumes:
        return
    if number.role in {Role.ABOVE, Role.BELOW}:
        over = any(volume > number.value - near for volume in volumes)
        under = any(volume < number.value + near for volume in volumes)
        fits = over if number.role is Role.ABOVE else under
    else:
        fits = any(abs(number.value - volume) <= max(near, 0.02 * volume) for volume in volumes)
    if not fits:
        yield DoubtKind.NUMBER, f"{number.written} is written; measured: {_list(volumes, 'ml')}."


def _course(one: Statement) -> Iterator[Told]:
    """What is said of the course, against the two sizes written beside it."""
    now = [number for number in one.quantities if number.role is Role.NOW]
    before = [number for number in one.quantities if number.role is Role.BEFORE]
    if not now or not before or now[0].is_volume != before[0].is_volume:
        return
    new, old = now[0], before[0]
    differ = abs(new.value - old.value) > max(2.0 if not new.is_volume else 0.2, 0.1 * old.value)
    wrong = ""
    if one.says(_UNCHANGED) and differ:
        wrong = "unchanged"
    elif one.says(_GREW) and new.value <= old.value:
        wrong = "larger"
    elif one.says(_SHRANK) and new.value >= old.value:
        wrong = "smaller"
    if wrong:
        yield (
            DoubtKind.NUMBER,
            f"{wrong} is said, but {new.written} now and {old.written} before is written.",
        )


def _list(values: Sequence[float], unit: str) -> str:
    return ", ".join(f"{value:.1f} {unit}" for value in values)
