"""What a sender of notices has to be told, whoever sends: a workstation or the central server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scheduling.notices.timing import read_quiet_hours, read_reminders
from scheduling.notices.transports.gammu import GammuTransport
from scheduling.notices.transports.kannel import KannelTransport
from scheduling.notices.transports.smtp import Security, SmtpTransport
from scheduling.notices.transports.twilio import TwilioTransport
from scheduling.ports import MessageTransport
from scheduling.records import Channel, Clinic, NoticePolicy

DEFAULT_SPOOL = "/var/spool/gammu"


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """Who writes, by which ways out, and by which rules; each method may raise ValueError.

    Attributes
    ----------
    country
        Two letters (ISO 3166-1), to read telephone numbers written without +; may be empty.
    smtp_security
        ``none``, ``starttls`` or ``tls``.
    sms_kind
        ``none``, ``kannel`` (``sms_url`` is the sendsms address), ``twilio`` (``sms_url`` is
        the base address of the provider's REST interface) or ``gammu`` (``sms_url`` is the spool
        folder of the SMS daemon on this machine).
    sms_reports
        For Kannel: the http address with a secret path at which this program listens for
        delivery reports and for texts from patients; empty: it does not.
    reminders, quiet_hours
        As ``scheduling.notices.timing`` reads them.
    ask_first
        Whether nothing is sent before the patient has said yes to the channel.
    """

    clinic_name: str = ""
    country: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Security = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_sender: str = ""
    sms_kind: str = "none"
    sms_url: str = ""
    sms_user: str = ""
    sms_password: str = field(default="", repr=False)
    sms_sender: str = ""
    sms_reports: str = field(default="", repr=False)
    reminders: str = "1 day"
    quiet_hours: str = "21:00-08:00"
    ask_first: bool = False

    def policy(self) -> NoticePolicy:
        """Return the rules of writing."""
        quiet_from, quiet_until = read_quiet_hours(self.quiet_hours)
        return NoticePolicy(read_reminders(self.reminders), quiet_from, quiet_until, self.ask_first)

    def clinic(self) -> Clinic:
        """Return who writes."""
        return Clinic(self.clinic_name or "Your clinic", self.smtp_sender)

    def transports(self) -> Mapping[Channel, MessageTransport]:
        """Return the ways out by channel."""
        found: dict[Channel, MessageTransport] = {}
        if self.smtp_host:
            found[Channel.EMAIL] = SmtpTransport(
                self.smtp_host,
                self.smtp_port,
                security=self.smtp_security,
                username=self.smtp_user,
                password=self.smtp_password,
                sender=self.smtp_sender,
            )
        login = (self.sms_url, self.sms_user, self.sms_password, self.sms_sender)
        if self.sms_kind == "kannel":
            found[Channel.SMS] = KannelTransport(*login, reports=self.sms_reports)
        elif self.sms_kind == "twilio":
            found[Channel.SMS] = TwilioTransport(*login)
        elif self.sms_kind == "gammu":
            found[Channel.SMS] = GammuTransport(Path(self.sms_url or DEFAULT_SPOOL))
        elif self.sms_kind != "none":
            raise ValueError(f"there is no way to send texts called {self.sms_kind}")
        return found
