"""Every tool by name, with its title, icon and key, in the order of the tool bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from viewer.canvas.annotations import AnnotationBook
from viewer.canvas.label_sheet import LabelSheet
from viewer.canvas.tools import gestures
from viewer.canvas.tools.brush import BrushTool
from viewer.canvas.tools.choosing import ChoosingTool
from viewer.canvas.tools.drawing import Ask, FreehandTool, PointsTool
from viewer.canvas.tools.gestures import GestureTool
from viewer.canvas.tools.region_window import RegionWindowTool
from viewer.canvas.tools.tool import Tool
from viewer.records import AnnotationKind


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """How a tool is offered; ``key`` works while a view has the focus."""

    name: str
    title: str
    icon: str
    key: str


TOOLS: tuple[ToolInfo, ...] = (
    ToolInfo("pointer", "Crosshair; choose and move what is drawn", "crosshair", "Q"),
    ToolInfo("window", "Window: wider to the right, brighter upwards", "contrast", "W"),
    ToolInfo("region-window", "Window by a region: drag a box over it", "sun", "A"),
    ToolInfo("pan", "Pan", "pan", "G"),
    ToolInfo("zoom", "Zoom", "zoom", "Z"),
    ToolInfo("length", "Length", "ruler", "L"),
    ToolInfo("bidirectional", "Two diameters across one another (RECIST)", "bidirectional", "B"),
    ToolInfo("angle", "Angle", "angle", "N"),
    ToolInfo("cobb", "Cobb angle", "cobb", "C"),
    ToolInfo("rectangle", "Rectangle with statistics", "rectangle", "D"),
    ToolInfo("ellipse", "Ellipse with statistics", "ellipse", "O"),
    ToolInfo("freehand", "Freehand outline with statistics", "freehand", "F"),
    ToolInfo("probe", "Value at a point", "probe", "P"),
    ToolInfo("arrow", "Arrow with text", "arrow", "Y"),
)


LABEL_TOOLS: tuple[ToolInfo, ...] = (
    ToolInfo("brush", "Brush: paint the label; with Shift erase", "brush", "M"),
    ToolInfo("eraser", "Eraser: take the label away; with Shift paint", "eraser", "U"),
)
"""Tools for correcting a label map, offered while one is open on a sheet."""


def make_label_tools(sheet: LabelSheet) -> Mapping[str, Tool]:
    """Return the brush and the eraser of a sheet."""
    return {
        "brush": BrushTool("brush", sheet),
        "eraser": BrushTool("eraser", sheet, erases=True),
    }


def make_tools(book: AnnotationBook, ask: Ask) -> Mapping[str, Tool]:
    """Return one tool of each name; ``ask`` is asked for the words of an arrow."""
    points = {
        kind.value: PointsTool(kind, book, ask if kind is AnnotationKind.ARROW else None)
        for kind in AnnotationKind
        if kind is not AnnotationKind.FREEHAND
    }
    looks = {
        "window": GestureTool("window", gestures.window),
        "pan": GestureTool("pan", gestures.pan),
        "zoom": GestureTool("zoom", gestures.zoom),
    }
    return {
        "pointer": ChoosingTool(book),
        **looks,
        "region-window": RegionWindowTool(book),
        **points,
        "freehand": FreehandTool(book),
    }
