"""How well messages of the development sets are understood.

``python -m tests.assistant.understanding`` prints it. The sets are ``unseen_messages``,
``unseen_more`` and the lists of ``test_red_flags``, each judged by the whole chain: emergency,
scope, intent. Thresholds and training were chosen on them, so their figures flatter; those of the
sets kept apart stand in docs/assistant-bench.md. ``--wrong`` prints what went wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.engine.embedding import EmbeddingProcess
from assistant.guarding.red_flags import Verdict
from assistant.guarding.scope import OutOfScope
from assistant.ports import Embedder
from assistant.understanding import intent_of, refused, verdict_of
from tests.assistant import test_red_flags, unseen_messages, unseen_more

SCOPES = {one.value for one in OutOfScope}


@dataclass(frozen=True, slots=True)
class Case:
    """A message, what it calls for, its language, and the set it is of."""

    text: str
    kind: str
    language: str
    source: str


def cases() -> Iterator[Case]:
    """Every message of the development sets."""
    for text, kind, language in unseen_more.MESSAGES:
        yield Case(text, kind, language, "more")
    for language in ("en", "de"):
        for text in unseen_messages.EMERGENCIES[language].splitlines():
            yield Case(text, "emergency", language, "first")
        for text in unseen_messages.NEAR_MISSES[language].splitlines():
            yield Case(text, "calm", language, "first")
        for lists in (unseen_messages.INTENTS, unseen_messages.OUT_OF_SCOPE):
            for line in lists[language].splitlines():
                kind, _, text = line.partition("|")
                yield Case(text, kind, language, "first")


def of_the_rules() -> Iterator[Case]:
    """English messages the rules for emergencies were developed by, and some they do not know."""
    for text in (*test_red_flags.EMERGENCIES, *test_red_flags.UNSEEN):
        yield Case(text, "emergency", "en", "rules'")
    for text in test_red_flags.CALM:
        yield Case(text, "calm", "en", "rules'")


def decided(case: Case, embedder: Embedder | None) -> str:
    """What the chain takes a message for; of a calm one only whether it alarms."""
    hints = {"language": case.language, "embedder": embedder}
    verdict = verdict_of(case.text, **hints)
    if verdict is not Verdict.NONE:
        return f"emergency ({verdict.value})"
    if case.kind in {"emergency", "calm"}:
        return "calm"
    scope = refused(case.text, **hints)
    return scope.value if scope else intent_of(case.text, **hints).intent.value


def right(kind: str, said: str) -> bool:
    """Whether that is right; any refusal is as good as another."""
    return said.startswith(kind) or (kind in SCOPES and said in SCOPES)


def _group(kind: str) -> str:
    if kind in {"emergency", "calm", "treatment", "outlook"}:
        return kind
    return "other refusals" if kind in SCOPES else "intents"


def _print(embedder: Embedder | None, *, wrong: bool) -> None:
    of: Counter[tuple[str, str]] = Counter()
    good: Counter[tuple[str, str]] = Counter()
    taken = []
    for case in (*cases(), *of_the_rules()):
        started = time.perf_counter()
        said = decided(case, embedder)
        taken.append(1e3 * (time.perf_counter() - started))
        at = (case.source, _group(case.kind))
        of[at] += 1
        good[at] += right(case.kind, said)
        if wrong and not right(case.kind, said):
            sys.stdout.write(f"    {case.kind} -> {said}: {case.text}\n")
    for at, many in of.items():
        sys.stdout.write(f"{' '.join(at)}: {good[at]}/{many} = {good[at] / many:.1%}\n")
    taken.sort()
    half, most = (taken[int(share * len(taken))] for share in (0.5, 0.95))
    sys.stdout.write(f"a message takes {half:.0f} ms, 95 of 100 at most {most:.0f} ms\n")


def main() -> None:
    """Print the figures with and without the embedder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="print what went wrong, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process = EmbeddingProcess(Path(folder))
        try:
            for embedder in (process, None):
                sys.stdout.write(f"== {'with' if embedder else 'without'} embedder\n")
                _print(embedder, wrong=given.wrong)
        finally:
            process.close()


if __name__ == "__main__":
    main()
