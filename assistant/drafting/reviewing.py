"""All templates and passages of an explanation in one table, for a clinician to review.

``python -m assistant.drafting.reviewing`` writes ``docs/explanation-words.md`` anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from assistant.drafting.plain_words import PlainWords, words_of
from assistant.drafting.recommendation import RULES
from assistant.knowledge.shipped import passage, passages

OUT = Path("docs/explanation-words.md")
_HEAD = """# The words of an explanation

**No clinician has reviewed these words yet.** Each stands here once, English beside German, as
it is shown to a patient. Braces are filled from the signed report, never by a model. Made by
`python -m assistant.drafting.reviewing` from `resources/explanations` and `resources/knowledge`;
a test fails if it is not up to date.
"""


def written() -> str:
    """The whole page."""
    english, german = words_of("en"), words_of("de")
    parts = [
        _HEAD,
        "## Conditions a doctor's own words may name\n",
        *_table(("condition", "English", "Deutsch"), _conditions(english, german)),
        "\n## What else is said\n",
        *_table(("for", "English", "Deutsch"), _pairs(english.say, german.say)),
        *_table(("answer", "English", "Deutsch"), _pairs(english.answer, german.answer)),
        "\n## Questions to take along\n",
        *_table(("when", "English", "Deutsch"), _questions(english, german)),
        "\n## Places and specialties\n",
        *_table(("place", "English", "Deutsch"), _pairs(english.places, german.places)),
        *_table(
            ("specialty", "English", "Deutsch"), _pairs(english.specialties, german.specialties)
        ),
        "\n## Rules for the next step, where the report asks for nothing\n",
        *_table(("condition", "specialty", "source", "date"), _rules()),
        "\n## Passages\n",
        *_table(("passage", "English", "Deutsch"), _passages()),
    ]
    return "\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""


def _conditions(english: PlainWords, german: PlainWords) -> Iterator[tuple[str, ...]]:
    for name, said in english.conditions.items():
        other = german.conditions[name]
        yield f"{name}, sure", said.sure, other.sure
        yield f"{name}, suspected", said.maybe or "not told", other.maybe or "not told"
        yield f"{name}, in a list of what was not seen", said.noun, other.noun


def _pairs(first: Mapping[str, str], second: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for key, text in first.items():
        yield key.replace("_", " "), text.strip(), second[key].strip()


def _questions(english: PlainWords, german: PlainWords) -> Iterator[tuple[str, ...]]:
    for key, asked in english.questions.items():
        for one, other in zip(asked, german.questions[key], strict=True):
            yield key.replace("_", " "), one, other


def _rules() -> Iterator[tuple[str, ...]]:
    for condition, rule in RULES.items():
        source = passage(rule.passage)
        yield condition, rule.specialty, f"[{source.source}]({source.url})", source.date


def _passages() -> Iterator[tuple[str, ...]]:
    for one in passages():
        other = passage(one.id, language="de")
        yield one.id, f"*{one.title}* {one.text}", f"*{other.title}* {other.text}"


def main() -> int:
    """Write the page anew."""
    OUT.write_text(written(), "utf-8")
    sys.stdout.write(f"{OUT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
