"""SMS by a Kannel gateway (kannel.org, userguide chapter 10: the sendsms interface)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from scheduling.errors import TransportError
from scheduling.notices.septets import septets
from scheduling.notices.transports.gateway import check_url, post, refuse
from scheduling.notices.transports.reports import MASK, box_at, check_reports, report_url
from scheduling.records import Channel, Notice, Reply

_REJECTED = frozenset({400, 413})


@dataclass(frozen=True)
class KannelTransport:
    """Hands notices to the ``sendsms`` address of a Kannel gateway.

    Posts with X-Kannel headers, so that neither the number nor the password stands in an
    address that gateways and proxies log. Plain http suits a gateway on this machine or
    behind the clinic's own wall; anything farther away wants https. ``reports`` is where this
    program listens for what became of messages and for texts from patients; empty: nowhere.
    """

    url: str
    username: str
    password: str = field(repr=False)
    sender: str = ""
    timeout: float = 15.0
    reports: str = field(default="", repr=False)
    channel: Channel = field(default=Channel.SMS, init=False)

    def __post_init__(self) -> None:
        check_url(self.url)
        if self.reports:
            check_reports(self.reports)

    def send(self, notice: Notice) -> str:
        """Hand one notice over and return the gateway's words of acceptance.

        Raises
        ------
        TransportError
            Permanent if the gateway condemns the message (400); uncertain if the answer was
            lost or says neither yes nor no.
        """
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",  # the only charset Kannel heeds here
            "X-Kannel-Username": self.username,
            "X-Kannel-Password": self.password,
            "X-Kannel-From": self.sender,
            "X-Kannel-To": notice.recipient,
            "X-Kannel-Coding": "0" if septets(notice.body) is not None else "2",
        }
        if self.reports:
            headers["X-Kannel-DLR-Mask"] = str(MASK)
            headers["X-Kannel-DLR-Url"] = report_url(self.reports, notice.id)
            with suppress(TransportError):  # the message goes all the same
                box_at(self.reports)
        body = notice.body.encode("utf-8")
        answer = post(self.url, data=body, headers=headers, timeout=self.timeout)
        if answer.status in {200, 202}:
            return answer.text.strip()[:100]
        raise refuse(answer.status, rejected=_REJECTED, uncertain=frozenset({500, 502, 504}))

    def outcome(self, notice: Notice) -> bool | None:
        """Whether the gateway has told that the message arrived (True) or will not (False).

        Raises
        ------
        TransportError
            Nobody can listen at the address of reports.
        """
        return box_at(self.reports).outcomes.get(notice.id) if self.reports else None

    def replies(self, since: datetime) -> tuple[Reply, ...]:
        """Return the texts from patients heard since then, the oldest first.

        Raises
        ------
        TransportError
            Nobody can listen at the address of reports.
        """
        heard = tuple(box_at(self.reports).texts) if self.reports else ()
        return tuple(reply for reply in heard if reply.at >= since)
