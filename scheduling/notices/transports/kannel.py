"""SMS by a Kannel gateway (kannel.org, userguide chapter 10: the sendsms interface)."""

from __future__ import annotations

from dataclasses import dataclass, field

from scheduling.notices.septets import septets
from scheduling.notices.transports.gateway import check_url, post, refuse
from scheduling.records import Channel, Notice

_REJECTED = frozenset({400, 413})


@dataclass(frozen=True)
class KannelTransport:
    """Hands notices to the ``sendsms`` address of a Kannel gateway.

    Posts with X-Kannel headers, so that neither the number nor the password stands in an
    address that gateways and proxies log. Plain http suits a gateway on this machine or
    behind the clinic's own wall; anything farther away wants https.
    """

    url: str
    username: str
    password: str = field(repr=False)
    sender: str = ""
    timeout: float = 15.0
    channel: Channel = field(default=Channel.SMS, init=False)

    def __post_init__(self) -> None:
        check_url(self.url)

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
        body = notice.body.encode("utf-8")
        answer = post(self.url, data=body, headers=headers, timeout=self.timeout)
        if answer.status in {200, 202}:
            return answer.text.strip()[:100]
        raise refuse(answer.status, rejected=_REJECTED, uncertain=frozenset({500, 502, 504}))
