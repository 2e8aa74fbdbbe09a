"""Every shelf is honest: what is put is what is got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.accounts.passwords import normal_username
from app.errors import UsernameTakenError
from app.records import SYSTEM, AccountStatus
from app.storage import schema
from app.storage.work import Storage, Work
from scheduling.records import Availability, NoticeState, Practitioner
from sync.records import EnvelopeState, Peer
from tests.app.conftest import MASTER_KEY
from tests.app.storage import generated as g
from tests.app.storage import generated_booking as b
from tests.app.storage import records as r
from viewer.records import Instance, Patient


class RolledBackError(Exception):
    """Ends a work that is to leave nothing."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    opened = Storage(tmp_path_factory.mktemp("shelves"), MASTER_KEY)
    with opened.begin(SYSTEM) as work:
        work.patients.put(r.PATIENT)
        work.studies.put(r.STUDY)
        work.series.put(r.SERIES)
        work.appointments.put(r.APPOINTMENT)
    yield opened
    opened.close()


@contextmanager
def passing(storage: Storage) -> Iterator[Work]:
    """A work that leaves nothing behind."""
    try:
        with storage.begin(SYSTEM) as work:
            yield work
            raise RolledBackError
    except RolledBackError:
        pass


def put_and_get(shelf: str, key: str = "id") -> Callable[[Work, Any], Any]:
    def trip(work: Work, record: Any) -> Any:
        getattr(work, shelf).put(record)
        return getattr(work, shelf).get(getattr(record, key))

    return trip


def envelope_trip(work: Work, record: Any) -> Any:
    work.envelopes.put(record)
    got = work.envelopes.get(record.id)
    assert got is not None
    assert got.seq > 0
    return replace(got, seq=0)


def numbered_trip(shelf: str) -> Callable[[Work, Any], Any]:
    def trip(work: Work, record: Any) -> Any:
        got = put_and_get(shelf)(work, record)
        assert got.seq > 0
        return replace(got, seq=0)

    return trip


def availability_trip(work: Work, record: Any) -> Any:
    work.availabilities.put(record)
    return work.availabilities.of_practitioner(record.practitioner_id)[0]


def peer_trip(work: Work, record: Any) -> Any:
    work.replica.set_peer(record)
    return work.replica.peer()


def conflict_trip(work: Work, record: Any) -> Any:
    work.conflicts.put(record)
    return work.conflicts.open()[0]


TRIPS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Work, Any], Any]]] = {
    "patient": (g.patients, put_and_get("patients")),
    "study": (g.studies, put_and_get("studies", "uid")),
    "series": (g.series, put_and_get("series", "uid")),
    "run": (g.runs, put_and_get("runs")),
    "finding": (g.findings, put_and_get("findings")),
    "comparison": (g.comparisons, put_and_get("comparisons", "series_uid")),
    "report": (g.drafts, put_and_get("reports")),
    "annotation": (g.annotations, put_and_get("annotations")),
    "key image": (g.key_images, put_and_get("key_images")),
    "label stroke": (g.strokes, numbered_trip("strokes")),
    "edit": (g.edits, numbered_trip("edits")),
    "practitioner": (b.practitioners, put_and_get("practitioners")),
    "availability": (b.availabilities, availability_trip),
    "appointment": (b.appointments, put_and_get("appointments")),
    "place": (b.sites, put_and_get("places")),
    "resource": (b.resources, put_and_get("resources")),
    "visit type": (b.visit_types, put_and_get("visit_types")),
    "absence": (b.absences, put_and_get("absences")),
    "hold": (b.holds, put_and_get("holds")),
    "waiting": (b.waitings, put_and_get("waiting")),
    "notice": (b.notices, put_and_get("notices")),
    "contact preferences": (b.preferences, put_and_get("preferences", "patient_id")),
    "language model": (g.language_models, put_and_get("language_models")),
    "leaflet": (g.leaflets, put_and_get("leaflets")),
    "envelope": (b.envelopes, envelope_trip),
    "peer": (b.peers, peer_trip),
    "conflict": (b.conflicts, conflict_trip),
    "account": (g.accounts, put_and_get("accounts")),
}


@pytest.mark.parametrize("name", TRIPS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_shelf_gives_back_what_was_put(name: str, data: st.DataObject, shared: Storage) -> None:
    records, trip = TRIPS[name]
    record = data.draw(records)
    with passing(shared) as work:
        assert trip(work, record) == record


@pytest.mark.parametrize("name", [name for name in TRIPS if name not in {"notice", "envelope"}])
def test_putting_again_replaces_the_record(name: str, shared: Storage) -> None:
    records, trip = TRIPS[name]
    with passing(shared) as work:
        first, second = (find_one(records, at) for at in (0, 1))
        trip(work, first)
        assert trip(work, second) == second


def find_one(records: st.SearchStrategy[Any], seed: int) -> Any:
    found: list[Any] = []

    @settings(max_examples=seed + 1, database=None, derandomize=True, deadline=None)
    @given(records)
    def collect(record: Any) -> None:
        found.append(record)

    collect()
    return found[-1]


def test_every_field_has_its_column_and_every_column_its_field() -> None:
    extra = {"account": {"username_key"}, "peer": {"only"}}
    kinds = {
        "patient": Patient,
        "study": type(r.STUDY),
        "series": type(r.SERIES),
        "instance": Instance,
        "run": type(r.RUN),
        "finding": type(r.FINDING),
        "practitioner": Practitioner,
        "availability": Availability,
        "appointment": type(r.APPOINTMENT),
        "notice": type(r.NOTICE),
        "envelope": type(r.ENVELOPE),
        "peer": Peer,
        "account": type(r.ACCOUNT),
    }
    for name, kind in kinds.items():
        columns = {column.name for column in schema.metadata.tables[name].columns}
        assert columns - extra.get(name, set()) == {part.name for part in fields(kind)}, name


def test_patient_is_found_by_mrn_name_and_birth_date_together(shared: Storage) -> None:
    with passing(shared) as work:
        assert work.patients.find("M-77", "CANARY^ZEBRA", None) == r.PATIENT
        assert work.patients.find("M-77", "CANARY^LION", None) is None
        assert work.patients.find("M-78", "CANARY^ZEBRA", None) is None
        assert work.patients.find("M-77", "CANARY^ZEBRA", r.NOW.date()) is None


@pytest.mark.parametrize("text", ["zebra", "ZEBRA can", "m-77", "zébra", ""])
def test_search_as_one_types_finds_the_patient(text: str, shared: Storage) -> None:
    with passing(shared) as work:
        assert work.patients.search(text) == (r.PATIENT,)
        assert work.patients.search(text + " lion%_") == ()


def test_known_instances_are_recognised_among_thousands(shared: Storage) -> None:
    with passing(shared) as work:
        work.instances.put_all(Instance(f"i{n}", "1.2.3", "00", n) for n in range(700))
        asked = [f"i{n}" for n in range(650, 2000)]
        assert work.instances.known(asked) == {f"i{n}" for n in range(650, 700)}
        assert work.instances.known([]) == frozenset()


def test_a_second_notice_of_the_same_key_is_ignored(shared: Storage) -> None:
    with passing(shared) as work:
        work.notices.put(r.NOTICE)
        work.notices.put(replace(r.NOTICE, id="n2", body="again"))
        work.notices.put(replace(r.NOTICE, id="n3", sequence=1))
        work.notices.put(replace(r.NOTICE, id="n4", ahead_minutes=60))
        work.notices.put(replace(r.NOTICE, id="n5", recipient="else@b.example"))
        kept = [notice.id for notice in work.notices.of_appointment("ap")]
        assert kept == ["n", "n3", "n4", "n5"]


def test_due_notices_are_the_unfinished_ones_whose_time_has_come(shared: Storage) -> None:
    later, hour = r.NOW + timedelta(seconds=1), timedelta(hours=1)
    cases = {
        "planned": {},
        "left sending": {"state": NoticeState.SENDING, "next_try_at": r.NOW},
        "expired": {"expires_at": r.NOW - hour},
        "not yet": {"due_at": later},
        "waits": {"next_try_at": later},
        "leased": {"state": NoticeState.SENDING, "next_try_at": later},
        "done": {"state": NoticeState.ACCEPTED},
    }
    with passing(shared) as work:
        for at, (name, changes) in enumerate(cases.items()):
            work.notices.put(replace(r.NOTICE, id=name, sequence=at, **changes))
        due = {notice.id for notice in work.notices.due(r.NOW)}
        assert due == {"planned", "left sending", "expired"}
        work.notices.update(replace(r.NOTICE, id="planned", state=NoticeState.ACCEPTED))
        assert "planned" not in {notice.id for notice in work.notices.due(r.NOW)}


def test_envelopes_are_numbered_and_due_in_the_order_of_the_acts(shared: Storage) -> None:
    later = r.NOW + timedelta(minutes=1)
    with passing(shared) as work:
        for name in ("c", "a", "b"):
            work.envelopes.put(replace(r.ENVELOPE, id=name, resource_id=f"ap-{name}"))
        assert [one.id for one in work.envelopes.due(r.NOW)] == ["c", "a", "b"]
        assert [one.id for one in work.envelopes.due(r.NOW, limit=1)] == ["c"]
        first = work.envelopes.get("c")
        assert first is not None
        work.envelopes.update(replace(first, next_try_at=later, attempts=1))
        third = work.envelopes.get("b")
        assert third is not None
        work.envelopes.update(replace(third, state=EnvelopeState.DELIVERED))
        assert [one.id for one in work.envelopes.due(r.NOW)] == ["a"]
        assert work.envelopes.count_due() == 2


def test_of_one_resource_the_first_envelope_is_due_and_the_others_wait(shared: Storage) -> None:
    with passing(shared) as work:
        for name in ("c", "a"):
            work.envelopes.put(replace(r.ENVELOPE, id=name))
        assert [one.id for one in work.envelopes.due(r.NOW)] == ["c"]
        assert [one.id for one in work.envelopes.waiting_for("Appointment", "ap")] == ["c", "a"]
        first = work.envelopes.get("c")
        assert first is not None
        work.envelopes.update(replace(first, next_try_at=r.NOW + timedelta(minutes=1)))
        assert work.envelopes.due(r.NOW) == ()
        work.envelopes.update(replace(first, state=EnvelopeState.DELIVERED))
        assert [one.id for one in work.envelopes.due(r.NOW)] == ["a"]


def test_versions_and_conflicts_are_remembered(shared: Storage) -> None:
    with passing(shared) as work:
        assert work.replica.version("Patient", "p") == ""
        work.replica.set_version("Patient", "p", "1")
        work.replica.set_version("Patient", "p", "2")
        assert work.replica.version("Patient", "p") == "2"
        conflict = find_one(b.conflicts, 0)
        work.conflicts.put(conflict)
        work.conflicts.settle(conflict.id)
        assert work.conflicts.open() == ()


def test_accounts_are_found_by_any_spelling_and_unique_by_it(shared: Storage) -> None:
    with passing(shared) as work:
        work.accounts.put(replace(r.ACCOUNT, patient_id="p"))
        assert work.accounts.by_username(" ANN ") == replace(r.ACCOUNT, patient_id="p")
        assert work.accounts.by_patient("p") == replace(r.ACCOUNT, patient_id="p")
        assert work.accounts.by_patient("") is None
        assert [one.id for one in work.accounts.waiting()] == ["acc"]
        work.accounts.put(replace(r.ACCOUNT, status=AccountStatus.ACTIVE))
        assert work.accounts.waiting() == ()
        with pytest.raises(UsernameTakenError):
            work.accounts.put(replace(r.ACCOUNT, id="acc2", username="aNN"))
        assert [one.id for one in work.accounts.all()] == ["acc"]
    assert normal_username(" ＡＮＮ ") == "ann"


def test_settings_are_texts_by_key(shared: Storage) -> None:
    with passing(shared) as work:
        assert work.settings.get("clinic") is None
        work.settings.put("clinic", "North")
        work.settings.put("clinic", "South")
        assert work.settings.get("clinic") == "South"


def test_a_work_that_fails_leaves_nothing(tmp_path: Path) -> None:
    storage = Storage(tmp_path, MASTER_KEY)
    with passing(storage) as work:
        work.patients.put(r.PATIENT)
        work.note("patient.added", "p")
        assert len(work.audit.entries(10)) == 1
    with storage.begin(SYSTEM) as work:
        assert work.patients.get("p") is None
        assert work.audit.entries(10) == ()
    storage.close()
