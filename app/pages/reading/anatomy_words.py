"""What a measuring of a head says: the rows of its table, its sentences, and both as text."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from app.pages.wording import day
from inference.measure.reference import Standing, said
from inference.models.structures import STRUCTURES
from inference.pipeline.anatomy_compared import compared, quantities_of
from inference.pipeline.anatomy_outcome import AnatomyRun, StructureVolume
from viewer.records import Patient, Study

RESEARCH = (
    "For research and evaluation only. Not a medical device. "
    "Not for diagnosis or treatment decisions."
)
TITLES = ("Volumes in ml", "Left", "Right", "% ICV", "Error")
ERROR_TIP = (
    "Error: in nine of ten synthetic heads the model had not seen, the volume was right within "
    "this share. It was not checked against a reader."
)
SHARE_TIP = "Share of the intracranial volume"
WITHHELD, UNKNOWN = "withheld", "–"
FAR_OUT = "So far out, the difference between the methods alone may be the reason."
_MIDDLE = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class AnatomyRow:
    """One structure as the table shows it; ``values`` are its labels, left and right.

    ``one`` is the volume of what has no sides.
    """

    name: str
    left: str = ""
    right: str = ""
    one: str = ""
    share: str = ""
    error: str = ""
    values: tuple[int, int] = (0, 0)


def rows_of(run: AnatomyRun) -> tuple[AnatomyRow, ...]:
    """Return a row per structure, sums first, then the structures, then what was withheld."""
    labels = {one.name: (one.left, one.right) for one in STRUCTURES}
    names = dict.fromkeys(volume.name for volume in run.volumes)
    rows = []
    for name in names:
        parts = {volume.side: volume for volume in run.volumes if volume.name == name}
        errors = [part.error for part in parts.values() if part.error is not None]
        rows.append(
            AnatomyRow(
                name,
                _ml(parts.get("left")),
                _ml(parts.get("right")),
                _ml(parts.get("")),
                _percent(sum(part.share for part in parts.values())),
                f"±{100 * max(errors):.0f} %" if errors else UNKNOWN,
                labels.get(name, (0, 0)),
            )
        )
    rows += [AnatomyRow(name, one=WITHHELD) for name in run.withheld]
    return tuple(rows)


def standing_sentences(run: AnatomyRun, patient: Patient, study: Study) -> tuple[str, ...]:
    """Return where the quantities lie among published values, each with its caution."""
    found = quantities_of(run.outcome)
    if not found:
        return ()
    years, sex = years_at(patient.birth_date, study.study_date), patient.sex
    if years is None or sex not in {"F", "M"}:
        return ("No percentile is given: the patient's age or sex is not known.",)
    places = {place.quantity: place for place in compared(run.outcome, years, sex)}
    return tuple(_sentence(name, places.get(name)) for name in found)


def _sentence(name: str, place: Standing | None) -> str:
    words = f"{name[:1].upper()}{name[1:]}: {said(place)}"
    if place is None or _MIDDLE[0] <= place.percentile <= _MIDDLE[1]:
        return words
    return f"{words} {FAR_OUT}"


def years_at(born: date | None, on: date | None) -> float | None:
    """Return the age in years on a day, or None where one of both is unknown or they disagree."""
    if born is None or on is None or on < born:
        return None
    return (on - born).days / 365.25


def notes_of(run: AnatomyRun) -> tuple[str, ...]:
    """Return what was withheld and why, and what to know of the series."""
    withheld = (f"Withheld: {name}, because {why}." for name, why in run.withheld.items())
    return (*withheld, *run.cautions)


def origin(run: AnatomyRun) -> str:
    """Return which model measured, when, and on what."""
    device = f" ({run.device})" if run.device else ""
    return (
        f"{run.model} {run.version}, {day(run.started_at.date())}, {run.seconds:.0f} s{device}. "
        "It gives volumes, not a diagnosis; look at the outlines before using a number."
    )


def words_of(run: AnatomyRun, sentences: tuple[str, ...]) -> tuple[str, ...]:
    """Return everything to be read with the table, in order."""
    return (*notes_of(run), *sentences, ERROR_TIP, origin(run))


def as_text(run: AnatomyRun, sentences: tuple[str, ...]) -> str:
    """Return everything the panel shows, cells apart by tabs; no name of a person."""
    lines = ["\t".join(cells) for cells in _cells(run)]
    return "\n".join((*lines, "", *words_of(run, sentences), RESEARCH))


def as_csv(run: AnatomyRun) -> str:
    """Return the table as CSV (RFC 4180), the last line what it may be used for."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerows(_cells(run))
    writer.writerow([f"{run.model} {run.version} {run.weights_sha256}. {RESEARCH}"])
    return made.getvalue()


def _cells(run: AnatomyRun) -> list[tuple[str, ...]]:
    titles = ("Structure", "Left ml", "Right ml", "Both ml", "% of ICV", "Error")
    shown = [(one.name, one.left, one.right, one.one, one.share, one.error) for one in rows_of(run)]
    return [titles, *shown]


def _ml(volume: StructureVolume | None) -> str:
    if volume is None:
        return ""
    return f"{volume.ml:.0f}" if volume.ml >= 100 else f"{volume.ml:.1f}"


def _percent(share: float) -> str:
    percent = 100 * share
    digits = 0 if percent >= 100 else 1 if percent >= 10 else 2
    return f"{percent:.{digits}f}"
