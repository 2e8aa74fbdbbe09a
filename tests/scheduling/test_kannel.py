"""Claims about SMS, made against a real Kannel gateway and its fake SMS centre."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduling.errors import TransportError
from scheduling.notices.compose import compose
from scheduling.notices.outbox import turn
from scheduling.notices.transports.kannel import KannelTransport
from scheduling.records import Channel, NoticeKind
from tests.scheduling.books import MemoryBooks
from tests.scheduling.gateway_box import kannel, kannel_is_here
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
