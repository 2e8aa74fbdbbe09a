"""A heat map's worth in words. No Qt."""

from __future__ import annotations

from collections.abc import Mapping

from app.pages.reading.heat_choice import ChosenHeat
from inference.explain.methods import QUESTIONS, Method, Target
from inference.records import Attribution, Grade

NOT_AN_OUTLINE = "Attention, not the lesion's outline."
TONES = {Grade.GOOD: "good", Grade.FAIR: "info", Grade.LOW: "warning", Grade.UNGRADED: "warning"}


def grade_words(attribution: Attribution) -> str:
    """The badge: how faithful the map is."""
    if attribution.grade is Grade.UNGRADED:
        return "faithfulness not graded"
    return f"{attribution.grade.value} faithfulness"


def heat_line(chosen: ChosenHeat) -> str:
    """What the map is and how coarse, or why it is hidden."""
    attribution = chosen.attribution
    if attribution is None:
        return ""
    which = f"{attribution.method}, {_question(attribution)}"
    reason = attribution.reason[:1].upper() + attribution.reason[1:]
    where = f" Slice {chosen.slice_index + 1} only." if chosen.slice_index is not None else ""
    if not chosen.shown:
        why = reason or "This map is older than the grades"
        return f"Hidden: {which}.{where} {why}."
    return f"{NOT_AN_OUTLINE} {which}{_cells(attribution)}.{where}" + (
        f" {reason}." if reason else ""
    )


def scores_words(scores: Mapping[str, float]) -> str:
    """Every score in a sentence, a line each, for whoever wants to know."""
    lines = []
    if {"deletion", "deletion_over_random"} <= scores.keys():
        chance = scores["deletion"] + scores["deletion_over_random"]
        lines.append(
            f"Erasing what it shows first leaves {scores['deletion']:.0%} of the answer; "
            f"random maps leave {chance:.0%}."
        )
    if {"insertion", "insertion_over_random"} <= scores.keys():
        chance = scores["insertion"] - scores["insertion_over_random"]
        lines.append(
            f"Showing only that brings {scores['insertion']:.0%} of it back; "
            f"random maps bring {chance:.0%}."
        )
    if {"inside_outline", "outline_share_of_head"} <= scores.keys():
        lines.append(
            f"{scores['inside_outline']:.0%} of it lies in the outline, which is "
            f"{scores['outline_share_of_head']:.0%} of the head."
        )
    if "inside_head" in scores:
        lines.append(f"{scores['inside_head']:.0%} of it lies in the head.")
    if {"flip_agreement", "noise_agreement"} <= scores.keys():
        lines.append(
            f"Agreement with the map of the mirror image {scores['flip_agreement']:.2f}, "
            f"under slight noise {scores['noise_agreement']:.2f} (1 is the same map)."
        )
    return "\n".join(lines) or "Its faithfulness was not measured."


def method_words(method: Method) -> str:
    """A method in the list of what can be asked for."""
    return f"{QUESTIONS[method.target].capitalize()}: {method.title}"


def _question(attribution: Attribution) -> str:
    known = [one for one in Target if one.value == attribution.target]
    return QUESTIONS[known[0]] if known else attribution.target


def _cells(attribution: Attribution) -> str:
    if attribution.native is not None:
        return f", in cells of {attribution.native.cell_mm:.1f} mm"
    rows, columns = attribution.native_grid
    return f", in {columns} x {rows} cells a slice"
