"""The words of an explanation by language, read from ``resources/explanations/*.toml``.

One more language is one more file. The words are templates: they say what a fact says and leave
its numbers, sides and certainty to it. No clinician has reviewed them yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from resources.languages import nearest, read


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """How one condition is named, told and told with doubt; ``passage`` says what it means."""

    noun: str
    sure: str
    maybe: str
    passage: str


@dataclass(frozen=True, slots=True)
class PlainWords:
    """All the words of one language; placeholders stand in braces."""

    language: str
    name: str
    months: tuple[str, ...]
    date: str
    decimal: str
    quote: str
    list_and: str
    list_or: str
    say: Mapping[str, str]
    answer: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]
    sides: Mapping[str, str]
    side_adjectives: Mapping[str, str]
    places: Mapping[str, str]
    bands: Mapping[str, str]
    specialties: Mapping[str, str]
    units: Mapping[str, tuple[str, str]]
    one: str
    feminine: str
    span: str
    languages: Mapping[str, str]
    conditions: Mapping[str, ConditionWords]

    def quoted(self, text: str) -> str:
        """Somebody's own words, in the marks of this language."""
        return self.quote.format(text=text)

    def day(self, iso: str) -> str:
        """A date such as 2026-03-01 as it is said."""
        year, month, day = (int(part) for part in iso.split("-"))
        return self.date.format(day=day, month=self.months[month - 1], year=year)

    def number(self, written: str) -> str:
        """A number as it was written, with the decimal sign of this language."""
        return written.replace(",", ".").replace(".", self.decimal)

    def listed(self, things: Sequence[str], *, alternatives: bool = False) -> str:
        """Things in a row: "a, b and c" or "a, b or c"."""
        if len(things) == 1:
            return things[0]
        form = self.list_or if alternatives else self.list_and
        return form.format(first=", ".join(things[:-1]), last=things[-1])


@cache
def languages() -> Mapping[str, PlainWords]:
    """Every language there is a file for, by its BCP 47 primary subtag."""
    return MappingProxyType({tag: _words(tag, file) for tag, file in read("explanations").items()})


def words_of(tag: str) -> PlainWords:
    """The words of a BCP 47 tag ("de-AT"), English where there are none."""
    return nearest(tag, languages())


def _words(tag: str, file: Mapping[str, Any]) -> PlainWords:
    """The words of a file; KeyError where it says too little."""
    return PlainWords(
        language=tag,
        name=file["name"],
        months=tuple(file["months"]),
        **{key: file[key] for key in ("date", "decimal", "quote", "list_and", "list_or")},
        say=MappingProxyType(file["say"]),
        answer=MappingProxyType(file["answer"]),
        sides=MappingProxyType(file["sides"]),
        side_adjectives=MappingProxyType(file["side_adjectives"]),
        places=MappingProxyType(file["places"]),
        bands=MappingProxyType(file["bands"]),
        specialties=MappingProxyType(file["specialties"]),
        languages=MappingProxyType(file["languages"]),
        questions=MappingProxyType({key: tuple(asked) for key, asked in file["questions"].items()}),
        units=MappingProxyType({unit: (one, more) for unit, (one, more) in file["units"].items()}),
        **{key: file["numbers"][key] for key in ("one", "feminine", "span")},
        conditions=MappingProxyType(
            {key: ConditionWords(**words) for key, words in file["conditions"].items()}
        ),
    )
