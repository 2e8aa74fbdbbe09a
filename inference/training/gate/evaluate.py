"""The input gate on series it never saw: what it refuses, what it lets through, and why.

``python -m inference.training.gate.evaluate --data PATH`` prints the figures and the confusion
table from the committed weights.
"""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import torch

from inference.models.cards import shipped_folder
from inference.models.gate_card import GATE_MODEL
from inference.models.gate_net import KINDS
from inference.pipeline.gate import Verdict, judge
from inference.pipeline.looking import Looker, answers, pool, slices_to_look_at
from inference.pipeline.seen import Seen
from inference.training.agreement import compared
from inference.training.gate import measured
from inference.training.gate.cases import Case, cases
from inference.training.statistics import wilson

NO_HEAD = "no head"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One series through the gate: how it was shown, what was seen, the verdict."""

    name: str
    source: str
    way: str
    true: str
    wanted: bool
    seen: Seen
    slices: tuple[str, ...]
    verdict: Verdict

    @property
    def right(self) -> bool:
        """Whether it was let through or refused as it must be."""
        return self.verdict.accepted is self.wanted

    @property
    def named(self) -> str:
        """What the pictures were taken for."""
        return self.seen.kind if self.seen.head >= 0.5 else NO_HEAD


def judge_all(data: Path, looker: Looker, *, made: bool = True) -> list[Judged]:
    """Return the verdicts on every left-out series, with its tags and without.

    With ``made``, on the series drawn for measuring too.
    """
    found: list[Judged] = []
    for case in cases(data):
        if case.trained:
            continue
        found += [_judged(looker, shown, way) for shown, way in _ways(case)]
    if made:
        drawn = chain(measured.synthetic_cases(data), measured.body_cases())
        found += [_judged(looker, case, "no tags") for case in drawn]
    return found


def _ways(case: Case) -> Iterator[tuple[Case, str]]:
    """Yield the case as it is and without tags; enhanced heads turned, thin and spoilt too."""
    yield case, "as it is"
    if "TRANSFER" in case.series.description:
        return  # T1 after contrast in all but the pulse that its tags alone tell of
    yield measured.bare(case), "no tags"
    if not case.wanted:
        return
    for turn in (1, 2, 3):
        yield measured.turned(case, turn), f"turned {turn}"
    yield measured.thin(case), "thin"
    yield measured.noisy(case), "noise"
    yield measured.moving(case), "motion"


def _judged(looker: Looker, case: Case, way: str) -> Judged:
    logits = answers(looker.network, slices_to_look_at(case.volume))
    seen = pool(logits, looker.package.limits.temperature)
    kinds = tuple(
        KINDS[int(best)] if float(head[0]) >= 0 else NO_HEAD
        for best, head in zip(logits["kind"].argmax(axis=1), logits["head"], strict=True)
    )
    verdict = judge(case.series, case.volume, seen, looker.package.limits)
    true = case.kind if case.head else NO_HEAD
    _log.info("%s | %s | %s | %s", case.name, way, seen.kind, verdict.reason or "let through")
    return Judged(case.name, case.source, way, true, case.wanted, seen, kinds, verdict)


def figures_of(found: list[Judged]) -> dict[str, float]:
    """Return the figures of the card; intervals are Wilson's at 95 %."""
    real = [one for one in found if not one.source.startswith("synthetic")]
    made = [one for one in found if one.source.startswith("synthetic")]
    usual = [one for one in real if one.way in {"as it is", "no tags"}]
    figures: dict[str, float] = {}
    for name, part in (("", usual), ("made_", made)):
        must = [one for one in part if not one.wanted]
        may = [one for one in part if one.wanted]
        figures |= _share(f"{name}refused_of_what_must_be", [one.right for one in must])
        figures |= _share(f"{name}refused_of_what_must_not_be", [not one.right for one in may])
    for way in ("as it is", "no tags"):
        part = [one for one in usual if one.way == way]
        key = way.replace(" ", "_")
        figures |= _share(f"right_{key}", [one.right for one in part])
    heads = [one for one in usual if one.true != NO_HEAD and one.way == "no tags"]
    figures |= _share("kind_right_by_series", [one.named == one.true for one in heads])
    slices = [name == one.true for one in heads for name in one.slices]
    figures |= _share("kind_right_by_slice", slices)
    figures |= _harmed(real)
    return figures


def _harmed(real: list[Judged]) -> dict[str, float]:
    """Return how turned, thin and spoilt heads fared."""
    by_way = {way: [one for one in real if one.way == way] for way in {one.way for one in real}}
    turned = [one for turn in (1, 2, 3) for one in by_way.get(f"turned {turn}", [])]
    figures = _share("turned_let_through", [one.right for one in turned])
    figures |= _share("turned_told", [not one.verdict.side_known for one in turned])
    right = [one.verdict.turn == int(one.way[-1]) for one in turned]
    figures |= _share("turned_by_how_much", right)
    figures |= _share("thin_let_through", [one.right for one in by_way.get("thin", [])])
    for way in ("noise", "motion"):
        told = [
            not one.verdict.accepted
            or any(way[:4] in c or "moved" in c for c in one.verdict.cautions)
            for one in by_way.get(way, [])
        ]
        figures |= _share(f"{way}_told", told)
    clean = [one for one in by_way.get("as it is", []) if one.wanted]
    false = [any("noisy" in c or "moved" in c for c in one.verdict.cautions) for one in clean]
    figures |= _share("clean_called_spoilt", false)
    upright = [one.verdict.turn != 0 for one in clean]
    figures |= _share("upright_called_turned", upright)
    return figures


def _share(name: str, hits: Iterable[bool]) -> dict[str, float]:
    """Return the share, its Wilson interval and the count it rests on."""
    listed = list(hits)
    count = len(listed)
    if not count:
        return {}
    share, low, high = wilson(sum(listed), count)
    return {
        name: round(share, 4),
        f"{name}_low": round(low, 4),
        f"{name}_high": round(high, 4),
        f"{name}_n": float(count),
    }


def table_of(found: list[Judged]) -> str:
    """Return the confusion table as text: true kinds down, what the pictures were taken for across.

    Real series without tags, then their slices, then the made series; last, what went wrong.
    """
    bare = [one for one in found if one.way == "no tags"]
    real = [one for one in bare if not one.source.startswith("synthetic")]
    made = [one for one in bare if one.source.startswith("synthetic")]
    parts = [
        _table("real series never trained on", [(one.true, one.named) for one in real]),
        _table("their slices", [(one.true, name) for one in real for name in one.slices]),
        _table("made series", [(one.true, one.named) for one in made]),
    ]
    wrong = [one for one in found if not one.right]
    lines = [f"  {one.source} | {one.name} | {one.way}: {_ending(one)}" for one in wrong]
    return "\n\n".join([*parts, "\n".join(["wrongly judged:", *(lines or ["  none"])])])


def _ending(one: Judged) -> str:
    return one.verdict.reason or "let through"


def _table(title: str, pairs: list[tuple[str, str]]) -> str:
    names = (*KINDS, NO_HEAD)
    counts = Counter(pairs)
    short = [
        name.replace("T1 after contrast", "T1+C").replace("proton-density", "PD") for name in names
    ]
    lines = [
        f"{title}: true kind down, taken for across",
        " " * 10 + "".join(f"{s:>9}" for s in short),
    ]
    for name, label in zip(names, short, strict=True):
        row = [counts[name, other] for other in names]
        if any(row):
            lines.append(f"{label:<10}" + "".join(f"{count:>9}" for count in row))
    return "\n".join(lines)


def main() -> None:
    """Print figures and confusion table."""
    parser = argparse.ArgumentParser(prog="python -m inference.training.gate.evaluate")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--verbose", action="store_true")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO if chosen.verbose else logging.WARNING)
    torch.set_num_threads(1)
    folder = chosen.folder or shipped_folder(GATE_MODEL)
    found = judge_all(chosen.data, Looker(folder))
    print(table_of(found))  # noqa: T201 - a report for the terminal
    figures = figures_of(found)
    for name, value in figures.items():
        print(f"{name:<40} {value:g}")  # noqa: T201
    print("\n" + compared(figures, folder))  # noqa: T201


if __name__ == "__main__":
    main()
