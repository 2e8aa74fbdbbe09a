"""``python -m tests.bench.wording``: can a small model word a template better, and at what risk?

Three ways to let the model touch a sentence, each behind the gate, beside the template as it is:

- *rewrite*: one rewriting at temperature 0;
- *best of six*: six rewritings at temperature 0.7, the easiest of those the gate lets through;
- *lexical choice*: the model walks along the template and may choose, where there are, between
  words of one meaning; a grammar makes everything else impossible.

For each: how many sentences changed, how hard the text is to read, and how many of the changed
ones a checker that shares nothing with the gate calls wrong.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before llama.cpp is loaded

from llama_cpp import Llama, LlamaGrammar

from assistant.drafting.explanation import explain
from assistant.drafting.wording import REWORDED_TOPICS
from assistant.engine.models import find_default_model
from assistant.guarding.gate import faithful
from tests.bench.assistant import data
from tests.bench.assistant.claims import claim, sentences
from tests.bench.assistant.readability import grade
from tests.bench.assistant.scoring import Row, share, table

CANDIDATES, TEMPERATURE, LONGEST = 6, 0.7, 90
ASKED = {
    "en": "Rewrite the sentence in plain English for a patient. Keep every fact, number, side and "
    "medical word. Add nothing. Answer with the sentence only.",
    "de": "Schreibe den Satz in einfachem Deutsch für einen Patienten um. Behalte jede Tatsache, "
    "Zahl, Seite und jedes medizinische Wort. Füge nichts hinzu. Antworte nur mit dem Satz.",
}
CHOICES = {
    "en": (
        ("shows", "reveals"),
        ("growth", "tumour", "lump"),
        ("suggests", "recommends", "advises"),
        ("may", "might", "could"),
        ("found", "seen"),
        ("looked", "checked"),
        ("pictures", "images"),
        ("often", "commonly"),
        ("wide", "across"),
        ("needed", "required"),
        ("small", "little"),
        ("tests", "checks"),
        ("talk", "speak"),
    ),
    "de": (
        ("zeigt", "weist"),
        ("Geschwulst", "Tumor"),
        ("empfiehlt", "rät"),
        ("könnte", "kann"),
        ("gefunden", "gesehen", "entdeckt"),
        ("Bilder", "Aufnahmen"),
        ("oft", "häufig"),
        ("nötig", "notwendig", "erforderlich"),
        ("Untersuchungen", "Tests"),
    ),
}
"""Words that may stand for each other in most sentences; the gate judges each case."""

Way = Callable[[Any, str, str], str]


@dataclass(frozen=True)
class Outcome:
    """One template sentence and what a way made of it."""

    source: str
    text: str

    @property
    def changed(self) -> bool:
        return self.text != self.source

    @property
    def wrong(self) -> bool:
        """Whether it claims something else than the template, by the bench's own reading."""
        return self.changed and claims_of(self.text) != claims_of(self.source)


def claims_of(text: str) -> Any:
    """What a text claims, without its words."""
    return [replace(claim(text), text="")]


def templates(language: str, most: int) -> list[str]:
    """Sentences that explanations of the frozen reports are made of, each once."""
    told: dict[str, None] = {}
    for report in data.reports().values():
        for one in explain(report, language=language).sentences:
            if one.topic in REWORDED_TOPICS:
                told.update(dict.fromkeys(sentences(one.text)))
    step = max(1, len(told) // most)
    return list(itertools.islice(told, 0, None, step))[:most]


def rewrite(model: Any, source: str, language: str) -> str:
    """One rewriting at temperature 0."""
    return let_through(source, [ask(model, source, language, temperature=0.0)], language)


def best_of_six(model: Any, source: str, language: str) -> str:
    """The easiest of six rewritings."""
    said = [
        ask(model, source, language, temperature=TEMPERATURE, seed=number + 1)
        for number in range(CANDIDATES)
    ]
    return let_through(source, said, language)


def lexical_choice(model: Any, source: str, language: str) -> str:
    """The model's own choice between words of one meaning, everything else fixed by a grammar."""
    pieces = re.split(r"(\w+)", source)
    others = {word: group for group in CHOICES[language] for word in group}
    if not any(piece in others for piece in pieces):
        return source
    body = " ".join(_alternatives(others.get(piece, (piece,))) for piece in pieces if piece)
    grammar = LlamaGrammar.from_string(f"root ::= {body}", verbose=False)
    chosen = ask(model, source, language, temperature=0.0, grammar=grammar)
    return let_through(source, [chosen], language)


WAYS: dict[str, Way] = {
    "rewrite": rewrite,
    "best of six": best_of_six,
    "lexical choice": lexical_choice,
}


def let_through(source: str, candidates: Iterable[str], language: str) -> str:
    """The easiest candidate that the gate lets stand for the source and that is easier than it."""
    passed = [one for one in candidates if one and faithful(source, one, language=language)[0]]
    return min([source, *passed], key=lambda text: grade(text, language))


def ask(model: Any, source: str, language: str, **how: Any) -> str:
    """What the model makes of one sentence, on one line."""
    model.reset()
    said = model.create_chat_completion(
        messages=[
            {"role": "system", "content": ASKED[language]},
            {"role": "user", "content": source},
        ],
        max_tokens=LONGEST,
        **how,
    )
    return " ".join((said["choices"][0]["message"]["content"] or "").split()).strip("\"' ")


def _alternatives(words: Sequence[str]) -> str:
    return "(" + " | ".join('"' + one.replace('"', '\\"') + '"' for one in words) + ")"


def measured(name: str, language: str, outcomes: Sequence[Outcome], seconds: float) -> list[Row]:
    """The lines of one way in one language."""
    many, changed = len(outcomes), [one for one in outcomes if one.changed]
    easier = [grade(" ".join(getattr(one, part) for one in outcomes), language) for part in _PARTS]
    wrong = sum(one.wrong for one in changed)
    return [
        share(language, f"{name}: changed", len(changed), many),
        Row(language, f"{name}: grade, template to worded", f"{easier[0]:.2f} to {easier[1]:.2f}"),
        Row(language, f"{name}: wrong by the other checker", f"{wrong} of {len(changed)} changed"),
        Row(language, f"{name}: seconds per sentence", f"{seconds / many:.2f}"),
    ]


_PARTS = ("source", "text")


def main(words: list[str] | None = None) -> int:
    """Measure every way in both languages with the model that ships."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.wording", description=__doc__)
    parser.add_argument("--sentences", type=int, default=60, help="of each language")
    parser.add_argument("--show", action="store_true", help="print what was changed")
    given = parser.parse_args(words)
    profile = find_default_model()
    if profile is None:
        sys.stdout.write("There is no language model on this machine.\n")
        return 1
    model = Llama(model_path=profile.path, n_ctx=1024, seed=1, verbose=False)
    rows: list[Row] = []
    for language, (name, way) in itertools.product(("en", "de"), WAYS.items()):
        sources = templates(language, given.sentences)
        started = time.perf_counter()
        outcomes = [Outcome(one, way(model, one, language)) for one in sources]
        rows += measured(name, language, outcomes, time.perf_counter() - started)
        for one in outcomes if given.show else ():
            if one.changed:
                sys.stdout.write(f"{'WRONG ' if one.wrong else ''}{one.source} > {one.text}\n")
    model.close()
    sys.stdout.write(f"{table(rows)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
