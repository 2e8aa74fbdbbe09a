"""One plane of the volume on the screen, and the reader's hands on it.

Nothing here needs OpenGL: VTK cuts the plane on the CPU and a Qt painter shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.canvas import painting
from viewer.canvas.captions import Caption
from viewer.canvas.framing import Framing, frame_view
from viewer.canvas.fusion import Fusion
from viewer.canvas.hands import Hands, keys
from viewer.canvas.layers import Layers
from viewer.canvas.mouse import STANDARD, MouseMap
from viewer.canvas.stage import Overlays, Stage
from viewer.canvas.state import ViewState
from viewer.canvas.tools.tool import Painted, Tool
from viewer.canvas.touched import TouchedWidget
from viewer.canvas.turns import PaintTurns
from viewer.canvas.view_painting import paint_image, paint_words
from viewer.geometry.planes import PlaneKind

CALM_MS = 150
"""A picture at rest for so long is made as fine as it gets."""

_NO_REFORMAT = "No reformatting: this series does not say where its slices lie."


class SliceView(TouchedWidget):
    """Shows one plane through the cursor and lets the reader scroll, window, pan, zoom and draw.

    All views given the same state stay linked: a view paints from the state and writes to it.
    ``name`` keeps apart how each view is zoomed and turned; by default it is the plane's.
    """

    def __init__(
        self,
        kind: PlaneKind,
        parent: QWidget | None = None,
        turns: PaintTurns | None = None,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self.pose_name = name or kind.value
        self.series_uid = ""
        self.stage: Stage | None = None
        self.state: ViewState | None = None
        self.caption = Caption()
        self.overlays = Overlays()
        self.fusion: Fusion | None = None
        self.tool: Tool | None = None
        self.painted: Sequence[Painted] = ()
        self.layers = Layers()
        self.frame_colour: tuple[int, int, int] | None = None
        self.mouse = STANDARD
        self._active = False
        self._hands = Hands(self)
        self._turns = turns or PaintTurns(self)
        self._notice = ""
        self._late = False
        self._leave: Callable[[], None] | None = None
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MS)
        self._calm.timeout.connect(self._settle)
        self.setObjectName(f"{self.pose_name}View")
        self.set_mouse(STANDARD)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(96, 96))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._name_for_readers()

    def show_stage(
        self,
        stage: Stage,
        state: ViewState,
        caption: Caption,
        *,
        in_turn: bool = False,
        kind: PlaneKind | None = None,
        series_uid: str = "",
    ) -> None:
        """Show a volume; the state is shared with the other views of it.

        ``in_turn`` leaves the view black until its turn, so that no two are cut in one.
        """
        self.clear()
        self.kind = kind or self.kind
        self.series_uid = series_uid
        self.stage, self.state, self.caption = stage, state, caption
        self._late = in_turn
        self._name_for_readers()
        if self.kind not in stage.planes:
            self.stage, self._notice = None, _NO_REFORMAT
            return
        self._leave = state.listen(self._follow)
        if in_turn:
            self._turns.ask(self)
        else:
            self.update()

    def show_overlays(self, overlays: Overlays) -> None:
        """Lay outlines and heat over the image."""
        self.overlays = overlays
        self.layers.forget_overlays()
        self.refresh()

    def show_fusion(self, fusion: Fusion | None) -> None:
        """Lay another series over the image, or take it away."""
        self.fusion = fusion
        if fusion is None:
            self.layers.forget_fused()
        self.refresh()

    def clear(self, notice: str = "") -> None:
        """Show nothing but a sentence."""
        if self._leave is not None:
            self._leave()
            self._leave = None
        if self.tool is not None:
            self.tool.cancel()
        self.stage, self.state, self._notice = None, None, notice
        self.overlays, self.fusion, self.series_uid = Overlays(), None, ""
        self.layers.clear()
        self.update()

    def set_tool(self, tool: Tool | None) -> None:
        """Give the left button to a tool, or back to the crosshair."""
        if self.tool is not None and self.tool is not tool:
            self.tool.cancel()
        self.tool = tool
        self.refresh()

    def set_painted(self, painted: Sequence[Painted]) -> None:
        """Draw these over the image, in order."""
        self.painted = painted
        self.refresh()

    def set_mouse(self, mouse: MouseMap) -> None:
        """Say which button does what."""
        self.mouse = mouse
        self.setToolTip(keys(mouse))

    def set_active(self, *, active: bool) -> None:
        """Mark this view as the one that menus and panels are about."""
        if active != self._active:
            self._active = active
            self.refresh()

    @property
    def active(self) -> bool:
        """Whether this is the view that menus and panels are about."""
        return self._active

    @property
    def notice(self) -> str:
        """The sentence an empty view shows."""
        return self._notice

    @property
    def waits(self) -> bool:
        """Whether a new volume still waits for this view's turn."""
        return self._late

    def take_turn(self) -> None:
        """Paint now."""
        self._late = False
        self.repaint()

    def refresh(self) -> None:
        """Paint soon, in turn with the other views."""
        self._turns.ask(self)

    def framing(self) -> Framing | None:
        """Where this view's device pixels lie now, or None without a volume."""
        if self.stage is None or self.state is None:
            return None
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        return frame_view(
            self.stage, self.kind, self.state, max(1, width), max(1, height), self.pose_name
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        font = painter.font()
        font.setPixelSize(11 if self.width() < 420 else 12 if self.width() < 800 else 13)
        painter.setFont(font)
        framing = self.framing()
        area = QRectF(self.rect())
        if framing is None or self.stage is None or self.state is None or self._late:
            painting.notice(painter, area, self._notice)
        else:
            paint_image(painter, self, framing, self.stage, self.state)
            if not self.state.bare:
                paint_words(painter, self, framing, self.stage, self.state)
        if self.frame_colour is not None:
            painting.frame(painter, area, self.frame_colour)
            area = area.adjusted(5, 5, -5, -5)
        if self.hasFocus():
            painting.focus_ring(painter, area)
        elif self._active:
            painting.active_ring(painter, area)
        painter.end()

    def _follow(self) -> None:
        """The state has changed; thick cuts across the grid are coarse until it rests."""
        if self.state is not None and self.state.slab is not None:
            self.layers.hurried = True
            self._calm.start()
        self.refresh()

    def _settle(self) -> None:
        self.layers.hurried = False
        self.refresh()

    def _name_for_readers(self) -> None:
        self.setAccessibleName(f"{self.kind.value.capitalize()} view")
