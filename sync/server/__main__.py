"""The central server: serve, enrol, rights, revoke, leases or tell; each has --help."""

from __future__ import annotations

import argparse
import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sync.server.application import create_app
from sync.server.database import Database, clinic_id, database_key, open_database
from sync.server.devices import CODE_LIFE_S, DeviceRegistry
from sync.server.leasing import LeaseOffice
from sync.server.tell_command import tell

_KEEP_ALIVE_S = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; serving is the default. Returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in _COMMANDS and given[0] not in {"-h", "--help"}):
        given.insert(0, "serve")
    options = _parser().parse_args(given)
    try:
        return _COMMANDS[options.command](options)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sagittal-server", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    store = argparse.ArgumentParser(add_help=False)
    store.add_argument(
        "--db",
        default=os.environ.get("SAGITTAL_SERVER_DB", "sqlite:///sagittal-server.db"),
        help="sqlite:///FILE or postgresql://... (SAGITTAL_SERVER_DB)",
    )
    store.add_argument(
        "--key-file",
        type=Path,
        default=_path_of("SAGITTAL_SERVER_KEY_FILE"),
        help="hex key of the SQLite file; made if absent (default: FILE.key)",
    )
    serve = commands.add_parser("serve", parents=[store], help="answer workstations (default)")
    serve.add_argument("--host", default=os.environ.get("SAGITTAL_SERVER_HOST", "127.0.0.1"))
    serve.add_argument(
        "--port",
        type=int,
        default=int(os.environ.get("SAGITTAL_SERVER_PORT", "8443")),
        help="0 takes a free port; the address is printed",
    )
    serve.add_argument(
        "--public-url",
        default=os.environ.get("SAGITTAL_SERVER_URL", ""),
        help="how workstations reach this server (default: scheme://host:port)",
    )
    serve.add_argument("--tls-cert", type=Path, default=_path_of("SAGITTAL_SERVER_TLS_CERT"))
    serve.add_argument("--tls-key", type=Path, default=_path_of("SAGITTAL_SERVER_TLS_KEY"))
    serve.add_argument(
        "--signing-key",
        type=Path,
        default=_path_of("SAGITTAL_SERVER_SIGNING_KEY"),
        help="Ed25519 PEM that signs access tokens; needed by several processes only",
    )
    enrol = commands.add_parser("enrol", parents=[store], help="print a one-time code")
    enrol.add_argument("--clinic", required=True)
    enrol.add_argument(
        "--overbook", action="store_true", help="the workstation may book outside the rules"
    )
    rights = commands.add_parser("rights", parents=[store], help="what a device may do")
    rights.add_argument("--device", required=True)
    rights.add_argument("--overbook", required=True, choices=("yes", "no"))
    leases = commands.add_parser(
        "leases", parents=[store], help="list the times kept for offline workstations, or end them"
    )
    leases.add_argument("--clinic", required=True)
    leases.add_argument("--end", metavar="DEVICE", help="take back all of a device's at once")
    revoke = commands.add_parser("revoke", parents=[store], help="end a device's access")
    revoke.add_argument("--device", required=True)
    telling = commands.add_parser(
        "tell", parents=[store], help="write to a clinic's patients, in place of its workstations"
    )
    telling.add_argument("--clinic", required=True)
    telling.add_argument("--settings", type=Path, help="TOML file of the mail and text settings")
    telling.add_argument("--once", action="store_true", help="one turn, then stop")
    telling.add_argument("--end", action="store_true", help="give it back to the workstations")
    return parser


def _serve(options: argparse.Namespace) -> int:
    tls = options.tls_cert is not None
    if not tls and not _is_loopback(options.host):
        raise ValueError("without --tls-cert the server listens on the loopback address only")
    if not options.public_url and _is_everywhere(options.host):
        raise ValueError("listening everywhere needs --public-url")
    with socket.create_server((options.host, options.port)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else 40 ms an answer
        port = listener.getsockname()[1]
        scheme = "https" if tls else "http"
        public_url = options.public_url.rstrip("/") or f"{scheme}://{options.host}:{port}"
        app = create_app(
            options.db,
            database_key=_key(options),
            public_url=public_url,
            signing_key=_signing_key(options.signing_key),
        )
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            ssl_certfile=options.tls_cert,
            ssl_keyfile=options.tls_key,
        )
        sys.stdout.write(f"Sagittal server listens on {public_url}\n")
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _enrol(options: argparse.Namespace) -> int:
    database = _database(options)
    try:
        code = DeviceRegistry(database, lambda: datetime.now(UTC)).make_code(
            options.clinic, may_overbook=options.overbook
        )
    finally:
        database.close()
    sys.stdout.write(f"{code}\n")
    sys.stderr.write(f"Enter this code on the workstation within {CODE_LIFE_S // 60} minutes.\n")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    database = _database(options)
    try:
        known = DeviceRegistry(database, lambda: datetime.now(UTC)).revoke(options.device)
    finally:
        database.close()
    if not known:
        raise ValueError("no such device is enrolled")
    return 0


def _rights(options: argparse.Namespace) -> int:
    database, allowed = _database(options), options.overbook == "yes"
    try:
        registry = DeviceRegistry(database, lambda: datetime.now(UTC))
        known = registry.allow_overbooking(options.device, allowed=allowed)
    finally:
        database.close()
    if not known:
        raise ValueError("no such device is enrolled")
    return 0


def _leases(options: argparse.Namespace) -> int:
    database = _database(options)
    try:
        office = LeaseOffice(database, lambda: datetime.now(UTC))
        clinic = clinic_id(database, options.clinic)
        if options.end:
            sys.stdout.write(f"{office.end(clinic, options.end)} leases ended\n")
        for device, block in office.listed(clinic):
            times = f"{block.starts.isoformat()} - {block.ends.isoformat()}"
            sys.stdout.write(f"{device}  {block.subject}  {times}\n")
    finally:
        database.close()
    return 0


def _tell(options: argparse.Namespace) -> int:
    database = _database(options)
    try:
        tell(database, options.clinic, options.settings, once=options.once, end=options.end)
    except KeyboardInterrupt:
        return 0
    finally:
        database.close()
    return 0


def _database(options: argparse.Namespace) -> Database:
    return open_database(options.db, _key(options))


def _key(options: argparse.Namespace) -> bytes:
    """Return the SQLite file's key; empty for PostgreSQL."""
    prefix = "sqlite:///"
    if not options.db.startswith(prefix):
        return b""
    beside = Path(options.db.removeprefix(prefix) + ".key")
    return database_key(options.key_file or beside)


def _signing_key(path: Path | None) -> Ed25519PrivateKey | None:
    if path is None:
        return None
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the signing key is not Ed25519")  # noqa: TRY004 - a wrong file
    return key


def _path_of(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_everywhere(host: str) -> bool:
    """Whether the host stands for every address of the machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "serve": _serve,
    "enrol": _enrol,
    "rights": _rights,
    "revoke": _revoke,
    "leases": _leases,
    "tell": _tell,
}


if __name__ == "__main__":
    sys.exit(main())
