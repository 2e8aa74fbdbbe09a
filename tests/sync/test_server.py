"""The server's promises, asked over HTTP on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import requests
from sqlalchemy.exc import IntegrityError

from sync.records import Envelope
from sync.server import database as tables
from sync.server.requests import RESOURCE_LIMIT
from sync.transport.client import FhirTransport
from sync.wire.datatypes import offered_again, tagged
from sync.wire.people import patient_to_fhir
from sync.wire.reports import report_to_fhir
from tests.sync.conftest import Central, forget
from tests.sync.desk import NOW, booking
from tests.sync.samples import PATIENT, PRACTITIONER, appended, draft, sign


class Client:
    """Plain HTTP with a workstation's token."""

    def __init__(self, central: Central, clinic: str = "", *, may_overbook: bool = False) -> None:
        transport: FhirTransport = central.workstation(clinic, may_overbook=may_overbook)
        self.transport = transport
        self.url = central.url
        self._bearer = {"Authorization": f"Bearer {transport._access(renew=False)}"}
        self._session = requests.Session()

    def get(self, path: str, **headers: str) -> requests.Response:
        return self._session.get(f"{self.url}/fhir/{path}", headers={**self._bearer, **headers})

    def put(
        self, body: Any, *, base: str = "", op: str = "", path: str = "", mark: str = ""
    ) -> requests.Response:
        headers = {**self._bearer, "X-Mark": mark}
        if base:
            headers["If-Match"] = f'W/"{base}"'
        path = path or f"{body['resourceType']}/{body['id']}"
        data = json.dumps(tagged(body, op) if op else body)
        return self._session.put(f"{self.url}/fhir/{path}", data=data, headers=headers)

    def post(self, body: Any) -> requests.Response:
        return self._session.post(f"{self.url}/fhir", data=json.dumps(body), headers=self._bearer)

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def client(central: Central) -> Iterator[Client]:
    made = Client(central)
    yield made
    made.close()


@pytest.fixture
def light(sqlite_central: Central) -> Iterator[Client]:
    made = Client(sqlite_central)
    yield made
    made.close()


def patient(ident: str = "p-1", name: str = "Aksu, Deniz") -> dict[str, Any]:
    return patient_to_fhir(replace(PATIENT, id=ident, name=name))


def report(of: Any, **kept: Any) -> dict[str, Any]:
    return report_to_fhir(of, patient=PATIENT, practitioner=PRACTITIONER, **kept)


def test_sixteen_rivals_for_one_slot_leave_one_booked(central: Central) -> None:
    clinic = f"race-{uuid.uuid4()}"
    clients = [Client(central, clinic) for _ in range(16)]
    start = threading.Barrier(16)

    def book(number: int) -> int:
        start.wait(timeout=30)
        return clients[number].put(booking(f"a{number}"), op=f"op{number}").status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(book, range(16)))
    assert statuses == [201] + [409] * 15
    entries = clients[0].get("Appointment").json()["entry"]
    assert [entry["resource"]["status"] for entry in entries] == ["booked"]
    for client in clients:
        client.close()


def test_postgres_itself_refuses_overlapping_occupancy(postgres_central: Central) -> None:
    clinic = str(uuid.uuid4())
    row = {"clinic": clinic, "subject": "Device/mr", "starts_us": 0, "ends_us": 10, "share": ""}
    row |= {"capacity": 1, "overbooked": False}
    with pytest.raises(IntegrityError, match="no_overlap"):  # noqa: SIM117, PT012 - one claim
        with postgres_central.database.write() as connection:
            connection.execute(tables.clinic.insert().values(id=clinic, name=clinic, seq=0))
            connection.execute(tables.holding.insert().values(**row, appointment="a"))
            row |= {"starts_us": 9, "ends_us": 20}
            connection.execute(tables.holding.insert().values(**row, appointment="b"))


def test_neighbouring_and_cancelled_appointments_do_not_occupy(client: Client) -> None:
    first = booking("a1")
    assert client.put(first).status_code == 201
    following = {**booking("a2"), "start": first["end"], "end": "2026-11-23T10:00:00Z"}
    assert client.put(following).status_code == 201
    assert client.put({**booking("a3"), "status": "cancelled"}).status_code == 201
    assert client.put({**first, "status": "cancelled"}, base="1").status_code == 200
    assert client.put(booking("a4")).status_code == 201


def test_put_needs_the_version_it_was_made_on(client: Client) -> None:
    assert client.put(patient()).status_code == 201
    assert client.put(patient(name="Other")).status_code == 412
    assert client.put(patient(name="Other"), base="7").status_code == 412
    assert client.put(patient("p-2"), base="1").status_code == 412
    answer = client.put(patient(name="Other"), base="1")
    assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"2"')


def test_what_is_offered_again_after_a_loss_is_newer_than_anything_known_before(
    client: Client,
) -> None:
    """Else workstations that knew version 7 would pass the next ones over as old."""
    assert client.put(offered_again(patient(), 7)).headers["ETag"] == 'W/"8"'
    assert client.put(patient(), base="8").headers["ETag"] == 'W/"8"'
    assert client.put(patient(name="Other"), base="8").headers["ETag"] == 'W/"9"'
    again = client.put(offered_again(patient(name="Other"), 20), base="9")
    assert (again.status_code, again.headers["ETag"]) == (200, 'W/"21"')
    assert client.put(offered_again(patient(), 30), base="9").status_code == 412
    absurd = client.put(offered_again(patient(name="Third"), 10**9), base="21")
    assert absurd.headers["ETag"] == 'W/"22"'


def test_sixteen_rivals_on_one_version_leave_one_winner(central: Central) -> None:
    clinic = f"race-{uuid.uuid4()}"
    clients = [Client(central, clinic) for _ in range(16)]
    assert clients[0].put(patient()).status_code == 201
    start = threading.Barrier(16)

    def rename(number: int) -> int:
        start.wait(timeout=30)
        return clients[number].put(patient(name=f"Name {number}"), base="1").status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(rename, range(16)))
    assert statuses == [200] + [412] * 15
    for client in clients:
        client.close()


def test_same_content_keeps_the_version(client: Client) -> None:
    client.put(patient(), op="op-1")
    answer = client.put(patient(), op="op-2")
    assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"1"')


def test_replayed_operation_adds_no_version_whatever_happened_since(client: Client) -> None:
    client.put(patient(name="One"), op="op-1")
    client.put(patient(name="Two"), base="1", op="op-2")
    client.put(patient(name="Three"), base="2", op="op-3")
    for _ in range(2):
        answer = client.put(patient(name="Two"), base="1", op="op-2")
        assert (answer.status_code, answer.headers["ETag"]) == (200, 'W/"2"')
        assert answer.headers["X-Exact"] == "0"
    history = client.get("Patient/p-1/_history").json()["entry"]
    names = [entry["resource"]["name"][0]["text"] for entry in history]
    assert names == ["Three", "Two", "One"]
    assert client.put(patient("p-9"), op="op-1").status_code == 422


def test_refused_operation_stays_refused_though_the_slot_is_free_by_now(client: Client) -> None:
    client.put(booking("a1"), op="op-1")
    assert client.put(booking("a2"), op="op-2").status_code == 409
    client.put({**booking("a1"), "status": "cancelled"}, base="1", op="op-3")
    assert client.put(booking("a2"), op="op-2").status_code == 409
    assert client.put(booking("a2"), op="op-4").status_code == 201


def test_versions_and_searches_answer_as_fhir_bundles(client: Client) -> None:
    for number in range(3):
        client.put(patient(f"p-{number}"))
    client.put(patient("p-0", "Later"), base="1")
    old = client.get("Patient/p-0/_history/1").json()
    assert old["name"][0]["text"] == "Aksu, Deniz"
    assert client.get("Patient/p-0/_history/3").status_code == 404
    assert client.get("Patient/p-0").json()["meta"]["versionId"] == "2"
    found = client.get("Patient?_id=p-1,p-2").json()
    assert [entry["resource"]["id"] for entry in found["entry"]] == ["p-1", "p-2"]
    page = client.get("Patient?_count=2").json()
    assert page["type"] == "searchset"
    assert page["link"][0]["relation"] == "next"
    rest = client.get("Patient?" + page["link"][0]["url"].partition("?")[2]).json()
    assert [entry["resource"]["id"] for entry in rest["entry"]] == ["p-0"]
    since = rest["entry"][0]["resource"]["meta"]["lastUpdated"]
    assert len(client.get(f"Patient?_lastUpdated=ge{since}").json()["entry"]) == 1
    assert "entry" not in client.get(f"Patient?_lastUpdated=gt{since}").json()
    assert client.get("Patient?shoe=44").status_code == 400
    assert client.get("Patient?_lastUpdated=yesterday").status_code == 400
    assert client.get("Patient?_count=many").status_code == 400


def test_transaction_is_all_or_nothing(client: Client) -> None:
    def entry(body: dict[str, Any]) -> dict[str, Any]:
        url = f"{body['resourceType']}/{body['id']}"
        return {"resource": body, "request": {"method": "PUT", "url": url}}

    def bundle(*bodies: dict[str, Any]) -> dict[str, Any]:
        entries = [entry(body) for body in bodies]
        return {"resourceType": "Bundle", "type": "transaction", "entry": entries}

    clash = client.post(bundle(patient("p-5"), booking("a1"), booking("a2")))
    assert clash.status_code == 409
    assert client.get("Patient/p-5").status_code == 404
    done = client.post(bundle(patient("p-5"), booking("a1")))
    assert done.status_code == 200
    assert [e["response"]["status"] for e in done.json()["entry"]] == ["201", "201"]
    assert client.post({"resourceType": "Bundle", "type": "batch"}).status_code == 422


def test_cancelled_appointment_stays_cancelled(client: Client) -> None:
    client.put(booking("a1"))
    cancelled = {**booking("a1"), "status": "cancelled"}
    assert client.put(cancelled, base="1").status_code == 200
    revived = client.put(booking("a1"), base="2")
    assert revived.status_code == 409
    assert "cancelled" in revived.json()["issue"][0]["diagnostics"]
    again = client.put({**cancelled, "description": "x"}, base="1")
    assert (again.status_code, again.headers["ETag"]) == (200, 'W/"2"')


def test_signed_report_is_followed_by_an_appended_one_only(client: Client) -> None:
    final = sign(draft())
    assert client.put(report(draft())).status_code == 201
    assert client.put(report(final), base="1").status_code == 200
    assert client.put(report(final, released_at=NOW), base="2").status_code == 200
    other = client.put(report(sign(draft(impression="All is well."))), base="3")
    assert other.status_code == 409
    assert client.put(report(draft()), base="3").status_code == 409
    stray = appended(sign(draft(impression="Another.")))
    assert client.put(report(stray), base="3").status_code == 409
    assert client.put(report(appended(final)), base="3").status_code == 200


def test_report_that_is_not_what_was_signed_is_refused(client: Client) -> None:
    good = report(sign(draft()))
    other = report(sign(draft(impression="All is well.")))
    forged = [
        {**good, "presentedForm": other["presentedForm"]},
        {**good, "conclusion": "All is well."},
        {**good, "subject": {"reference": "Patient/p-2"}},
        {**good, "extension": other["extension"]},
        {key: value for key, value in good.items() if key != "extension"},
        {key: value for key, value in good.items() if key != "presentedForm"},
    ]
    broken = json.loads(json.dumps(good))
    broken["extension"][0]["extension"][1]["valueString"] = "00" * 64
    for body in (*forged, broken):
        assert client.put(body).status_code == 422
    assert client.put(good).status_code == 201


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": None}, "status is missing"),
        ({"status": "done"}, "R4 codes"),
        ({"status": 7}, "R4 codes"),
        ({"start": "tomorrow"}, "no instant"),
        ({"start": "2026-11-23T09:00:00"}, "time zone"),
        ({"end": "2026-11-23T08:00:00Z"}, "does not end"),
        ({"participant": []}, "no patient"),
        ({"id": "another"}, "not those of the URL"),
        ({"extension": [{"url": "", "valueInteger": 1}], "participant": "x"}, "no patient"),
    ],
)
def test_bad_appointment_is_refused_at_the_edge(
    light: Client, change: dict[str, Any], words: str
) -> None:
    body = {key: value for key, value in {**booking("a1"), **change}.items() if value is not None}
    answer = light.put(body, path="Appointment/a1")
    assert answer.status_code == 422
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert words in answer.json()["issue"][0]["diagnostics"]


def test_strange_requests_get_an_outcome_not_a_fault(light: Client) -> None:
    body = {"resourceType": "Spaceship", "id": "s"}
    assert light.put(body).status_code == 422
    assert light.put([1], path="Patient/p").status_code == 422
    assert light.put({**patient(), "gender": "x"}).status_code == 422
    assert light.put({**patient(), "meta": {"tag": [3, {"system": 5}]}}).status_code == 201
    assert light.get("Spaceship/s").status_code == 404
    assert light.get("Nothing/here/at/all").status_code == 404
    assert light.put(patient("p-2"), op="\ud800" * 3).status_code == 422
    session, bearer = light._session, light._bearer
    url = f"{light.url}/fhir/Patient/p"
    for data in (b"{", b"\xff\xfe", b"[" * 100_000, b'{"resourceType": NaN}'):
        assert session.put(url, data=data, headers=bearer).status_code == 400
    long = session.put(url, data=b" " * (RESOURCE_LIMIT + 1), headers=bearer)
    assert long.status_code == 413
    assert session.delete(url, headers=bearer).status_code == 405
    assert light.get("metadata").json()["fhirVersion"] == "4.0.1"


def test_clinics_do_not_see_each_other(central: Central) -> None:
    one, other = Client(central), Client(central)
    one.put(booking("a1"), op="op-1")
    one.put(patient())
    assert other.get("Patient/p-1").status_code == 404
    assert other.get("Patient/p-1/_history").status_code == 404
    assert other.get("Patient/p-1/_history/1").status_code == 404
    assert "entry" not in other.get("Patient?_id=p-1").json()
    assert "entry" not in other.get("_history").json()
    assert other.put(patient(name="Mine")).status_code == 201
    assert other.put(booking("a2"), op="op-1").status_code == 201
    assert one.get("Patient/p-1").json()["name"][0]["text"] == "Aksu, Deniz"
    for client in (one, other):
        client.close()


def test_history_is_read_on_from_a_cursor(client: Client) -> None:
    for number in range(5):
        client.put(patient(f"p-{number}"))
    first = client.get("_history?_count=3")
    rest = client.get(f"_history?_count=3&_cursor={first.headers['X-Cursor']}")
    ids = [e["resource"]["id"] for e in first.json()["entry"] + rest.json()["entry"]]
    assert ids == [f"p-{number}" for number in range(5)]
    end = client.get(f"_history?_cursor={rest.headers['X-Cursor']}")
    assert (end.headers["X-Cursor"], "entry" in end.json()) == (rest.headers["X-Cursor"], False)


def test_server_restored_from_an_old_backup_is_found_out_before_anything_is_taken(
    central: Central,
) -> None:
    clinic = f"restored-{uuid.uuid4()}"
    transport = central.workstation(clinic)
    envelope = Envelope("op-1", "Patient", "p-1", patient(), "", NOW)
    mark = transport.push(envelope).mark
    forget(central, clinic)
    client = Client(central, clinic)
    assert client.get("_history", **{"X-Mark": mark}).status_code == 410
    assert client.get(f"_history?_cursor={mark}").status_code == 410
    assert client.put(patient("p-2"), mark=mark).status_code == 410
    assert client.get("Patient/p-2").status_code == 404
    assert client.put(patient("p-3")).status_code == 201
    assert client.get("_history", **{"X-Mark": mark}).status_code == 410, "seq again, other nonce"
    client.close()


def test_times_are_compared_as_instants_not_as_text(client: Client) -> None:
    client.put(booking("a1"))
    berlin = {**booking("a2"), "start": "2026-11-23T10:10:00+01:00"}
    berlin["end"] = "2026-11-23T10:20:00+01:00"
    assert client.put(berlin).status_code == 409
