"""The wrong-patient guard: what the images say of their patient against the record.

A scanner's worklist, a wrongly matched import or a merged record can put one person's images under
another's name. Before a report is signed, the header of every series is compared with the record.
A patient's account is compared with the record before it is matched and may read it. Images that
come for a record made by hand are compared with it before they join it.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from app.errors import StorageError, WrongPatientError
from app.records import Account
from app.storage.pixels import PixelFiles
from app.workflow.numbering import is_own_number
from viewer.dicom.elements import header_rows
from viewer.records import Patient, Series

_NAME, _ID, _BIRTH = "PatientName", "PatientID", "PatientBirthDate"
_PATIENTS = uuid.UUID("6f1b7d5e-6d0f-5c58-9f0e-3f6f5a1c7a10")


class Agreement(StrEnum):
    """Whether a record without images and the patient of new images are one person."""

    SAME = "same"
    PERHAPS = "perhaps"
    OTHER = "other"


def person_id(number: str, name: str, born: date | None) -> str:
    """Return the id of a person: the same on every workstation, see ADR 3."""
    known = (number, name.casefold(), str(born or ""))
    return str(uuid.uuid5(_PATIENTS, "\x1f".join(known)))


def agreement(record: Patient, imaged: Patient) -> Agreement:
    """Compare a record that has no images yet with the patient of images.

    SAME needs one number, one date of birth and a word of the name in common. PERHAPS is for a
    person to say: one number and nothing that contradicts, or a record under a number of the
    program's own whose name and date of birth agree.
    """
    if not _words(record.name) & _words(imaged.name):
        return Agreement.OTHER
    born = record.birth_date is not None and record.birth_date == imaged.birth_date
    if _one_number(record.mrn, imaged.mrn):
        if born:
            return Agreement.SAME
        unsaid = record.birth_date is None or imaged.birth_date is None
        return Agreement.PERHAPS if unsaid else Agreement.OTHER
    replaced = not record.mrn or is_own_number(record.mrn)
    return Agreement.PERHAPS if born and replaced else Agreement.OTHER


def is_alike(one: Patient, other: Patient) -> bool:
    """Whether two records may be one person: one number, or name and date of birth."""
    born = one.birth_date is not None and one.birth_date == other.birth_date
    named = bool(_words(one.name) & _words(other.name))
    return _one_number(one.mrn, other.mrn) or (born and named)


def differing_records(one: Patient, other: Patient) -> tuple[str, ...]:
    """Return in which words two records differ; what either leaves empty says nothing."""
    other_sex = bool(one.sex and other.sex and one.sex != other.sex)
    return (*differing_person(one, other), *(["sex"] * other_sex))


def check_patient(pixels: PixelFiles, patient: Patient, series: Iterable[Series]) -> None:
    """Raise WrongPatientError where a header names another number, birth date or name.

    What either side leaves empty says nothing. Names agree if they share a word: spelling,
    order and married names differ between systems, numbers and birth dates do not.
    """
    for one in series:
        wrong = _differing(patient, _facts(pixels, one))
        if wrong:
            raise WrongPatientError(
                f"The images of the series “{one.description or one.number}” carry another"
                f" {wrong} than this patient's record. Nothing was signed. Have the study matched"
                " with the right patient first."
            )


def differing_person(account: Account | Patient, patient: Patient) -> tuple[str, ...]:
    """Return in which words an account and a record name different people; empty: they agree.

    Compared as images are with a record: what either side leaves empty says nothing, and names
    agree if they share a word.
    """
    there, here = _words(account.name), _words(patient.name)
    differs = {
        "name": bool(there and here and not there & here),
        "date of birth": bool(
            account.birth_date and patient.birth_date and account.birth_date != patient.birth_date
        ),
        "record number": bool(
            account.mrn and patient.mrn and account.mrn.casefold() != patient.mrn.casefold()
        ),
    }
    return tuple(word for word, is_other in differs.items() if is_other)


def _one_number(one: str, other: str) -> bool:
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


def _facts(pixels: PixelFiles, series: Series) -> dict[str, str]:
    if not series.header_file:
        return {}
    try:
        rows = header_rows(pixels.get_bytes(series.header_file))
    except (StorageError, KeyError, ValueError, TypeError, AttributeError):
        return {}
    return {
        row.keyword: row.value.strip()
        for row in rows.elements
        if row.keyword in {_NAME, _ID, _BIRTH} and row.level == 0
    }


def _differing(patient: Patient, facts: dict[str, str]) -> str:
    number, born = facts.get(_ID, ""), re.sub(r"\D", "", facts.get(_BIRTH, ""))
    if number and patient.mrn and number.casefold() != patient.mrn.casefold():
        return "record number"
    if len(born) == 8 and patient.birth_date and born != patient.birth_date.strftime("%Y%m%d"):
        return "birth date"
    there, here = _words(facts.get(_NAME, "")), _words(patient.name)
    if there and here and not there & here:
        return "name"
    return ""


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return frozenset(re.findall(r"[^\W\d_]{2,}", plain))
