"""How a printed report looks: embedded fonts, sizes, colours, and letters no font here has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Paragraph

INK = HexColor("#1b2733")
QUIET = HexColor("#5b6b7a")
LINE = HexColor("#c9d3dc")
ALARM = HexColor("#b3261e")
FONT, BOLD = "Sagittal", "Sagittal-Bold"
_SIZES = {
    "title": 17,
    "heading": 10.5,
    "body": 10,
    "letterhead": 9,
    "quiet": 9,
    "cell": 8.5,
    "small": 7.5,
}
_BOLD = {"title", "heading", "letterhead"}
_FALLBACK = "Sagittal-Other"
_SYSTEM = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
_WANTED = re.compile(
    r"((NotoSans|Lohit|Samyak|Garuda|Loma|Mangal|Nirmala|Leelawad)[^/]*|NotoSansCJK.*Regular"
    r"|DejaVuSans|arial|ArialUnicode|msyh|tahoma)\.ttf",
    re.I,
)
_SLANTED = re.compile(r"(bold|italic|oblique|black|light|thin|medium|condensed)", re.I)
_RIGHT_TO_LEFT = {"R", "AL"}
_PLAIN = {"LATIN", "GREEK", "CYRILLIC", "CJK", "HIRAGANA", "KATAKANA", "HANGUL"}
"""Scripts whose letters stand side by side as they are; others are joined by HarfBuzz."""


def paragraph(text: str, name: str, colour: Color | None = None) -> Paragraph:
    """Return plain text as a paragraph of a style, its letters joined where the script asks so."""
    made = _style(name, shaping=any(_is_joined(letter) for letter in text))
    if colour is not None:
        made.textColor = colour
    return Paragraph(_markup(text), made)


def _style(name: str, *, shaping: bool) -> ParagraphStyle:
    bold = name in _BOLD
    return ParagraphStyle(
        name,
        fontName=BOLD if bold else FONT,
        fontSize=_SIZES[name],
        leading=_SIZES[name] * 1.4,
        textColor=QUIET if name in {"quiet", "small"} else INK,
        spaceBefore=8 if name == "heading" else 0,
        spaceAfter=2 if bold and name != "letterhead" else 0,
        shaping=int(shaping),
        wordWrap="CJK" if name == "small" else None,
    )


def _markup(text: str) -> str:
    """Return plain text as the markup of a paragraph; every letter is seen as what it is.

    A letter the embedded font lacks comes from a font of this machine that has it; one that no
    font here has is told by its Unicode number. Words written from the right stand in the order
    of their script; HarfBuzz sets the letters of each.
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
    """Split where the embedded font begins or ends to hold; a space between belongs to both."""
    known = _letters(FONT)
    runs: list[tuple[str, bool]] = []
    for letter in text:
        foreign = letter not in "\n\t " and ord(letter) not in known
        if runs and runs[-1][1] is foreign:
            runs[-1] = (runs[-1][0] + letter, foreign)
        elif foreign and len(runs) > 1 and runs[-1][0] == " " and runs[-2][1]:
            runs[-2:] = [(f"{runs[-2][0]} {letter}", True)]
        else:
            runs.append((letter, foreign))
    return runs


def _foreign(run: str) -> str:
    name = _font_for(run)
    if not name:
        return " ".join(_numbers(word) for word in run.split(" "))
    words = run.split(" ")
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in run):
        words.reverse()
    return f'<font name="{name}">{escape(" ".join(words))}</font>'


def _is_joined(letter: str) -> bool:
    """Whether a letter's shape or place depends on its neighbours, or its line runs leftward."""
    if ord(letter) < 0x0590:
        return False
    kind = unicodedata.category(letter)
    if not kind.startswith(("L", "M")):
        return False
    script = unicodedata.name(letter, "").split(" ")[0]
    return script not in _PLAIN


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
        if all(ord(letter) in _letters(name) for letter in run if letter != " "):
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
            found += [path for path in folder.rglob("*.ttf") if _is_wanted(path.name)]
    return tuple(sorted(found))


def _is_wanted(name: str) -> bool:
    return bool(_WANTED.fullmatch(name)) and not _SLANTED.search(name)
