"""The columns of the worklist: what each shows of a study, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtGui import QPixmap

from app.pages.wording import STATUS_WORDS, age, day
from app.records import NOTHING_SUSPECTED, Urgency, WorklistEntry
from app.widgets.table import Column

_ROOMY_PX = 1400

Picture = Callable[[WorklistEntry], QPixmap | None]

_TONES = {
    Urgency.SUSPECTED: "danger",
    Urgency.UNJUDGED: "info",
    Urgency.QUIET: "muted",
    Urgency.DONE: "muted",
}


def columns(
    today: date, picture: Picture | None, worth: Callable[[], str] = lambda: ""
) -> tuple[Column[WorklistEntry], ...]:
    """Return the columns; without ``picture`` those of a person who may not see images.

    ``worth`` says what it means that a model suspects nothing: never that all is well.
    """

    def quiet(entry: WorklistEntry) -> str:
        quiet = entry.urgency is Urgency.QUIET and entry.flag == NOTHING_SUSPECTED
        return worth() if quiet else ""

    def person(entry: WorklistEntry) -> str:
        years = age(entry.birth_date, entry.study_date or today)
        return " · ".join(part for part in (entry.sex, years) if part)

    shared: tuple[Column[WorklistEntry], ...] = (
        Column(
            "Status",
            lambda entry: STATUS_WORDS[entry.status][0],
            108,
            lambda entry: STATUS_WORDS[entry.status][1],
        ),
        Column("Patient", lambda entry: entry.patient_name or "No name"),
        Column("Number", lambda entry: entry.mrn, 116),
        Column("Sex, age", person, 68),
        Column("Study", study_words),
        Column("Date", lambda entry: day(entry.study_date), 108),
        Column("Earlier", priors, 104),
        Column("Reader", lambda entry: entry.reader_name, 100),
        Column(
            "Series",
            lambda entry: f"{entry.series_count} {entry.modality}",
            76,
            spare_below_px=_ROOMY_PX,
        ),
    )
    if picture is None:
        return shared
    reason: Column[WorklistEntry] = Column(
        "Why first", lambda entry: entry.flag, 236, _tone, tip=quiet
    )
    return (Column("", lambda _: "", 52, picture=picture), reason, *shared)


def study_words(entry: WorklistEntry) -> str:
    """Return what was imaged; a made-up study says so."""
    words = entry.description or "No description"
    return f"{words} (simulated)" if entry.simulated else words


def priors(entry: WorklistEntry) -> str:
    """Return how many earlier studies there are, and month and year of the last one."""
    if not entry.prior_count:
        return ""
    return f"{entry.prior_count} · {day(entry.last_prior).partition(' ')[2]}"


def _tone(entry: WorklistEntry) -> str:
    return "" if entry.urgency is None else _TONES[entry.urgency]
