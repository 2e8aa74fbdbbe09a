"""What became of the messages about a visit or an offer, one line each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from PySide6.QtWidgets import QVBoxLayout

from app.pages.wording import NOTICE_KINDS, NOTICE_WORDS, moment
from app.widgets.surfaces import row
from app.widgets.text import Badge, IconLabel, label, plain_tip
from scheduling.records import Channel, Notice


def notice_lines(notices: Iterable[Notice], zone: tzinfo) -> list[QVBoxLayout]:
    """One line for each message, the first due one first: what it tells, how, and its state."""
    return [_line(one, zone) for one in sorted(notices, key=lambda one: (one.due_at, one.channel))]


def _line(notice: Notice, zone: tzinfo) -> QVBoxLayout:
    made = QVBoxLayout()
    made.setSpacing(2)
    word, tone = NOTICE_WORDS[notice.state]
    icon = IconLabel("mail" if notice.channel is Channel.EMAIL else "message", 16)
    title = label(NOTICE_KINDS[notice.kind])
    title.setToolTip(plain_tip(f"{notice.recipient}, due {moment(notice.due_at, zone)}"))
    by = "e-mail" if notice.channel is Channel.EMAIL else "text message"
    title.setAccessibleName(f"{NOTICE_KINDS[notice.kind]} by {by}: {word}")
    made.addLayout(row(icon, title, Badge(word, tone), stretch=1))
    if notice.last_error:
        made.addWidget(label(notice.last_error, "caption", wrap=True))
    return made
