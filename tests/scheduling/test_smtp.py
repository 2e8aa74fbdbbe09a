"""Claims about e-mail, made against a real SMTP server."""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from scheduling.errors import TransportError
from scheduling.notices.compose import compose
from scheduling.notices.outbox import turn
from scheduling.notices.transports.smtp import SmtpTransport
from scheduling.records import Channel, NoticeKind, NoticeState
from scheduling.rules.booking import cancel
from tests.scheduling.books import MemoryBooks
from tests.scheduling.mailroom import mailroom, make_certificate
from tests.scheduling.samples import APPOINTMENT, CLINIC, DOCTOR, NOW, PATIENT, notice

# aiosmtpd does not count TLS from the first byte as TLS
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"))


def plain(room, **changes) -> SmtpTransport:
    return SmtpTransport(
        "127.0.0.1", room.port, CLINIC.email, **{"security": "none", "timeout": 5.0, **changes}
    )


def trusting(certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def test_invitation_and_its_cancellation_arrive_and_parse():
    with mailroom() as room:
        for kind, appointment in (
            (NoticeKind.CONFIRMATION, APPOINTMENT),
            (NoticeKind.CANCELLATION, cancel(APPOINTMENT, NOW)),
        ):
            for each in compose(appointment, kind, PATIENT, DOCTOR, CLINIC, NOW):
                if each.channel is Channel.EMAIL:
                    plain(room).send(each)
    assert room.recipients == ["ann@home.example"] * 2
    events = []
    for message, method in zip(room.received, ("REQUEST", "CANCEL"), strict=True):
        assert "14:30 (Europe/Paris, UTC+02:00)" in message.get_body(("plain",)).get_content()
        assert "14:30" in message["Subject"]
        part = next(each for each in message.walk() if each.get_content_type() == "text/calendar")
        assert part.get_param("method") == method
        calendar = Calendar.from_ical(part.get_content())
        assert calendar["METHOD"] == method
        events += calendar.walk("VEVENT")
    assert [int(each["SEQUENCE"]) for each in events] == [0, 1]
    assert events[0]["UID"] == events[1]["UID"]


def test_letters_and_lone_dots_survive_the_way():
    with mailroom() as room:
        reference = plain(room).send(notice())
    (message,) = room.received
    assert message["Subject"] == "Appointment: Zoë"
    assert message.get_content().splitlines() == notice().body.splitlines()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == reference


def test_message_id_is_the_same_at_every_try_and_other_for_another_notice():
    with mailroom() as room:
        transport = plain(room)
        ids = {transport.send(notice()), transport.send(notice())}
        assert len(ids) == 1
        assert transport.send(notice(NoticeKind.REMINDER)) not in ids


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_protected_login_delivers(certificate, security):
    with mailroom(certificate=certificate, starttls=security == "starttls", login=True) as room:
        plain(
            room,
            security=security,
            username="clinic",
            password="s3cret",
            context=trusting(certificate),
        ).send(notice())
    assert room.encrypted == [True]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_unknown_certificate_gets_neither_login_nor_message(certificate, security):
    with mailroom(certificate=certificate, starttls=security == "starttls", login=True) as room:
        transport = plain(room, security=security, username="clinic", password="s3cret")
        with pytest.raises(TransportError, match="not trusted") as caught:
            transport.send(notice())
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
    assert room.received == []


def test_server_without_starttls_gets_nothing():
    with mailroom() as room, pytest.raises(TransportError, match="does not offer") as caught:
        plain(room, security="starttls").send(notice())
    assert not caught.value.permanent
    assert room.received == []


def test_wrong_password_is_for_the_administrator_to_mend_and_told_without_it(certificate):
    with mailroom(certificate=certificate, login=True) as room:
        transport = plain(
            room,
            security="tls",
            username="clinic",
            password="wr0ng-one",
            context=trusting(certificate),
        )
        with pytest.raises(TransportError, match="refused the login") as caught:
            transport.send(notice())
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
    assert "wr0ng-one" not in repr(transport) + str(caught.value)


def test_password_is_refused_on_a_bare_connection_to_elsewhere():
    with pytest.raises(ValueError, match="encrypted"):
        SmtpTransport("mail.example", 25, "a@b.example", security="none", username="clinic")
    with pytest.raises(ValueError, match="security"):
        SmtpTransport("mail.example", 25, "a@b.example", security="maybe")


@pytest.mark.parametrize(
    ("where", "reply", "permanent", "uncertain"),
    [
        ("mail_replies", "451 4.7.1 later", False, False),
        ("mail_replies", "550 5.7.1 no such sender here", False, False),
        ("mail_replies", "drop", False, False),
        ("rcpt_replies", "drop", False, False),
        ("rcpt_replies", "450 4.7.1 greylisted ann@home.example", False, False),
        ("rcpt_replies", "550 5.1.1 no such user ann@home.example", True, False),
        ("data_replies", "451 4.3.0 later", False, False),
        ("data_replies", "554 5.7.1 refused", True, False),
        ("data_replies", "drop", False, True),
    ],
)
def test_answers_are_told_apart(where, reply, permanent, uncertain):
    with mailroom() as room:
        getattr(room, where).append(reply)
        with pytest.raises(TransportError) as caught:
            plain(room).send(notice())
        assert (caught.value.permanent, caught.value.uncertain) == (permanent, uncertain)
        assert "ann@home" not in str(caught.value)
        assert room.received == []
        plain(room).send(notice())
    assert len(room.received) == 1


def test_answer_lost_after_the_message_repeats_a_cancellation_and_never_a_reminder():
    gone = cancel(APPOINTMENT, NOW)
    for kind, appointment, copies in (
        (NoticeKind.CANCELLATION, gone, 2),
        (NoticeKind.REMINDER, APPOINTMENT, 1),
    ):
        due = replace(notice(kind), sequence=appointment.sequence)
        books = MemoryBooks([due], appointment)
        with mailroom() as room:
            room.drop_after_data = 1
            routes = {Channel.EMAIL: plain(room)}
            for hours in range(3):
                turn(books, routes, NOW + timedelta(hours=hours), lambda *_: None)
        assert len(room.received) == copies
        assert len({message["Message-ID"] for message in room.received}) == 1


def test_server_that_is_busy_at_the_greeting_gets_it_later():
    """Says 421 and hangs up, as a server does that has too many callers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def turn_away() -> None:
            caller, _ = listener.accept()
            with caller:
                caller.sendall(b"421 4.3.2 too many connections\r\n")

        busy = threading.Thread(target=turn_away)
        busy.start()
        transport = SmtpTransport(
            "127.0.0.1", listener.getsockname()[1], CLINIC.email, security="none", timeout=5.0
        )
        with pytest.raises(TransportError, match="421") as caught:
            transport.send(notice())
        busy.join(10)
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)


def test_server_that_falls_silent_is_given_up_after_the_timeout():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport = SmtpTransport(
            "127.0.0.1", listener.getsockname()[1], CLINIC.email, security="none", timeout=0.2
        )
        with pytest.raises(TransportError, match="cannot be reached") as caught:
            transport.send(notice())
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)


def test_absent_server_is_certain_and_temporary():
    with mailroom() as room:
        pass
    with pytest.raises(TransportError, match="cannot be reached") as caught:
        plain(room).send(notice())
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)


def test_greylisted_notice_arrives_by_the_next_turn():
    books = MemoryBooks([notice()], APPOINTMENT)
    with mailroom() as room:
        room.rcpt_replies.append("450 4.7.1 greylisted")
        routes = {Channel.EMAIL: plain(room)}
        assert turn(books, routes, NOW, lambda *_: None).waiting == (notice().id,)
        waiting = books.notices.get(notice().id)
        assert turn(books, routes, waiting.next_try_at, lambda *_: None).accepted
    assert books.state(notice().id) is NoticeState.ACCEPTED
    assert len(room.received) == 1
