"""A clinic with a doctor, one small study on the shelf and an analyser that answers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.pages.context import PageContext
from app.pages.reading.page import ReadingPage
from app.records import Role
from app.tasks import Tasks
from app.workflow import admitting
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from inference.ports import Analysis, Priority
from inference.records import (
    Attribution,
    Finding,
    FindingStatus,
    Measurement,
    ModelCard,
    Run,
    RunOutcome,
)
from tests.app.workflow.conftest import show_at_once
from viewer.ports import Progress
from viewer.records import Geometry, GeometryKind, Patient, Series, Study, Volume

PASSWORD = "a long enough sentence 7"
STUDY, OTHER = "1.2.840.99999.1", "1.2.840.99999.2"
SHAPE = (6, 24, 30)
SCORES = {"inside_outline": 0.5, "outline_share_of_head": 0.1}
SPOT = (slice(3, 5), slice(5, 10), slice(18, 24))


class ProbeAnalyser:
    """An analyser whose outcome a test chooses; ``gate`` holds it back until it is set."""

    def __init__(self) -> None:
        self.outcome = RunOutcome.FINDINGS
        self.reason = ""
        self.version = "1"
        self.cautions: tuple[str, ...] = ()
        self.performance: dict[str, float] = {}
        self.calibration: dict[str, object] = {}
        self.gate = threading.Event()
        self.gate.set()

    def card(self) -> ModelCard:
        figures, calibration = self.performance, self.calibration
        return ModelCard(
            "probe", self.version, self._weights(), "tests", "nothing", figures, (), calibration
        )

    def _weights(self) -> str:
        return "ab" * 32 if self.version == "1" else "cd" * 32

    def device(self) -> str:
        return "CPU"

    def close(self) -> None:
        self.gate.set()

    def analyse(
        self,
        series: Series,
        volume: Volume,
        progress: Progress,
        priority: Priority = Priority.INTERACTIVE,
    ) -> Analysis:
        while not self.gate.wait(0.01):
            progress(0.5, "Waiting")
        progress(0.9, "Measuring")
        found = self.outcome is RunOutcome.FINDINGS
        more = "" if self.version == "1" else f"-{self.version}"
        run = Run(
            f"run-{series.study_uid}{more}",
            series.study_uid,
            series.uid,
            "probe",
            self.version,
            self._weights(),
            "CPU",
            datetime.now(UTC),
            2.0,
            self.outcome,
            self.reason,
            attribution=Attribution("Grad-CAM", "last", (8, 8), SCORES) if found else None,
            cautions=self.cautions,
        )
        if not found:
            return Analysis(run, (), None, None)
        labels = np.zeros(SHAPE, np.uint8)
        labels[SPOT] = 1
        heat = labels.astype(np.float16)
        findings = tuple(_finding(number, series, volume, run.id) for number in (1, 2))
        return Analysis(run, findings, labels, heat)


def _finding(number: int, series: Series, volume: Volume, run_id: str) -> Finding:
    return Finding(
        id=f"{run_id.removeprefix('run-')}-{number}",
        study_uid=series.study_uid,
        series_uid=series.uid,
        code="lesion",
        label="Enhancing lesion",
        status=FindingStatus.SUGGESTED,
        centre_mm=volume.to_mm((20.6, 7.2, 4.0)),
        slice_index=4,
        side="left",
        place="left frontal lobe",
        measurements=(Measurement("largest diameter", 12.0 * number, "mm", "in plane"),),
        probability=0.9,
        run_id=run_id,
        label_value=number,
    )


class Unplaced:
    """Knows of no series how it lies to the head; a registration would only cost seconds here."""

    def place(self, _series_uid: str, _volume: Volume) -> None:
        return None


@dataclass
class Desk:
    """A reading page with everything behind it real but the model."""

    page: ReadingPage
    workstation: Workstation
    session: Session
    tasks: Tasks
    analyser: ProbeAnalyser
    wait: Callable[[Callable[[], bool]], None]
    shown: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    news: list[str] = field(default_factory=list)

    def open(self, study_uid: str = STUDY) -> None:
        self.page.open(study_uid=study_uid)
        self.wait(lambda: self.page.state is not None)

    def analyse(self) -> None:
        self.page.analysis.wanted.emit()
        self.wait(lambda: bool(self.page.findings.findings))


@dataclass
class _Navigator:
    shown: list[tuple[str, dict[str, str]]]
    news: list[str]

    def show(self, page: str, **ids: str) -> None:
        self.shown.append((page, ids))

    def banner(self, text: str, kind: str = "info") -> None:
        self.news.append(f"{kind}: {text}")


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A reading page with two studies on the shelf."""
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    workstation = Workstation(tmp_path / "home", cost=KdfCost.TESTING)
    session = _staffed(workstation)
    _put_study(session, STUDY, "Canary, Zoe", "MRN-1")
    _put_study(session, OTHER, "Other, Ann", "MRN-2")
    analyser = ProbeAnalyser()
    monkeypatch.setattr(workstation, "_analyser", analyser)
    monkeypatch.setattr(workstation, "_placer", Unplaced())
    tasks = Tasks()
    shown: list[tuple[str, dict[str, str]]] = []
    news: list[str] = []
    page = ReadingPage(PageContext(workstation, tasks, session, _Navigator(shown, news)))
    # The rendering process has tests of its own; here it would only cost seconds.
    monkeypatch.setattr(page.grid.volume, "show_volume", lambda *_: None)
    qtbot.addWidget(page)
    page.resize(1280, 700)
    page.show()

    def wait(until: Callable[[], bool]) -> None:
        qtbot.waitUntil(until, timeout=20_000)

    yield Desk(page, workstation, session, tasks, analyser, wait, shown, news)
    analyser.gate.set()
    page.leave()
    tasks.close()
    workstation.close()


def _staffed(workstation: Workstation) -> Session:
    workstation.clinic.found(
        clinic_name="Hillside",
        zone="Asia/Kathmandu",
        name="Ada Root",
        username="root",
        password=PASSWORD,
    )
    admin = workstation.clinic.sign_in("root", PASSWORD)
    show_at_once(admin)
    doctor = SignUp(Role.DOCTOR, "Iris Moreau", "iris", PASSWORD, specialty="Radiology")
    admitting.add_staff(admin, doctor)
    return workstation.clinic.sign_in("iris", PASSWORD)


def brightness(study_uid: str) -> int:
    """Value of the first voxel, which tells the studies apart."""
    return 1000 + int(study_uid[-1])


def pictured(study_uid: str) -> tuple[np.ndarray, np.ndarray]:
    """Voxels and affine of a study's series."""
    voxels = np.random.default_rng(7).integers(0, 400, SHAPE, dtype=np.uint16)
    voxels[SPOT] = 1500
    voxels[0, 0, 0] = brightness(study_uid)
    affine = np.diag([4.0, 4.0, 6.0, 1.0])
    affine[:3, 3] = (-60.0, -46.0, -15.0)
    return voxels, affine


def _put_study(session: Session, uid: str, name: str, mrn: str) -> None:
    voxels, affine = pictured(uid)
    with session.begin() as work:
        work.patients.put(Patient(mrn, name, mrn=mrn, birth_date=date(1960, 2, 3), sex="F"))
        work.studies.put(Study(uid, mrn, datetime.now(UTC), "MRI head", date(2026, 1, 5)))
        for number in (1, 2):
            pixel_file = session.pixels.put(voxels, mrn)
            work.series.put(_series(uid, number, voxels, affine, pixel_file))


def _series(
    uid: str, number: int, voxels: np.ndarray, affine: np.ndarray, pixel_file: str
) -> Series:
    return Series(
        uid=f"{uid}.{number}",
        study_uid=uid,
        description=f"T1 number {number}",
        modality="MR",
        number=number,
        shape=voxels.shape,
        spacing_mm=tuple(float(edge) for edge in np.linalg.norm(affine[:3, :3], axis=0)),
        dtype=str(voxels.dtype),
        affine=tuple(float(value) for value in affine.ravel()),
        geometry=Geometry(GeometryKind.REGULAR, 0.0),
        physics={"ContrastBolusAgent": "yes"} if number == 1 else {},
        pixel_file=pixel_file,
    )
