"""The desk hands a print of a final report to a person, and sees to whom one was given before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial

from app.pages.page import Page
from app.pages.report_asking import Question
from app.pages.wording import day, moment
from app.records import HandOver, WorklistEntry
from app.workflow import printing, releasing
from app.workflow.releasing import Standing
from app.workflow.session import Session
from viewer.ports import Progress

_NOW, _ALREADY = "now", "already"


def ask_hand_over(
    page: Page, entry: WorklistEntry, standing: Standing, zone: tzinfo, done: Callable[[], None]
) -> Question:
    """Ask to whom the print goes and whether it is to be made now; then print and record it."""
    asked = Question(
        page,
        "Hand over a print",
        "Who gave which version to whom is recorded and stays.",
        "Hand over",
        lambda answers: _hand_over(page, standing, answers, done),
    )
    asked.line(
        f"{entry.patient_name} · born {day(entry.birth_date) or 'unknown'}"
        f" · record {entry.mrn or 'without number'}",
        "strong",
    )
    asked.line(
        f"Report on the study of {day(entry.study_date) or 'unknown date'}, version"
        f" {standing.version}, signed {moment(standing.signed_at, zone)}"
    )
    for one in standing.handed:
        asked.line(given(one, zone), "caption")
    choices = ((_NOW, "Print it now"), (_ALREADY, "It is printed already"))
    asked.choice("print", "The print", choices)
    asked.words("name", "Name of the person")
    asked.words("relation", "The patient, or what the person is to the patient")
    asked.open()
    return asked


def given(one: HandOver, zone: tzinfo) -> str:
    """An earlier hand-over in one sentence."""
    return (
        f"Version {one.version} was given to {one.to_name} ({one.relation}) by {one.by_name},"
        f" {moment(one.at, zone)}"
    )


def _hand_over(
    page: Page, standing: Standing, answers: dict[str, str], done: Callable[[], None]
) -> None:
    job = partial(hand_over, page.context.session, standing.report_id, answers)
    page.ask(job, lambda _: done())


def hand_over(
    session: Session,
    report_id: str,
    answers: dict[str, str],
    progress: Progress,  # noqa: ARG001 - a job's signature
) -> HandOver:
    """Print if that is asked for, then record to whom; a failed print records nothing."""
    if answers["print"] == _NOW:
        printing.print_to_hand_over(session, report_id)
    return releasing.hand_over(session, report_id, answers["name"], answers["relation"])
