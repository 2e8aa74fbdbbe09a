"""The audit trail: a hash chain with a forward-secure MAC, in the act's own transaction.

``digest_n = SHA-256("sagittal-audit-v1" | digest_{n-1} | RFC 8785 body_n)`` shows an edited or
a missing line. ``mac_n = HMAC(K_n, digest_n)`` with ``K_{n+1} = HMAC(K_n, "evolve")`` shows a
chain that somebody with the database key rewrote and hashed anew: the keys of the past are
gone from the database, and only the master key gives the first one. Lines cut off at the end
show against an anchor (``head``) that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import ColumnElement, Connection, Row, func, select
from sqlalchemy.dialects.sqlite import insert

from app.errors import AuditBrokenError
from app.records import Actor, AuditEntry, AuditFilter
from app.storage.codec import instant
from app.storage.folding import fold
from app.storage.schema import audit, audit_chain

_DOMAIN = b"sagittal-audit-v1"
_GENESIS = "0" * 64
Lines = tuple[AuditEntry, ...]

_APPEND = audit.insert()
_STATE = select(audit_chain)
_REPLACING = insert(audit_chain)
_KEEP_STATE = _REPLACING.on_conflict_do_update(
    index_elements=["only"],
    set_={name: _REPLACING.excluded[name] for name in ("seq", "head", "key")},
)


class AuditShelf:
    """The lines of the audit trail inside one transaction; there is no way to change one."""

    def __init__(self, connection: Connection, first_key: bytes) -> None:
        self._connection = connection
        self._first_key = first_key

    def append(self, at: datetime, actor: Actor, facts: dict[str, str]) -> None:
        """Add one line; the chain's next key replaces the used one."""
        seq, head, key = self._state()
        body = rfc8785.dumps(
            {
                "seq": seq + 1,
                "at": instant(at),
                "actor_id": actor.account_id,
                "role": actor.role.value if actor.role else "system",
                **facts,
            }
        )
        digest = _digest(head, body)
        row = {"seq": seq + 1, "body": body.decode(), "digest": digest, "mac": _mac(key, digest)}
        self._connection.execute(_APPEND, row)
        self._keep_state(seq + 1, digest, _evolve(key))

    def entries(self, limit: int, before_seq: int | None = None) -> Lines:
        """Return the newest lines first, or those before a line."""
        older = () if before_seq is None else (audit.c.seq < before_seq,)
        return self._read(*older, limit=limit)

    def find(
        self, wanted: AuditFilter, limit: int | None = None, before_seq: int | None = None
    ) -> Lines:
        """Return the lines that match, newest first, or those of them before a line."""
        older = () if before_seq is None else (audit.c.seq < before_seq,)
        return self._read(*_matching(wanted), *older, limit=limit)

    def count(self, wanted: AuditFilter) -> int:
        """Return how many lines match."""
        query = select(func.count()).select_from(audit).where(*_matching(wanted))
        return int(self._connection.execute(query).scalar_one())

    def blind(self, words: str) -> str:
        """Return what stands for words that must not be read in the trail: the same for the same.

        Case and accents do not count. Nobody without the clinic's master key can try out words
        against it.
        """
        return hmac.digest(self._first_key, b"blind|" + fold(words).encode(), "sha256").hex()[:32]

    def of_patient(self, patient_id: str) -> Lines:
        """Return every line about one patient's data, newest first."""
        return self._read(func.json_extract(audit.c.body, "$.patient_id") == patient_id)

    def of_subject(self, subject: str) -> Lines:
        """Return every line about one thing, newest first."""
        return self._read(func.json_extract(audit.c.body, "$.subject") == subject)

    def head(self) -> tuple[int, str]:
        """Return number and digest of the last line: the anchor to keep elsewhere."""
        seq, head, _ = self._state()
        return seq, head

    def verify(self, anchors: Iterable[tuple[int, str]] = ()) -> None:
        """Check every line from the first one.

        Parameters
        ----------
        anchors
            Earlier results of ``head`` that were kept elsewhere.

        Raises
        ------
        AuditBrokenError
            A line was changed, removed, added or cut off; the message says where.
        """
        digests, key, head = [_GENESIS], self._first_key, _GENESIS
        for row in self._connection.execute(select(audit).order_by(audit.c.seq)):
            seq = len(digests)
            body = str(row.body).encode()
            head = _digest(head, body)
            if row.seq != seq or json.loads(body).get("seq") != seq or row.digest != head:
                raise _broken(seq)
            if not hmac.compare_digest(str(row.mac), _mac(key, head)):
                raise _broken(seq)
            digests.append(head)
            key = _evolve(key)
        expected = (len(digests) - 1, head)
        for seq, digest in (*anchors, self.head()):
            if seq >= len(digests) or digests[seq] != digest:
                raise _broken(min(seq, len(digests)))
        if self.head() != expected:
            raise _broken(expected[0])

    def _state(self) -> tuple[int, str, bytes]:
        row = self._connection.execute(_STATE).one_or_none()
        if row is None:
            return 0, _GENESIS, self._first_key
        return int(row.seq), str(row.head), bytes(row.key)

    def _keep_state(self, seq: int, head: str, key: bytes) -> None:
        row = {"only": 1, "seq": seq, "head": head, "key": key}
        self._connection.execute(_KEEP_STATE, row)

    def _read(self, *where: ColumnElement[bool], limit: int | None = None) -> Lines:
        before = audit.alias("before")
        previous = select(before.c.digest).where(before.c.seq == audit.c.seq - 1).scalar_subquery()
        lines = (
            select(audit, previous.label("previous"))
            .where(*where)
            .order_by(audit.c.seq.desc())
            .limit(limit)
        )
        return tuple(_entry(row) for row in self._connection.execute(lines))


def _matching(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter; times are of one width, so that text compares them."""

    def told(name: str) -> ColumnElement[str]:
        return func.json_extract(audit.c.body, f"$.{name}")

    where: list[ColumnElement[bool]] = []
    for name, value in (
        ("actor_id", wanted.actor_id),
        ("patient_id", wanted.patient_id),
        ("outcome", wanted.outcome),
    ):
        if value:
            where.append(told(name) == value)
    if wanted.actions:
        where.append(told("action").in_(wanted.actions))
    if wanted.since is not None:
        where.append(told("at") >= instant(wanted.since))
    if wanted.until is not None:
        where.append(told("at") < instant(wanted.until))
    return where


def _entry(row: Row[Any]) -> AuditEntry:
    facts: dict[str, Any] = json.loads(row.body)
    return AuditEntry(
        seq=row.seq,
        at=datetime.fromisoformat(facts.pop("at")),
        previous=row.previous or _GENESIS,
        digest=row.digest,
        **{name: value for name, value in facts.items() if name != "seq"},
    )


def _digest(previous: str, body: bytes) -> str:
    return hashlib.sha256(_DOMAIN + bytes.fromhex(previous) + body).hexdigest()


def _mac(key: bytes, digest: str) -> str:
    return hmac.digest(key, bytes.fromhex(digest), "sha256").hex()


def _evolve(key: bytes) -> bytes:
    return hmac.digest(key, b"evolve", "sha256")


def _broken(seq: int) -> AuditBrokenError:
    return AuditBrokenError(f"The audit trail does not hold at entry {seq}.")
