"""Passages cut from MedQuAD's NIH texts: ``python -m assistant.knowledge.medquad FOLDER``.

FOLDER holds the collection's XML by institute (Ben Abacha and Demner-Fushman 2019,
doi:10.1186/s12859-019-3119-4). The same folder gives the same file, byte for byte; the file
names the digest of what it was cut from. Sentences are taken as they stand, see ``sound``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from assistant.knowledge.medquad_topics import TOPICS, WITHOUT
from assistant.knowledge.sound import runs, units

OUT = Path(__file__).parents[2] / "resources" / "knowledge" / "nih.en.json"
SOURCES = {
    "CancerGov": "National Cancer Institute (NIH)",
    "GARD": "Genetic and Rare Diseases Information Center (NIH)",
    "MPlusHealthTopics": "MedlinePlus, National Library of Medicine (NIH)",
    "NHLBI": "National Heart, Lung, and Blood Institute (NIH)",
    "NIDDK": "National Institute of Diabetes and Digestive and Kidney Diseases (NIH)",
    "NINDS": "National Institute of Neurological Disorders and Stroke (NIH)",
}
LICENCE = "CC BY 4.0 (MedQuAD); text of the United States government, in the public domain"
DATE = "2016/2017"
_ASPECTS = {
    "information": "what it is",
    "symptoms": "signs",
    "causes": "causes",
    "exams and tests": "how it is found",
    "susceptibility": "who may get it",
    "frequency": "who may get it",
    "inheritance": "whether it runs in families",
}
_BY_WORD = (
    ("diagnos", "how it is found"),
    ("symptom", "signs"),
    ("caused by", "causes"),
    ("inherit", "whether it runs in families"),
)
_DEFINES = re.compile(r"[^.]{3,60}?\b(is|are) (a|an|the|one|not a|any)\b")
_DEFINES = re.compile(r"[^.]{3,60}?\b(is|are) (a|an|the|one|not a|any)\b")
_LEAST_WORDS, _MOST_WORDS, _MOST_PER_ANSWER = 15, 70, 3


def cut(folder: Path) -> dict[str, Any]:
    """What the shipped file holds: where the passages come from, and the passages by title."""
    digest = hashlib.sha256()
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for name, topic in TOPICS.items():
        raw = (folder / name).read_bytes()
        digest.update(name.encode() + b"\0" + hashlib.sha256(raw).digest())
        for row in _rows(raw, topic):
            if row["text"] not in seen and not row["text"].startswith(WITHOUT):
                seen.add(row["text"])
                rows.append(row)
    rows.sort(key=lambda row: row["id"])
    return {
        "collection": "MedQuAD",
        "sha256_of_sources": digest.hexdigest(),
        "licence": LICENCE,
        "date": DATE,
        "passages": rows,
    }


def _rows(raw: bytes, topic: str) -> Iterator[dict[str, Any]]:
    root = ElementTree.fromstring(raw)  # noqa: S314 - the builder's own, known files
    institute = root.attrib["source"]
    short = {"MPlusHealthTopics": "medlineplus"}.get(institute, institute.lower())
    number = 0
    for pair in root.iter("QAPair"):
        asked = pair.find("Question")
        answer = pair.findtext("Answer") or ""
        aspect = _ASPECTS.get(asked.attrib["qtype"]) if asked is not None else None
        if aspect is None:
            continue
        text = answer.removeprefix("Summary :").strip()
        for place, passage in enumerate(
            runs(units(text), topic, least=_LEAST_WORDS, most=_MOST_WORDS)
        ):
            if place == _MOST_PER_ANSWER:
                break
            number += 1
            yield {
                "id": f"{short}-{_slug(topic)}-{number}",
                "title": f"{topic}: {_aspect(passage, aspect)}",
                "text": passage,
                "source": SOURCES[institute],
                "url": root.attrib["url"],
            }


def _aspect(passage: str, aspect: str) -> str:
    """What a passage is about; a general text is looked at for what it names most plainly."""
    if aspect != "what it is" or _DEFINES.match(passage):
        return aspect
    lower = passage.lower()
    return next((name for word, name in _BY_WORD if word in lower), aspect)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def written(found: dict[str, Any]) -> str:
    """The file's text."""
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the shipped file anew from the folder of the collection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    found = cut(given.folder)
    given.out.write_text(written(found), "utf-8")
    sys.stdout.write(f"{len(found['passages'])} passages in {given.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
