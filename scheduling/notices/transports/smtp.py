"""E-mail by SMTP (RFC 5321), with the invitation as an iMIP part (RFC 6047)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from scheduling.errors import TransportError
from scheduling.notices.transports.hosts import is_this_machine
from scheduling.records import Channel, Notice

Security = Literal["none", "starttls", "tls"]

_EHLO_NAME = "[127.0.0.1]"  # says nothing of the workstation, and saves a lookup of its own name


@dataclass(frozen=True)
class SmtpTransport:
    """Hands notices to a mail server.

    ``security`` is never lowered: with "starttls" a server that does not offer it gets nothing.
    A password is refused on an unprotected connection unless the server is this machine.
    ``context`` defaults to the system's trusted authorities, with host names checked.
    ``timeout`` is in seconds and bounds each network operation.
    """

    host: str
    port: int
    sender: str
    security: Security = "tls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 15.0
    context: ssl.SSLContext | None = field(default=None, repr=False)
    channel: Channel = field(default=Channel.EMAIL, init=False)

    def __post_init__(self) -> None:
        if self.security not in {"none", "starttls", "tls"}:
            raise ValueError(f"unknown security {self.security!r}")
        if self.username and self.security == "none" and not is_this_machine(self.host):
            raise ValueError("a mail password needs an encrypted connection")

    def send(self, notice: Notice) -> str:
        """Hand one notice over and return its Message-ID, which follows from the notice's id.

        Raises
        ------
        TransportError
            Permanent if the server refused this recipient or message for good (5xx);
            uncertain if the connection was lost after the message began to flow. Whatever
            an administrator can mend (login, certificate, address of the server) is temporary.
        """
        message = letter(notice, self.sender)
        with self._session() as session:
            _step(*session.mail(self.sender), refusal_is_final=False)
            _step(*session.rcpt(notice.recipient), refusal_is_final=True)
            try:
                reply = session.data(message.as_bytes(policy=SMTP))
            except smtplib.SMTPDataError as error:
                _step(int(error.smtp_code), b"", refusal_is_final=True)
            except (smtplib.SMTPException, OSError) as error:
                raise TransportError(
                    "The mail server broke off while taking the message.",
                    permanent=False,
                    uncertain=True,
                ) from error
            else:
                _step(*reply, refusal_is_final=True)
        return str(message["Message-ID"])

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """A greeted, protected, signed-in session; its failures are temporary."""
        try:
            session = self._open()
        except (smtplib.SMTPException, OSError) as error:
            raise TransportError(_reason(error), permanent=False) from error
        try:
            yield session
        except (smtplib.SMTPException, OSError) as error:
            raise TransportError(_reason(error), permanent=False) from error
        finally:
            # The answer that counts is in; a server that fails to say goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                session.quit()
            session.close()

    def _open(self) -> smtplib.SMTP:
        """Connect, protect and sign in; raises what smtplib raises."""
        context = self.context or ssl.create_default_context()
        if self.security == "tls":
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, _EHLO_NAME, timeout=self.timeout, context=context
            )
        else:
            session = smtplib.SMTP(self.host, self.port, _EHLO_NAME, timeout=self.timeout)
        try:
            if self.security == "starttls":
                session.starttls(context=context)
            session.ehlo_or_helo_if_needed()
            if self.username:
                session.login(self.username, self.password)
        except BaseException:
            session.close()
            raise
        return session


def letter(notice: Notice, sender: str) -> EmailMessage:
    """The notice as a message: plain text, and the invitation with its METHOD if there is one."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = notice.recipient
    message["Subject"] = notice.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{notice.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.body)
    if notice.invitation:
        method = next(
            line.partition(":")[2].strip()
            for line in notice.invitation.splitlines()
            if line.startswith("METHOD:")
        )
        message.add_alternative(notice.invitation, subtype="calendar", params={"method": method})
    return message


def _step(code: int, _text: bytes, *, refusal_is_final: bool) -> None:
    """Return if the server agreed; its words are left out, for they may name the recipient."""
    if not 200 <= code < 300:
        raise TransportError(
            f"The mail server answered {code}.", permanent=refusal_is_final and code >= 500
        )


def _reason(error: Exception) -> str:
    """What to tell of a failure before the message flowed, without addresses."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "The mail server refused the login."
        case smtplib.SMTPNotSupportedError():
            return "The mail server does not offer the protection or login that is asked for."
        case ssl.SSLCertVerificationError():
            return "The mail server's certificate is not trusted."
        case smtplib.SMTPResponseException():
            return f"The mail server answered {error.smtp_code}."
        case _:
            return "The mail server cannot be reached."
