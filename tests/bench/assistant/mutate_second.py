"""Wrong variants of the second set of sentences: of each source, and of each faithful wording.

python -m tests.bench.assistant.mutate_second --kind side --take 20
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tests.bench.assistant.data import rows
from tests.bench.assistant.mutation_words_second import ADDED, DROPPED, EXCHANGED
from tests.bench.assistant.mutation_words_second_de import GERMAN
from tests.bench.assistant.mutation_words_second_en import ENGLISH, Swaps

SET = "paraphrases_second"
_SWAPS: dict[str, Swaps] = {"en": ENGLISH, "de": GERMAN}
_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)?(?![\d.,]*\d)")
_MONTHS = ["January", "March", "May", "June", "October", "Januar", "März", "Juni"]
_MEANING = re.compile(r"\b(means|called|bedeutet|bezeichnet)\b")
_NEGATED = re.compile(r"\b(not?|none|nothing|nicht|nichts|keine?[nmr]?)\b", re.IGNORECASE)
_ARTICLES = (
    (re.compile(r"\b([Aa]) (?=[aeio])"), r"\1n "),
    (re.compile(r"\b([Aa])n (?=[b-df-hj-np-tv-z])"), r"\1 "),
)


@dataclass(frozen=True)
class Wrong:
    """A sentence that must not stand for `source`."""

    id: str
    language: str
    kind: str
    source: str
    text: str


def wrong_variants() -> tuple[Wrong, ...]:
    """Every variant once, in the order of the set; none equals a faithful sentence."""
    faithful = {_plain(row[key]) for row in rows(SET) for key in ("source", "paraphrase")}
    made: dict[tuple[str, str], Wrong] = {}
    for place, row in enumerate(rows(SET)):
        for basis in ("source", "paraphrase"):
            for kind, text in _mutants(row[basis], row["language"], place + (basis != "source")):
                if _plain(text) in faithful or len(text.split()) < 3:
                    continue
                wrong = Wrong(row["id"], row["language"], kind, row["source"], text)
                made.setdefault((row["id"], _plain(text)), wrong)
    return tuple(made.values())


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _mutants(text: str, language: str, place: int) -> Iterator[tuple[str, str]]:
    for kind, text_ in (
        *_swapped(text, _SWAPS[language]),
        *_numbers(text),
        *_exchanged(text, EXCHANGED[language]),
        *_dropped(text, DROPPED[language]),
        *_added(text, ADDED[language], place),
    ):
        yield kind, _tidy(text_, language)


def _swapped(text: str, swaps: Swaps) -> Iterator[tuple[str, str]]:
    for kind, pairs in swaps.items():
        if kind == "negation added" and _NEGATED.search(text):
            continue
        for pattern, others in pairs:
            for found in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.IGNORECASE):
                for other in others:
                    new = found.expand(other)
                    yield kind, text[: found.start()] + new + text[found.end() :]


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """Each number made another; two of one kind exchanged where order matters."""
    found = [one for one in _NUMBER.finditer(text) if not _is_day(text, one.end())]
    for one in found:
        for other in _others(one.group()):
            yield "number", text[: one.start()] + other + text[one.end() :]
    if len(found) == 2 and " by " not in text and found[0].group() != found[1].group():
        if any(len(one.group()) == 4 for one in found):
            return
        first, second = found
        between = text[first.end() : second.start()]
        swapped = second.group() + between + first.group()
        yield "exchanged", text[: first.start()] + swapped + text[second.end() :]


def _is_day(text: str, end: int) -> bool:
    return text[end:].lstrip(". ").startswith(tuple(_MONTHS))


def _others(number: str) -> Iterator[str]:
    if len(number) == 4 and number.startswith("20"):
        yield str(int(number) - 3)
        return
    if not number.isdigit():
        yield number.replace(".", "").replace(",", "")
        yield number[:-1] + str((int(number[-1]) + 3) % 10)
        return
    yield str(int(number) + 1)
    yield f"{number}0"
    if len(number) == 2 and number[0] != number[1] and number[1] != "0":
        yield number[::-1]


def _exchanged(text: str, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for one, other in pairs:
        both = re.compile(rf"\b(?:{one}|{other})(?=\b|e[nrs]?\b)", re.IGNORECASE)
        words = [word.lower() for word in both.findall(text)]
        if sorted(words) == sorted((one.lower(), other.lower())):
            swap = {one.lower(): other, other.lower(): one}
            yield "exchanged", both.sub(partial(_other, swap), text)


def _other(swap: dict[str, str], hit: re.Match[str]) -> str:
    return swap[hit.group().lower()]


def _dropped(text: str, rules: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for what, pattern in rules:
        found = re.search(pattern, text)
        if found:
            yield f"{what} dropped", text[: found.start()] + text[found.end() :]


def _added(text: str, clauses: dict[str, tuple[str, ...]], place: int) -> Iterator[tuple[str, str]]:
    """One clause of each kind at the end; only findings can be confirmed, not meanings."""
    for kind, texts in clauses.items():
        if kind == "confirmation" and (_MEANING.search(text) or "doctor" in text or "Arzt" in text):
            continue
        yield f"{kind} added", f"{text.rstrip('.')}, {texts[place % len(texts)]}."


def _tidy(text: str, language: str) -> str:
    text = re.sub(r" {2,}", " ", text).strip().replace(" ,", ",").replace(" .", ".")
    if language == "en":
        for pattern, put in _ARTICLES:
            text = pattern.sub(put, text)
    return text[:1].upper() + text[1:]


def main() -> int:
    """Print variants to read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind")
    parser.add_argument("--take", type=int, default=20, help="about so many, evenly spread")
    given = parser.parse_args()
    made = [one for one in wrong_variants() if given.kind in (None, one.kind)]
    step = max(1, len(made) // given.take)
    for one in made[::step]:
        sys.stdout.write(f"{one.kind}: {one.source} -> {one.text}\n")
    sys.stdout.write(f"{len(made)} variants\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
