"""Whether a cited passage is about the topic that was asked for."""

from __future__ import annotations

import re

from assistant.records import Citation

WORDS: dict[str, str] = {
    "meningioma": r"meningi?om",
    "glioma": r"gliom",
    "pituitary gland": r"pituitar|hypophys|hirnanhang",
    "pituitary adenoma": r"pituitar|adenom|hypophys|hirnanhang",
    "lacunar infarct": r"lacun|infar[ck]t|stroke|schlaganfall",
    "infarct": r"infar[ck]t|stroke|schlaganfall",
    "multiple sclerosis": r"multiple s[ck]leros|\bms\b",
    "arachnoid cyst": r"arachnoid|\bcyst|zyste",
    "cavernoma": r"[ck]avernom|cavernous",
    "normal pressure hydrocephalus": r"hydro[cz]ephalus|normal pressure|normaldruck",
    "hippocampus": r"hippocamp",
    "artefact": r"art[ei]fa[ck]t",
    "white matter hyperintensities": r"white matter|hyperintens|small vessel|marklager"
    r"|weiße substanz",
    "vestibular schwannoma": r"schwannom|acoustic neurom|akustikusneurinom",
    "atrophy": r"atroph|shrink|schrumpf",
    "pineal cyst": r"pineal|zirbeldrüse",
    "aneurysm": r"aneurysm",
    "developmental venous anomaly": r"venous anomal|venöse anomal",
    "optic neuritis": r"optic neuritis|sehnerv",
    "subdural haematoma": r"subdural|h[aä]e?matom",
    "Chiari malformation": r"chiari",
}


def is_about(topic: str, cited: Citation) -> bool:
    """Whether a citation of the knowledge speaks of the topic in its first two sentences."""
    if not topic or not cited.source.startswith("knowledge:"):
        return False
    start = " ".join(re.split(r"(?<=[.!?])\s", cited.quote)[:2])
    return bool(re.search(WORDS[topic], f"{cited.source} {start}".lower()))
