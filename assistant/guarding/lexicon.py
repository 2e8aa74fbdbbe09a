"""Words that carry medical meaning, grouped, and how texts are cut into sentences and words.

A group is a concept; its words are the forms it takes. English only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set; keeps long word lists readable."""
    return frozenset(text.split())


WORD = re.compile(r"[a-zà-öø-ÿ]+(?:'[a-zà-öø-ÿ]+)?|\d+(?:\.\d+)?|%")

UNITS: Mapping[str, str] = {
    form: unit
    for unit, forms in {
        "mm": "mm millimetre millimetres millimeter millimeters",
        "cm": "cm centimetre centimetres centimeter centimeters",
        "ml": "ml millilitre millilitres milliliter milliliters",
        "inch": "inch inches",
        "percent": "percent %",
        "day": "day days",
        "week": "week weeks",
        "month": "month months",
        "year": "year years",
        "hour": "hour hours",
    }.items()
    for form in forms.split()
}

SIDES: Mapping[str, str] = {
    "left": "left",
    "right": "right",
    "both": "both",
    "bilateral": "both",
    "bilaterally": "both",
    "midline": "midline",
}

NEGATIONS = word_set(
    "no not never without none nor neither cannot nothing absent free unlikely nobody"
)

KINDS: Mapping[str, str] = {
    "glioma": "glioma gliomas glioblastoma glioblastomas astrocytoma oligodendroglioma",
    "meningioma": "meningioma meningiomas",
    "pituitary": "pituitary microadenoma macroadenoma adenoma adenomas",
}

_CONCEPTS: Mapping[str, str] = {
    "glioma": KINDS["glioma"],
    "meningioma": KINDS["meningioma"],
    "adenoma": "microadenoma macroadenoma adenoma adenomas",
    "cavernoma": "cavernoma cavernous",
    "cyst": "cyst cysts arachnoid",
    "infarct": "lacunar infarct infarction lacune",
    "tumour": "tumour tumor tumours tumors growth growths mass masses neoplasm lump",
    "cancer": "cancer cancers cancerous malignant malignancy carcinoma",
    "metastasis": "metastasis metastases metastatic",
    "lymphoma": "lymphoma",
    "benign": "benign noncancerous",
    "stroke": "stroke strokes",
    "bleeding": "bleeding bleed bleeds haemorrhage hemorrhage haematoma hematoma",
    "dementia": "dementia alzheimer alzheimer's",
    "sclerosis": "sclerosis demyelination demyelinating",
    "inflammation": "inflammation inflamed inflammatory encephalitis",
    "swelling": "swelling swollen oedema edema",
    "artefact": "artifact artifacts artefact artefacts",
    "lesion": "lesion lesions",
    "spot": "spot spots",
    "scar": "scar scars",
    "injury": "injury injuries injured trauma",
    "infection": "infection infected abscess",
    "epilepsy": "epilepsy seizure seizures",
    "parkinson": "parkinson parkinson's",
    "aneurysm": "aneurysm aneurysms",
    "hydrocephalus": "hydrocephalus",
    "hypertension": "hypertension",
    "diabetes": "diabetes",
    "migraine": "migraine migraines",
    "death": "coma death die dies fatal deadly dying",
    "disease": "disease disorder syndrome illness",
    "failure": "failure",
    "fracture": "fracture",
    "frontal": "frontal",
    "temporal": "temporal",
    "parietal": "parietal",
    "occipital": "occipital",
    "insula": "insula insular",
    "cerebellum": "cerebellum cerebellar",
    "thalamus": "thalamus thalamic",
    "hippocampus": "hippocampus hippocampal",
    "pituitary": "pituitary",
    "thyroid": "thyroid",
    "ventricles": "ventricle ventricles",
    "white-matter": "matter",
    "brainstem": "brainstem",
    "spine": "spine spinal",
    "skull": "skull",
    "elsewhere": "heart lung lungs liver breast kidney eye eyes optic bone bones",
    "neurosurgery": "neurosurgery neurosurgeon neurosurgical",
    "neurology": "neurology neurologist neurologists",
    "endocrinology": "endocrinology endocrinologist",
    "general-practice": "practice practitioner gp",
    "radiology": "radiology radiologist",
    "oncology": "oncology oncologist",
    "psychiatry": "psychiatry psychiatrist psychologist psychology",
    "urgent": "urgent urgently immediately emergency",
    "surgery": "surgery operation surgical operate",
    "radiation": "radiation radiotherapy",
    "chemotherapy": "chemotherapy chemo",
    "drug": "medication medications medicine drug drugs pill pills tablet tablets aspirin "
    "ibuprofen dexamethasone mg dose antibiotics steroids",
    "biopsy": "biopsy",
    "blood-test": "hormone hormones",
    "follow-up": "follow followup",
    "treatment": "treatment treatments treat treated therapy",
    "cure": "cure cured curable incurable",
    "contrast": "contrast dye enhancing enhancement",
}

CONCEPTS: Mapping[str, str] = {
    form: concept for concept, forms in _CONCEPTS.items() for form in forms.split()
}

_QUANTIFIERS: Mapping[str, str] = {
    "small": "small tiny little",
    "large": "large big huge massive",
    "smaller": "smaller low lower reduced shrunken less",
    "larger": "larger bigger increased enlarged",
    "wider": "wider wide widened widest",
    "narrow": "narrower narrow",
    "old": "old older past previous",
    "new": "new fresh recent acute",
    "normal": "normal normally",
    "abnormal": "abnormal",
    "moderate": "moderate moderately",
    "mild": "mild slight slightly",
    "severe": "severe severely bad",
    "harmless": "harmless safe",
    "harmful": "harmful danger",
    "many": "multiple several many",
    "reject": "reject rejected rejects wrong",
    "always": "always",
    "sometimes": "sometimes rarely often most",
    "growing": "growing grows grew spread spreads shrinking",
    "clear": "clear",
    "common": "common",
    "real": "real",
}

QUANTIFIERS: Mapping[str, str] = {
    form: group for group, forms in _QUANTIFIERS.items() for form in forms.split()
}

SPECIALTIES: Mapping[str, str] = {
    form: specialty
    for specialty, forms in {
        "neurosurgery": "neurosurgery neurosurgeon neurosurgical",
        "neurology": "neurology neurologist",
        "endocrinology": "endocrinology endocrinologist",
        "radiology": "radiology radiologist",
        "oncology": "oncology oncologist",
        "general practice": "gp",
    }.items()
    for form in forms.split()
}


def words(text: str) -> list[str]:
    """Lower-case words, numbers and percent signs of a text, in order."""
    return WORD.findall(text.lower().replace("’", "'"))


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where each sentence of a text begins and ends, without the white space around it.

    A decimal point, "Dr.", "Lt." or the number of a list ("2.") does not end one.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in (*_SENTENCE_END.finditer(text), None):
        end = match.start() if match else len(text)
        piece = text[start:end]
        if match and "\n" not in match[0] and _OPEN_END.search(piece):
            continue
        if stripped := piece.strip():
            first = start + piece.index(stripped)
            spans.append((first, first + len(stripped)))
        start = match.end() if match else end
    return tuple(spans)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; a decimal point or "Dr." does not end one."""
    return tuple(text[start:end] for start, end in sentence_spans(text))


_SENTENCE_END = re.compile(r"(?<=[.!?])[ \t]+(?=[A-ZÄÖÜ0-9\"“„(])|[ \t]*\n+")
_OPEN_END = re.compile(
    r"(?:\b(?:Dr|vs|[Ll]t|[Rr]t|approx|max|min|ca|e\.g|i\.e|incl|resp|Fig"
    r"|[Vv]\.\s?a|[Zz]\.\s?n|[Ss]t\.\s?n|[Zz]\.\s?B|bzw|evtl|ggf|li|re|bds|[Ss]t|Prof|[Vv]|[Zz]|Nr"
    r"|\b(?:am|vom|dem|zum|bis)\s\d{1,2})\.|^\s*\d{1,2}[.)])$"
)


def is_negation(word: str) -> bool:
    """Whether a word denies."""
    return word in NEGATIONS or word.endswith("n't")


def specialty_in(text: str) -> str:
    """The medical specialty a text names first, in small letters, or an empty text."""
    if re.search(r"\b(?:general pract|family (?:doctor|physician)|house doctor)", text.lower()):
        return "general practice"
    if re.search(r"\bbrain surgeon", text.lower()):
        return "neurosurgery"
    return next((SPECIALTIES[word] for word in words(text) if word in SPECIALTIES), "")
