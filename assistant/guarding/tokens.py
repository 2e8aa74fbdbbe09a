"""The words, phrases and numbers of a sentence with what each means to the gate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.guarding.lexicon import sentences
from assistant.guarding.vocabulary import Vocabulary, plain

NEGATION, BOUNDARY, FILLER, FAMILY = "negation", "boundary", "filler", "family"
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")

_TOKEN = re.compile(r"\d{4}-\d\d-\d\d|\d+(?:[.,]\d+)?|[^\W\d_]+(?:'[a-z]+)?|[%,;:]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST_PHRASE = 6
_DAY = re.compile(r"(\d)\. (\w+)")
_THOUSAND = 3
_OF_NUMBERS, _OF_SPANS = ("more", "less"), ("before", "after")

Quantity = tuple[float, str]
"""A number in the first unit of its dimension, and that dimension."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or phrase with what it means; ``kind`` is empty where it means nothing.

    ``stem`` is the name of the word's family where it belongs to one.
    """

    word: str
    stem: str
    meaning: str = ""
    kind: str = ""


def tokenised(text: str, known: Vocabulary) -> list[Token]:
    """The words of a text; words that mean one thing together are one token."""
    joined = " ; ".join(cut(text, known))
    words = [word.removesuffix("'s") for word in _TOKEN.findall(known.uniform(joined))]
    words = [part for word in words for part in known.split(word)]
    words = _rejoined(words, known)
    tokens, position = list[Token](), 0
    while position < len(words):
        token, length = _token_at(words, position, known)
        tokens.append(token)
        position += length
    return _without_floating(tokens, known)


def _rejoined(words: list[str], known: Vocabulary) -> list[str]:
    """Verbs with the particle that stands apart from them: "schlägt vor" of "schlägt ... vor"."""
    rejoined, start = list[str](), 0
    for position, word in enumerate(words):
        after = words[position + 1] if position + 1 < len(words) else ";"
        if word in ",;:":
            start = len(rejoined) + 1
        ends = after in ",;:" or after in known.grammar["joins"]
        at = len(rejoined)
        if ends and word in known.grammar["particles"]:
            at = _verb_of(rejoined, start, word, known)
        rejoined.insert(at, word)
    return rejoined


def _verb_of(words: Sequence[str], start: int, particle: str, known: Vocabulary) -> int:
    """Behind which word of the clause a particle belongs; at the end where to none."""
    for position in range(len(words) - 1, start - 1, -1):
        both = known.part(words[position]), known.part(particle)
        if both in known.phrases or both in known.family_phrases:
            return position + 1
    return len(words)


def _without_floating(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """The clause of a "but" that stands within it, begun at the comma: "A, B aber nicht"."""
    start = 0
    for position, token in enumerate(tokens):
        if token.kind != BOUNDARY:
            continue
        floats = token.word in known.grammar["floating"] and tokens[position - 1].word != ","
        commas = [i for i in range(start, position) if tokens[i].word == ","] if floats else []
        if commas:
            tokens[commas[-1]] = Token(",", ",", "", BOUNDARY)
            tokens[position] = Token(token.word, token.stem, "", FILLER)
        start = position + 1
    return tokens


def cut(text: str, known: Vocabulary) -> tuple[str, ...]:
    """The sentences of a text; the day before a month ends none."""
    months = known.grammar["months"]

    def day(found: re.Match[str]) -> str:
        return f"{found[1]} {found[2]}" if plain(found[2]) in months else found[0]

    return sentences(_DAY.sub(day, text))


def _token_at(words: Sequence[str], position: int, known: Vocabulary) -> tuple[Token, int]:
    """The token that begins at a word, and of how many words it is."""
    ahead = [known.part(word) for word in words[position : position + _LONGEST_PHRASE]]
    for length in range(len(ahead), 1, -1):
        whole = " ".join(words[position : position + length])
        if whole in known.grammar["only_of_numbers"]:
            after = words[position + length : position + length + 1]
            if not any(_is_counted(one, known) for one in after):
                continue
        if whole in known.grammar["smallness"]:
            after = words[position + length : position + length + 1]
            if any(known.kinds.get(known.meaning(one)) == "thing" for one in after):
                continue
        if (found := _phrase(whole, tuple(ahead[:length]), known)) is not None:
            return found, length
    return _word_at(words, position, known), 1


def _is_counted(word: str, known: Vocabulary) -> bool:
    """Whether a word is a number or says how many."""
    return bool(NUMBER.fullmatch(word) or word in known.numbers or word in known.grammar["amounts"])


def _phrase(whole: str, stems: tuple[str, ...], known: Vocabulary) -> Token | None:
    """Several words that mean one thing, if they do."""
    if (name := known.phrases.get(stems)) is not None:
        return Token(whole, whole, name, known.kinds.get(name, FILLER))
    if (family := known.family_phrases.get(stems)) is not None:
        return Token(whole, family, "", FAMILY)
    return Token(whole, whole, "", NEGATION) if whole in known.grammar["negations"] else None


def _word_at(words: Sequence[str], position: int, known: Vocabulary) -> Token:
    word, stem = words[position], known.stem(words[position])
    if word in known.grammar["negations"]:
        return Token(word, word, "", NEGATION)
    if word in ";:" or word in known.grammar["boundaries"]:
        return Token(word, stem, "", BOUNDARY)
    if _is_filler(words, position, known):
        return Token(word, stem, "", FILLER)
    if _is_month(words, position, known):
        return Token(word, f"{word}.")
    name = _in_place(words, position, known) or known.meaning(word)
    if not name and (family := known.family(word)):
        return Token(word, family, "", FAMILY)
    return Token(word, stem, name, known.kinds.get(name, ""))


def _is_month(words: Sequence[str], position: int, known: Vocabulary) -> bool:
    """Whether a month that is another word too ("may") is the month where it stands."""
    word = words[position]
    if word not in known.grammar["months"] or not known.meaning(word):
        return False
    before = words[position - 1] if position else ""
    after = words[position + 1] if position + 1 < len(words) else ""
    dated = NUMBER.fullmatch(before) or _YEAR.fullmatch(after)
    return bool(dated) or before in known.grammar["before_months"]


def _is_filler(words: Sequence[str], position: int, known: Vocabulary) -> bool:
    """Whether a word that means something elsewhere is only grammar here."""
    word = words[position]
    before = words[position - 1] if position else ""
    after = words[position + 1] if position + 1 < len(words) else ""
    measured = word in known.grammar["measured"] and bool(unit(before, known)[0])
    rounded = word in known.grammar["roughly"] and _is_counted(after, known)
    lasting = word in known.grammar["only_of_times"] and not _has_time(words, position, known)
    later = words[position + 1 : position + 8]
    alone = word in known.grammar["only_before_negations"] and not any(
        one in known.grammar["negations"] for one in later
    )
    remaining = (
        word in known.grammar["verbs_before_articles"]
        and after not in known.grammar["of"]
        and (before in known.grammar["remains"] or _is_last(before, after, known))
    )
    joined = word in known.grammar["paired_nor"] and known.grammar["paired"] & {*words[:position]}
    seeing = word in known.grammar["abilities"] and bool(
        known.grammar["perceiving"] & {*words[position + 1 : position + 7]}
    )
    pairing = word in known.grammar["pairing"] and _joins_two(words, position, known)
    return any((measured, rounded, joined, lasting, remaining, alone, seeing, pairing))


def _joins_two(words: Sequence[str], position: int, known: Vocabulary) -> bool:
    """Whether a "both" only joins two things that are named: "both the nose and the ear"."""
    after = words[position + 1 : position + 8]
    at = next((i for i, one in enumerate(after) if one in known.grammar["joins"]), None)
    if at is None or not after or after[0] not in known.function:
        return False
    sides = (known.kinds.get(known.meaning(one)) == "side" for one in after)
    return "," not in after[:at] and not any(sides) and after[0] not in known.grammar["of"]


def _is_last(before: str, after: str, known: Vocabulary) -> bool:
    """Whether a word ends its sentence, and is no side: "hardly any of it is left"."""
    return (
        after in {"", ";"} | known.grammar["copulas"]
        and before not in known.grammar["before_sides"]
    )


def _has_time(words: Sequence[str], position: int, known: Vocabulary) -> bool:
    """Whether a number or a span of time follows close by."""
    after = words[position + 1 : position + 5]
    return any(NUMBER.fullmatch(one) or one in known.grammar["scale"] for one in after)


def _in_place(words: Sequence[str], position: int, known: Vocabulary) -> str:
    """What a word means only where it stands."""
    if _is_portion(words, position, known):
        return "partly"
    if _is_left_behind(words, position, known):
        return next(iter(known.grammar["leaves_behind"]))
    if words[position] in known.grammar["before_things"]:
        near = words[position + 1 : position + 4]
        kinds = [known.kinds.get(known.meaning(one), "") for one in near]
        papers = [known.stem(one) in known.papers for one in near]
        if any(
            kind == "act" or (paper and kind not in {"actor", "specialty"})
            for kind, paper in zip(kinds, papers, strict=True)
        ):
            return next(name for name in _OF_SPANS if words[position] in known.grammar[name])
    return _in_number(words, position, known)


def _is_portion(words: Sequence[str], position: int, known: Vocabulary) -> bool:
    """Whether a word says that it is only a part of a finding."""
    after = words[position + 1 : position + 5]
    things = (known.kinds.get(known.meaning(one)) == "thing" for one in after)
    at = next((i for i, thing in enumerate(things) if thing), None)
    return (
        words[position] in known.grammar["portion"]
        and at is not None
        and bool(after[:at])
        and all(one in known.function for one in after[:at])
    )


def _is_left_behind(words: Sequence[str], position: int, known: Vocabulary) -> bool:
    """Whether a word that is a side elsewhere is a verb here: "it left a scar"."""
    before, after = words[max(0, position - 1) : position], words[position + 1 : position + 2]
    return (
        words[position] in known.grammar["verbs_before_articles"]
        and any(one in known.grammar["articles"] for one in after)
        and not any(one in known.grammar["before_sides"] for one in before)
    )


def _in_number(words: Sequence[str], position: int, known: Vocabulary) -> str:
    """What a preposition means before a number or a span: over 7 is more."""
    word, after = words[position], words[position + 1 : position + 3]
    numbered = any(NUMBER.fullmatch(one) or one in known.numbers for one in after[:1])
    spanned = any(one in known.grammar["scale"] for one in after[1:])
    names = (*_OF_NUMBERS, *_OF_SPANS) if numbered else _OF_SPANS if spanned else ()
    return next((name for name in names if word in known.grammar[name]), "")


def is_content(token: Token, known: Vocabulary) -> bool:
    """Whether a word says something that the vocabulary has no meaning for."""
    if token.kind == FAMILY:
        return True
    counted = token.word in known.numbers or unit(token.word, known)[0]
    wordless = not any(one.isalpha() for one in token.word)
    return not (token.kind or counted or wordless or known.is_neutral(token.word))


def quantities(tokens: Sequence[Token], known: Vocabulary) -> list[tuple[Quantity, int]]:
    """Numbers in the first unit of their dimension, with where they stand.

    A year and the day of a month are of the dimension "date"; a span without a number ("a few
    days ago") is 0 of itself.
    """
    found = list[tuple[Quantity, int]]()
    for position, token in enumerate(tokens):
        dimension, size = _unit_after(tokens, position, known)
        if token.word in known.grammar["scale"] and not _counted(tokens, position, known):
            found.append(((0.0, known.stem(token.word)), position))
        elif _is_date(tokens, position, known):
            found.append(((float(token.word.replace(",", ".")), "date"), position))
        elif _is_one_of_several(tokens, position, known):
            found.append(((1.0, ""), position))
        elif (value := _value(token.word, known, counts=bool(dimension))) is not None:
            found.append(((round(value * size, 6), dimension), position))
        elif token.word[:1].isdigit():
            found.append(((0.0, token.word), position))
    return found


def _is_one_of_several(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    """Whether "one" is a number: in "one of the three", not in "one of the spots"."""
    after = [one.word for one in tokens[position + 1 : position + 4]]
    measured = any(unit(one, known)[0] for one in after[1:])
    return (
        tokens[position].word in known.grammar["one"]
        and bool(after)
        and after[0] in known.grammar["of"]
        and not measured
        and any(NUMBER.fullmatch(one) or one in known.numbers for one in after)
    )


def _is_date(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    word = tokens[position].word
    after = tokens[position + 1].word if position + 1 < len(tokens) else ""
    if not NUMBER.fullmatch(word) or _unit_after(tokens, position, known)[0]:
        return False
    before = tokens[position - 1].word if position else ""
    months = known.grammar["months"]
    return bool(_YEAR.fullmatch(word)) or after in months or before in months


def _counted(tokens: Sequence[Token], position: int, known: Vocabulary) -> bool:
    """Whether a number stands before a unit, so that the unit counts with it."""
    before = tokens[position - 1].word if position else ""
    return _value(before, known, counts=True) is not None


def _value(word: str, known: Vocabulary, *, counts: bool) -> float | None:
    """The number a word stands for; "a" is one only where something is counted."""
    if NUMBER.fullmatch(word):
        return _number(word, known)
    if counts and word in known.grammar["one"]:
        return 1.0
    return known.numbers.get(word)


def _number(word: str, known: Vocabulary) -> float | None:
    """A number in figures; None where the language does not write one so ("1,1200")."""
    other = "," if known.decimal == "." else "."
    whole, _, last = word.partition(other)
    if not last:
        return float(word.replace(",", "."))
    if len(last) == _THOUSAND:
        return float(whole + last)
    return float(word) if other == "." else None


def _unit_after(tokens: Sequence[Token], position: int, known: Vocabulary) -> tuple[str, float]:
    """The unit of a number: the word after it, or that of the number it runs up to."""
    after = [one.word for one in tokens[position + 1 : position + 4]]
    if not after:
        return "", 1.0
    ranged = len(after) == 3 and after[0] in known.grammar["up_to"]
    if ranged and NUMBER.fullmatch(after[1]):
        return unit(after[2], known)
    return unit(after[0], known)


def unit(word: str, known: Vocabulary) -> tuple[str, float]:
    """The dimension a word measures in, and the size of its unit."""
    for form in (word, known.stem(word), word.removesuffix("s")):
        if form in known.units:
            return known.units[form]
    return "", 1.0
