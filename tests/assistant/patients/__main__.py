"""How many of the questions are answered: ``python -m tests.assistant.patients [kept] [plain]``.

``kept`` takes the set that was kept aside and prints figures only, ``plain`` does without the
embedder; ``talk`` asks the whole conversation instead of the answering alone.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assistant.drafting.answering import answer
from assistant.engine.embedding import EmbeddingProcess
from assistant.records import Report, Sentence
from tests.assistant.patients.asked import DEVELOPING, KEPT, Asked, questions, reports, verdict

HOME = Path(__file__).resolve().parents[3] / "var" / "bench-assistant" / "models"


def main(arguments: Sequence[str]) -> None:
    names = KEPT if "kept" in arguments else DEVELOPING
    embedder = None if "plain" in arguments else EmbeddingProcess(HOME)
    known = reports(names)
    counts: Counter[tuple[str, str]] = Counter()
    for one in questions(names):
        kind, told = _told(one, known[one.report], embedder, talk="talk" in arguments)
        found = verdict(told, one)
        counts[_group(one), found] += 1
        if found != "right" and names != KEPT:
            said = " / ".join(sentence.text for sentence in told)
            row = f"{found:7}{kind:12}{one.report}: {one.text} [{'|'.join(one.gold)}] {said}"
            sys.stdout.write(f"{row}\n")
    for (group, found), many in sorted(counts.items()):
        sys.stdout.write(f"{group:14} {found:8} {many}\n")
    if embedder is not None:
        embedder.close()


def _group(one: Asked) -> str:
    source = "none" if not one.gold else "passage" if "knowledge:" in one.gold[0] else "report"
    return f"{source} {one.language}"


def _told(
    one: Asked, report: Report, embedder: EmbeddingProcess | None, *, talk: bool
) -> tuple[str, Sequence[Sentence]]:
    if not talk:
        return "", answer(one.text, report, language=one.language, embedder=embedder)
    from assistant.conversation import Room, reply  # noqa: PLC0415 - asks for a desk
    from assistant.wishes import ReplyKind  # noqa: PLC0415
    from tests.bench.assistant.driver import NOW, Desk  # noqa: PLC0415

    room = Room(report, Desk(), NOW, language=one.language, embedder=embedder)
    said = reply(one.text, room)
    shown = {ReplyKind.ANSWER, ReplyKind.EXPLANATION}
    return said.kind.value, said.sentences if said.kind in shown else ()


if __name__ == "__main__":
    main(sys.argv[1:])
