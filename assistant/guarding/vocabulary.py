"""What the words of a language mean to the sentence gate, read from ``resources/gate/*.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from resources.languages import tables

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "’": "'"})
_SHORTEST_STEM = 3
_SHORTEST_FAMILY_STEM = 4
_SHORTEST_PART, _LINKS = 4, ("", "s", "n", "en", "es")
_EXACT, _LONGEST_EXACT = frozenset({"position", "manner"}), 5
_FAMILIES = "families."


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language.

    ``meanings`` gives a word its meaning, ``stems`` a stem, ``phrases`` several stems in a row
    (an empty one may come and go);
    ``kinds`` says of what kind a meaning is (side, place, thing, degree, ...). ``units`` gives a
    stem its dimension and its size in the dimension's first unit. ``families`` are words of
    content that may stand for one another, by word, by stem and by phrase. ``opposites`` are what
    a meaning is if it alone is denied; ``bridges`` are the words that carry a meaning along
    without naming it, ``named`` the words
    a meaning may be named for where they stood ("it"), ``included`` the meaning
    that another has within it, ``contrary`` words of which none may stand for one of the others.
    ``forms`` are those in which the reader acts (``you_act``) or is acted on (``you_undergo``),
    that say how it is or was (``state_now``, ``state_then``), or tell of the past at all
    (``past_told``).
    """

    language: str
    endings: tuple[str, ...]
    letters: str
    decimal: str
    compounds: bool
    rewritten: Mapping[str, str]
    meanings: Mapping[str, str]
    stems: Mapping[str, str]
    phrases: Mapping[tuple[str, ...], str]
    kinds: Mapping[str, str]
    numbers: Mapping[str, float]
    units: Mapping[str, tuple[str, float]]
    grammar: Mapping[str, frozenset[str]]
    function: frozenset[str]
    neutral: frozenset[str]
    neutral_stems: frozenset[str]
    acts: frozenset[str]
    families: Mapping[str, str]
    family_stems: Mapping[str, str]
    family_phrases: Mapping[tuple[str, ...], str]
    opposites: Mapping[str, str]
    bridges: Mapping[str, re.Pattern[str]]
    named: Mapping[str, re.Pattern[str]]
    included: Mapping[str, str]
    contrary: tuple[tuple[frozenset[str], frozenset[str]], ...]
    papers: frozenset[str]
    transitive: frozenset[str]
    banned: re.Pattern[str]
    forms: Mapping[str, re.Pattern[str]]
    compatible: frozenset[frozenset[str]]
    optional: frozenset[str]

    def uniform(self, text: str) -> str:
        """A text in small letters, without umlauts, its contractions and the like written out."""
        text = plain(text)
        for short, long in self.rewritten.items():
            text = re.sub(rf"\b{re.escape(short)}\b", long, text)
        return text

    def stem(self, word: str) -> str:
        """A word without its ending, to compare the forms of one word."""
        return stem(word, self.endings)

    def part(self, word: str) -> str:
        """A word as part of a phrase: its stem, but words that are only grammar as they are."""
        return part(word, self.endings, self.function)

    def split(self, word: str) -> tuple[str, ...]:
        """The parts of a compound that is not known itself; the word alone if it has none."""
        if not self.compounds or len(word) < 2 * _SHORTEST_PART or self._knows(word):
            return (word,)
        for end in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            first, last = word[:end], word[end:]
            bare = next(
                (
                    first.removesuffix(link)
                    for link in _LINKS
                    if first.endswith(link) and self._knows(first.removesuffix(link), exactly=True)
                ),
                "",
            )
            told = self._knows(last, exactly=True) or bool(self.meaning(last))
            if len(bare) >= _SHORTEST_PART and told and self._says_something(bare, last):
                return (bare, last)
        return (word,)

    def _says_something(self, *words: str) -> bool:
        """Whether one of the words is more than one that may come and go."""
        return any(self.meaning(one) or self.family(one) for one in words)

    def _knows(self, word: str, *, exactly: bool = False) -> bool:
        """Whether a word has a meaning, a family, or may come and go."""
        told = (self.meanings, self.families, self.neutral, self.numbers, self.units)
        if any(word in one for one in told):
            return True
        return not exactly and bool(
            self.meaning(word) or self.family(word) or self.is_neutral(word)
        )

    def meaning(self, word: str) -> str:
        """The meaning of a single word; empty if it has none, or may come and go."""
        if word in self.meanings:
            return self.meanings[word]
        return "" if word in self.neutral else self.stems.get(self.stem(word), "")

    def family(self, word: str) -> str:
        """The family of a word of content; empty if it has none."""
        if word in self.families:
            return self.families[word]
        one = self.stem(word)
        if word in self.neutral or len(one) < _SHORTEST_FAMILY_STEM:
            return ""
        return self.family_stems.get(one, "")

    def carries(self, text: str, meaning: str) -> bool:
        """Whether a uniform text has words that carry a meaning without naming it."""
        return meaning in self.bridges and bool(self.bridges[meaning].search(text))

    def stands_for(self, text: str, meaning: str) -> bool:
        """Whether a uniform text has a pronoun or the like that a meaning may be named for."""
        return meaning in self.named and bool(self.named[meaning].search(text))

    def is_neutral(self, word: str) -> bool:
        """Whether a word may come and go."""
        return word in self.neutral or self.stem(word) in self.neutral_stems


def plain(text: str) -> str:
    """A text in small letters without umlauts and typographic apostrophes."""
    return text.casefold().translate(_UMLAUTS)


def stem(word: str, endings: tuple[str, ...]) -> str:
    """A word without its endings, the longest first, as long as three letters are left."""
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return stem(word.removesuffix(ending), endings)
    return word


def part(word: str, endings: tuple[str, ...], function: frozenset[str]) -> str:
    """A word as part of a phrase, where "in the" is not "in these"."""
    return word if word in function else stem(word, endings)


@cache
def vocabularies() -> Mapping[str, Vocabulary]:
    """Every language there is a file for, by its BCP 47 primary subtag."""
    files = tables("gate")
    found = {
        name: _read(name, file, files.get(f"{_FAMILIES}{name}", {}))
        for name, file in files.items()
        if "." not in name
    }
    return MappingProxyType(found)


def vocabulary(language: str) -> Vocabulary:
    """The words of a language; KeyError where there is no file for it."""
    return vocabularies()[language]


def _listed(text: str) -> list[str]:
    return [plain(one.strip()) for one in text.split(",") if one.strip()]


def _read(name: str, file: Mapping[str, Any], more: Mapping[str, Any]) -> Vocabulary:
    endings = tuple(sorted(file["endings"], key=len, reverse=True))
    function = frozenset(_listed(file["neutral"]["function"]))
    families, family_stems, family_phrases, _ = _meanings(
        {"family": more.get("families", {})}, endings, function
    )
    meanings, stems, phrases, kinds = _meanings(file["meanings"], endings, function)
    for word in _listed(file["grammar"]["exact_only"]):
        stems.pop(stem(word, endings), None)
    plain_words = (*file["neutral"].values(), *more.get("neutral", {}).values())
    neutral = [word for words in plain_words for word in _listed(words)]
    for words in (word.split() for word in (*neutral, *_listed(file["grammar"]["than"]))):
        if len(words) > 1:
            phrases.setdefault(tuple(part(word, endings, function) for word in words), "")
    banned = "|".join(re.escape(one) for one in _listed(file["banned"]["phrases"]))

    return Vocabulary(
        language=name,
        endings=endings,
        letters=file["letters"],
        decimal=file["decimal"],
        compounds=file["compounds"],
        rewritten={plain(short): plain(long) for short, long in file["rewritten"].items()},
        meanings=meanings,
        stems=stems,
        phrases=phrases,
        kinds=kinds,
        numbers={plain(word): float(value) for word, value in file["numbers"].items()},
        units={
            plain(word): (dimension, float(size))
            for dimension, sizes in file["units"].items()
            for word, size in sizes.items()
        },
        grammar={part: frozenset(_listed(words)) for part, words in file["grammar"].items()},
        function=function,
        neutral=frozenset(neutral),
        neutral_stems=frozenset(stem(word, endings) for word in neutral),
        acts=frozenset(stem(word, endings) for word in _listed(file["acts"]["words"])),
        families=families,
        family_stems=family_stems,
        family_phrases=family_phrases,
        opposites=file["opposites"],
        named=_compiled(file["named"]),
        included=file["included"],
        contrary=tuple(
            (frozenset(_listed(one)), frozenset(_listed(other)))
            for one, other in file["contrary"]["pairs"]
        ),
        bridges=_compiled(file["bridges"]),
        papers=frozenset(stem(word, endings) for word in _listed(file["papers"]["words"])),
        transitive=frozenset(_listed(file["acts"]["transitive"])),
        banned=re.compile(rf"\b(?:{banned})\b"),
        forms=_compiled(file["forms"]),
        compatible=frozenset(frozenset(pair) for pair in file["compatible"]["pairs"]),
        optional=frozenset(file["compatible"]["optional"]),
    )


def _compiled(forms: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    """Patterns of uniform texts by name."""
    return {name: re.compile(plain(form)) for name, form in forms.items()}


def _meanings(
    groups: Mapping[str, Mapping[str, str]],
    endings: tuple[str, ...],
    function: frozenset[str] = frozenset(),
) -> tuple[dict[str, str], dict[str, str], dict[tuple[str, ...], str], dict[str, str]]:
    """Meaning by word, by stem and by phrase, and the kind of each meaning."""
    exact, stems = dict[str, str](), dict[str, str]()
    phrases, kinds = dict[tuple[str, ...], str](), dict[str, str]()
    for kind, name, form in _forms(groups):
        kinds[name] = kind
        words = form.replace("-", " ").split()
        if len(words) > 1:
            phrases[tuple(part(word, endings, function) for word in words)] = name
            continue
        if exact.setdefault(form, name) != name:
            message = f"{form} means both {exact[form]} and {name}"
            raise ValueError(message)
        if kind not in _EXACT or len(form) > _LONGEST_EXACT:
            stems.setdefault(stem(form, endings), name)
    return exact, stems, phrases, kinds


def _forms(groups: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    for kind, meanings in groups.items():
        for name, forms in meanings.items():
            yield from ((kind, name, form) for form in _listed(forms))
