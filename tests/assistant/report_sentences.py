# ruff: noqa: E501 - each sentence is kept on one line
"""Sentences of many report styles, right and wrong, to measure the check of a report against.

Each stands beside the decisions of one reading (``READINGS``). A right one must raise no doubt; a
wrong one must raise a doubt of its kind: side, place, presence, number, count or impression.
The set was written before the rules it measures, and the rules were not fitted to it; what is
wrong in it stays wrong in the measured figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inference.records import Finding, FindingStatus
from tests.assistant.conftest import finding

FRONTAL = finding()
TEMPORAL = finding(side="left", place="temporal lobe", size=12.0, volume=900.0, name="f2")
CEREBELLAR = finding(
    side="left", place="cerebellum", size=21.0, volume=4_800.0, kind="meningioma", name="f3"
)
SELLAR = finding(
    side="midline", place="pituitary region", size=9.0, volume=400.0, kind="pituitary", name="f4"
)
UNTRUE = finding(
    FindingStatus.REJECTED, side="left", place="temporal lobe", size=12.0, volume=900.0, name="f5"
)

READINGS: Mapping[str, tuple[Finding, ...]] = {
    "frontal": (FRONTAL,),
    "none": (UNTRUE,),
    "two": (FRONTAL, TEMPORAL),
    "cerebellar": (CEREBELLAR,),
    "sellar": (SELLAR,),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence of a section, added to a sound draft; ``kind`` is what is wrong, "" if nothing."""

    reading: str
    text: str
    kind: str = ""
    section: str = "Impression"


def samples(kind: str, section: str, text: str) -> tuple[Sample, ...]:
    """One sample per line: the reading, a colon and the words."""
    pairs = (line.partition(": ") for line in text.strip().splitlines())
    return tuple(Sample(reading.strip(), words, kind, section) for reading, _, words in pairs)


RIGHT = (
    *samples(
        "",
        "Findings",
        """
        frontal: There is a heterogeneously enhancing mass in the right frontal lobe measuring 3.4 cm.
        frontal: Rt frontal lesion, 34 mm, ring enhancing.
        frontal: Mass R frontal lobe, max. diameter approx. 35 mm, central necrosis.
        frontal: The lesion causes a midline shift of 6 mm to the left.
        frontal: Moderate perilesional oedema extends into the right parietal lobe.
        frontal: No hydrocephalus. No haemorrhage.
        frontal: The left cerebral hemisphere is unremarkable.
        frontal: The brain stem is normal.
        frontal: Ventricles are normal in size; no mass in the posterior fossa.
        frontal: The remaining brain parenchyma is normal.
        frontal: Solitary intra-axial mass, right frontal, volume 12.4 cc.
        frontal: The mass abuts the falx over a length of 11 mm.
        frontal: Slice thickness 5 mm, gap 1 mm.
        frontal: Mucosal thickening of the left maxillary sinus up to 4 mm.
        frontal: The lesion is larger than 3 cm.
        frontal: There is effacement of the right frontal horn.
        frontal: No second lesion was identified.
        frontal: No mass effect on the brainstem.
        frontal: Dural venous sinuses patent, orbits and left mastoid unremarkable.
        frontal: The tumour has grown from 28 mm to 34 mm.
        two: Two enhancing lesions: right frontal 34 mm and left temporal 12 mm.
        two: Lesion 2: left temporal lobe, 12 mm, 0.9 ml.
        two: Bilateral supratentorial lesions.
        two: The larger lesion lies in the right frontal lobe, the smaller in the left temporal lobe.
        two: No infratentorial lesion.
        cerebellar: Left cerebellar mass of 21 mm with compression of the fourth ventricle.
        cerebellar: No supratentorial mass or abnormal enhancement.
        cerebellar: Extra-axial, dural based lesion in the posterior fossa on the left, 2.1 cm.
        sellar: Sellar lesion of 9 mm without contact to the optic chiasm.
        sellar: The pituitary stalk is deviated to the right.
        sellar: Both cavernous sinuses are free.
        none: No enhancing lesion. The ventricles are of normal width.
        none: No focal mass, no abnormal enhancement, no midline shift.
        none: Grey-white matter differentiation is preserved on both sides.
        none: Incidental arachnoid cyst of the left middle cranial fossa, 18 mm.
        """,
    ),
    *samples(
        "",
        "Impression",
        """
        frontal: Findings are suspicious for a high-grade glioma of the right frontal lobe.
        frontal: 34 mm right frontal tumour, glioblastoma favoured; DDx solitary metastasis.
        frontal: Right-sided frontal mass, most likely glioma, not typical of meningioma.
        frontal: 1. Enhancing right frontal mass (3.4 cm). 2. No additional lesion elsewhere.
        frontal: No evidence of leptomeningeal spread.
        frontal: No further masses, no acute infarct.
        frontal: Known lesion of the right frontal lobe, stable at 34 mm (previously 33 mm).
        frontal: Increase in size of the right frontal lesion, now 34 mm, before 27 mm.
        frontal: There is no change in the right frontal lesion.
        frontal: The mass cannot be separated from the right frontal cortex.
        frontal: Apart from the right frontal tumour no intracranial abnormality.
        frontal: Otherwise unremarkable examination.
        frontal: Tumour at least 3 cm, resection to be discussed.
        frontal: Histology is needed; a metastasis is not excluded.
        frontal: The type is uncertain; lymphoma is less likely.
        frontal: Right frontal lesion with leftward midline shift of 6 mm.
        frontal: Recommend repeat MRI in 6 weeks.
        frontal: The patient is left-handed; the lesion lies close to the right motor cortex.
        frontal: In summary a single lesion, right frontal, enhancing.
        frontal: Not only the enhancing mass but also its oedema displaces the midline.
        two: Two lesions, metastases to be considered.
        two: Multiple enhancing lesions, one right frontal and one left temporal.
        two: Neither lesion shows haemorrhage.
        two: Lt temporal lesion (12 mm) and Rt frontal lesion (34 mm).
        cerebellar: Meningioma of the left posterior fossa suspected.
        cerebellar: No glioma.
        cerebellar: Infratentorial mass, 21 mm, left.
        cerebellar: 2.1 cm Lt cerebellar lesion; no obstructive hydrocephalus.
        sellar: Pituitary microadenoma of 9 mm, smaller than 10 mm.
        sellar: Subcentimetre sellar lesion.
        sellar: Midline lesion of the sella, consistent with adenoma.
        none: Normal MRI of the brain.
        none: No intracranial tumour is seen.
        none: A mass is not demonstrated.
        none: The suspected lesion in the left temporal lobe was rejected as a vessel.
        none: Unremarkable study, tumour free.
        none: No lesion larger than 3 mm.
        none: Age-appropriate findings. No space-occupying lesion.
        none: If symptoms persist, a tumour should be excluded by follow-up in 3 months.
        none: Is there a lesion of the hippocampus? None seen.
        """,
    ),
)

WRONG = (
    *samples(
        "side",
        "Findings",
        """
        frontal: There is an enhancing mass in the left frontal lobe measuring 3.4 cm.
        frontal: Lt. frontal lesion, 34 mm.
        frontal: Mass L frontal lobe with necrosis.
        frontal: Left-sided frontal tumour.
        frontal: The tumour lies within the left hemisphere.
        two: Lesion 1: left frontal lobe, 34 mm.
        two: Lesion 2: Rt temporal lobe, 12 mm.
        cerebellar: Right cerebellar mass with compression of the fourth ventricle.
        """,
    ),
    *samples(
        "side",
        "Impression",
        """
        frontal: Suspected high-grade glioma of the left frontal lobe.
        frontal: Bilateral frontal glioma.
        frontal: Mass involving both frontal lobes.
        frontal: Enhancing lesion on the left, neurosurgical referral.
        two: Right temporal metastasis suspected.
        cerebellar: Meningioma of the right posterior fossa.
        cerebellar: Bilateral cerebellar lesions.
        cerebellar: Mass in the rt cerebellar hemisphere.
        """,
    ),
    *samples(
        "place",
        "Findings",
        """
        frontal: Enhancing mass in the right parietal lobe, 34 mm.
        frontal: Rt occipital lesion.
        frontal: The lesion is centred in the right thalamus.
        cerebellar: There is a 21 mm mass in the left occipital lobe.
        cerebellar: Left brainstem lesion of 21 mm.
        sellar: Mass in the frontal lobe, 9 mm.
        """,
    ),
    *samples(
        "place",
        "Impression",
        """
        frontal: Right temporal glioma suspected.
        frontal: Infratentorial tumour on the right.
        frontal: Enhancing tumour of the right cerebellar hemisphere.
        cerebellar: Supratentorial meningioma on the left.
        cerebellar: Left parietal meningioma.
        sellar: Occipital lesion suspicious for adenoma.
        two: Lesion of the right insula.
        """,
    ),
    *samples(
        "presence",
        "Findings",
        """
        frontal: No enhancing lesion is seen.
        frontal: A mass lesion is not present.
        frontal: There is no tumour.
        frontal: The right frontal lobe is normal.
        frontal: Brain parenchyma without evidence of a mass.
        frontal: Absence of any space-occupying lesion.
        frontal: A lesion could not be demonstrated.
        frontal: Tumour was ruled out.
        cerebellar: The posterior fossa is free of masses.
        cerebellar: The left cerebellum is unremarkable.
        none: There is an enhancing mass of the left temporal lobe.
        none: Lesion left temporal, 12 mm.
        """,
    ),
    *samples(
        "presence",
        "Impression",
        """
        frontal: No evidence of neoplasm.
        frontal: Unremarkable MRI of the head.
        frontal: Normal study.
        frontal: The scan is negative for tumour.
        frontal: Lesion free examination.
        frontal: No mass, midline shift or hydrocephalus.
        frontal: Neither a mass nor a haemorrhage is found.
        frontal: The brain is normal.
        frontal: A tumour can be excluded.
        two: No focal lesion identified in the brain.
        sellar: No sellar mass.
        cerebellar: Lesions are absent.
        none: Tumour of the left temporal lobe suspected.
        none: Findings in keeping with meningioma.
        none: Glioma likely, referral advised.
        """,
    ),
    *samples(
        "number",
        "Findings",
        """
        frontal: The mass measures 43 mm in largest diameter.
        frontal: Right frontal lesion, 3.4 mm.
        frontal: Rt frontal mass 34 cm.
        frontal: The lesion has a volume of 21.4 ml.
        frontal: It measures 24 mm.
        frontal: Lesion of about 5 cm in the right frontal lobe.
        frontal: Right frontal tumour (14 mm).
        cerebellar: Maximum diameter 12 mm, left cerebellum.
        cerebellar: Left cerebellar mass, 84 cc.
        """,
    ),
    *samples(
        "number",
        "Impression",
        """
        frontal: 43 mm right frontal tumour.
        frontal: Right frontal lesion, smaller than 2 cm.
        frontal: The lesion is unchanged at 34 mm, 22 mm before.
        frontal: The tumour has decreased from 25 mm to 34 mm.
        frontal: Subcentimetre right frontal lesion.
        frontal: Mass right frontal, greater than 5 cm.
        two: Left temporal lesion of 34 cm.
        cerebellar: Left cerebellar lesion 2.1 mm.
        sellar: Macroadenoma of 19 mm.
        sellar: Sellar lesion, now 14 mm.
        """,
    ),
    *samples(
        "count",
        "Findings",
        """
        frontal: Two enhancing lesions are seen.
        frontal: There are three masses in the right frontal lobe.
        two: A solitary enhancing lesion is present.
        cerebellar: 2 lesions of the left cerebellum.
        """,
    ),
    *samples(
        "count",
        "Impression",
        """
        frontal: Multiple metastases.
        frontal: Both lesions are suspicious for glioma.
        two: Single metastasis suspected.
        two: Three lesions, metastases suspected.
        cerebellar: Several masses, meningiomatosis.
        """,
    ),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """What the Findings add and what the Impression adds; wrong where they do not agree."""

    reading: str
    findings: str
    impression: str
    wrong: bool = False


PAIRS = (
    Pair("frontal", "Midline shift of 6 mm to the left.", "No midline shift.", wrong=True),
    Pair("frontal", "No hydrocephalus.", "Obstructive hydrocephalus.", wrong=True),
    Pair("frontal", "Acute haemorrhage within the lesion.", "No haemorrhage.", wrong=True),
    Pair("frontal", "Midline shift of 6 mm.", "Midline shift of 9 mm.", wrong=True),
    Pair("frontal", "Infarct in the left thalamus.", "Infarct in the right thalamus.", wrong=True),
    Pair("none", "No infarct.", "Acute infarct.", wrong=True),
    Pair("none", "Arachnoid cyst on the left, 18 mm.", "Arachnoid cyst on the right.", wrong=True),
    Pair("none", "Arachnoid cyst, 18 mm.", "Arachnoid cyst of 81 mm.", wrong=True),
    Pair("two", "No uncal herniation.", "Uncal herniation.", wrong=True),
    Pair("cerebellar", "No oedema.", "Marked oedema around the lesion.", wrong=True),
    Pair("frontal", "Midline shift of 6 mm to the left.", "Leftward midline shift of 6 mm."),
    Pair("frontal", "No hydrocephalus.", "No obstructive hydrocephalus."),
    Pair("frontal", "No acute haemorrhage. Old haemorrhage on the left.", "Old haemorrhage."),
    Pair("frontal", "Oedema of the right frontal lobe.", "Marked perilesional oedema."),
    Pair("none", "No infarct.", "No haemorrhage."),
    Pair("none", "Arachnoid cyst on the left, 18 mm.", "Left arachnoid cyst (1.8 cm)."),
    Pair("two", "No herniation.", "No sign of herniation."),
    Pair("two", "Infarct in the left thalamus.", "Old left thalamic infarct."),
    Pair("cerebellar", "Mild oedema.", "Oedema without hydrocephalus."),
    Pair("sellar", "The chiasm is not displaced.", "No contact with the chiasm."),
)
