"""Clinics and their devices: one-time codes, enrolment, assertions used once, revocation."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sync.server import database as db
from sync.server.outcomes import OutcomeError, denied
from sync.server.tokens import Assertion, Caller, check_assertion, claimed_device, device_key

CODE_LIFE_S = 900
_FREE_TRIES = 3
_LONGEST_DELAY_S = 300


class DeviceRegistry:
    """Who may speak to this server, and for which clinic."""

    def __init__(self, database: db.Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def make_code(self, clinic_name: str, *, may_overbook: bool = False) -> str:
        """Return a one-time code (128 bit, 15 min) of a clinic, which is made if it is new.

        ``may_overbook``: whether the workstation enrolled with it may book outside the rules.
        """
        text = secrets.token_hex(16)
        with self._database.write() as connection:
            query = sa.select(db.clinic.c.id).where(db.clinic.c.name == clinic_name)
            clinic = connection.execute(query).scalar()
            if clinic is None:
                clinic = str(uuid.uuid4())
                connection.execute(db.clinic.insert().values(id=clinic, name=clinic_name, seq=0))
            connection.execute(
                db.code.insert().values(
                    digest=_digest(text),
                    clinic=clinic,
                    expires_s=self._now_s() + CODE_LIFE_S,
                    used=False,
                    may_overbook=may_overbook,
                )
            )
        return "-".join(text[start : start + 8] for start in range(0, 32, 8))

    def enrol(self, code: str, public_key: str, address: str) -> Caller:
        """Register a device by a one-time code, or answer 401, 422 or 429.

        Wrong codes from one address are answered later and later, at most 5 min.
        """
        self._check_delay(address)
        device_key(public_key)
        caller = self._redeem(code, public_key)
        if caller is None:
            self._count_failure(address)
            raise denied("the code is wrong, used or too old")
        with self._database.write() as connection:
            connection.execute(db.lockout.delete().where(db.lockout.c.address == address))
        return caller

    def authenticate(self, token: str, audience: str) -> Caller:
        """Return the device behind a good assertion that was never seen before, or answer 401."""
        claimed = claimed_device(token)
        with self._database.read() as connection:
            found = connection.execute(_active(claimed)).first()
        if found is None:
            raise denied("this device is not enrolled here")
        key = device_key(found.public_key)
        checked = check_assertion(token, key, claimed, audience, self._clock())
        self._use_once(checked)
        return Caller(claimed, found.clinic)

    def check_active(self, caller: Caller) -> None:
        """Answer 401 if the device was revoked meanwhile."""
        with self._database.read() as connection:
            found = connection.execute(_active(caller.device)).first()
        if found is None or found.clinic != caller.clinic:
            raise denied("this device is no longer enrolled")

    def revoke(self, device: str) -> bool:
        """End a device's access at once; False if there is no such device."""
        with self._database.write() as connection:
            query = db.device.update().where(db.device.c.id == device).values(active=False)
            return connection.execute(query).rowcount == 1

    def allow_overbooking(self, device: str, *, allowed: bool) -> bool:
        """Give or take the right to book outside the rules; False if there is no such device."""
        with self._database.write() as connection:
            query = db.device.update().where(db.device.c.id == device)
            return connection.execute(query.values(may_overbook=allowed)).rowcount == 1

    def _redeem(self, code: str, public_key: str) -> Caller | None:
        table = db.code
        digest = _digest(code.replace("-", "").strip().lower())
        with self._database.write() as connection:
            taken = connection.execute(
                table.update()
                .where(
                    table.c.digest == digest,
                    table.c.used.is_(False),
                    table.c.expires_s > self._now_s(),
                )
                .values(used=True)
            )
            if taken.rowcount != 1:
                return None
            query = sa.select(table.c.clinic, table.c.may_overbook).where(table.c.digest == digest)
            clinic, may_overbook = connection.execute(query).one()
            device = str(uuid.uuid4())
            _forget_earlier(connection, clinic, public_key)
            connection.execute(
                db.device.insert().values(
                    id=device,
                    clinic=clinic,
                    public_key=public_key,
                    enrolled_s=self._now_s(),
                    active=True,
                    may_overbook=may_overbook,
                )
            )
        return Caller(device, clinic)

    def _use_once(self, checked: Assertion) -> None:
        table = db.assertion
        try:
            with self._database.write() as connection:
                connection.execute(table.delete().where(table.c.expires_s < self._now_s() - 600))
                connection.execute(
                    table.insert().values(
                        device=checked.device, jti=checked.jti, expires_s=checked.expires_s
                    )
                )
        except IntegrityError:
            raise denied("the assertion was used before") from None

    def _check_delay(self, address: str) -> None:
        query = sa.select(db.lockout.c.until_s).where(db.lockout.c.address == address)
        with self._database.read() as connection:
            left = (connection.execute(query).scalar() or 0) - self._now_s()
        if left > 0:
            raise OutcomeError(429, "throttled", f"try again in {left} s", retry_after_s=left)

    def _count_failure(self, address: str) -> None:
        table = db.lockout
        with self._database.write() as connection:
            query = sa.select(table.c.failures).where(table.c.address == address)
            failures = (connection.execute(query).scalar() or 0) + 1
            extra = failures - _FREE_TRIES
            delay = min(_LONGEST_DELAY_S, 2 ** min(extra, 10)) if extra > 0 else 0
            connection.execute(table.delete().where(table.c.address == address))
            connection.execute(
                table.insert().values(
                    address=address, failures=failures, until_s=self._now_s() + delay
                )
            )

    def _now_s(self) -> int:
        return int(self._clock().timestamp())


def _forget_earlier(connection: sa.Connection, clinic: str, public_key: str) -> None:
    """End what a workstation was here before: its old leases would refuse its own bookings."""
    table = db.device
    same = sa.select(table.c.id).where(table.c.clinic == clinic, table.c.public_key == public_key)
    connection.execute(db.lease.delete().where(db.lease.c.device.in_(same)))
    connection.execute(table.update().where(table.c.id.in_(same)).values(active=False))


def _digest(code: str) -> str:
    return hashlib.sha256(b"sagittal-enrolment:" + code.encode()).hexdigest()


def _active(device: str) -> sa.Select[tuple[str, str]]:
    return sa.select(db.device.c.clinic, db.device.c.public_key).where(
        db.device.c.id == device, db.device.c.active.is_(True)
    )


def check_may_overbook(connection: sa.Connection, device: str) -> None:
    """Answer 409 unless that device may book outside the rules."""
    query = sa.select(db.device.c.may_overbook).where(db.device.c.id == device)
    if not connection.execute(query).scalar():
        raise OutcomeError(409, "forbidden", "this workstation may not book outside the rules")
