"""What patients are told, by language, read from ``resources/phrases/*.toml``.

The assistant's own words stand in ``de.toml``, those of the pages in ``interface.de.toml``, what
the rest of the program says in ``told.de.toml`` and the acts of the audit trail in
``acts.de.toml``. Every language has the same keys and the same places to fill.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from resources.languages import nearest, read


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one language by dotted key ("slots.free")."""

    language: str
    name: str
    words: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    def say(self, key: str, /, **values: object) -> str:
        """The words of a key with its places filled."""
        return self.words[key].format(**values)

    def knows(self, key: str) -> bool:
        """Whether there are words for a key."""
        return key in self.words

    def called(self, group: str, code: str) -> str:
        """What a code of a group is called ("role", "doctor"); itself where nothing is known."""
        return self.words.get(f"{group}.{code}", code)

    def row(self, key: str) -> tuple[str, ...]:
        """The words of a key that holds several, such as the days of the week."""
        return self.lists[key]


def phrases(tag: str) -> Phrases:
    """The words in the language of a BCP 47 tag ("de-AT"), English where there is no file."""
    return nearest(tag, languages())


@cache
def languages() -> Mapping[str, Phrases]:
    """Every language there is a file for, by its primary subtag."""
    return MappingProxyType({tag: _phrases(tag, file) for tag, file in read("phrases").items()})


def _phrases(tag: str, file: Mapping[str, Any]) -> Phrases:
    entries = dict(_flat(file))
    return Phrases(
        tag,
        file["name"],
        MappingProxyType({key: said for key, said in entries.items() if isinstance(said, str)}),
        MappingProxyType({key: tuple(said) for key, said in entries.items()
                          if isinstance(said, list)}),
    )  # fmt: skip


def _flat(file: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, said in file.items():
        if isinstance(said, Mapping):
            yield from _flat(said, f"{before}{key}.")
        else:
            yield f"{before}{key}", said
