"""The kept lines of the worklist are what the plain query says, whatever was done to the rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, text

from app.accounts.records import Assignment
from app.records import SYSTEM, Urgency, WorklistFilter, WorklistStatus
from app.storage.folding import fold
from app.storage.work import Storage, Work
from app.storage.worklist_lines import plain_lines
from app.storage.worklist_tables import STALE_TRIGGERS
from assistant.records import ReportStatus
from inference.records import FindingStatus, RunOutcome
from tests.app.storage.many_studies import fill
from tests.app.storage.records import DRAFT, FINDING, NOW, RUN, SERIES, SIGNED, STUDY
from viewer.records import Patient

ACTS = 120
NAMES = ("Müller^Jane", "Roux^Paul", "O'Brien^Zoë", "王^小明", "Smith-Jones^Ida", "")
WORDS = ("MRI brain", "Brain with contrast", "Pituitary", "")


class Clinic:
    """A few studies to which random things happen, one transaction each."""

    def __init__(self, storage: Storage, seed: int) -> None:
        self.storage = storage
        self.dice = random.Random(seed)
        self.studies: list[str] = []
        self.done = 0

    def act(self) -> None:
        """Do one thing a workstation does to a study, or undo it by plain SQL."""
        self.done += 1
        acts: tuple[Callable[[Work], None], ...] = (
            *(self.new_study, self.new_series, self.edit_patient, self.edit_study),
            *(self.analyse, self.analyse, self.decide, self.decide),
            *(self.save_draft, self.save_draft, self.sign, self.sign, self.sign),
            *(self.enter_in_error, self.release),
            *(self.lose_run, self.lose_finding, self.find_more, self.assign),
        )
        act = self.dice.choice(acts) if self.studies else self.new_study
        with self.storage.begin(SYSTEM) as work:
            act(work)

    def new_study(self, work: Work) -> None:
        uid, patient = f"1.{self.done}", f"p{self.dice.randrange(6)}"
        if work.patients.get(patient) is None:
            work.patients.put(Patient(patient, self.dice.choice(NAMES), mrn=f"M-00{self.done}"))
        day = self.dice.choice((None, date(2026, 1, 1) + timedelta(self.dice.randrange(400))))
        work.studies.put(
            replace(
                STUDY,
                uid=uid,
                patient_id=patient,
                study_date=day,
                description=self.dice.choice(WORDS),
                modality=self.dice.choice(("MR", "CT")),
                imported_at=NOW + timedelta(minutes=self.dice.randrange(5)),
                simulated=self.dice.random() < 0.1,
            )
        )
        self.studies.append(uid)

    def new_series(self, work: Work) -> None:
        work.series.put(replace(SERIES, uid=f"1.9.{self.done}", study_uid=self.some()))

    def edit_patient(self, work: Work) -> None:
        study = work.studies.get(self.some())
        assert study is not None
        work.patients.put(Patient(study.patient_id, self.dice.choice(NAMES), mrn=f"X{self.done}"))

    def edit_study(self, work: Work) -> None:
        study = work.studies.get(self.some())
        assert study is not None
        work.studies.put(replace(study, description=self.dice.choice(WORDS)))

    def analyse(self, work: Work) -> None:
        uid, outcome = self.some(), self.dice.choice(tuple(RunOutcome))
        started = NOW + timedelta(minutes=self.dice.randrange(60))
        made = replace(RUN, id=f"run{self.done}", study_uid=uid, outcome=outcome)
        series = f"{uid}.{self.dice.randrange(2)}"
        work.runs.put(replace(made, series_uid=series, started_at=started))
        if outcome is RunOutcome.FINDINGS:
            found = replace(FINDING, id=f"f{self.done}", study_uid=uid, run_id=made.id)
            work.findings.put(found)

    def find_more(self, work: Work) -> None:
        uid = self.some()
        for run in work.runs.of_study(uid)[:1]:
            found = replace(FINDING, id=f"f{self.done}", study_uid=uid, run_id=run.id)
            work.findings.put(found)

    def decide(self, work: Work) -> None:
        for finding in work.findings.of_study(self.some()):
            status = self.dice.choice(tuple(FindingStatus))
            work.findings.put(replace(finding, status=status))

    def save_draft(self, work: Work) -> None:
        uid = self.some()
        if not work.reports.versions(f"r{uid}"):
            work.reports.put(replace(DRAFT, id=f"r{uid}", study_uid=uid))

    def sign(self, work: Work) -> None:
        self.next_version(work, ReportStatus.PRELIMINARY, ReportStatus.FINAL)

    def enter_in_error(self, work: Work) -> None:
        self.next_version(work, ReportStatus.ENTERED_IN_ERROR)

    def next_version(self, work: Work, *statuses: ReportStatus) -> None:
        uid = self.some()
        before = work.reports.get(f"r{uid}")
        if before is None or (before.status is ReportStatus.ENTERED_IN_ERROR):
            return
        fresh = before.status.is_draft
        if fresh == (statuses == (ReportStatus.ENTERED_IN_ERROR,)):
            return
        if not fresh and statuses != (ReportStatus.ENTERED_IN_ERROR,):
            return
        work.reports.put(
            replace(
                SIGNED,
                id=before.id,
                study_uid=uid,
                version=before.version if fresh else before.version + 1,
                status=self.dice.choice(statuses),
                previous_digest=before.signature.digest if before.signature else "",
            )
        )

    def release(self, work: Work) -> None:
        report = work.reports.get(f"r{self.some()}")
        if report is not None and report.status.is_final:
            work.reports.release(report.id, NOW)

    def assign(self, work: Work) -> None:
        reader = self.dice.choice(("", "iris", "otto"))
        work.assignments.add(Assignment(self.some(), reader, "iris", NOW))

    def lose_run(self, work: Work) -> None:
        runs = work.runs.of_study(self.some())
        if runs:
            sql(work).execute(text("DELETE FROM run WHERE id = :id"), {"id": runs[0].id})

    def lose_finding(self, work: Work) -> None:
        findings = work.findings.of_study(self.some())
        named = {one.status for one in findings}
        if findings and named:
            work.findings.remove(findings[0].id)

    def some(self) -> str:
        return self.dice.choice(self.studies)


def sql(work: Work) -> Connection:
    return work.audit._connection


def kept(work: Work) -> list[dict[str, object]]:
    rows = sql(work).execute(text("SELECT * FROM worklist_line ORDER BY rank"))
    lines = [dict(row._mapping) for row in rows]
    for line in lines:
        del line["rank"]
    return sorted(lines, key=in_order)


def plain(work: Work) -> list[dict[str, object]]:
    return sorted(plain_lines(sql(work)), key=in_order)


def in_order(line: dict[str, object]) -> tuple[object, ...]:
    return line["study_uid"], line["status"]


@pytest.mark.parametrize("seed", range(3))
def test_the_kept_lines_are_the_plain_query_after_every_act(storage: Storage, seed: int) -> None:
    clinic = Clinic(storage, seed)
    seen: set[object] = set()
    for _ in range(ACTS):
        clinic.act()
        with storage.begin(SYSTEM) as work:
            now = plain(work)
            assert kept(work) == now
            total = sql(work).scalar(text("SELECT studies FROM worklist_total"))
            assert total == len(now)
            seen |= {line["status"] for line in now} | {line["urgency"] for line in now}
    assert seen >= {"unread", "assigned", "draft", 2}
    assert seen & {"preliminary", "signed", "released"}


@pytest.mark.parametrize("seed", range(3))
def test_the_list_stands_in_the_order_of_the_plain_query(storage: Storage, seed: int) -> None:
    clinic = Clinic(storage, seed)
    for _ in range(ACTS):
        clinic.act()
    with storage.begin(SYSTEM) as work:
        order = [(line["urgency"], line["imported_at"]) for line in plain_lines(sql(work))]
        listed = work.worklist.page(limit=1_000).entries
        assert [(one.urgency, one.imported_at) for one in listed] == [
            (urgency, type(NOW).fromisoformat(str(at))) for urgency, at in order
        ]
        newest = work.worklist.page(limit=1_000, by_urgency=False).entries
        times = [one.imported_at for one in newest]
        assert times == sorted(times, reverse=True)
        assert {one.study_uid for one in newest} == {one.study_uid for one in listed}


MARKS = tuple(trigger.split()[2] for trigger in STALE_TRIGGERS)
NEVER_HERE = {
    # nothing of this program deletes a study or a series, moves a release, or changes a run:
    # test_dropped_triggers does it by plain SQL
    *("worklist_gone_study", "worklist_gone_series", "worklist_changed_series"),
    *("worklist_changed_run", "worklist_changed_report_release", "worklist_gone_report_version"),
    "worklist_gone_report_release",
}


@pytest.mark.parametrize("trigger", sorted({*MARKS, "worklist_new_assignment"} - NEVER_HERE))
def test_without_one_of_its_triggers_a_line_goes_wrong(storage: Storage, trigger: str) -> None:
    """The broken variants: each trigger dropped, and the comparison above would be red."""
    with storage.begin(SYSTEM) as work:
        sql(work).execute(text(f"DROP TRIGGER {trigger}"))
    for seed in range(6):
        clinic = Clinic(storage, seed)
        clinic.done = 1_000 * seed
        for _ in range(ACTS):
            clinic.act()
            with storage.begin(SYSTEM) as work:
                if kept(work) != plain(work):
                    return
    pytest.fail(f"nothing went wrong without {trigger}")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM study WHERE uid = '1.2'",
        "UPDATE study SET uid = '1.3' WHERE uid = '1.2'",
        "UPDATE series SET study_uid = '1.4' WHERE uid = '1.2.3'",
        "DELETE FROM series WHERE uid = '1.2.3'",
        "UPDATE run SET outcome = 'not-analysed', reason = 'x'",
        "UPDATE finding SET status = 'rejected'",
        "DELETE FROM report_version",
    ],
)
def test_plain_sql_past_the_shelves_marks_its_lines_too(storage: Storage, statement: str) -> None:
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p", "Roux^Paul"))
        for uid in ("1.2", "1.4"):
            work.studies.put(replace(STUDY, uid=uid))
        work.runs.put(replace(RUN, id="run", study_uid="1.4", outcome=RunOutcome.FINDINGS))
        work.findings.put(replace(FINDING, study_uid="1.4", run_id="run"))
        work.reports.put(replace(DRAFT, study_uid="1.4"))
        work.series.put(replace(SERIES, study_uid="1.4"))
    with storage._engine.begin() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(text(statement))
        changed = connection.scalar(text("SELECT count(*) FROM worklist_stale"))
        assert changed
    with storage.begin(SYSTEM) as work:
        work.worklist.refresh()
        assert kept(work) == plain(work)


@pytest.fixture
def filled(storage: Storage) -> Storage:
    with storage.begin(SYSTEM) as work:
        fill(sql(work), 400)
    return storage


def begins(entry_text: str, word: str) -> bool:
    apart = "".join(mark if mark.isalnum() else " " for mark in fold(entry_text))
    joined = fold(entry_text).split()
    stripped = [part.lstrip("0") for part in apart.split() if part.isdecimal()]
    whole = ["".join(filter(str.isalnum, part)) for part in joined]
    return any(part.startswith(word) for part in (*apart.split(), *whole, *stripped))


@pytest.mark.parametrize(
    "search",
    [
        *("m", "ma", "maria", "MARIA schm", "müll", "garcia lop", "o'b", "obrien", "smith jon"),
        *("mrn-0000012", "12", "mrn0000", "tumour", "brain mar", "follow-up", "zz", "oster", "ø"),
    ],
)
def test_a_search_finds_what_begins_with_its_words_and_nothing_else(
    filled: Storage, search: str
) -> None:
    wanted = "".join(mark if mark.isalnum() else " " for mark in fold(search)).split()
    with filled.begin(SYSTEM) as work:
        everything = work.worklist.page(limit=1_000).entries
        found = work.worklist.page(search, limit=1_000).entries
    assert len(everything) == 400
    assert [one.study_uid for one in found] == [
        one.study_uid
        for one in everything
        if all(begins(f"{one.patient_name} {one.mrn} {one.description}", word) for word in wanted)
    ]


def test_a_word_is_found_without_case_accents_hyphens_and_leading_zeros(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p", "Åkesson-Strauß^Zoë", mrn="M-0077"))
        work.patients.put(Patient("q", "王小明", mrn="12"))
        work.studies.put(replace(STUDY, uid="1", patient_id="p"))
        work.studies.put(replace(STUDY, uid="2", patient_id="q"))
    for search in ("akesson", "STRAUSS", "zoe aker".replace("r", "s"), "m0077", "M-0077", "77"):
        assert uids(storage, search) == ["1"], search
    assert uids(storage, "小明") == ["2"]
    assert uids(storage, "kesson") == []


def uids(storage: Storage, search: str = "", wanted: WorklistFilter | None = None) -> list[str]:
    with storage.begin(SYSTEM) as work:
        page = work.worklist.page(
            search, wanted or WorklistFilter(), today=date(2026, 1, 1), limit=1_000
        )
    return [one.study_uid for one in page.entries]


def filters() -> Iterable[WorklistFilter]:
    dice = random.Random(8)
    for _ in range(60):
        first = date(2021, 1, 1) + timedelta(days=dice.randrange(1_900))
        yield WorklistFilter(
            statuses=tuple(dice.sample(tuple(WorklistStatus), dice.choice((0, 0, 1, 3)))),
            urgencies=tuple(dice.sample(tuple(Urgency), dice.choice((0, 0, 1, 2)))),
            modalities=dice.choice(((), (), ("MR",), ("CT",), ("MR", "CT"))),
            since=dice.choice((None, first)),
            until=dice.choice((None, first + timedelta(days=dice.randrange(900)))),
            last_days=dice.choice((0, 0, 0, 1, 400)),
            unread=dice.random() < 0.3,
        )


def passes(entry: object, wanted: WorklistFilter, today: date) -> bool:
    day = getattr(entry, "study_date")  # noqa: B009 - an entry of the worklist
    status = getattr(entry, "status")  # noqa: B009
    back = today - timedelta(days=wanted.last_days - 1)
    return all(
        (
            not wanted.statuses or status in wanted.statuses,
            not wanted.urgencies or getattr(entry, "urgency") in wanted.urgencies,  # noqa: B009
            not wanted.modalities or getattr(entry, "modality") in wanted.modalities,  # noqa: B009
            wanted.since is None or day >= wanted.since,
            wanted.until is None or day <= wanted.until,
            not wanted.last_days or back <= day <= today,
            not wanted.unread or status not in {WorklistStatus.SIGNED, WorklistStatus.RELEASED},
        )
    )


def test_a_filter_lets_through_exactly_what_it_says(filled: Storage) -> None:
    today = date(2026, 1, 1)
    with filled.begin(SYSTEM) as work:
        everything = work.worklist.page(limit=1_000).entries
    some = 0
    for wanted in filters():
        expected = [one.study_uid for one in everything if passes(one, wanted, today)]
        assert uids(filled, "", wanted) == expected, wanted
        some += bool(expected)
    assert some > 15


def test_earlier_studies_of_the_patient_are_counted_with_the_day_of_the_last(
    storage: Storage,
) -> None:
    with storage.begin(SYSTEM) as work:
        work.patients.put(Patient("p", "Roux^Paul"))
        for uid, day in (("1", date(2024, 5, 6)), ("2", date(2025, 1, 2)), ("3", None)):
            work.studies.put(replace(STUDY, uid=uid, study_date=day))
        lines = {one.study_uid: one for one in work.worklist.page().entries}
    assert {uid: (one.prior_count, one.last_prior) for uid, one in lines.items()} == {
        "1": (0, None),
        "2": (1, date(2024, 5, 6)),
        "3": (2, date(2025, 1, 2)),
    }
