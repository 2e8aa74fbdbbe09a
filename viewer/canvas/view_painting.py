"""What a view paints: image, overlays and what is drawn on it, then the words around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from viewer.canvas import colours, painting
from viewer.canvas.captions import (
    Caption,
    fused_lines,
    heat_caption,
    look_lines,
    position_lines,
    scale_bar_mm,
    side_warning,
    window_lines,
)
from viewer.canvas.framing import HANDLE_SHARE, Framing, crossing_lines
from viewer.canvas.fusion import Fusion
from viewer.canvas.layers import Layers
from viewer.canvas.stage import Overlays, Stage
from viewer.canvas.state import HeatMode, ViewState
from viewer.canvas.tools.tool import Painted
from viewer.geometry.planes import PlaneKind, orientation_letters


class Shown(Protocol):
    """The view that is painted, as far as painting needs to know it."""

    kind: PlaneKind
    pose_name: str
    series_uid: str
    caption: Caption
    overlays: Overlays
    fusion: Fusion | None
    painted: Sequence[Painted]
    layers: Layers

    def rect(self) -> QRect: ...
    def hasFocus(self) -> bool: ...
    def devicePixelRatioF(self) -> float: ...


ROOMY_PX = 280
"""Narrower views show one line a corner: whose, which series, which slice, and the geometry."""

_MOST_LINES = 9


def paint_image(
    painter: QPainter, view: Shown, framing: Framing, stage: Stage, state: ViewState
) -> None:
    """Image, fused series, heat, outlines and drawings in device pixels.

    All but the drawings is kept as one picture, so that a view in which only the crosshair moves
    costs a copy of it.
    """
    ratio = view.devicePixelRatioF()
    laid = (view.fusion, view.overlays, state.heat, state.selected)
    cause = (
        (framing, state.window, state.inverted, state.slab, view.layers.hurried, ratio),
        None if state.bare else laid,
    )

    def compose(onto: QPainter) -> None:
        _paint_gray(onto, view, framing, stage, state)
        if not state.bare:
            _paint_laid(onto, view, framing, state, ratio)

    painter.save()
    painter.scale(1.0 / ratio, 1.0 / ratio)
    painter.drawImage(0, 0, view.layers.scene(cause, framing, compose))
    if not state.bare:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(0.5, 0.5)
        for layer in view.painted:
            painter.save()
            layer.paint(painter, view.series_uid, framing, ratio)
            painter.restore()
    painter.restore()


def _paint_gray(
    painter: QPainter, view: Shown, framing: Framing, stage: Stage, state: ViewState
) -> None:
    shown = view.layers.gray(stage, framing, state)
    if shown is None:
        return
    image, area = shown
    if image.width() == round(area.width()):
        painter.drawImage(area.topLeft(), image)
    else:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, image)


def _paint_laid(
    painter: QPainter, view: Shown, framing: Framing, state: ViewState, ratio: float
) -> None:
    """Fused series, heat and outlines."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    laid = view.layers.fused(view.fusion, framing) if view.fusion is not None else None
    if laid is not None and view.fusion is not None:
        painter.setOpacity(view.fusion.opacity)
        painter.drawImage(laid[1], laid[0])
        painter.setOpacity(1.0)
    _paint_heat(painter, view, framing, state, ratio)
    painter.translate(0.5, 0.5)
    for outline in view.layers.outlines(view.overlays.outlines, framing):
        chosen = outline.value == state.selected
        colour = colours.SELECTED_FINDING if chosen else colours.FINDING
        painting.lines(painter, outline.lines, colour, (2.4 if chosen else 1.3) * ratio)


def paint_words(
    painter: QPainter, view: Shown, framing: Framing, stage: Stage, state: ViewState
) -> None:
    """Everything around the image in logical pixels."""
    area = QRectF(view.rect())
    ratio = view.devicePixelRatioF()
    if state.crosshair:
        _paint_crosshair(painter, view, framing, stage, state)
    mm_per_px = framing.mm_per_px * ratio
    if stage.measured:
        painting.letters(painter, area, orientation_letters(framing.plane))
        length = scale_bar_mm(mm_per_px, area.height() * 0.25)
        if length:
            painting.scale_bar(painter, area, length / mm_per_px, f"{length} mm")
    most = _MOST_LINES if area.width() >= ROOMY_PX else 1
    top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
    left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    painting.text_block(painter, area, view.caption.patient[:most], top | left)
    painting.text_block(painter, area, view.caption.series[:most], top | right)
    lines = (
        *fused_lines(view.fusion),
        *look_lines(state, state.pose(view.pose_name)),
        *position_lines(stage, view.kind, state),
    )
    warning = side_warning(stage, framing.plane, state)
    kept = (*([warning] if warning else []), *lines[-most:])
    painting.text_block(painter, area, kept, bottom | left, warn=bool(warning))
    lines = window_lines(stage, state, mm_per_px)
    painting.text_block(painter, area, lines[-most:], bottom | right)
    heat = view.overlays.heat
    if heat is not None and state.heat.mode is not HeatMode.OFF:
        painting.legend(painter, area, state.heat.threshold, heat_caption(heat, state.heat))


def _paint_heat(
    painter: QPainter, view: Shown, framing: Framing, state: ViewState, ratio: float
) -> None:
    layer, style = view.overlays.heat, state.heat
    if layer is None or style.mode is HeatMode.OFF:
        return
    if style.mode is HeatMode.WASH:
        picture, area = view.layers.heat_wash(layer, framing, style)
        soft = not (style.native and layer.native is not None)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, soft)
        painter.drawImage(area, picture)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        return
    painter.save()
    painter.translate(0.5, 0.5)
    drawn = view.layers.heat_lines(layer, framing, style)
    painting.lines(painter, drawn, colours.CONTOUR, 1.3 * ratio)
    painter.restore()


def _paint_crosshair(
    painter: QPainter, view: Shown, framing: Framing, stage: Stage, state: ViewState
) -> None:
    """The lines in which the other planes cut this one; rings to turn them by."""
    area, ratio = QRectF(view.rect()), view.devicePixelRatioF()
    x, y = framing.to_px(state.cursor_mm)
    centre = QPointF((x + 0.5) / ratio, (y + 0.5) / ratio)
    if not stage.measured:
        painting.crosshair(painter, area, centre, ((1.0, 0.0), (0.0, 1.0)))
        return
    ways = [(right, down) for _, right, down in crossing_lines(stage, view.kind, state, framing)]
    painting.crosshair(painter, area, centre, ways)
    if view.kind is not PlaneKind.NATIVE and (view.hasFocus() or state.tilted):
        reach = HANDLE_SHARE * min(area.width(), area.height())
        painting.rings(painter, centre, ways, reach)
