"""Who did what, when: the clinic's audit trail."""

from __future__ import annotations

from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.wording import moment, zone_of
from app.records import Account, AuditEntry
from app.widgets.buttons import button
from app.widgets.forms import SearchField
from app.widgets.messages import Banner
from app.widgets.table import Column, Table
from app.widgets.text import label
from app.workflow import admitting, auditing, configuring


class AuditPage(Page):
    """The trail, with a check of its chain."""

    def __init__(self, context: PageContext) -> None:
        text = "Every act, chained by hash: a removed or changed line breaks the chain."
        super().__init__(context, "audit", "Audit", text)
        self._zone = zone_of("UTC")
        self.chain = Banner(name="audit.chain")
        self.body.addWidget(self.chain)
        self._build_trail()

    def open(self, **_ids: str) -> None:
        """Read the list again."""
        session = self.context.session
        self.ask(lambda _: configuring.clinic_settings(session).zone, self._set_zone)
        self.ask(lambda _: admitting.accounts(session), self._know_names)
        self.ask(lambda _: auditing.lines(session).entries, self._show_trail)

    def verify(self) -> None:
        """Check the whole chain and say so."""
        session = self.context.session
        self.verify_button.setEnabled(False)
        self.ask(
            lambda _: auditing.verify(session),
            lambda text: self._verified(text, "good"),
            failed=lambda text: self._verified(text, "danger"),
        )

    def _build_trail(self) -> None:
        self.search = SearchField("Search what is shown", name="audit.search")
        self.search.setMinimumWidth(240)
        self.search.textChanged.connect(lambda *_: self._filter())
        self.verify_button = button(
            "Check the chain", self.verify, name="audit.verify", kind="primary", icon="audit"
        )
        self.header.addWidget(self.search)
        self.header.addWidget(self.verify_button)
        self._entries: tuple[AuditEntry, ...] = ()
        self._names: dict[str, str] = {}
        columns: tuple[Column[AuditEntry], ...] = (
            Column("No.", lambda one: str(one.seq), 64),
            Column("When", lambda one: moment(one.at, self._zone), 150),
            Column("Act", lambda one: words_of(one.action), 210),
            Column("Outcome", lambda one: one.outcome, 100, _tone),
            Column("Role", lambda one: one.role or "program", 110),
            Column("Who", lambda one: self._names.get(one.actor_id, one.actor_id)),
            Column("What", lambda one: one.subject),
            Column("Detail", lambda one: one.detail),
        )
        self.table: Table[AuditEntry] = Table(columns, name="audit.table", says="Audit trail")
        self.body.addWidget(self.table, 1)
        self.body.addWidget(label(f"The newest {auditing.PAGE} entries, newest first.", "caption"))

    def _set_zone(self, name: str) -> None:
        self._zone = zone_of(name)

    def _know_names(self, accounts: tuple[Account, ...]) -> None:
        self._names = {one.id: one.name for one in accounts}

    def _show_trail(self, entries: tuple[AuditEntry, ...]) -> None:
        self._entries = tuple(sorted(entries, key=lambda one: one.seq, reverse=True))
        self._filter()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        shown = [one for one in self._entries if _holds(one, words)]
        self.table.show_records(shown, same=lambda one: one.seq)

    def _verified(self, text: str, kind: str) -> None:
        self.verify_button.setEnabled(True)
        self.chain.say(text, kind)
        self.open()


def words_of(action: str) -> str:
    """Return ``report.read`` as ``report read``."""
    return action.replace(".", " ").replace("-", " ")


def _tone(entry: AuditEntry) -> str:
    return "danger" if entry.outcome in {"refused", "failed"} else ""


def _holds(entry: AuditEntry, words: list[str]) -> bool:
    text = " ".join(
        (words_of(entry.action), entry.outcome, entry.role, entry.actor_id, entry.subject)
    )
    return all(word in f"{text} {entry.detail}".casefold() for word in words)
