"""The one-line status strip: what is protected, when it last synced, and where the AI runs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.pages.wording import WEEKDAYS, ago
from app.widgets import theme
from app.widgets.text import IconLabel, label, plain_tip
from assistant.phrases import Phrases, phrases
from resources.languages import DEFAULT

if TYPE_CHECKING:
    from app.workflow.sending import SyncStatus


class _Part(QWidget):
    """An icon and a few words."""

    def __init__(self, name: str, icon: str) -> None:
        super().__init__()
        self.setObjectName(f"strip.{name}")
        self._icon = IconLabel(icon, 14, "text_muted")
        self._text: QLabel = label()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self._icon)
        line.addWidget(self._text)
        self.hide()

    def say(self, text: str, icon: str, tone: str = "", tip: str = "") -> None:
        self._text.setText(text)
        self._icon.show_icon(icon, 14, tone or "text_muted")
        theme.set_tone(self._text, tone)
        self.setToolTip(plain_tip(tip or text))
        self.setAccessibleName(text)
        self.setVisible(bool(text))


class StatusStrip(QFrame):
    """Calm facts at the bottom; red only where a person must act."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        theme.set_role(self, "strip")
        self.setFixedHeight(28)
        self._words = phrases(DEFAULT)
        self._parts = {
            name: _Part(name, icon)
            for name, icon in (
                ("keys", "lock"),
                ("audit", "audit"),
                ("backup", "warning"),
                ("sync", "cloud"),
                ("waiting", "upload"),
                ("refused", "danger"),
                ("notices", "mail"),
                ("device", "cpu"),
            )
        }
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(24)
        for name, part in self._parts.items():
            if name == "device":
                line.addStretch(1)
            line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)

    def text_of(self, name: str) -> str:
        """What a part says now (keys, audit, backup, sync, waiting, refused, notices, device)."""
        part = self._parts[name]
        return part.accessibleName() if not part.isHidden() else ""

    def begin(self, words: Phrases) -> None:
        """Forget what was told to whoever was here before, and speak a language."""
        self._words = words
        for part in self._parts.values():
            part.say("", "dot")

    def show_keys(self, mode: str) -> None:
        """Say that the data are encrypted, and to staff how the key is held."""
        tip = f"Encrypted. Key held by: {mode}"
        if self._words.language != DEFAULT:
            tip = self._words.say("strip.encrypted_tip")
        self._parts["keys"].say(self._words.say("strip.encrypted"), "lock", tip=tip)

    def show_audit(self, text: str, *, broken: bool = False) -> None:
        """Say whether the audit chain holds."""
        if broken:
            self._parts["audit"].say("Audit chain broken", "danger", "danger", text)
        else:
            self._parts["audit"].say("Audit chain holds", "audit", tip=text)

    def show_backup(self, days: int, *, may_back_up: bool) -> None:
        """Say for how many days there was no backup; nothing where there is one (0 days)."""
        where = "see Settings" if may_back_up else "tell the administrator"
        text = f"No backup for {days} days: {where}" if days else ""
        self._parts["backup"].say(text, "warning", "warning")

    def show_sync(self, status: SyncStatus, now: datetime) -> None:
        """Say when the server was last reached and how much waits for it."""
        since = (now - status.last_sync_at).total_seconds() if status.last_sync_at else None
        sync = self._parts["sync"]
        if not status.configured:
            sync.say("No server: works by itself", "cloud-off")
        elif status.held:
            tip = f"{status.last_error}\nUntil then nothing is sent and nobody is written to."
            sync.say("Restored from a backup: enrol it again", "cloud-off", "warning", tip)
        elif status.last_error or since is None:
            away = "never synced" if since is None else f"last sync {ago(since)}"
            tip = status.last_error or away
            if at := status.final_until:
                away += f" · books for good until {WEEKDAYS[at.weekday()]} {at:%H:%M}"
                tip += "\nBookings in the time kept for this workstation are final."
            sync.say(f"Offline · {away}", "cloud-off", "warning", tip)
        else:
            sync.say(f"Synced {ago(since)}", "cloud")
        waiting = status.waiting if status.configured else 0
        noun = "change waits" if waiting == 1 else "changes wait"
        self._parts["waiting"].say(f"{waiting} {noun} for the server" if waiting else "", "upload")

    def show_refused(self, count: int) -> None:
        """Say what the server refused and nobody has dealt with yet."""
        noun = "change" if count == 1 else "changes"
        text = f"{count} {noun} refused by the server: see Calendar" if count else ""
        self._parts["refused"].say(text, "danger", "danger")

    def show_notices(self, waiting: int) -> None:
        """Say how many e-mails and texts have not gone out yet."""
        key = "strip.message" if waiting == 1 else "strip.messages"
        text = self._words.say(key, count=waiting) if waiting else ""
        self._parts["notices"].say(text, "mail")

    def show_device(self, device: str) -> None:
        """Say what the AI runs on."""
        self._parts["device"].say(f"AI on {device}" if device else "", "cpu")
