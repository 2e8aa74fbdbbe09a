"""SMS by a gateway that speaks Twilio's Messages resource (REST, version 2010-04-01)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from scheduling.errors import TransportError
from scheduling.notices.transports.gateway import check_url, post, refuse
from scheduling.notices.transports.hosts import is_this_machine
from scheduling.records import Channel, Notice

_REJECTED = frozenset({400})
_UNCERTAIN = frozenset({500, 502, 503, 504})  # posting again after these may send twice


@dataclass(frozen=True)
class TwilioTransport:
    """Hands notices to ``{base_url}/2010-04-01/Accounts/{account}/Messages.json``.

    The address must be https, unless it is this machine.
    """

    base_url: str
    account: str
    token: str = field(repr=False)
    sender: str
    timeout: float = 15.0
    channel: Channel = field(default=Channel.SMS, init=False)

    def __post_init__(self) -> None:
        check_url(self.base_url)
        parts = urlsplit(self.base_url)
        if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
            raise ValueError("an SMS token needs an https address")

    def send(self, notice: Notice) -> str:
        """Hand one notice over and return the message's sid.

        Raises
        ------
        TransportError
            Permanent if the number or text is refused (400); uncertain after a 5xx, a lost
            answer, or an acceptance without sid. A refused login (401, 403) is temporary: an
            administrator can mend it.
        """
        answer = post(
            f"{self.base_url.rstrip('/')}/2010-04-01/Accounts/{quote(self.account)}/Messages.json",
            data={"To": notice.recipient, "From": self.sender, "Body": notice.body},
            login=(self.account, self.token),
            timeout=self.timeout,
        )
        if answer.status not in {200, 201}:
            raise refuse(answer.status, rejected=_REJECTED, uncertain=_UNCERTAIN)
        try:
            return str(json.loads(answer.text)["sid"])
        except (ValueError, KeyError, TypeError) as error:
            raise TransportError(
                "The SMS gateway's answer cannot be read.", permanent=False, uncertain=True
            ) from error
