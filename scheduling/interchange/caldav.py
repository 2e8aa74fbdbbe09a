"""A practitioner's calendar kept up on a CalDAV server (RFC 4791), by plain HTTP.

One way only: what stands on the server is overwritten, nothing is read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import requests

from scheduling.errors import PublishingError
from scheduling.notices.transports.hosts import is_this_machine

_CALENDAR = """<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>{name}</D:displayname>
</D:prop></D:set></C:mkcalendar>"""


@dataclass(frozen=True)
class CalDavServer:
    """The collection calendars are kept in, with the login.

    The address must be https, unless it is this machine. ``timeout`` is in seconds.
    """

    url: str
    username: str
    password: str = field(repr=False)
    timeout: float = 15.0
    verify: str | bool = True

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("a CalDAV server has an http or https address")
        if parts.scheme != "https" and not is_this_machine(parts.hostname):
            raise ValueError("a CalDAV password needs an https address")

    def make(self, calendar: str, name: str) -> None:
        """Make the calendar; one that is there already is left as it is."""
        body = _CALENDAR.format(name=_xml(name)).encode()
        status = self._ask("MKCALENDAR", f"{quote(calendar, safe='')}/", body, "application/xml")
        # 405 and 409 are how servers say that it exists (RFC 4791 section 5.3.1.2; Radicale)
        if status not in {201, 405, 409}:
            raise _refused(status)

    def put(self, calendar: str, uid: str, text: str) -> None:
        """Write one event, new or in place of itself."""
        kind = "text/calendar; charset=utf-8"
        status = self._ask("PUT", _path(calendar, uid), text.encode(), kind)
        if status not in {200, 201, 204}:
            raise _refused(status)

    def remove(self, calendar: str, uid: str) -> None:
        """Take one event away; one that is not there is gone already."""
        status = self._ask("DELETE", _path(calendar, uid), b"", "")
        if status not in {200, 204, 404, 410}:
            raise _refused(status)

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> int:
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.request(
                    method,
                    f"{self.url.rstrip('/')}/{path}",
                    data=body,
                    headers={"Content-Type": kind} if kind else {},
                    auth=(self.username, self.password),
                    timeout=self.timeout,
                    allow_redirects=False,
                    verify=self.verify,
                )
            except requests.RequestException:
                raise PublishingError("The calendar server cannot be reached.") from None
        return answer.status_code


def publish(
    server: CalDavServer,
    calendar: str,
    wanted: Mapping[str, str],
    published: Mapping[str, str],
    text_of: Callable[[str], str],
) -> tuple[dict[str, str], str]:
    """Bring a calendar to what is wanted; return what stands there now, and why it broke off.

    Parameters
    ----------
    wanted
        By appointment id: a mark that changes when the event does.
    published
        By appointment id: the mark it was last written with.
    text_of
        Makes the event of an appointment id; asked for those that are written only.
    """
    now = dict(published)
    try:
        for ident in sorted(set(published) - set(wanted)):
            server.remove(calendar, ident)
            del now[ident]
        for ident, mark in sorted(wanted.items()):
            if published.get(ident) != mark:
                server.put(calendar, ident, text_of(ident))
                now[ident] = mark
    except PublishingError as error:
        return now, str(error)
    return now, ""


def _path(calendar: str, uid: str) -> str:
    return f"{quote(calendar, safe='')}/{quote(uid, safe='')}.ics"


def _refused(status: int) -> PublishingError:
    if status in {401, 403}:
        return PublishingError("The calendar server refused the login.")
    return PublishingError(f"The calendar server answered {status}.")


def _xml(text: str) -> str:
    for letter, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(letter, entity)
    return text
