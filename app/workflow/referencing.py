"""Numbers of a report that are taken from measurements: offered, and followed until signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from app.accounts.permissions import Permission
from app.storage.work import Work
from app.workflow.revealing import shown_findings
from app.workflow.session import Session
from assistant.drafting.authorship import refreshed
from assistant.drafting.measuring import (
    SIZE,
    VOLUME,
    is_confirmed,
    location,
    size_mm,
    spoken_ml,
    spoken_mm,
    volume_ml,
)
from assistant.drafting.references import Current, Key, key_of
from assistant.records import Reference, Report, Section, Subject
from inference.records import Finding
from viewer.geometry.measuring import Quantity, measure
from viewer.records import Annotation, AnnotationKind, Series, Volume

_NAMES = {
    AnnotationKind.LENGTH: ("length",),
    AnnotationKind.ANGLE: ("angle",),
    AnnotationKind.COBB: ("Cobb angle",),
    AnnotationKind.BIDIRECTIONAL: ("long axis", "short axis"),
    AnnotationKind.RECTANGLE: ("area",),
    AnnotationKind.ELLIPSE: ("area",),
    AnnotationKind.FREEHAND: ("area",),
}
"""Which numbers of a drawn thing a text may take: those that follow from its points alone."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A number that a text can take; ``label`` says in words whose it is."""

    label: str
    reference: Reference


def offers(session: Session, study_uid: str) -> tuple[Offer, ...]:
    """Return every number of the study that a report may take: findings' first, then drawn ones."""
    session.authorize(Permission.WRITE_REPORT, study=study_uid)
    with session.begin() as work:
        findings = shown_findings(work, session, study_uid)
        found = [*_of_findings(findings), *_drawn(work, study_uid)]
    return tuple(found)


def follow_measurements(work: Work, study_uid: str) -> None:
    """Bring the numbers of the study's draft up to what is measured now, in the transaction."""
    report = work.reports.of_study(study_uid)
    if report is None or not report.status.is_draft:
        return
    sections = measured_anew(work, report)
    if sections != report.sections:
        work.reports.put(replace(report, sections=sections))
        work.note("report.numbers-followed", report.id, patient_id=report.patient_id)


def measured_anew(work: Work, report: Report) -> tuple[Section, ...]:
    """Return the sections of a draft with every number as it is measured now."""
    wanted = {key_of(one) for part in report.sections for one in part.references}
    if not wanted:
        return report.sections
    there = {key_of(one.reference): one.reference for one in _all(work, report.study_uid)}
    now = {key: _current(there.get(key)) for key in wanted}
    return tuple(refreshed(part, now) for part in report.sections)


def _all(work: Work, study_uid: str) -> Iterator[Offer]:
    yield from _of_findings(work.findings.of_study(study_uid))
    yield from _drawn(work, study_uid)


def _current(reference: Reference | None) -> Current | None:
    if reference is None:
        return None
    return Current(reference.text, reference.values, reference.unit)


def _of_findings(findings: Iterable[Finding]) -> Iterator[Offer]:
    for one in findings:
        if not is_confirmed(one):
            continue
        name = location(one) or one.label
        if (length := size_mm(one)) is not None:
            key = (Subject.FINDING, one.id, SIZE)
            yield _offer(f"Size: {name}", key, spoken_mm(length), (length,), "mm")
        if (volume := volume_ml(one)) is not None:
            key = (Subject.FINDING, one.id, VOLUME)
            yield _offer(f"Volume: {name}", key, spoken_ml(volume), (volume,), "mL")


def _drawn(work: Work, study_uid: str) -> Iterator[Offer]:
    series = {one.uid: one for one in work.series.of_study(study_uid)}
    for one in work.annotations.of_study(study_uid):
        names = _NAMES.get(one.kind)
        if names is None or one.series_uid not in series:
            continue
        measured = measure(one, _grid(series[one.series_uid]))
        values = [measured.value(name) for name in names]
        key = (Subject.ANNOTATION, one.id, " x ".join(names))
        label = _label(one, series[one.series_uid])
        numbers = tuple(value.number for value in values)
        yield _offer(label, key, _spoken(values), numbers, values[0].unit)


def _offer(label: str, key: Key, text: str, values: tuple[float, ...], unit: str) -> Offer:
    subject, subject_id, name = key
    return Offer(label, Reference(0, text, subject, subject_id, name, values, unit))


def _label(one: Annotation, series: Series) -> str:
    kind = one.kind.value.capitalize()
    return f"{one.text or kind}: {series.description or f'series {series.number}'}"


def _spoken(values: list[Quantity]) -> str:
    """Return the numbers as they are written: two diameters with one unit."""
    if len(values) == 1:
        return values[0].words()
    ahead = " x ".join(f"{value.number:.1f}" for value in values[:-1])
    return f"{ahead} x {values[-1].words()}"


def _grid(series: Series) -> Volume:
    """Return the series' grid without its voxels, which these numbers do not need."""
    voxels = np.broadcast_to(np.zeros((), np.uint8), series.shape)
    return Volume(voxels, np.array(series.affine).reshape(4, 4), series.geometry)
