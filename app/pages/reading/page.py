"""The reading page: three linked planes, 3-D, findings and the report on one screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.accounts.permissions import Permission
from app.events import EmergencyTurned, ReportSigned
from app.pages.context import PageContext
from app.pages.emergency_offer import ENDED, EmergencyOffer, Opened, open_or_say
from app.pages.page import Page
from app.pages.reading.analysis_bar import AnalysisBar
from app.pages.reading.anatomy_desk import AnatomyDesk
from app.pages.reading.choosing import ModelChoice
from app.pages.reading.comparing import Comparing
from app.pages.reading.drawing_desk import DrawingDesk
from app.pages.reading.drawn_panel import DrawnPanel
from app.pages.reading.film_bar import FilmBar
from app.pages.reading.findings_panel import FindingsPanel
from app.pages.reading.fusing import Fusing
from app.pages.reading.heat_controls import HeatControls
from app.pages.reading.heat_desk import HeatDesk
from app.pages.reading.images import StudyImages
from app.pages.reading.loading import last_run
from app.pages.reading.menus import ImageMenus, menu_button
from app.pages.reading.nothing_open import nothing_open
from app.pages.reading.ordering import Ordering
from app.pages.reading.outline_desk import OutlineDesk
from app.pages.reading.read_mode_desk import ReadModeDesk, withheld_words
from app.pages.reading.report_panel import ReportPanel
from app.pages.reading.right_column import RightColumn
from app.pages.reading.tag_browser import TagBrowser
from app.pages.reading.taking_out import TakingOut
from app.pages.reading.tool_bar import ToolBar
from app.pages.reading.trusting import Trusting
from app.pages.reading.undo_buttons import UndoButtons
from app.pages.wording import age, day
from app.records import EditKind
from app.widgets.buttons import tool
from app.widgets.surfaces import Card
from app.widgets.text import Badge, ShortLabel, label
from app.workflow import reading
from app.workflow.orders import Order, OrderKind
from app.workflow.reading import OpenedStudy
from inference.records import Change, Finding
from viewer.canvas.grid import ViewGrid
from viewer.canvas.state import ViewState
from viewer.canvas.tools.toolbox import LABEL_TOOLS, TOOLS


class ReadingPage(Page):
    """Opens one study at a time; whatever arrives late for another one is dropped."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "readingPage", "Reading")
        self._opened: OpenedStudy | None = None
        self._orders = Ordering(self, OrderKind.FINDINGS)
        self._turn = 0
        self.images = StudyImages(self)
        self.anatomy = AnatomyDesk(self, self.images)
        self.drawing = DrawingDesk(self, self.images, (self.anatomy.layer,))
        self.menus = ImageMenus(self.images)
        self.comparing, self.fusing = Comparing(self, self.images), Fusing(self.images)
        self._compare = menu_button("layers", "Compare and fuse", "toolCompare", self._fill_compare)
        self.film, self.taking_out = FilmBar(self.images), TakingOut(self, self.images)
        self.tools, self.drawn = ToolBar(), DrawnPanel(self.drawing)
        self.findings, self.report = FindingsPanel(self), ReportPanel(self)
        self.outlines = OutlineDesk(self, self.images, self.findings, self.drawing.brush)
        self.trust = Trusting(self, self.findings, self.images, self._show_run)
        self.analysis, self.heat = AnalysisBar(), HeatControls()
        self.mode = ReadModeDesk(self, self._revealed)
        self.choosing = ModelChoice(self, self.analysis.model)
        self.heats = HeatDesk(self, self.images, self.findings, self.heat)
        self._who = label("", "strong")
        self._who.setObjectName("readingPatient")
        self._what = ShortLabel("muted")
        self._simulated = Badge("simulated", "info")
        self._stack = QStackedWidget()
        self.closed = EmergencyOffer(self, self._read)
        self._arrange()
        self._connect()
        self.trust.learn()
        self.choosing.learn()

    @property
    def grid(self) -> ViewGrid:
        """The four views."""
        return self.images.grid

    @property
    def state(self) -> ViewState | None:
        """Cursor, window and overlays of the series on the screen, once it is there."""
        return self.images.state

    @property
    def opened(self) -> OpenedStudy | None:
        """The open study as it was last read."""
        return self._opened

    def open(self, study_uid: str = "", **ids: str) -> None:  # noqa: ARG002 - the pages' signature
        """Open a study; without one, stay with the study that is open."""
        if not study_uid or (self._opened and self._opened.study.uid == study_uid):
            return
        self._turn += 1
        self._opened = None
        self.report.save()
        self.drawing.open("")
        self.comparing.open("")
        self.fusing.clear()
        self.images.clear("Opening…")
        self._stack.setCurrentIndex(1)
        self._read(study_uid)

    def leave(self) -> None:
        """Store the last words, end the rendering process; analyses that run go on."""
        self.report.leave()
        self.film.stop()
        self.images.close()
        self._orders.leave()
        self.anatomy.leave()
        super().leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_right()

    def _fit_right(self) -> None:
        """Findings above the report on a small screen, beside it on a large one."""
        self._right.turn(self.width())
        self.report.offer_whole(offered=not self._right.wide)
        self._right.fit(self.width(), writing=self.report.whole)
        self._share_room()

    def _share_room(self) -> None:
        looking_only = self._opened is not None and self._opened.emergency
        alone = self.anatomy.is_open or self.report.whole
        self._ai.setVisible((self._right.wide or not alone) and not looking_only)
        self._right.share(begun=self.report.report is not None)

    # Opening

    def _read(self, study_uid: str) -> None:
        turn, session = self._turn, self.context.session

        def show(opened: Opened[OpenedStudy]) -> None:
            if turn != self._turn:
                return
            if opened.chart is None:
                self._shut(study_uid, opened.closed)
            else:
                self._show_study(opened.chart)

        def fail(reason: str) -> None:
            if turn == self._turn:
                self.images.clear(reason)

        self.ask(
            lambda _: open_or_say(lambda: reading.open_study(session, study_uid)),
            show,
            failed=fail,
        )

    def _look_only(self, *, on: bool) -> None:
        """Offer nothing that writes, decides or takes out, as emergency access has it."""
        self.tools.look_only(on=on)
        if on and self.anatomy.is_open:
            self.anatomy.button.click()
        self.anatomy.button.setVisible(not on and self.context.workstation.anatomy is not None)
        for made in (*self._undoing.both, self._key_image, self.taking_out.button):
            made.setVisible(not on)

    def _shut(self, study_uid: str, reason: str) -> None:
        """Show nothing of a chart that is closed to this doctor, and why."""
        self.images.clear("")
        self.closed.show_closed(study_uid, reason)
        self._who.clear()
        self._what.clear()
        self._stack.setCurrentWidget(self.closed)

    def _emergency_turned(self, event: EmergencyTurned) -> None:
        """Let go of a chart that was open in an emergency, and of its voxels, when that ends."""
        opened = self._opened
        if opened is None or not opened.emergency or opened.patient.id != event.patient_id:
            return
        self._turn += 1
        self._opened = None
        self.drawing.open("")
        self.comparing.open("")
        self.fusing.clear()
        self._shut(opened.study.uid, ENDED)

    def _show_study(self, opened: OpenedStudy) -> None:
        self._opened = opened
        if opened.word:
            self.context.navigator.banner(f"{opened.word_by}: “{opened.word}”", "info")
        self._stack.setCurrentIndex(1)
        patient, study = opened.patient, opened.study
        self._look_only(on=opened.emergency)
        self._who.setText(patient.name)
        years = age(patient.birth_date, study.study_date) if study.study_date else ""
        facts = [patient.mrn, patient.sex, f"{years} y" if years else ""]
        facts += [day(study.study_date), study.description]
        self._what.setText("  ·  ".join(fact for fact in facts if fact))
        self._simulated.setVisible(study.simulated)
        self.report.show_study(opened)
        self.mode.show_study(opened)
        self.drawing.open(study.uid)
        self.images.open(opened)
        self.anatomy.show_study(opened)
        self.comparing.open(study.uid)
        self.findings.show_findings(opened.findings, locked=self.report.signed)
        self.outlines.measure_all(opened)

    # Findings and analysis

    def _show_run(self) -> None:
        """Say how the last analysis of the series on the screen ended."""
        if self._opened is None:
            return
        series = self.images.series
        run = last_run(self._opened, series.uid) if series else None
        found = sum(one.run_id == run.id for one in self._opened.findings) if run else 0
        order = self._orders.running(series.uid) if series else None
        hidden = withheld_words(self._opened, series.uid) if series else ""
        self.analysis.show_run(run, found, self.trust.card, hidden)
        self.analysis.follow(order, self._orders.why_ended(series.uid) if series else "")
        self.trust.show(self._opened)
        self.heats.show_run(self.images.fetcher.run_of(series.uid) if series else None)
        may = self.context.session.can(Permission.RUN_AI) and not self.report.signed
        may = may and not (self._opened is not None and self._opened.emergency)
        self.analysis.allow(allowed=may and series is not None and order is None)
        self.analysis.allow_adding(allowed=may and series is not None)
        QTimer.singleShot(0, self, self._share_room)

    def _analyse(self) -> None:
        series = self.images.series
        if series is None or self._opened is None or self._orders.running(series.uid):
            return
        job, study_uid = self.choosing.job(series.uid), self._opened.study.uid
        self._orders.start(study_uid, series.uid, job, "The analysis was cancelled.")
        self._show_run()

    def _order_moved(self, order: Order) -> None:
        """Follow an analysis of the series on the screen; read the study again when it is done."""
        series = self.images.series
        if order.over and not order.sentence:
            self._analysed(order.study_uid)
        if series is None or series.uid != order.series_uid:
            return
        if order.over:
            self._show_run()
        else:
            self.analysis.follow(order)

    def _analysed(self, study_uid: str, *, words: bool = False) -> None:
        """Read the study again, if it is still the one on the screen; with ``words`` the report."""
        if self._opened is None or self._opened.study.uid != study_uid:
            return
        turn, session = self._turn, self.context.session

        def show(opened: OpenedStudy) -> None:
            if turn == self._turn:
                self._opened = opened
                self.mode.show_study(opened)
                if self.report.report is None and opened.report is not None:
                    self.report.show_study(opened)
                self.images.refresh(opened)
                self.anatomy.show_study(opened)
                self._show_run()
                if words:
                    self.report.show_stored(opened.report)
                self.findings.show_findings(opened.findings, locked=self.report.signed)
                self.outlines.measure_all(opened)

        self.ask(lambda _: reading.open_study(session, study_uid), show)

    def _revealed(self, study_uid: str) -> None:
        """What the model found may be shown now; a draft that was begun without it takes it in."""
        if self._opened is None or self._opened.study.uid != study_uid:
            return
        if self.report.report is not None:
            self.report.write_draft()
        self._analysed(study_uid)

    def _cancel_analysis(self) -> None:
        if (series := self.images.series) is not None:
            self._orders.stop(series.uid)

    def _decided(self, after: tuple[Finding, ...]) -> None:
        """The draft follows the decisions."""
        self._measured(after)
        if self.report.report is None:
            self.report.write_draft()

    def _measured(self, after: tuple[Finding, ...]) -> None:
        """Take over findings that say something else now; a draft that was begun follows."""
        if self._opened is None or after[0].study_uid != self._opened.study.uid:
            return
        self._opened = replace(self._opened, findings=self.findings.findings)
        self.images.fetcher.study = self._opened
        if self.report.report is not None:
            self.report.write_draft()

    def _compared(self, changes: dict[str, Change]) -> None:
        """Say what became of each finding; a draft that was begun takes it in."""
        self.findings.show_changes(changes)
        if self.report.report is not None:
            self.report.write_draft()

    def _make_room(self) -> None:
        """Form, reasons and brush take the heat controls' place while they are wanted."""
        painting = not self.drawing.brush.panel.isHidden()
        self.heat.setVisible(self.heat.offered and not (painting or self.findings.asking))
        QTimer.singleShot(0, self, self._share_room)

    def _heard_signed(self, event: ReportSigned) -> None:
        """A signed report takes no more decisions, whoever signed it."""
        if self._opened is not None and event.study_uid == self._opened.study.uid:
            self.findings.lock()
            self.analysis.allow(allowed=False)
            self.analysis.allow_adding(allowed=False)

    # Arranging

    def _arrange(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(12, 8, 12, 8)
            layout.setSpacing(8)
        self.header.insertWidget(1, self._who)
        self.header.insertWidget(2, self._what)
        self.header.insertWidget(3, self._simulated)
        self._simulated.hide()
        self.header.setSpacing(12)
        for made in self._tools():
            self.header.addWidget(made)
        self._ai = ai = Card(name="findingsCard")
        ai.column.setContentsMargins(12, 10, 12, 10)
        brush = self.drawing.brush.panel
        looked_at = QWidget()
        parts = QVBoxLayout(looked_at)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(ai.column.spacing())
        for part in (
            *(self.analysis, self.mode.bar, self.findings, brush, self.drawn),
            self.heat,
        ):
            parts.addWidget(part)
        parts.addStretch(1)
        paper = Card(name="reportCard")
        paper.column.setContentsMargins(12, 10, 12, 10)
        paper.column.addWidget(self.report)
        self._right = RightColumn(ai, looked_at, self.anatomy.beside(paper))
        self._right.follow(self.findings.list)
        whole = QWidget()
        beside = QHBoxLayout(whole)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(8)
        beside.addWidget(self.images.strip)
        beside.addWidget(self.tools)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.images.grid, 1)
        middle.addWidget(self.film.bar)
        for bar in (self.comparing.bar, self.fusing.bar):
            middle.addWidget(bar)
        middle.addWidget(self.taking_out.progress)
        beside.addLayout(middle, 1)
        beside.addWidget(self._right)
        self._fit_right()
        self._stack.addWidget(nothing_open(self.context.navigator))
        self._stack.addWidget(whole)
        self._stack.addWidget(self.closed)
        self.body.addWidget(self._stack, 1)

    def _tools(self) -> tuple[QWidget, ...]:
        self._undoing = UndoButtons(self.drawing)
        self._key_image = tool(
            "star",
            "Mark this view as a key image (K in a view)",
            self.drawing.mark,
            name="keyImage",
        )
        return (
            *self._undoing.both,
            self._key_image,
            self.menus.window,
            self.menus.look,
            self.menus.layout,
            self._compare,
            self.anatomy.button,
            tool("tags", "Header of the series (T in a view)", self._browse, name="toolTags"),
            self.taking_out.button,
            tool("reset", "Fit and first window (R in a view)", self._reset, name="toolReset"),
        )

    def _reset(self) -> None:
        if (state := self.grid.active.state) is not None:
            state.reset()

    def _show_drawn(self) -> None:
        """Undo and Redo say what they would do; the list may need another height."""
        self._undoing.show()
        QTimer.singleShot(0, self, self._share_room)

    def _fill_compare(self, menu: QMenu) -> None:
        self.comparing.fill(menu)
        menu.addSeparator()
        self.fusing.fill(menu)

    def _browse(self) -> None:
        """Show the header of the series in the active view."""
        series = self.images.looked_at
        if series is not None:
            browser = TagBrowser(self, series)
            browser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            browser.show()

    def _reload(self, undone: str = "") -> None:
        """Read the study again after something outside the images was undone."""
        if self._opened is not None:
            self._analysed(self._opened.study.uid, words=undone == EditKind.REPORT.value)

    def _keys(self) -> None:
        """Single keys that mean something while a view has the focus."""
        acts: list[tuple[str, Callable[[], object]]] = [
            (info.key, partial(self.tools.choose, info.name)) for info in (*TOOLS, *LABEL_TOOLS)
        ]
        acts += [
            ("K", self.drawing.mark),
            ("T", self._browse),
            ("S", self.mode.bar.ask),
            ("Del", self.drawing.remove_selected),
            ("Shift+Space", self.film.toggle),
        ]
        for key, act in acts:
            shortcut = QShortcut(QKeySequence(key), self.images.grid)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _connect(self) -> None:
        self._keys()
        for moved in (self.images.series_changed, self.images.runs_changed):
            moved.connect(self._show_run)
        self.images.shown.connect(lambda: self.images.select(self.findings.list.selected))
        self._orders.moved.connect(self._order_moved)
        self.analysis.wanted.connect(self._analyse)
        self.analysis.cancelled.connect(self._cancel_analysis)
        self.analysis.add_wanted.connect(self.trust.add)
        self.analysis.card_wanted.connect(self.trust.show_card)
        self.findings.added.connect(lambda _: self._reload())
        self.findings.selected.connect(self.images.select)
        self.findings.jump_wanted.connect(self.images.jump)
        self.findings.decided.connect(self._decided)
        self.findings.measured.connect(self._measured)
        self.findings.asking_changed.connect(self._make_room)
        self.comparing.findings_compared.connect(self._compared)
        self.heats.resized.connect(self._make_room)
        self.anatomy.toggled.connect(self._share_room)
        self.report.room_changed.connect(self._fit_right)
        self.tools.chosen.connect(self.drawing.choose)
        self.tools.chosen.connect(lambda _: self._make_room())
        self.drawing.changed.connect(self._show_drawn)
        self.drawing.undone.connect(self._reload)
        self.drawn.jump_wanted.connect(self.images.go_to)
        self.drawn.unmarked.connect(self.drawing.unmark)
        self.drawn.finding_wanted.connect(self.outlines.from_drawing)
        self.listen(ReportSigned, self._heard_signed)
        self.listen(EmergencyTurned, self._emergency_turned)
