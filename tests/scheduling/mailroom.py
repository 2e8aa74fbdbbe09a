"""A real SMTP server on the loopback that can refuse, delay and break off."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mailroom:
    """What the server keeps, and how it answers: one reply per try, then acceptance.

    A reply of "drop" closes the connection at that command; ``drop_after_data`` keeps the message
    and closes it before the answer.
    """

    mail_replies: list[str] = field(default_factory=list)
    rcpt_replies: list[str] = field(default_factory=list)
    drop_after_data: int = 0
    data_replies: list[str] = field(default_factory=list)
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(self, server, session, envelope, address, mail_options):  # noqa: N802
        if self.mail_replies:
            return _said(server, self.mail_replies.pop(0))
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        if self.rcpt_replies:
            return _said(server, self.rcpt_replies.pop(0))
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        reply = self.data_replies.pop(0) if self.data_replies else "250 OK"
        if reply == "drop":
            server.transport.abort()
            return "421 never heard"
        if reply.startswith("250"):
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients += envelope.rcpt_tos
            self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
            if self.drop_after_data:
                self.drop_after_data -= 1
                return _said(server, "drop")
        return reply


def _said(server, reply: str) -> str:
    if reply == "drop":
        server.transport.abort()
        return "421 never heard"
    return reply


def _login(server, session, envelope, mechanism, given) -> AuthResult:
    right = isinstance(given, LoginPassword) and given == LoginPassword(b"clinic", b"s3cret")
    return AuthResult(success=right, handled=False)


class _FreePortController(Controller):
    """Learns the port the system gave it before it knocks on its own door."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mailroom(
    *,
    certificate: Path | None = None,
    starttls: bool = False,
    login: bool = False,
    keeper: Mailroom | None = None,
) -> Iterator[Mailroom]:
    """A running server on a free port; with a certificate it speaks TLS, or offers STARTTLS."""
    room = keeper or Mailroom()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    options = {"auth_required": login, "auth_require_tls": starttls, "authenticator": _login}
    if starttls:
        options |= {"tls_context": context, "require_starttls": True}
    controller = _FreePortController(
        room,
        hostname="127.0.0.1",
        port=0,
        ssl_context=None if starttls else context,
        **(options if login or starttls else {}),
    )
    controller.start()
    try:
        room.port = controller.port
        yield room
    finally:
        controller.stop()


def make_certificate(folder: Path) -> Path:
    """A self-made certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "loopback.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
