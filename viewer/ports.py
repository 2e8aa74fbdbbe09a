"""What seeing needs from others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from viewer.records import Instance, Patient, Series, Study


class Progress(Protocol):
    """Called by a job now and then; raises when the job is to stop."""

    def __call__(self, fraction: float, text: str, /) -> None:
        """Report a fraction 0..1 and what is being done."""


class PatientShelf(Protocol):
    """The durable home of patients."""

    def put(self, patient: Patient) -> None: ...
    def get(self, patient_id: str) -> Patient | None: ...
    def find(self, mrn: str, name: str, birth_date: date | None) -> Patient | None: ...
    def search(self, text: str, limit: int = 50) -> tuple[Patient, ...]: ...


class StudyShelf(Protocol):
    """The durable home of studies."""

    def put(self, study: Study) -> None: ...
    def get(self, uid: str) -> Study | None: ...
    def of_patient(self, patient_id: str) -> tuple[Study, ...]: ...


class SeriesShelf(Protocol):
    """The durable home of series."""

    def put(self, series: Series) -> None: ...
    def get(self, uid: str) -> Series | None: ...
    def of_study(self, study_uid: str) -> tuple[Series, ...]: ...


class InstanceShelf(Protocol):
    """The durable home of instances."""

    def put_all(self, instances: Iterable[Instance]) -> None: ...
    def known(self, uids: Iterable[str]) -> frozenset[str]: ...
