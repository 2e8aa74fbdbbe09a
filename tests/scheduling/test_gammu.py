"""Claims about a GSM modem at the workstation, made against Gammu's own daemon and dummy phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.errors import TransportError
from scheduling.notices.following import follow
from scheduling.notices.outbox import turn
from scheduling.notices.transports.gammu import GammuTransport
from scheduling.records import Channel, NoticeState
from tests.scheduling.books import MemoryBooks
from tests.scheduling.modem import gammu_is_here, modem
from tests.scheduling.samples import APPOINTMENT, NOW, notice

SMS = notice(channel=Channel.SMS)
needs_gammu = pytest.mark.skipif(
    not gammu_is_here(), reason="Debian packages gammu and gammu-smsd are not installed"
)


@needs_gammu
def test_texts_reach_the_network_letter_by_letter_and_answers_come_in(tmp_path):
    texts = ["Grüße @ 10€ [ok] àéñ ΔΩ", "x" * 160, "Привет"]
    with modem(tmp_path) as daemon:
        transport = GammuTransport(daemon.spool)
        for number, text in enumerate(texts):
            due = replace(SMS, id=f"n-{number}", body=text)
            reference = transport.send(due)
            assert transport.send(due) == reference
        assert daemon.transmitted(3) == [("+33612345678", text) for text in texts]
        assert len(list((daemon.spool / "sent").iterdir())) == 3
        assert transport.outcome(replace(SMS, provider_ref=reference)) is None
        daemon.receive("+33612345678", "Stop")
        (reply,) = transport.replies(NOW - timedelta(days=3650))
    assert (reply.sender, reply.text) == ("+33612345678", "Stop")
    assert "7 bit SMS" in (log := (tmp_path / "log").read_text("utf-8"))
    assert "Unicode SMS" in log


def test_what_the_daemon_gives_up_is_told_on_the_notice(tmp_path):
    for name in ("inbox", "outbox", "sent", "error"):
        (tmp_path / name).mkdir()
    transport = GammuTransport(tmp_path)
    books = MemoryBooks([SMS], APPOINTMENT)
    routes = {Channel.SMS: transport}
    assert turn(books, routes, NOW, lambda *_: None).accepted == (SMS.id,)
    assert follow(books, routes, NOW) == ()
    (handed,) = (tmp_path / "outbox").glob("OUT*")
    handed.rename(tmp_path / "error" / handed.name)
    assert follow(books, routes, NOW + timedelta(minutes=1)) == ()  # not asked again so soon
    assert follow(books, routes, NOW + timedelta(hours=1)) == (SMS.id,)
    assert books.state(SMS.id) is NoticeState.UNDELIVERED


def test_a_missing_spool_folder_is_certain_and_temporary(tmp_path):
    transport = GammuTransport(tmp_path / "absent")
    with pytest.raises(TransportError, match="outbox folder") as caught:
        transport.send(SMS)
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
    with pytest.raises(TransportError, match="inbox folder"):
        transport.replies(NOW)
