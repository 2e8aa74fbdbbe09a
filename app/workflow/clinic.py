"""Opening and closing the workstation: founding, signing up, in and out, recovery."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.accounts.passwords import (
    MINIMUM_LENGTH,
    RECOMMENDED_LENGTH,
    KdfCost,
    check_strength,
    hash_verifier,
    verify,
)
from app.errors import AccountError, LockedError, SignInError, UsernameTakenError
from app.events import AccountChanged, Bus, SignedIn, SignedOut
from app.records import SYSTEM, Account, AccountStatus, Actor, Role
from app.storage.device_secret import NONE, DeviceSecret
from app.storage.keystore import Keystore
from app.workflow.emergency import AWAY, FOUND_OPEN, close_charts
from app.workflow.founding import FoundingMark
from app.workflow.keys import OpenKeys
from app.workflow.session import Session, utc_now
from app.workflow.settings import ClinicSettings, write_settings
from app.workflow.signing_up import SignUp, admit_all, new_account, sealed_form

if TYPE_CHECKING:
    from app.storage.work import Storage

_WRONG = "The name or the password is wrong, or the account still waits for approval."
_LOCKED_HINT = " Patients can sign in once a member of staff has opened the workstation."
_WRONG_OLD = "The present password is wrong. Nothing was changed."
_SLOWEST_S = 60.0


class Clinic:
    """The clinic on this workstation: locked until a member of staff opens it."""

    def __init__(
        self,
        folder: Path,
        bus: Bus,
        *,
        cost: KdfCost = KdfCost.PRODUCTION,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._folder = folder
        self._bus = bus
        self._clock = clock
        self._cost = cost
        self._device = DeviceSecret(folder)
        self._keystore = Keystore(folder, self._device, cost)
        self._storage: Storage | None = None
        self._keys: OpenKeys | None = None
        self._session: Session | None = None
        self._failures: dict[str, tuple[int, float]] = {}
        self._founding = FoundingMark(folder)
        self._lock = threading.RLock()

    @property
    def is_founded(self) -> bool:
        """Whether the first start has been done."""
        return self._keystore.exists and not self._founding.stands

    @property
    def is_open(self) -> bool:
        """Whether a member of staff has opened the workstation since it started."""
        return self._storage is not None

    @property
    def key_mode(self) -> str:
        """How the keys are held, in words for the status strip."""
        return self._device.describe()

    def shortest_password(self, role: Role | None) -> int:
        """Return the fewest characters a new password of that role needs."""
        return MINIMUM_LENGTH if role is Role.PATIENT else self._keystore.shortest_password

    def learn_shortest_password(self) -> int:
        """Ask for a keyring, which may wait for a person; return what a password of staff needs."""
        alone = self._device.mode == NONE
        return RECOMMENDED_LENGTH if alone else MINIMUM_LENGTH

    @property
    def storage(self) -> Storage | None:
        """The open storage, for the background turns; None while locked."""
        return self._storage

    def found(
        self,
        *,
        clinic_name: str,
        zone: str,
        name: str,
        username: str,
        password: str,
        country: str = "",
        emergency_number: str = "",
    ) -> str:
        """Set up keys, database and the first administrator; return the recovery key.

        An empty ``emergency_number`` is that of the country, now and when the country changes.
        """
        if self.is_founded:
            raise AccountError("This workstation is set up already. Sign in instead.")
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise AccountError(f"“{zone}” is not a time zone, e.g. Europe/Paris.") from error
        form = SignUp(Role.ADMINISTRATOR, name, username, password)
        self._keystore.check_password(password, (name, username, clinic_name))
        settings = ClinicSettings(
            clinic_name=clinic_name,
            zone=zone,
            country=country,
            emergency_number=emergency_number,
        )
        with self._lock:
            self._founding.set()
            try:
                recovery_key = self._found(form, settings)
            except BaseException:
                self._shut()
                self._founding.undo()
                raise
            self._founding.clear()
        return recovery_key

    def sign_in(self, username: str, password: str, language: str = "") -> Session:
        """Sign a person in; a member of staff thereby opens a locked workstation.

        ``language`` is the one chosen at the sign-in, a BCP 47 tag, if any.
        """
        login = username.strip().casefold()
        if not self.is_founded:
            raise LockedError("This workstation is not set up yet.")
        self._mind_the_pause(login)
        try:
            session = replace(self._sign_in(login, password), language=language)
        except SignInError:
            failures = self._failures.get(login, (0, 0.0))[0] + 1
            pause = min(2.0 ** (failures - 1), _SLOWEST_S) if failures > 1 else 0.0
            self._failures[login] = (failures, time.monotonic() + pause)
            self._note_failure()
            raise
        self._failures.pop(login, None)
        with self._lock:
            self.sign_out()
            self._session = session
        self._bus.publish(SignedIn(session.actor.account_id))
        return session

    def sign_out(self) -> None:
        """End the session; the workstation stays open until it is closed."""
        with self._lock:
            session, self._session = self._session, None
            if session is None:
                return
            session.end()
            with session.storage.begin(session.actor) as work:
                close_charts(work, session.now(), AWAY, session.actor.account_id)
                work.note("session.ended", session.actor.account_id)
        self._bus.publish(SignedOut())

    def sign_up(self, form: SignUp) -> str:
        """Ask for an account; return the sentence that tells what happens next.

        The request is sealed to the clinic's key, so that it also works while the workstation
        is locked: nobody can read it before a member of staff opens the workstation.
        """
        if form.role not in {Role.DOCTOR, Role.PATIENT}:
            raise AccountError("Other accounts are made by an administrator.")
        self._check_password(form.role, form.password, (form.name, form.username))
        if self._storage is not None:
            with self._storage.begin(SYSTEM) as work:
                if work.accounts.by_username(form.login) is not None:
                    raise UsernameTakenError("Somebody already signs in by that name.")
        payload = sealed_form(form, self._keystore, self._cost)
        self._keystore.seal_sign_up(payload)
        self._admit_sign_ups()
        if form.role is Role.DOCTOR:
            return "Your account now waits for approval by an administrator."
        if self.is_open:
            return "Your account is ready. Sign in, and ask the desk to match it with your records."
        return "Your account will be ready once a member of staff has opened the workstation."

    def recover(self, recovery_key: str, username: str, new_password: str) -> None:
        """Open the clinic by the printed recovery key and give an administrator a new password."""
        self._keystore.check_password(new_password, (username,))
        master_key = self._keystore.unlock_with_recovery(recovery_key)
        login = username.strip().casefold()
        with self._opened(master_key) as storage, storage.begin(SYSTEM) as work:
            account = work.accounts.by_username(login)
            administrator = account is not None and account.role is Role.ADMINISTRATOR
            if account is None or not administrator or account.status is not AccountStatus.ACTIVE:
                raise AccountError("There is no administrator who signs in by that name.")
            work.note("recovery-key.used", account.id)
            if self._keystore.device_fits:  # else no slot of before opens, and all are dropped
                self._keystore.remove_slot(login)
            public_key = self._keystore.add_slot(master_key, login, new_password)
            work.accounts.put(replace(account, public_key=public_key))

    def change_password(self, session: Session, old: str, new: str) -> None:
        """Give the signed-in person another password.

        The audit line stands if and only if the password was changed.
        """
        with session.begin() as work:
            account = work.accounts.get(session.actor.account_id)
        if account is None:
            raise LockedError("This account no longer exists.")
        self._check_password(account.role, new, (account.name, account.username))
        verifier = ""
        if account.role is Role.PATIENT:
            if not verify(account.verifier, old):
                raise SignInError(_WRONG_OLD)
            verifier = hash_verifier(new, self._cost)
        with session.begin() as work:
            work.note("password.changed", account.id)
            if account.role is Role.PATIENT:
                work.accounts.put(replace(account, verifier=verifier))
            else:
                self._change_slot(account.username, old, new)

    def close(self) -> None:
        """Lock for good: end the session, close the database, wipe the keys."""
        with self._lock:
            self.sign_out()
            self._shut()

    def _found(self, form: SignUp, settings: ClinicSettings) -> str:
        master_key, recovery_key = self._keystore.create()
        public_key = self._keystore.add_slot(master_key, form.login, form.password)
        with self._open(master_key).begin(SYSTEM) as work:
            write_settings(work, settings)
            work.accounts.put(new_account(form, self._clock(), public_key=public_key))
            work.note("clinic.founded", "clinic")
        return recovery_key

    def _shut(self) -> None:
        storage, self._storage = self._storage, None
        keys, self._keys = self._keys, None
        if storage is not None:
            storage.close()
        if keys is not None:
            keys.wipe()

    def _check_password(self, role: Role, password: str, context: tuple[str, ...]) -> None:
        """Staff open the data by their password; a patient's is only compared, inside them."""
        if role is Role.PATIENT:
            check_strength(password, context)
        else:
            self._keystore.check_password(password, context)

    def _change_slot(self, username: str, old: str, new: str) -> None:
        try:
            self._keystore.change_password(username, old, new)
        except SignInError as error:
            raise SignInError(_WRONG_OLD) from error

    def _sign_in(self, login: str, password: str) -> Session:
        if self._storage is not None:
            with self._storage.begin(SYSTEM) as work:
                account = work.accounts.by_username(login)
            if account is not None and account.role is Role.PATIENT:
                if not verify(account.verifier, password):
                    raise SignInError(_WRONG)
                return self._session_of(account)
        try:
            master_key = self._keystore.unlock(login, password)
        except SignInError as error:
            raise SignInError(_WRONG + ("" if self.is_open else _LOCKED_HINT)) from error
        with self._opened(master_key) as storage:
            with storage.begin(SYSTEM) as work:
                account = work.accounts.by_username(login)
            if account is None:
                raise SignInError(_WRONG)
            return self._session_of(account)

    def _session_of(self, account: Account) -> Session:
        if account.status is AccountStatus.WAITING:
            raise SignInError("Your account still waits for approval by an administrator.")
        if account.status is AccountStatus.CLOSED:
            raise SignInError("This account has been closed. Ask an administrator.")
        if self._storage is None or self._keys is None:
            raise LockedError("The workstation is locked. A member of staff must sign in first.")
        actor = Actor(
            account.id, account.name, account.role, account.patient_id, account.practitioner_id
        )
        session = Session(actor, self._storage, self._keys, self._bus, self._clock)
        with self._storage.begin(SYSTEM) as work:
            close_charts(work, session.now(), FOUND_OPEN)
        with session.begin() as work:
            work.note("session.started", account.id, patient_id=account.patient_id)
        return session

    @contextmanager
    def _opened(self, master_key: bytes) -> Iterator[Storage]:
        """Open the workstation; lock it again if it was locked and the person is not let in."""
        with self._lock:
            was_open = self.is_open
            try:
                yield self._open(master_key)
            except BaseException:
                if not was_open:
                    self._shut()
                raise

    def _open(self, master_key: bytes) -> Storage:
        with self._lock:
            if self._storage is None:
                from app.storage.work import Storage  # noqa: PLC0415 - sign-in stays light
                from app.workflow import restored  # noqa: PLC0415 - as above

                storage = Storage(self._folder, master_key)
                restored.settle(storage, self._clock())
                self._storage = storage
                self._keys = OpenKeys(self._keystore, master_key)
            self._admit_sign_ups()
            return self._storage

    def _admit_sign_ups(self) -> None:
        with self._lock:
            if self._storage is None or self._keys is None:
                return
            for account_id in admit_all(self._storage, self._keys, self._clock()):
                self._bus.publish(AccountChanged(account_id))

    def _mind_the_pause(self, login: str) -> None:
        pause = self._failures.get(login, (0, 0.0))[1] - time.monotonic()
        if pause > 0:
            raise SignInError(f"Too many wrong tries. Try again in {pause:.0f} s.")

    def _note_failure(self) -> None:
        if self._storage is not None:
            with self._storage.begin(SYSTEM) as work:
                work.note("session.refused", "sign-in", outcome="refused")
