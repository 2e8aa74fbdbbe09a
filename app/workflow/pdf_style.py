"""How a printed report looks: embedded fonts, sizes, colours, and letters no font here has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

INK = HexColor("#1b2733")
QUIET = HexColor("#5b6b7a")
LINE = HexColor("#c9d3dc")
ALARM = HexColor("#b3261e")
FONT, BOLD = "Sagittal", "Sagittal-Bold"
_SIZES = {"title": 17, "heading": 10.5, "body": 10, "quiet": 9, "cell": 8.5, "small": 7.5}
_FALLBACK = "Sagittal-Other"
_SYSTEM = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
_WANTED = re.compile(r"(NotoSans(CJK)?.*Regular|DejaVuSans|arial|ArialUnicode|msyh)\.ttf", re.I)
_SHAPED = {"ARABIC", "SYRIAC", "DEVANAGARI", "BENGALI", "TAMIL", "THAI", "KHMER", "MYANMAR"}


def style(name: str) -> ParagraphStyle:
    """Return a paragraph style by its name."""
    bold = name in {"title", "heading"}
    return ParagraphStyle(
        name,
        fontName=BOLD if bold else FONT,
        fontSize=_SIZES[name],
        leading=_SIZES[name] * 1.4,
        textColor=QUIET if name in {"quiet", "small"} else INK,
        spaceBefore=8 if name == "heading" else 0,
        spaceAfter=2 if bold else 0,
        wordWrap="CJK" if name == "small" else None,
    )


def markup(text: str) -> str:
    """Return plain text as the markup of a paragraph; every letter is seen as what it is.

    A letter the embedded font lacks comes from a font of this machine that has it; one that no
    font here has, or whose script this document cannot join, is told by its Unicode number.
    """
    register_fonts()
    said = []
    for part, foreign in _runs(text):
        said.append(_foreign(part) if foreign else escape(part).replace("\n", "<br/>"))
    return "".join(said)


def register_fonts() -> None:
    """Make the embedded fonts known, once."""
    if FONT in pdfmetrics.getRegisteredFontNames():
        return
    folder = files("resources") / "fonts"
    for name, file in ((FONT, "OpenSans-Regular.ttf"), (BOLD, "OpenSans-Semibold.ttf")):
        with as_file(folder / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))


def _runs(text: str) -> list[tuple[str, bool]]:
    known = _letters(FONT)
    runs: list[tuple[str, bool]] = []
    for letter in text:
        foreign = letter not in "\n\t" and ord(letter) not in known
        if runs and runs[-1][1] is foreign:
            runs[-1] = (runs[-1][0] + letter, foreign)
        else:
            runs.append((letter, foreign))
    return runs


def _foreign(run: str) -> str:
    if any(unicodedata.name(letter, "").split(" ")[0] in _SHAPED for letter in run):
        return _numbers(run)
    name = _font_for(run)
    if not name:
        return _numbers(run)
    leftward = any(unicodedata.bidirectional(letter) == "R" for letter in run)
    return f'<font name="{name}">{escape(run[::-1] if leftward else run)}</font>'


def _numbers(run: str) -> str:
    return escape(" ".join(f"[U+{ord(letter):04X}]" for letter in run))


def _font_for(run: str) -> str:
    for path in _system_fonts():
        name = f"{_FALLBACK}-{path.stem}"
        try:
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(name, str(path)))
        except (TTFError, OSError):
            continue
        if all(ord(letter) in _letters(name) for letter in run):
            return name
    return ""


def _letters(name: str) -> Mapping[int, int]:
    """The code points a registered TrueType font has a picture of."""
    font = pdfmetrics.getFont(name)
    known: Mapping[int, int] = font.face.charToGlyph  # type: ignore[attr-defined] # a TTFont's
    return known


@cache
def _system_fonts() -> tuple[Path, ...]:
    found = []
    for folder in map(Path, _SYSTEM):
        if folder.is_dir():
            found += [path for path in folder.rglob("*.ttf") if _WANTED.fullmatch(path.name)]
    return tuple(sorted(found))
