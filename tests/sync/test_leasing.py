"""Claims about leased time: who gets it, how long it holds, and that it fails to the safe side."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.errors import NotAdmittedError, PeerAwayError, ServerRestoredError, WireError
from sync.leasing import (
    RENEW_EVERY,
    LeaseBook,
    clock_fault,
    covers,
    note_clock,
    renew,
    usable,
    without,
)
from sync.records import Block, EnvelopeState, Granted, Leases
from sync.server import database as tables
from sync.server.leased import LATE_POST
from sync.server.leasing import LeaseOffice
from sync.server.outcomes import OutcomeError
from sync.server.store import Change, Store
from sync.server.tokens import Caller
from sync.wire.leases import (
    leases_from_fhir,
    leases_to_fhir,
    request_from_fhir,
    request_to_fhir,
)
from tests.sync.conftest import Central
from tests.sync.desk import NOW, booking
from tests.sync.test_holding import visit
from tests.sync.test_lease_campaign import LeaseDesk
from tests.sync.test_server import Client

HOUR = timedelta(hours=1)
BLOCK = Block("Practitioner/dr-1", NOW + HOUR, NOW + 4 * HOUR)


class Office:
    """A server's lease office and store with a clock of their own, and two workstations."""

    def __init__(self, central: Central) -> None:
        self.now = NOW
        name = f"leases-{uuid.uuid4()}"
        self.clients = [Client(central, name, may_overbook=True) for _ in range(2)]
        self.one, self.two = (
            central.devices.authenticate(*_claim(central, each)) for each in self.clients
        )
        self.office = LeaseOffice(central.database, lambda: self.now)
        self.store = Store(central.database, lambda: self.now)
        self.central = central

    def ask(self, caller: Caller, *blocks: Block) -> tuple[Block, ...]:
        return tuple(one.block for one in self.office.exchange(caller, blocks).mine)

    def book(self, caller: Caller, ident: str, **more: object) -> str:
        """Book half an hour at 9:30; return how it stands, or why not."""
        body = visit(ident, 90, **more)
        try:
            written = self.store.put(
                caller.clinic, caller.device, (Change("Appointment", ident, body),)
            )[0]
        except OutcomeError as refusal:
            return str(refusal)
        return str(written.stored.body["status"])

    def close(self) -> None:
        for client in self.clients:
            client.close()


def _claim(central: Central, client: Client) -> tuple[str, str]:
    transport = client.transport
    now = int(datetime.now(UTC).timestamp())
    claims = {
        "iss": transport._device_id,
        "sub": transport._device_id,
        "aud": "x",
        "iat": now,
        "exp": now + 200,
        "jti": uuid.uuid4().hex,
    }
    typed = {"typ": "client-authentication+jwt"}
    return jwt.encode(claims, transport._key, algorithm="EdDSA", headers=typed), "x"


@pytest.fixture
def office(central: Central):
    made = Office(central)
    yield made
    made.close()


def test_leased_time_is_its_holders_alone(office: Office) -> None:
    assert office.ask(office.one, BLOCK) == (BLOCK,)
    assert office.ask(office.two, BLOCK) == ()
    assert office.office.exchange(office.two, ()).others == (BLOCK,)
    assert "kept for another workstation" in office.book(office.two, "a")
    assert office.book(office.one, "b") == "booked"
    assert office.book(office.two, "c", practitioner_id="dr-2") == "booked"


def test_time_that_is_given_back_is_free(office: Office) -> None:
    office.ask(office.one, BLOCK)
    rest = replace(BLOCK, ends=NOW + 2 * HOUR)
    later = replace(BLOCK, starts=NOW + 2 * HOUR)
    seq = office.office.exchange(office.one, (BLOCK,)).mine[0].seq
    office.book(office.one, "a", practitioner_id="dr-9")
    assert office.office.exchange(office.one, (rest,)).mine == (Granted(rest, seq),)
    assert office.ask(office.two, later) == (later,)
    assert office.ask(office.one) == ()
    assert office.book(office.two, "b") == "booked"


def test_a_lease_outlasts_its_block_by_the_late_post_and_no_longer(office: Office) -> None:
    office.ask(office.one, BLOCK)
    office.now = BLOCK.ends + LATE_POST - HOUR
    assert "kept" in office.book(office.two, "a")
    assert office.office.exchange(office.two, ()).others == ()
    office.now += 2 * HOUR
    assert office.book(office.two, "b") == "booked"
    assert office.office.listed(office.one.clinic) == ()


def test_a_server_whose_clock_is_a_year_ahead_for_a_moment_takes_back_no_lease(
    office: Office,
) -> None:
    office.ask(office.one, BLOCK)
    right, office.now = office.now, office.now + timedelta(days=365)
    office.office.exchange(office.one, (BLOCK,))
    office.office.exchange(office.two, ())
    office.now = right
    assert "kept" in office.book(office.two, "a")
    assert office.book(office.one, "b") == "booked"


def test_a_revoked_workstation_keeps_nothing_and_a_person_may_end_leases(office: Office) -> None:
    office.ask(office.one, BLOCK)
    listed = office.office.listed(office.one.clinic)
    assert [(device, block) for device, block in listed] == [(office.one.device, BLOCK)]
    assert office.office.end(office.one.clinic, office.one.device) == 1
    assert office.book(office.two, "a") == "booked"
    assert "already booked" in office.book(office.one, "b")
    office.ask(office.one, BLOCK)
    office.central.devices.revoke(office.one.device)
    assert office.ask(office.two, BLOCK) == (BLOCK,)


def test_a_workstation_that_enrols_again_is_not_kept_out_by_its_own_leases(office: Office) -> None:
    office.ask(office.one, BLOCK)
    transport = office.clients[0].transport
    key = transport._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    name = f"leases again {uuid.uuid4()}"
    with office.central.database.write() as connection:
        connection.execute(
            tables.clinic.update().where(tables.clinic.c.id == office.one.clinic).values(name=name)
        )
    code = office.central.devices.make_code(name)
    again = office.central.devices.enrol(code, key.decode(), "127.0.0.1")
    assert again.clinic == office.one.clinic
    assert again.device != office.one.device
    assert office.office.listed(again.clinic) == ()
    assert office.book(again, "a") == "booked"


def test_an_overbooked_visit_in_leased_time_does_not_break_the_promise(office: Office) -> None:
    office.ask(office.one, BLOCK)
    assert office.book(office.two, "walk-in", exception="ward") == "booked"
    assert office.book(office.one, "promised") == "booked"
    body = office.store.read(office.one.clinic, "Appointment", "promised").body
    assert "Booked in time kept for that workstation" in str(body["extension"])
    office.ask(office.one)
    assert "already booked" in office.book(office.one, "later")


def test_an_appointment_is_not_moved_into_anothers_leased_time(office: Office) -> None:
    office.ask(office.one, BLOCK)
    where = (office.two.clinic, office.two.device)
    office.store.put(*where, (Change("Appointment", "m", visit("m", 0)),))
    with pytest.raises(OutcomeError, match="kept for another"):
        office.store.put(*where, (Change("Appointment", "m", visit("m", 90), "1"),))
    arrived = {**visit("m", 0), "status": "arrived"}
    assert office.store.put(*where, (Change("Appointment", "m", arrived, "1"),))


@pytest.mark.parametrize(
    "block",
    [
        replace(BLOCK, ends=NOW + timedelta(days=16), starts=NOW + timedelta(days=15.5)),
        replace(BLOCK, starts=NOW - 3 * HOUR, ends=NOW - HOUR),
    ],
    ids=["too far ahead", "over"],
)
def test_what_makes_no_sense_is_not_granted(office: Office, block: Block) -> None:
    assert office.ask(office.one, block) == ()


def test_a_request_beyond_measure_is_refused_over_http(office: Office) -> None:
    client = office.clients[0]

    def ask(body: object) -> int:
        url = f"{client.url}/fhir/$lease"
        return client._session.post(url, json=body, headers=client._bearer).status_code

    assert ask(request_to_fhir([replace(BLOCK, ends=BLOCK.ends + 30 * HOUR)])) == 422
    assert ask(request_to_fhir([BLOCK] * 2001)) == 413
    assert ask({"resourceType": "Bundle"}) == 422
    assert ask(request_to_fhir([])) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Patient/x"},
        {"subject": "Practitioner/"},
        {"ends": BLOCK.starts},
    ],
)
def test_a_block_of_nothing_is_not_read(change: dict[str, object]) -> None:
    with pytest.raises(WireError):
        request_from_fhir(request_to_fhir([replace(BLOCK, **change)]))


def test_leases_survive_the_wire() -> None:
    leases = Leases(NOW, (Granted(BLOCK, 7),), (replace(BLOCK, subject="Device/mr"),))
    assert leases_from_fhir(leases_to_fhir(leases)) == leases
    assert request_from_fhir(request_to_fhir([BLOCK])) == (BLOCK,)
    for broken in ({}, {"resourceType": "Parameters"}):
        with pytest.raises(WireError):
            leases_from_fhir(broken)


# At the workstation


class Peer:
    """A lessor that grants what it is asked for, or fails."""

    def __init__(self, seq: int = 0, error: Exception | None = None) -> None:
        self.seq, self.error, self.asked = seq, error, []  # type: ignore[var-annotated]
        self.at = NOW

    def lease(self, blocks: tuple[Block, ...], mark: str = "") -> Leases:
        self.asked.append(blocks)
        if self.error is not None:
            raise self.error
        return Leases(self.at, tuple(Granted(one, self.seq) for one in blocks))


def leased_desk(seq: int = 0) -> LeaseDesk:
    desk = LeaseDesk("desk")
    desk.wishes = (BLOCK,)
    assert renew(desk, Peer(seq), NOW)
    return desk


def blocks_of(desk: LeaseDesk, now: datetime = NOW) -> tuple[Block, ...]:
    return usable(desk.leased, desk.pages.peer.cursor if desk.pages.peer else "", now)


def test_a_block_counts_once_everything_before_its_grant_has_been_read() -> None:
    desk = leased_desk(seq=7)
    assert blocks_of(desk) == ()
    assert desk.pages.peer is not None
    desk.pages.peer = replace(desk.pages.peer, cursor="6.aa 9.bb")
    assert blocks_of(desk) == ()
    desk.pages.peer = replace(desk.pages.peer, cursor="7.aa 9.bb")
    assert blocks_of(desk) == (BLOCK,)


def test_what_is_given_back_is_given_up_before_the_server_hears_of_it() -> None:
    desk = leased_desk()
    desk.wishes = ()
    with pytest.raises(PeerAwayError):
        renew(desk, Peer(error=PeerAwayError("away")), NOW + RENEW_EVERY)
    assert blocks_of(desk) == ()


@pytest.mark.parametrize("error", [ServerRestoredError("old"), NotAdmittedError("revoked")])
def test_a_server_that_honours_no_leases_leaves_none_here(error: Exception) -> None:
    desk = leased_desk()
    with pytest.raises(type(error)):
        renew(desk, Peer(error=error), NOW + HOUR)
    assert desk.leased == LeaseBook()


def test_a_block_with_an_unsent_booking_is_kept_and_nothing_new_is_leased() -> None:
    desk = leased_desk()
    desk.save(booking("a", hour=9))
    other = replace(BLOCK, subject="Practitioner/dr-2")
    desk.wishes = (other,)
    peer = Peer()
    peer.at = NOW + HOUR
    renew(desk, peer, NOW + HOUR)
    assert peer.asked == [(BLOCK,)]
    with desk.begin() as ledger:
        for envelope in desk.pages.envelopes.values():
            ledger.envelopes.update(replace(envelope, state=EnvelopeState.DELIVERED))
    assert renew(desk, peer, NOW + HOUR + RENEW_EVERY)
    assert peer.asked[1:] == [(other,)]


def test_leases_are_not_asked_for_at_every_turn() -> None:
    desk, peer = leased_desk(), Peer()
    for seconds in (15, 30, 45):
        renew(desk, peer, NOW + timedelta(seconds=seconds))
    assert peer.asked == []
    renew(desk, peer, NOW + timedelta(seconds=60))
    assert len(peer.asked) == 1


def test_a_clock_that_is_wrong_books_nothing_for_good() -> None:
    desk = leased_desk()
    assert blocks_of(desk) == (BLOCK,)
    assert blocks_of(desk, BLOCK.ends) == ()
    assert blocks_of(desk, NOW - HOUR) == ()
    assert "set back" in clock_fault(desk.leased, NOW - HOUR)
    note_clock(desk, NOW + 2 * HOUR)
    assert blocks_of(desk, NOW + HOUR) == ()
    assert blocks_of(desk, NOW + 2 * HOUR) == (BLOCK,)
    ahead, peer = NOW + 3 * HOUR, Peer()
    renew(desk, peer, ahead)
    assert "180 minutes" in clock_fault(desk.leased, ahead)
    assert blocks_of(desk, ahead) == ()
    renew(desk, peer, ahead + HOUR)
    assert peer.asked[-1] == ()
    peer.at = NOW + HOUR
    renew(desk, peer, NOW + HOUR)
    assert clock_fault(desk.leased, NOW + HOUR) == ""


def test_time_that_is_cut_out_is_no_longer_covered() -> None:
    book = LeaseBook(NOW, NOW, NOW, (Granted(BLOCK, 3),))
    gone = Block(BLOCK.subject, NOW + 2 * HOUR, NOW + 3 * HOUR)
    kept = [one.block for one in without(book, [gone]).mine]
    assert kept == [replace(BLOCK, ends=gone.starts), replace(BLOCK, starts=gone.ends)]
    assert covers([BLOCK], [gone])
    assert not covers(kept, [gone])
    assert without(book, [replace(gone, subject="Practitioner/dr-2")]) == book
