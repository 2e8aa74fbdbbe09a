"""The gate over a second set of sentences, written by somebody who had not seen the first."""

from __future__ import annotations

from collections import Counter

from tests.bench.assistant import data, scoring
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.mutate_second import SET, Wrong, wrong_variants
from tests.bench.assistant.scoring import Row

PART = "gate-second"
_NAMES = {"en": "English", "de": "German"}


def gate_second(assistant: Assistant) -> list[Row]:
    """Wrong sentences kept off the screen by language and kind, faithful ones let through."""
    return [*_faithful(assistant), *_wrong(assistant)]


def _faithful(assistant: Assistant) -> list[Row]:
    said = data.rows(SET)
    refused = [
        one
        for one in said
        if not assistant.faithful(one["source"], one["paraphrase"], one["language"])
    ]
    scoring.keep(f"gate-refused-{SET}", refused)
    of = Counter(one["language"] for one in said)
    no = Counter(one["language"] for one in refused)
    what = "faithful paraphrases accepted"
    return [
        scoring.share(PART, what, len(said) - len(refused), len(said), least=0.95),
        *(
            scoring.share(PART, f"{what}, {_NAMES[one]}", of[one] - no[one], of[one])
            for one in _NAMES
        ),
    ]


def _wrong(assistant: Assistant) -> list[Row]:
    wrong = wrong_variants()
    passed = [one for one in wrong if assistant.faithful(one.source, one.text, one.language)]
    scoring.keep(f"gate-let-through-{SET}", passed)
    what = "wrong variants rejected"
    rows = [scoring.share(PART, what, len(wrong) - len(passed), len(wrong), least=0.995)]
    hard, through = (sum(_within(one) for one in group) for group in (wrong, passed))
    rows.append(scoring.share(PART, f"{what}, changed inside the sentence", hard - through, hard))
    for of_what in ("language", "kind"):
        of = Counter(getattr(one, of_what) for one in wrong)
        let = Counter(getattr(one, of_what) for one in passed)
        rows += [
            scoring.share(PART, f"{what}, {_NAMES.get(one, one)}", of[one] - let[one], of[one])
            for one in sorted(of)
        ]
    return rows


def _within(wrong: Wrong) -> bool:
    """No clause was added at the end: those are many and easy, and would flatter the whole."""
    return wrong.kind == "negation added" or not wrong.kind.endswith(" added")
