"""The acceptance of a language model: it words the program's sentences, and is held to them.

A model is asked for each sentence exactly as it will be asked later, at temperature 0. What it
says goes through the gate, then before a second check of other rules; wrong versions made by rule
show that the gate works here; and the text a patient would read must have become easier.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import resources

from assistant.acceptance.independent import violation
from assistant.acceptance.mutants import mutants
from assistant.acceptance.readability import grade
from assistant.drafting.wording import INSTRUCTIONS, candidate
from assistant.engine.records import Trial, Wording
from assistant.guarding.gate import faithful
from assistant.ports import LanguageModel, PairReader

Told = Callable[[float, str], None]


@cache
def sentences() -> tuple[str, ...]:
    """The sentences of the twelve situations, each once."""
    file = resources.files("resources.acceptance").joinpath("situations.en.json")
    held = json.loads(file.read_text("utf-8"))
    return tuple(dict.fromkeys(one for each in held["situations"] for one in each["sentences"]))


def fingerprint(sources: Sequence[str]) -> str:
    """The digest of sentences and instruction: a trial made with others says nothing of these."""
    return hashlib.sha256(json.dumps([INSTRUCTIONS["en"], list(sources)]).encode()).hexdigest()


def attempt(
    model: LanguageModel,
    progress: Told,
    sources: Sequence[str] = (),
    reader: PairReader | None = None,
) -> Trial:
    """Let a model word the sentences and judge each; ``progress`` may raise to cancel.

    ``reader`` helps the gate to refuse, as it will when the model words for patients.
    """
    sources = tuple(sources) or sentences()
    began = time.monotonic()
    wordings = []
    for number, source in enumerate(sources):
        share = number / len(sources)
        words = f"sentence {number + 1} of {len(sources)}"
        progress(share, words)
        said = candidate(source, model, on_token=partial(_told, progress, share, words))
        wordings.append(judged(source, said, reader))
    count, refused = _mutants_refused(sources, reader)
    shown = [one.candidate if not one.refused else one.source for one in wordings]
    return Trial(
        sentences_sha256=fingerprint(sources),
        wordings=tuple(wordings),
        mutants=count,
        mutants_refused=refused,
        grade_before=round(grade(" ".join(sources)), 2),
        grade_after=round(grade(" ".join(shown)), 2),
        seconds=round(time.monotonic() - began, 1),
    )


def _told(progress: Told, share: float, words: str, _token: str) -> None:
    progress(share, words)


def judged(source: str, said: str, reader: PairReader | None = None) -> Wording:
    """A model's sentence with what the gate and the second check say of it."""
    passes, reason = faithful(source, said, reader=reader)
    if not passes:
        return Wording(source, said, refused=reason)
    return Wording(source, said, violation=violation(source, said))


def _mutants_refused(sources: Sequence[str], reader: PairReader | None) -> tuple[int, int]:
    """How many wrong versions there are, and how many of them the gate refuses."""
    count = refused = 0
    for source in sources:
        for _, wrong in mutants(source):
            count += 1
            refused += not faithful(source, wrong, reader=reader)[0]
    return count, refused
