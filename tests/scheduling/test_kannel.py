"""Claims about SMS, made against a real Kannel gateway and its fake SMS centre."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from scheduling.errors import TransportError
from scheduling.notices import following
from scheduling.notices.compose import compose
from scheduling.notices.outbox import turn
from scheduling.notices.transports.kannel import KannelTransport
from scheduling.notices.transports.reports import box_at, stop_listening
from scheduling.records import Channel, NoticeKind, NoticeState, Purpose
from tests.scheduling.books import MemoryBooks
from tests.scheduling.gateway_box import kannel, kannel_is_here, wait_until
from tests.scheduling.samples import APPOINTMENT, CLINIC, DOCTOR, NOW, PATIENT, notice

pytestmark = pytest.mark.skipif(
    not kannel_is_here(), reason="Debian packages kannel and kannel-extras are not installed"
)


def test_sms_reaches_the_centre_letter_by_letter_and_refusals_are_told_apart(tmp_path):
    with kannel(tmp_path) as gateway:
        transport = KannelTransport(gateway.url, "clinic", "s3cret", "Lakeside")
        texts = ["Grüße @ 10€ [ok] ~ àéñ ΔΩ", "x" * 160, "Привет"]
        for number, text in enumerate(texts):
            due = replace(notice(channel=Channel.SMS), id=f"n-{number}", body=text)
            assert transport.send(due).startswith("0: Accepted")
        assert gateway.messages(3) == [("Lakeside", "+33612345678", text) for text in texts]

        stranger = replace(transport, password="wrong")
        with pytest.raises(TransportError) as caught:
            stranger.send(notice(channel=Channel.SMS))
        assert (caught.value.permanent, caught.value.uncertain) == (False, False)

        made = compose(APPOINTMENT, NoticeKind.CONFIRMATION, PATIENT, DOCTOR, CLINIC, NOW)
        sms = [each for each in made if each.channel is Channel.SMS]
        books = MemoryBooks(sms, APPOINTMENT)
        for _ in range(2):
            turn(books, {Channel.SMS: transport}, NOW, lambda *_: None)
        assert gateway.messages(4)[3:] == [("Lakeside", "+33612345678", sms[0].body)]


@pytest.fixture
def reports() -> Iterator[str]:
    """An address of this test's own to listen at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/a-long-secret"
    yield url
    stop_listening(url)


def sent(reports: str, url: str = "http://127.0.0.1:1/cgi-bin/sendsms"):
    """A confirmation by text that is on its way, its outbox and its way out."""
    made = compose(APPOINTMENT, NoticeKind.CONFIRMATION, PATIENT, DOCTOR, CLINIC, NOW)
    sms = [each for each in made if each.channel is Channel.SMS]
    books = MemoryBooks(sms, APPOINTMENT)
    transport = KannelTransport(url, "clinic", "s3cret", "Lakeside", reports=reports)
    return sms[0], books, transport


def test_a_gateway_tells_that_a_message_arrived_and_that_a_patient_wrote_stop(tmp_path, reports):
    before = datetime.now(UTC) - timedelta(minutes=1)
    box = box_at(reports)
    with kannel(tmp_path, reports, "33612345678 1234 text STOP") as gateway:
        notice_, books, transport = sent(reports, gateway.url)
        routes = {Channel.SMS: transport}
        turn(books, routes, NOW, lambda *_: None)
        wait_until(lambda: notice_.id in box.outcomes, "no delivery report came")
        assert following.follow(books, routes, NOW) == (notice_.id,)
        wait_until(lambda: len(box.texts) > 0, "no text came in")
        changed = following.take_replies(books, transport, before)
    with books.begin() as ledger:
        told = ledger.notices.get(notice_.id)
        assert told is not None
        assert told.state is NoticeState.DELIVERED
        assert changed == (APPOINTMENT.patient_id,)
        said = ledger.preferences.get(APPOINTMENT.patient_id)
        assert said is not None
        answer = said.answer(Channel.SMS, Purpose.REMINDERS)
        assert answer is not None
        assert not answer.allowed


@pytest.mark.parametrize(
    ("kind", "state"),
    [("2", NoticeState.UNDELIVERED), ("16", NoticeState.UNDELIVERED), ("8", NoticeState.ACCEPTED)],
)
def test_a_report_says_what_became_of_a_message_and_others_say_nothing(reports, kind, state):
    notice_, books, transport = sent(reports)
    with books.begin() as ledger:
        ledger.notices.update(replace(notice_, state=NoticeState.ACCEPTED))
    assert transport.outcome(notice_) is None
    query = {"id": notice_.id, "kind": kind}
    assert requests.get(f"{reports}/report", params=query, timeout=5).status_code == 200
    following.follow(books, {Channel.SMS: transport}, NOW)
    with books.begin() as ledger:
        told = ledger.notices.get(notice_.id)
        assert told is not None
        assert told.state is state


def test_whoever_does_not_know_the_secret_tells_nothing(reports):
    notice_, _, transport = sent(reports)
    assert transport.replies(NOW) == ()
    guessed = reports.rpartition("/")[0]
    for path in ("report", "a-long-guess/report", "a-long-secret/other"):
        query = {"id": notice_.id, "kind": "1", "from": "33612345678", "text": "STOP"}
        assert requests.get(f"{guessed}/{path}", params=query, timeout=5).status_code == 404
    assert transport.outcome(notice_) is None
    assert transport.replies(NOW) == ()


def test_an_address_somebody_else_listens_at_stops_no_message(tmp_path, reports):
    port = int(reports.partition("127.0.0.1:")[2].partition("/")[0])
    with socket.create_server(("127.0.0.1", port)), kannel(tmp_path) as gateway:
        notice_, _, transport = sent(reports, gateway.url)
        assert transport.send(notice_).startswith("0: Accepted")
        with pytest.raises(TransportError):
            transport.outcome(notice_)


@pytest.mark.parametrize(
    "url",
    [
        "https://h:1/a-long-secret",
        "http://h/a-long-secret",
        "http://h:1/short",
        "http://h:x/secret",
    ],
)
def test_an_address_of_reports_that_cannot_work_is_refused(url):
    with pytest.raises(ValueError, match="delivery reports"):
        KannelTransport("http://127.0.0.1:1/x", "u", "p", reports=url)
