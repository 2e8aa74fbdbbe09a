"""What stops a signature: one pure list, made by small checks that each look at one thing.

The page shows the list; the workflow refuses to sign as long as it is not empty. A new reason is a
new check in ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from assistant.drafting.authorship import adopted, unread
from assistant.drafting.checking.consistency import check_consistency
from assistant.drafting.placeholders import unfilled
from assistant.drafting.references import broken
from assistant.records import ConfirmedDoubt, Doubt, DoubtKind, Report
from inference.records import FindingStatus


class Reason(StrEnum):
    """Why a report cannot be signed yet."""

    UNDECIDED = "undecided"
    EMPTY = "empty"
    OPEN_FIELD = "open field"
    UNREAD = "unread"
    BROKEN = "broken"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that stops a signature, in words that say what to do."""

    reason: Reason
    message: str


Check = Callable[[Report], Iterable[Blocker]]


def blockers(report: Report, checks: Iterable[Check] = ()) -> tuple[Blocker, ...]:
    """What stops the signature of a draft that holds its study's findings; empty if nothing.

    ``checks`` are more of them, beside those that always hold.
    """
    return tuple(one for check in (*CHECKS, *checks) for one in check(report))


def open_doubts(report: Report) -> tuple[Doubt, ...]:
    """The doubts about the text that the reader has not answered."""
    answered = {(one.section, one.sentence, one.message) for one in report.confirmed_doubts}
    return tuple(
        doubt
        for doubt in check_consistency(report)
        if doubt.kind not in _SAID_ELSEWHERE
        and (doubt.section, doubt.sentence, doubt.message) not in answered
    )


def answers(report: Report) -> tuple[ConfirmedDoubt, ...]:
    """The reader's answers to doubts that the text still raises: what is signed of them."""
    raised = {(one.section, one.sentence, one.message) for one in check_consistency(report)}
    return tuple(
        one for one in report.confirmed_doubts if (one.section, one.sentence, one.message) in raised
    )


def _undecided(report: Report) -> Iterator[Blocker]:
    waiting = sum(one.status is FindingStatus.SUGGESTED for one in report.findings)
    if waiting:
        yield Blocker(
            Reason.UNDECIDED,
            f"{waiting} suggested finding(s) have no decision yet. Accept, edit or reject"
            " each one, then sign.",
        )


def _empty(report: Report) -> Iterator[Blocker]:
    if not report.section("Impression").strip():
        yield Blocker(Reason.EMPTY, "The impression is empty. Write it, then sign.")


def _open_fields(report: Report) -> Iterator[Blocker]:
    still_open = unfilled(report.sections)
    if still_open:
        yield Blocker(Reason.OPEN_FIELD, still_open)


def _unread(report: Report) -> Iterator[Blocker]:
    counts = {part.title: len(unread(adopted(part))) for part in report.sections}
    found = {title: count for title, count in counts.items() if count}
    if found:
        total = sum(found.values())
        said = "1 sentence" if total == 1 else f"{total} sentences"
        where = ", ".join(f"{title} {count}" for title, count in found.items())
        yield Blocker(Reason.UNREAD, f"{said} of the machine to be accepted or edited ({where}).")


def _broken(report: Report) -> Iterator[Blocker]:
    for part in report.sections:
        for one in broken(part):
            yield Blocker(
                Reason.BROKEN,
                f"{part.title}: “{one.text}” was taken from a measurement that is no longer there."
                " Write the number yourself or take it out.",
            )


def _doubts(report: Report) -> Iterator[Blocker]:
    for doubt in open_doubts(report):
        yield Blocker(Reason.DOUBT, f"{doubt.message} Correct it, or say why it stays.")


_SAID_ELSEWHERE = frozenset({DoubtKind.UNDECIDED})
CHECKS: tuple[Check, ...] = (_undecided, _empty, _open_fields, _unread, _broken, _doubts)
