"""Importing: from dropped files to encrypted voxels and rows; every file left out has a reason.

Each volume is stored whole or not at all: its encrypted files are durable first, then its rows
and the audit line commit together. What an interrupted import leaves is complete volumes and
files without rows, which the next start sweeps.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from app.accounts.permissions import Permission
from app.events import StudyImported
from app.storage.work import Work
from app.workflow.joining import Offer, complete, imaged_person, merged, whose
from app.workflow.scanned import series_record
from app.workflow.session import Session
from app.workflow.settings import read_settings
from viewer.dicom.records import Duplicate, Preview, Rejected, ScannedSeries, StudyFacts
from viewer.dicom.scan import start_ahead, stream
from viewer.ports import Progress
from viewer.records import Instance, Patient, Series, Study


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of a drop: the studies it brought, and what was left out and why.

    The series of ``offers`` are not stored yet: somebody has to say first whose they are.
    """

    studies: tuple[str, ...]
    series: int
    duplicates: tuple[Rejected, ...]
    rejected: tuple[Rejected, ...]
    offers: tuple[Offer, ...] = ()


def import_paths(
    session: Session,
    paths: Sequence[Path],
    progress: Progress,
    preview: Callable[[Preview], None] | None = None,
) -> ImportOutcome:
    """Import everything usable among files, folders and zips.

    ``preview`` is shown the middle slice of a series before its volume is complete.
    """
    session.authorize(Permission.IMPORT_STUDY)

    studies: list[str] = []
    stored = 0
    duplicates: list[Rejected] = []
    rejected: list[Rejected] = []
    offers: list[Offer] = []
    mine: set[str] = set()
    try:
        with closing(stream(paths, progress)) as drop:
            for found in drop:
                if isinstance(found, Preview):
                    if preview is not None:
                        preview(found)
                    continue
                outcome = found if isinstance(found, Rejected) else _take(session, found, mine)
                if isinstance(outcome, Duplicate):
                    duplicates.append(outcome)
                elif isinstance(outcome, Rejected):
                    rejected.append(outcome)
                elif isinstance(outcome, Offer):
                    offers.append(outcome)
                elif isinstance(found, ScannedSeries):
                    stored += 1
                    if found.study.uid not in studies:
                        studies.append(found.study.uid)
    finally:  # what is stored is stored, also where the disk was full after it
        for study_uid in studies:
            session.publish(StudyImported(study_uid))
    left_out = tuple(duplicates), tuple(rejected)
    return ImportOutcome(tuple(studies), stored, *left_out, merged(offers))


def get_ready() -> None:
    """Have the reading process waiting, so that a drop shows its first image at once."""
    start_ahead()


def import_example(session: Session, progress: Progress) -> ImportOutcome:
    """Build the simulated example study and import it like any other."""
    session.authorize(Permission.IMPORT_STUDY)
    from viewer.dicom.example import build_example  # noqa: PLC0415 - nibabel, only for the example

    progress(0.0, "Building the example study")
    with tempfile.TemporaryDirectory() as name:
        return import_paths(session, [build_example(Path(name))], progress)


def patient_id_of(facts: StudyFacts) -> str:
    """Return the same id for the same person on every workstation.

    It is made from record number, name and birth date together (UUID version 5), so that two
    workstations that imported the same person offline agree; a nameless study gets its own.
    """
    return imaged_person(facts).id


def _take(session: Session, scanned: ScannedSeries, mine: set[str]) -> Rejected | Offer | None:
    """Store a series, or return why not; of two drops of one series one stores it.

    ``mine`` gathers the source objects this drop has stored: one multi-frame object may hold
    several volumes.
    """
    imaged = imaged_person(scanned.study)
    with session.begin() as work:
        person = whose(work, imaged)
        refusal = _why_not(work, scanned, mine, person)
    if refusal is not None:
        return refusal
    if isinstance(person, Offer):
        return person
    pixel_file = session.pixels.put(scanned.volume.voxels, person)
    header_file = session.pixels.put_bytes(scanned.headers, person)
    series = series_record(scanned, pixel_file, header_file)
    with session.begin() as work:
        refusal = _why_not(work, scanned, mine, person)
        if refusal is None:
            _put_patient(work, imaged, person, session.now())
            _store(work, scanned, series, person, session.now())
    if refusal is None:
        mine.update(one.uid for one in scanned.instances)
    return refusal  # files without rows are swept later


def _why_not(
    work: Work, scanned: ScannedSeries, mine: set[str], person: str | Offer
) -> Rejected | None:
    """Return why a series is not stored, or None."""
    name = scanned.description or f"series {scanned.number}"
    uids = [one.uid for one in scanned.instances]
    known = work.instances.known(uids)
    if work.series.get(scanned.uid) is not None:
        new = len(set(uids) - known)
        if not new:
            return Duplicate(name, "already imported; nothing was changed")
        return Rejected(
            name,
            f"the series is here already, and {new} image(s) of this drop are new to it;"
            " they were not added",
        )
    if len(known - mine) == len(uids):
        return Duplicate(name, "already imported under another series; nothing was changed")
    study = work.studies.get(scanned.study.uid)
    if study is not None and study.patient_id != person:
        return Rejected(name, "the same study is here under another patient; check who was imaged")
    return None


def _store(
    work: Work, scanned: ScannedSeries, series: Series, patient_id: str, now: datetime
) -> None:
    if not work.series.of_study(scanned.study.uid):  # new, or known by a report only
        work.studies.put(_study(scanned.study, patient_id, now))
    work.series.put(series)
    known = work.instances.known(one.uid for one in scanned.instances)
    work.instances.put_all(
        Instance(one.uid, series.uid, one.digest, one.number)
        for one in scanned.instances
        if one.uid not in known
    )
    work.note("series.imported", series.uid, patient_id=patient_id)


def _put_patient(work: Work, imaged: Patient, person: str, now: datetime) -> None:
    record = work.patients.get(person)
    if record is None:
        work.patients.put(replace(imaged, id=person, language=read_settings(work).language))
    else:
        complete(work, imaged, record, now)


def _study(facts: StudyFacts, patient_id: str, now: datetime) -> Study:
    return Study(
        uid=facts.uid,
        patient_id=patient_id,
        imported_at=now,
        description=facts.description,
        study_date=facts.study_date,
        accession=facts.accession,
        simulated=facts.simulated,
    )
