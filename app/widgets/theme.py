"""Two themes from one token file: colours, sizes, the bundled typeface and recoloured icons.

Pages say what a widget is, never how it looks: ``set_kind(button, "primary")`` and
``set_role(label, "title", tone="good")`` set dynamic properties which the style sheet in
``resources/styles`` answers to. Everything sits on a 4 px grid.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

import resources

RESOURCES = Path(resources.__file__).parent
NAMES = ("dark", "light")

_CONTROL_ICONS = {
    "icon_chevron_down": ("chevron-down", "text_muted"),
    "icon_chevron_up": ("chevron-up", "text_muted"),
    "icon_chevron_right": ("chevron-right", "text_muted"),
    "icon_check": ("check", "on_accent"),
    "icon_dash": ("dash", "on_accent"),
    "icon_dot": ("dot", "on_accent"),
}
_ICON_SIZES_PX = (16, 18, 22, 24, 27, 32, 44, 48)
_FAINT_SIZES_PX = (16, 32)


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours (``#rrggbb`` by token) with the sizes both themes share (in px)."""

    name: str
    colours: Mapping[str, str]
    sizes: Mapping[str, int]
    font_family: str
    mono_family: str

    def colour(self, token: str, alpha: float = 1.0) -> QColor:
        """Colour of a token; ``alpha`` runs from 0 (clear) to 1 (solid)."""
        colour = QColor(self.colours[token])
        colour.setAlphaF(alpha)
        return colour

    def size(self, token: str) -> int:
        """Size of a token in device-independent pixels, e.g. ``size("grid_px")``."""
        return self.sizes[token]


@lru_cache(maxsize=len(NAMES))
def load(name: str) -> Theme:
    """Theme of that name read from the token file.

    Raises
    ------
    KeyError
        If there is no such theme.
    """
    tokens = json.loads((RESOURCES / "styles" / "tokens.json").read_text(encoding="utf-8"))
    shared = tokens["shared"]
    sizes = {key: value for key, value in shared.items() if isinstance(value, int)}
    return Theme(name, tokens[name], sizes, shared["font_family"], shared["mono_family"])


class _Current:
    """The theme in force and the folder of icons its style sheet points to."""

    theme: Theme | None = None
    folder: tempfile.TemporaryDirectory[str] | None = None


def current() -> Theme:
    """Theme in force; the dark one until ``apply`` has been called."""
    return _Current.theme or load(NAMES[0])


def apply(app: QApplication, name: str = NAMES[0]) -> Theme:
    """Give the application its typeface, palette and style sheet; return the theme now in force."""
    theme = load(name)
    if QFontDatabase.hasFamily(theme.font_family) is False or _Current.theme is None:
        for file in sorted((RESOURCES / "fonts").glob("*.ttf")):
            QFontDatabase.addApplicationFont(str(file))
    _Current.theme = theme
    font = QFont(theme.font_family)
    font.setPixelSize(theme.size("text_px"))
    app.setFont(font)
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(_palette(theme))
    app.setStyleSheet(style_sheet(theme))
    return theme


def style_sheet(theme: Theme) -> str:
    """Style sheet of a theme: the template with every token filled in."""
    template = (RESOURCES / "styles" / "sagittal.qss").read_text(encoding="utf-8")
    sizes = {key: str(value) for key, value in theme.sizes.items()}
    return Template(template).substitute(
        theme.colours,
        **sizes,
        **_control_icons(theme),
        font_family=theme.font_family,
        mono_family=theme.mono_family,
    )


def icon(name: str, colour: str = "text") -> QIcon:
    """Icon from ``resources/icons`` in the colour of a token, sharp at every screen scale."""
    return _icon(name, colour, current().name)


def pixmap(name: str, size_px: int, colour: str = "text", ratio: float = 1.0) -> QPixmap:
    """Square picture of an icon, ``size_px`` device-independent pixels at a screen's ratio."""
    return _draw(_renderer(name, current().colours[colour]), size_px, ratio)


def set_kind(widget: QWidget, kind: str) -> None:
    """Say what a button is for: primary, danger, quiet or link."""
    _set(widget, "kind", kind)


def set_role(widget: QWidget, role: str, tone: str | None = None) -> None:
    """Say what a label or frame is (title, heading, caption, mono, badge, card, muted, ...)."""
    _set(widget, "role", role)
    if tone is not None:
        set_tone(widget, tone)


def set_tone(widget: QWidget, tone: str) -> None:
    """Tint a badge, banner or bubble: accent, good, info, warning, danger or ""."""
    _set(widget, "tone", tone)


def set_invalid(widget: QWidget, *, invalid: bool) -> None:
    """Mark a field as refused, or as fine again."""
    _set(widget, "invalid", "true" if invalid else "false")


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1..21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _set(widget: QWidget, name: str, value: str) -> None:
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: "ground",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "surface",
        QPalette.ColorRole.AlternateBase: "raised",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.Button: "raised",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.BrightText: "danger",
        QPalette.ColorRole.Highlight: "selection",
        QPalette.ColorRole.HighlightedText: "on_selection",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.LinkVisited: "accent",
        QPalette.ColorRole.ToolTipBase: "raised",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.PlaceholderText: "text_muted",
    }
    for role, token in roles.items():
        palette.setColor(role, theme.colour(token))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.colour("text_muted"))
    return palette


def _control_icons(theme: Theme) -> dict[str, str]:
    """Write the recoloured icons a style sheet can only name by path; return path by name."""
    previous = _Current.folder
    _Current.folder = tempfile.TemporaryDirectory(prefix="sagittal-theme-")
    folder = Path(_Current.folder.name)
    paths = {}
    for name, (source, token) in _CONTROL_ICONS.items():
        file = folder / f"{name}.svg"
        file.write_bytes(_svg(source, theme.colours[token]))
        paths[name] = file.as_posix()
    if previous is not None:
        previous.cleanup()
    return paths


@lru_cache(maxsize=512)
def _svg(name: str, colour: str) -> bytes:
    text = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return text.replace("#000", colour).encode()


@lru_cache(maxsize=512)
def _icon(name: str, colour: str, theme_name: str) -> QIcon:
    colours = load(theme_name).colours
    clear = _renderer(name, colours[colour])
    faint = _renderer(name, colours["line_strong"])
    built = QIcon()
    for size in _ICON_SIZES_PX:
        built.addPixmap(_draw(clear, size, 1.0))
    for size in _FAINT_SIZES_PX:
        built.addPixmap(_draw(faint, size, 1.0), QIcon.Mode.Disabled)
    return built


def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_svg(name, colour)))


def _draw(renderer: QSvgRenderer, size_px: int, ratio: float) -> QPixmap:
    side = round(size_px * ratio)
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
