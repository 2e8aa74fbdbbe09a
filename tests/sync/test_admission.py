"""Who is let in: enrolment codes, forged tokens, revocation, the command line."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.errors import NotAdmittedError, PeerAwayError
from sync.server.__main__ import main
from sync.server.application import ASSERTION_GRANT
from sync.server.database import open_database
from sync.server.devices import CODE_LIFE_S, DeviceRegistry
from sync.server.outcomes import OutcomeError
from sync.server.tokens import ACCESS_TYPE, ASSERTION_TYPE, Caller, TokenIssuer
from sync.transport.client import FhirTransport, enrol
from tests.sync.conftest import KEY, Central

NOW = datetime.now(UTC)


def pem(key: Any) -> str:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return str(public.decode())


class Desk:
    """An enrolled device that signs assertions as it pleases."""

    def __init__(self, central: Central) -> None:
        self.url = central.url
        self.key = Ed25519PrivateKey.generate()
        self.device = enrol(self.url, central.devices.make_code("clinic of forgers"), self.key)

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(datetime.now(UTC).timestamp())
        claims = {
            "iss": self.device,
            "sub": self.device,
            "aud": f"{self.url}/token",
            "iat": now,
            "exp": now + 240,
            "jti": secrets.token_hex(16),
            **changed,
        }
        return {key: value for key, value in claims.items() if value is not None}

    def signed(self, **changed: Any) -> str:
        headers = {"typ": ASSERTION_TYPE}
        return jwt.encode(self.claims(**changed), self.key, "EdDSA", headers=headers)

    def ask(self, assertion: str) -> requests.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_GRANT,
            "client_assertion": assertion,
        }
        return requests.post(f"{self.url}/token", data=form, timeout=20)

    def read(self, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.url}/fhir/_history"
        return requests.get(url, headers=headers, timeout=20).status_code


@pytest.fixture
def desk(sqlite_central: Central) -> Desk:
    return Desk(sqlite_central)


def test_good_assertion_gives_a_token_once(desk: Desk) -> None:
    assertion = desk.signed()
    answer = desk.ask(assertion)
    assert (answer.status_code, answer.json()["expires_in"]) == (200, 600)
    assert desk.read(answer.json()["access_token"]) == 200
    assert desk.ask(assertion).status_code == 401


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere.example/token"},
        {"aud": None},
        {"iss": "another-device"},
        {"sub": "another-device"},
        {"exp": 1},
        {"exp": None},
        {"exp": "never"},
        {"iat": None},
        {"iat": int(NOW.timestamp()) + 9000, "exp": int(NOW.timestamp()) + 9240},
        {"nbf": int(NOW.timestamp()) + 9000},
        {"exp": int(NOW.timestamp()) + 86400},
        {"jti": None},
        {"jti": "short"},
        {"jti": "x" * 65},
    ],
)
def test_assertion_with_a_wrong_claim_is_refused(desk: Desk, changed: dict[str, Any]) -> None:
    assert desk.ask(desk.signed(**changed)).status_code == 401


def test_assertion_of_another_kind_is_refused(desk: Desk) -> None:
    typed = {"typ": ASSERTION_TYPE}
    stranger = Ed25519PrivateKey.generate()
    forgeries = [
        jwt.encode(desk.claims(), "", "none", headers=typed),
        jwt.encode(desk.claims(), stranger, "EdDSA", headers=typed),
        jwt.encode(desk.claims(), stranger, "EdDSA", headers={**typed, **_own_key_named()}),
        _claims_swapped(desk),
        jwt.encode(desk.claims(), desk.key, "EdDSA"),
        jwt.encode(desk.claims(), desk.key, "EdDSA", headers={"typ": ACCESS_TYPE}),
        jwt.encode(desk.claims(), generate_private_key(SECP256R1()), "ES256", headers=typed),
        jwt.encode(desk.claims(), desk.key, "EdDSA", headers={"typ": None}),
        _by_public_key(desk, typed),
        _by_printed_public_key(desk, typed),
        "junk",
        "",
    ]
    for forgery in forgeries:
        assert desk.ask(forgery).status_code == 401


def test_the_library_alone_would_take_an_assertion_of_another_kind(desk: Desk) -> None:
    """Why the server looks at ``typ`` itself: the guard is not redundant."""
    token = jwt.encode(desk.claims(), desk.key, "EdDSA", headers={"typ": ACCESS_TYPE})
    audience = desk.claims()["aud"]
    assert jwt.decode(token, desk.key.public_key(), algorithms=["EdDSA"], audience=audience)
    assert desk.ask(token).status_code == 401


def _own_key_named() -> dict[str, Any]:
    """Return headers in which a forger offers the key to check with."""
    return {"jwk": {"kty": "OKP"}, "jku": "https://evil.example/keys"}


def _claims_swapped(desk: Desk) -> str:
    """Return a sound assertion whose claims were exchanged after signing."""
    head, _, tail = desk.signed().split(".")
    altered = json.dumps(desk.claims(jti=secrets.token_hex(16))).encode()
    return f"{head}.{base64.urlsafe_b64encode(altered).rstrip(b'=').decode()}.{tail}"


def _by_public_key(desk: Desk, typed: dict[str, str]) -> str:
    """Return an HS256 token keyed with the device's public key, the classic confusion."""
    secret = desk.key.public_key().public_bytes_raw()
    return jwt.encode(desk.claims(), secret, "HS256", headers=typed)


def _by_printed_public_key(desk: Desk, typed: dict[str, str]) -> str:
    """Return the same with the PEM text as the secret, which the library would not make."""
    pem = desk.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = ({"alg": "HS256", **typed}, desk.claims())
    body = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )
    mac = hmac.digest(pem, body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def test_access_token_of_another_kind_is_refused(desk: Desk) -> None:
    token = desk.ask(desk.signed()).json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    own = TokenIssuer(Ed25519PrivateKey.generate(), desk.url)
    forgeries = [
        own.issue(Caller(desk.device, claims["clinic"]), datetime.now(UTC)),
        jwt.encode(claims, "", "none", headers={"typ": ACCESS_TYPE}),
        desk.signed(),
        token[:-4] + "AAAA",
    ]
    for forgery in forgeries:
        assert desk.read(forgery) == 401
    assert requests.get(f"{desk.url}/fhir/Patient/p", timeout=20).status_code == 401


def test_expired_or_misdirected_access_token_is_refused() -> None:
    issuer = TokenIssuer(Ed25519PrivateKey.generate(), "https://one.example")
    caller = Caller("device", "clinic")
    assert issuer.check(issuer.issue(caller, datetime.now(UTC))) == caller
    old = issuer.issue(caller, datetime.now(UTC) - timedelta(hours=1))
    elsewhere = TokenIssuer(issuer._key, "https://two.example")
    for token in (old, elsewhere.issue(caller, datetime.now(UTC))):
        with pytest.raises(OutcomeError):
            issuer.check(token)


def test_code_admits_one_device_once(sqlite_central: Central) -> None:
    key = Ed25519PrivateKey.generate()
    code = sqlite_central.devices.make_code("clinic of codes")
    assert enrol(sqlite_central.url, code.upper().replace("-", ""), key)
    with pytest.raises(NotAdmittedError, match="wrong, used or too old"):
        enrol(sqlite_central.url, code, key)


def test_revoked_device_is_out_at_once(sqlite_central: Central) -> None:
    transport = sqlite_central.workstation()
    transport.pull("")
    sqlite_central.devices.revoke(transport._device_id)
    with pytest.raises(NotAdmittedError):
        transport.pull("")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(tmp_path: Path, clock: Clock) -> Iterator[DeviceRegistry]:
    database = open_database(f"sqlite:///{tmp_path / 'codes.db'}", KEY)
    yield DeviceRegistry(database, clock)
    database.close()


def test_code_grows_too_old(registry: DeviceRegistry, clock: Clock) -> None:
    code = registry.make_code("A")
    clock.now += timedelta(seconds=CODE_LIFE_S)
    with pytest.raises(OutcomeError, match="too old"):
        registry.enrol(code, pem(Ed25519PrivateKey.generate()), "10.0.0.1")


def test_wrong_codes_are_answered_later_and_later(registry: DeviceRegistry, clock: Clock) -> None:
    public = pem(Ed25519PrivateKey.generate())
    good = registry.make_code("A")
    for _ in range(4):
        with pytest.raises(OutcomeError, match="wrong"):
            registry.enrol("0" * 32, public, "10.0.0.1")
    with pytest.raises(OutcomeError, match="try again") as delayed:
        registry.enrol(good, public, "10.0.0.1")
    assert (delayed.value.status, delayed.value.retry_after_s) == (429, 2)
    assert registry.enrol(registry.make_code("B"), public, "10.0.0.2").device
    clock.now += timedelta(seconds=2)
    assert registry.enrol(good, public, "10.0.0.1").clinic


def test_only_ed25519_keys_are_enrolled(registry: DeviceRegistry) -> None:
    code = registry.make_code("A")
    for key in (pem(generate_private_key(SECP256R1())), "junk", ""):
        with pytest.raises(OutcomeError) as refused:
            registry.enrol(code, key, "10.0.0.1")
        assert refused.value.status == 422
    assert registry.enrol(code, pem(Ed25519PrivateKey.generate()), "10.0.0.1").device


def test_files_of_the_server_hold_no_readable_name_and_are_the_owners_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'central.db'}"
    assert main(["enrol", "--db", url, "--clinic", "Klinik Sonnenschein"]) == 0
    assert len(capsys.readouterr().out.strip()) == 35
    for path in tmp_path.iterdir():
        assert b"Sonnenschein" not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "arguments",
    [
        ["--host", "192.0.2.1", "--port", "0"],
        ["--host", "0.0.0.0", "--port", "0", "--tls-cert", "c.pem"],
        ["revoke", "--device", "nobody"],
        ["enrol", "--clinic", "A", "--db", "sqlite://"],
    ],
)
def test_unsafe_or_senseless_command_is_refused_in_words(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err.strip()


def test_command_line_serves_enrols_and_says_where(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "sync.server"]
    store = ["--db", f"sqlite:///{tmp_path / 'central.db'}"]
    serving = subprocess.Popen(
        [*command, "serve", "--port", "0", *store], cwd=root, stdout=subprocess.PIPE, text=True
    )
    try:
        assert serving.stdout is not None
        url = serving.stdout.readline().split()[-1]
        enrolling = [*command, "enrol", "--clinic", "A", *store]
        done = subprocess.run(enrolling, cwd=root, check=True, capture_output=True, text=True)
        key = Ed25519PrivateKey.generate()
        transport = FhirTransport(url, enrol(url, done.stdout.strip(), key), key)
        assert transport.pull("") == ((), "")
        transport.close()
    finally:
        serving.terminate()
        serving.communicate(timeout=20)
    with pytest.raises(PeerAwayError, match="cannot be reached"):
        enrol(url, "0" * 32, key)
