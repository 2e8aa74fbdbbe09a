"""A hundred thousand studies: what a search costs, beside the query that gathers everything.

Each figure is of the workflow function the page calls: session, rights, storage on SQLCipher,
records. Printed are the wall's time and the processor's (system calls included); held to 50 ms is
the processor's, since whoever else computes here must not decide this. Each kind of query has three
rounds and the best one counts: what is not fast is slow in all three.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from pytestqt.qtbot import QtBot

from app.bootstrap import Workstation
from app.records import Urgency, WorklistFilter, WorklistStatus
from app.storage.folding import found_in
from app.storage.worklist_lines import plain_lines
from app.workflow import worklist
from app.workflow.session import Session
from tests.app.shell.driver import DESK, DOCTOR, PASSWORD, Driver, found_clinic
from tests.bench.clock import load_average, median, p95
from tests.bench.heart import Heart

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

STUDIES = 100_000
ROUNDS, REPEATS = 3, 20
MOST_MS = 50.0
MOST_GAP_MS = 100.0

SEARCHES: Mapping[str, tuple[str, ...]] = {
    "first page": ("",),
    "one letter": ("m", "a", "s", "q"),
    "two letters": ("ma", "mu", "ob", "zo", "12"),
    "a word": ("maria", "schmidt", "mri", "brain", "müller", "epilepsy"),
    "several words": ("maria schmidt", "m b c", "mri brain", "kowalski jean", "epil ta"),
    "record number": ("MRN-0012345", "mrn-00123", "mrn0000", "0012345", "12345"),
    "nothing": ("zebra", "qq xx"),
}
FILTERS: Mapping[str, tuple[WorklistFilter, ...]] = {
    "not read": (WorklistFilter(unread=True),),
    "urgent, MR, this month": (
        WorklistFilter(urgencies=(Urgency.SUSPECTED,), modalities=("MR",), last_days=30),
    ),
    "days, from and to": (
        WorklistFilter(since=date(2021, 2, 3), until=date(2024, 11, 5)),
        WorklistFilter(since=date(2022, 2, 3), until=date(2022, 11, 27)),
    ),
    "few at the end": (
        WorklistFilter(statuses=(WorklistStatus.SIGNED,), modalities=("CT",)),
        WorklistFilter(statuses=(WorklistStatus.DRAFT,), until=date(2021, 6, 1)),
    ),
    "assigned to me": (WorklistFilter(mine=True),),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clinic with its people and a hundred thousand studies."""
    folder = tmp_path_factory.mktemp("many") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAGITTAL_KEYRING", "none")
        found_clinic(folder)
        workstation = Workstation(folder)
        session = workstation.clinic.sign_in(DOCTOR, PASSWORD)
        key = bytes(session.keys._key()).hex()
        workstation.close()
        (database,) = folder.rglob("sagittal.db")
        command = (sys.executable, "-m", "tests.bench.filled_worklist", str(database))
        subprocess.run((*command, key, str(STUDIES)), check=True)
        yield folder


@pytest.fixture
def clinic(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workstation]:
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    opened = Workstation(home)
    yield opened
    opened.close()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


class Taken(NamedTuple):
    """Milliseconds of one answer, by the processor and by the wall's clock."""

    work_ms: float
    wall_ms: float


def measured(session: Session, search: str, wanted: WorklistFilter) -> list[Taken]:
    taken = []
    for _ in range(REPEATS):
        work, wall = time.process_time(), time.perf_counter()
        worklist.listed(session, search, wanted)
        work, wall = time.process_time() - work, time.perf_counter() - wall
        taken.append(Taken(1e3 * work, 1e3 * wall))
    return taken


def work_p95(taken: Sequence[Taken]) -> float:
    return p95([one.work_ms for one in taken])


def best(session: Session, searches: tuple[str, ...], wanted: WorklistFilter) -> list[Taken]:
    """The round with the lowest p95."""
    rounds = [
        [one for search in searches for one in measured(session, search, wanted)]
        for _ in range(ROUNDS)
    ]
    return min(rounds, key=work_p95)


def plain_ms(session: Session) -> float:
    """What the list cost before: every line gathered, then searched by its words."""
    began = time.perf_counter()
    with session.begin() as work:
        lines = plain_lines(work.audit._connection)
        [
            line
            for line in lines
            if found_in(f"{line['patient_name']} {line['mrn']} {line['description']}", "maria")
        ]
    return 1e3 * (time.perf_counter() - began)


def test_every_search_and_filter_answers_within_50_ms(clinic: Workstation) -> None:
    doctor = clinic.clinic.sign_in(DOCTOR, PASSWORD)
    assert worklist.listed(doctor).total == STUDIES
    plain = min(plain_ms(doctor) for _ in range(2))
    found = {name: best(doctor, texts, WorklistFilter()) for name, texts in SEARCHES.items()}
    for name, filters in FILTERS.items():
        rounds = [best(doctor, ("", "ma"), wanted) for wanted in filters]
        found[name] = [one for taken in rounds for one in taken]
    desk = clinic.clinic.sign_in(DESK, PASSWORD)
    found["the desk, newest first"] = best(desk, ("", "m", "maria"), WorklistFilter())
    say(f"\n{STUDIES:,} studies; the plain query: {plain:,.0f} ms; load {load_average():.1f}")
    for name, taken in found.items():
        work, wall = [one.work_ms for one in taken], [one.wall_ms for one in taken]
        figures = f"p50 {median(work):5.1f} p95 {p95(work):5.1f} ms of work"
        waited = f"p50 {median(wall):5.1f} p95 {p95(wall):5.1f} ms by the wall"
        say(f"{name:24} {figures}, {waited}, plain {plain / median(wall):,.0f}x")
    assert {name: ms for name, one in found.items() if (ms := work_p95(one)) > MOST_MS} == {}


def test_a_finding_decided_costs_one_line_not_the_list(clinic: Workstation) -> None:
    doctor = clinic.clinic.sign_in(DOCTOR, PASSWORD)
    urgent = WorklistFilter(urgencies=(Urgency.SUSPECTED,))
    taken = []
    for entry in worklist.listed(doctor, "", urgent).entries[:40]:
        began = time.perf_counter()
        with doctor.begin() as work:
            for finding in work.findings.of_study(entry.study_uid):
                work.findings.put(finding)
        taken.append(1e3 * (time.perf_counter() - began))
    say(f"\nwrite of a finding with its line: p50 {median(taken):.1f} p95 {p95(taken):.1f} ms")
    assert median(taken) < MOST_MS


def test_typing_never_stops_the_window(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letter after letter over the whole list, with pictures and lines coming in between."""
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    driver = Driver(qtbot, home)
    driver.enter(DOCTOR)
    page = driver.page
    gaps = []
    for word in ("maria schmidt", "müller", "mrn-00123", "epilepsy"):
        heart = Heart()
        heart.begin()
        for at in range(len(word)):
            page.search.setText(word[: at + 1])  # type: ignore[attr-defined]
            qtbot.wait(120)
        driver.settle()
        gaps.append(heart.end())
        assert page.table.rows.records  # type: ignore[attr-defined]
    driver.close()
    say(f"\nlongest pause while typing: {', '.join(f'{one:.0f}' for one in gaps)} ms")
    assert min(gaps) < MOST_GAP_MS
