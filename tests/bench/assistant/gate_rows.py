"""The rows of a gate part: faithful sentences let through, wrong ones kept off the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from tests.bench.assistant import data, scoring
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.scoring import Row

_NAMES = {"en": "English", "de": "German"}


class Variant(Protocol):
    """A sentence that says something else than its source, and what was changed in it."""

    @property
    def source(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def kind(self) -> str: ...


def faithful(assistant: Assistant, part: str, name: str) -> list[Row]:
    """The share of the faithful wordings of the set ``name`` that pass, whole and by language.

    The refused ones are kept as ``gate-refused-NAME``.
    """
    said = data.rows(name)
    refused = [
        one
        for one in said
        if not assistant.faithful(one["source"], one["paraphrase"], one["language"])
    ]
    scoring.keep(f"gate-refused-{name}", refused)
    of = Counter(one["language"] for one in said)
    no = Counter(one["language"] for one in refused)
    what = "faithful paraphrases accepted"
    return [
        scoring.share(part, what, len(said) - len(refused), len(said), least=0.95),
        *(
            scoring.share(part, f"{what}, {_NAMES[one]}", of[one] - no[one], of[one])
            for one in _NAMES
        ),
    ]


def wrong(assistant: Assistant, part: str, name: str, variants: Sequence[Variant]) -> list[Row]:
    """The share of the wrong ``variants`` that are refused: whole, inside, by language and kind.

    Those let through are kept as ``gate-let-through-NAME``.
    """
    passed = [one for one in variants if assistant.faithful(one.source, one.text, one.language)]
    scoring.keep(f"gate-let-through-{name}", passed)
    what = "wrong variants rejected"
    rows = [scoring.share(part, what, len(variants) - len(passed), len(variants), least=0.995)]
    hard, through = (sum(_within(one) for one in group) for group in (variants, passed))
    rows.append(scoring.share(part, f"{what}, changed inside the sentence", hard - through, hard))
    for of_what in ("language", "kind"):
        of = Counter(getattr(one, of_what) for one in variants)
        let = Counter(getattr(one, of_what) for one in passed)
        rows += [
            scoring.share(part, f"{what}, {_NAMES.get(one, one)}", of[one] - let[one], of[one])
            for one in sorted(of)
        ]
    return rows


def _within(one: Variant) -> bool:
    """No clause was added at the end: those are many and easy, and would flatter the whole."""
    return one.kind == "negation added" or not one.kind.endswith(" added")
