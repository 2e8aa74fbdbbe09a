"""SMS by a gateway that speaks Twilio's Messages resource (REST, version 2010-04-01)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

from scheduling.errors import TransportError
from scheduling.notices.transports.gateway import check_url, get, post, refuse
from scheduling.notices.transports.hosts import is_this_machine
from scheduling.records import Channel, Notice, Reply

_REJECTED = frozenset({400})
_OUTCOMES = {"delivered": True, "read": True, "undelivered": False, "failed": False}
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
            f"{self._messages}.json",
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

    def outcome(self, notice: Notice) -> bool | None:
        """Ask for the message's status: True delivered, False undelivered or failed.

        Raises
        ------
        TransportError
            The gateway did not answer, or not with a status.
        """
        told = self._read(f"{self._messages}/{quote(notice.provider_ref)}.json", {})
        return _OUTCOMES.get(str(told.get("status")))

    def replies(self, since: datetime) -> tuple[Reply, ...]:
        """Return the messages sent to the clinic's number since then, the oldest first.

        Raises
        ------
        TransportError
            The gateway did not answer, or not with messages.
        """
        day = since.astimezone(UTC).date().isoformat()
        query = {"To": self.sender, "DateSent>": day, "PageSize": "1000"}
        listed = self._read(f"{self._messages}.json", query).get("messages", [])
        try:
            found = [
                Reply(one["from"], one["body"], parsedate_to_datetime(one["date_sent"]))
                for one in listed
                if one["direction"] == "inbound"
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable() from error
        kept = (reply for reply in found if reply.at >= since)
        return tuple(sorted(kept, key=lambda reply: reply.at))

    @property
    def _messages(self) -> str:
        account = quote(self.account)
        return f"{self.base_url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages"

    def _read(self, url: str, query: dict[str, str]) -> dict[str, Any]:
        answer = get(url, query=query, login=(self.account, self.token), timeout=self.timeout)
        if answer.status != 200:
            raise refuse(answer.status, rejected=frozenset(), uncertain=frozenset())
        try:
            told = json.loads(answer.text)
        except ValueError as error:
            raise _unreadable() from error
        if not isinstance(told, dict):
            raise _unreadable()
        return told


def _unreadable() -> TransportError:
    return TransportError("The SMS gateway's answer cannot be read.", permanent=False)
