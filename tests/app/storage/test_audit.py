"""The audit trail notices every way of rewriting it that it promises to notice."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import datetime

import pytest
import rfc8785
from sqlalchemy import Connection, text

from app.accounts.slots import derive
from app.errors import AuditBrokenError
from app.records import SYSTEM, Actor, Role
from app.storage import audit as chain
from app.storage.triggers import TRIGGERS
from app.storage.work import Storage
from tests.app.conftest import MASTER_KEY
from tests.app.storage.records import NOW

DOCTOR = Actor("d", "Dr CANARY", Role.DOCTOR)


def fill(storage: Storage, lines: int = 8) -> None:
    for at in range(lines):
        with storage.begin(DOCTOR) as work:
            work.note("study.opened", f"1.{at}", patient_id=f"p{at % 2}")


def tamper(storage: Storage, change: Callable[[Connection], None]) -> None:
    """Change the database as somebody would who holds its key."""
    with storage.begin(SYSTEM) as work:
        connection = work.audit._connection
        for trigger in TRIGGERS:
            connection.execute(text("DROP TRIGGER " + trigger.split()[2]))
        change(connection)


def rehash(connection: Connection) -> None:
    """Renumber and hash everything anew, and MAC it with the key that is still there."""
    rows = connection.execute(text("SELECT seq, body FROM audit ORDER BY seq")).all()
    key = bytes(connection.execute(text("SELECT key FROM audit_chain")).scalar_one())
    connection.execute(text("DELETE FROM audit"))
    head = chain._GENESIS
    for seq, row in enumerate(rows, 1):
        body = rfc8785.dumps({**json.loads(row.body), "seq": seq})
        head = chain._digest(head, body)
        connection.execute(
            text("INSERT INTO audit VALUES (:seq, :body, :digest, :mac)"),
            {"seq": seq, "body": body.decode(), "digest": head, "mac": chain._mac(key, head)},
        )
    connection.execute(
        text("UPDATE audit_chain SET seq = :seq, head = :head"), {"seq": len(rows), "head": head}
    )


def edit(connection: Connection) -> None:
    connection.execute(text("UPDATE audit SET body = replace(body, '1.3', '1.9') WHERE seq = 4"))


def delete(connection: Connection) -> None:
    connection.execute(text("DELETE FROM audit WHERE seq = 4"))


def delete_and_rehash(connection: Connection) -> None:
    delete(connection)
    rehash(connection)


def edit_and_rehash(connection: Connection) -> None:
    edit(connection)
    rehash(connection)


def cut_off_the_end(connection: Connection) -> None:
    connection.execute(text("DELETE FROM audit WHERE seq > 5"))


def swap(connection: Connection) -> None:
    for old, new in ((4, 99), (5, 4), (99, 5)):
        connection.execute(text(f"UPDATE audit SET seq = {new} WHERE seq = {old}"))


def empty(connection: Connection) -> None:
    connection.execute(text("DELETE FROM audit"))


@pytest.mark.parametrize(
    "change",
    [edit, delete, delete_and_rehash, edit_and_rehash, cut_off_the_end, swap, empty],
)
def test_tampering_is_noticed(storage: Storage, change: Callable[[Connection], None]) -> None:
    fill(storage)
    with storage.begin(SYSTEM) as work:
        work.audit.verify()
    tamper(storage, change)
    with storage.begin(SYSTEM) as work, pytest.raises(AuditBrokenError, match="entry"):
        work.audit.verify()


def test_a_plain_hash_chain_would_not_notice_a_rehash(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken variant: without the forward-secure MAC the same tampering passes."""
    monkeypatch.setattr(chain, "_mac", lambda _key, _digest: "")
    fill(storage)
    tamper(storage, delete_and_rehash)
    with storage.begin(SYSTEM) as work:
        work.audit.verify()


def test_a_cut_tail_with_the_chain_state_set_back_shows_against_an_anchor(
    storage: Storage,
) -> None:
    fill(storage, 5)
    with storage.begin(SYSTEM) as work:
        state = work.audit._connection.execute(text("SELECT * FROM audit_chain")).one()
    fill(storage, 3)
    with storage.begin(SYSTEM) as work:
        anchor = work.audit.head()

    def set_back(connection: Connection) -> None:
        cut_off_the_end(connection)
        connection.execute(
            text("UPDATE audit_chain SET seq = :seq, head = :head, key = :key"), state._asdict()
        )

    tamper(storage, set_back)
    with storage.begin(SYSTEM) as work:
        work.audit.verify()  # nothing local can tell
        with pytest.raises(AuditBrokenError):
            work.audit.verify([anchor])


def test_an_act_whose_audit_line_fails_does_not_happen(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise OSError

    monkeypatch.setattr(chain, "_digest", fail)

    def act() -> None:
        with storage.begin(SYSTEM) as work:
            work.settings.put("clinic", "North")
            work.note("settings.changed", "clinic")

    with pytest.raises(OSError):  # noqa: PT011 -- a bare fault is what is planted
        act()
    with storage.begin(SYSTEM) as work:
        assert work.settings.get("clinic") is None


def test_a_denial_is_noted_although_the_act_raises(storage: Storage) -> None:
    with storage.begin(DOCTOR) as work:
        work.note("access.refused", "sign-report", patient_id="p", outcome="refused", detail="x")
    with storage.begin(SYSTEM) as work:
        (line,) = work.audit.entries(5)
    assert (line.actor_id, line.role, line.outcome, line.detail) == ("d", "doctor", "refused", "x")


def test_entries_come_newest_first_in_pages_linked_by_their_digests(storage: Storage) -> None:
    fill(storage)
    with storage.begin(SYSTEM) as work:
        newest = work.audit.entries(3)
        older = work.audit.entries(100, before_seq=newest[-1].seq)
        mine = work.audit.of_patient("p1")
    assert [line.seq for line in (*newest, *older)] == list(range(8, 0, -1))
    everything = (*newest, *older)
    for later, earlier in itertools.pairwise(everything):
        assert later.previous == earlier.digest
    assert everything[-1].previous == "0" * 64
    assert [line.subject for line in mine] == ["1.7", "1.5", "1.3", "1.1"]
    assert all(isinstance(line.at, datetime) and line.at.tzinfo for line in everything)


def test_every_line_of_a_patient_appears_exactly_once_and_nobody_elses(storage: Storage) -> None:
    fill(storage, 6)
    with storage.begin(SYSTEM) as work:
        pages = [work.audit.of_patient(who) for who in ("p0", "p1", "p2")]
    assert [len(page) for page in pages] == [3, 3, 0]
    assert all(line.patient_id == f"p{at}" for at, page in enumerate(pages) for line in page)


def test_names_of_actors_are_not_in_the_trail(storage: Storage) -> None:
    fill(storage, 1)
    with storage.begin(SYSTEM) as work:
        body = work.audit._connection.execute(text("SELECT body FROM audit")).scalar_one()
    assert "CANARY" not in body


def test_the_keys_of_the_past_are_gone(storage: Storage) -> None:
    first = derive(MASTER_KEY, "audit")
    fill(storage, 2)
    with storage.begin(SYSTEM) as work:
        key = bytes(
            work.audit._connection.execute(text("SELECT key FROM audit_chain")).scalar_one()
        )
    assert key == chain._evolve(chain._evolve(first))


def test_lines_bear_the_clock_of_the_workstation(storage: Storage) -> None:
    storage._clock = lambda: NOW
    fill(storage, 1)
    with storage.begin(SYSTEM) as work:
        assert work.audit.entries(1)[0].at == NOW
