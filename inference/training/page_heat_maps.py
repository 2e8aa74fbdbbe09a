"""The heat maps' part of a card's page: what they are worth, which are offered, which not and why.

Why a method is not offered is worked out here from what the check with random weights gave, in
the card and with other seeds; the page cannot be made where that and the program's list disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inference.errors import InferenceError
from inference.explain.methods import CANDIDATES, DEFAULT, OFFERED, QUESTIONS, Method
from inference.explain.sanity import MOST_ALIKE
from inference.training.markdown import number, table
from inference.training.seeds import Again

Card = dict[str, Any]
Seeds = Mapping[str, Sequence[Again]]
_FIGURES = (
    "pointing",
    "energy_in_mask",
    "deletion_over_random",
    "insertion_over_random",
    "flip_agreement",
    "noise_agreement",
    "low",
)
_HEAD = (
    "map", "points at the lesion", "energy in it", "erasing", "giving back", "mirrored",
    "noise", "graded low", "alike with random weights: rank, structure", "offered",
)  # fmt: skip


def heat_maps_part(found: Card, seeds: Seeds) -> str:
    """Return figures and lists as Markdown.

    Parameters
    ----------
    found
        The card's ``heat_maps``.
    seeds
        What the check gave with other seeds (inference.training.seeds).

    Raises
    ------
    InferenceError
        The program offers a method that fails the check, or holds back one that passes.
    """
    checked = found["random_weights"]["rows"]
    why = {m.key: why_not(checked[m.key], seeds.get(m.key, ())) for m in CANDIDATES}
    _agrees(why)
    offered = [_offered(m, found["methods"][m.key]) for m in OFFERED]
    held_back = [f"- {_named(m)}: {why[m.key]}." for m in CANDIDATES if why[m.key]]
    return "\n\n".join(
        (
            _words(found, seeds),
            table(
                _HEAD, [_row(k, row, checked.get(k), why) for k, row in found["methods"].items()]
            ),
            "A reader may ask for these. A map graded low on the slice in view is hidden behind "
            "its score until it is asked for:",
            "\n".join(offered),
            "These are not offered, whatever their other figures:",
            "\n".join(held_back),
        )
    )


def why_not(row: Card, again: Sequence[Again]) -> str:
    """Return why a method is not offered, empty if it is: ``row`` is the card's check of it."""
    rank, alike = row["rank"][-1], row["alike"][-1]
    if not row["passed"]:
        return (
            f"the map stays alike when every weight is random (rank correlation {rank:.3f}, "
            f"structural similarity {alike:.3f}; both must be below {MOST_ALIKE:.2f})"
        )
    failing = [one for one in again if not one.passed]
    if not failing:
        return ""
    told = "; ".join(f"seed {one.seed}: {one.rank:.3f}, {one.alike:.3f}" for one in failing)
    return (
        f"it passes in the card ({rank:.3f}, {alike:.3f}) and fails with {len(failing)} of "
        f"{len(again)} seeds of the random weights ({told}): a pass that hangs on the seed is none"
    )


def _agrees(why: Mapping[str, str]) -> None:
    offered = {method.key for method in OFFERED}
    passing = {key for key, reason in why.items() if not reason}
    if offered != passing:
        wrong = ", ".join(sorted(offered ^ passing))
        raise InferenceError(f"What is offered is not what passes the check: {wrong}.")


def _words(found: Card, seeds: Seeds) -> str:
    tried = sorted({one.seed for rows in seeds.values() for one in rows})
    return (
        f"Of {found['slices']} held-out slices, against the lesion's mask drawn by hand: whether "
        "the hottest point lies in it, how much of the heat does, how much better erasing and "
        "giving back in the map's order does than random maps of the same grain, agreement with "
        "the mirror image and under noise, and how alike the map stays when every weight is made "
        f"random. A method is offered if it stays less alike than {MOST_ALIKE:.2f} here and with "
        f"each of the seeds {', '.join(map(str, tried))} of the random weights. Random maps and "
        "Sobel's edges are the baselines."
    )


def _row(key: str, row: Card, checked: Card | None, why: Mapping[str, str]) -> tuple[str, ...]:
    alike = f"{checked['rank'][-1]:.3f}, {checked['alike'][-1]:.3f}" if checked else ""
    offered = ("no" if why[key] else "yes") if key in why else ""
    return (key, *(number(row.get(name)) for name in _FIGURES), alike, offered)


def _named(method: Method) -> str:
    return f"{method.title}, {QUESTIONS[method.target]} (`{method.key}`)"


def _offered(method: Method, row: Card) -> str:
    made = "; made in every run" if method == DEFAULT else ""
    return f"- {_named(method)}: graded low on {row['low']:.0%} of the slices{made}"
