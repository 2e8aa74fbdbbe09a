# ruff: noqa: E501 - each sentence is kept on one line
"""More sentences, in the manner of long routine reports, written once the rules stood.

They were measured before any rule was changed for them; the figures of that first measurement are
in docs/reporting.md.
"""

from __future__ import annotations

from tests.assistant.report_sentences import Pair, samples

RIGHT = (
    *samples(
        "",
        "Findings",
        """
        frontal: Large heterogeneous intra-axial mass centered in the right superior frontal gyrus.
        frontal: Thick irregular rim enhancement with central necrosis, overall 34 mm craniocaudal.
        frontal: Surrounding T2/FLAIR hyperintensity crosses the genu to the left.
        frontal: Few punctate T2 hyperintense foci in the bilateral deep white matter.
        frontal: Partially empty sella, an incidental variant.
        frontal: The cerebellum, pons and medulla show normal signal.
        frontal: Trace fluid in the right mastoid air cells; paranasal sinuses clear.
        frontal: There is 7 mm right-to-left subfalcine shift.
        frontal: Left lateral ventricle measures 14 mm, right is compressed.
        frontal: Flow voids at the skull base are maintained bilaterally.
        frontal: No restricted diffusion in the remaining brain to suggest infarct.
        frontal: Elevated rCBV in the enhancing component, right frontal.
        frontal: A second focus of signal change in the left centrum semiovale does not enhance.
        frontal: The basal ganglia and thalami are preserved bilaterally.
        frontal: No extra-axial collection. Old lacunar infarct in the left thalamus, 5 mm.
        frontal: Developmental venous anomaly in the left parietal lobe.
        frontal: The optic nerves and globes are symmetric.
        frontal: Post-contrast: avid enhancement of the 3.4 cm lesion described above.
        two: The dominant right frontal deposit measures 34 mm, the temporal one on the left 12 mm.
        two: Each lesion is surrounded by oedema.
        two: Left temporal: 12 mm ring-enhancing nodule. Right frontal: 34 mm mass.
        cerebellar: Mass effect on the fourth ventricle with early dilatation of both lateral horns.
        cerebellar: The left transverse sinus is patent beside the mass.
        cerebellar: Cerebral hemispheres are normal.
        sellar: Hypoenhancing nodule in the left half of the gland is not discernible from artefact.
        sellar: Optic chiasm clear by 3 mm.
        none: Scattered nonspecific white matter lesions, Fazekas 1.
        none: Tonsils lie 4 mm below the foramen magnum.
        none: 11 mm pineal cyst, stable.
        none: Polypoid mucosal lesion in the right maxillary sinus, 14 mm.
        """,
    ),
    *samples(
        "",
        "Impression",
        """
        frontal: Right frontal ring enhancing mass, GBM until proven otherwise.
        frontal: Mass lesion as above. Neurosurgical opinion advised.
        frontal: Lesion has not changed since the prior study.
        frontal: Interval growth of the right frontal neoplasm, 34 mm (29 mm in 2024).
        frontal: Favour primary neoplasm over metastasis; abscess unlikely given no diffusion restriction.
        frontal: No convincing evidence of a second tumour deposit.
        frontal: Mild leftward midline shift without transtentorial herniation.
        frontal: Recommend biopsy of the right frontal lesion to rule out lymphoma.
        frontal: Chronic ischaemic change in both hemispheres.
        frontal: No mass in the left hemisphere.
        two: Two supratentorial metastases, largest 34 mm.
        two: Right frontal and left temporal metastases.
        cerebellar: Extra-axial left posterior fossa mass likely meningioma, schwannoma less likely.
        sellar: 9 mm pituitary lesion, no suprasellar extension.
        none: No suspicious intracranial enhancement or mass.
        none: No MR evidence of metastatic disease.
        none: Previously suspected lesion not confirmed.
        none: Brain MRI within normal limits for age.
        none: Clinical follow-up; a small adenoma cannot be ruled out on this protocol.
        none: Sinus disease. No intracranial tumor.
        """,
    ),
)

WRONG = (
    *samples(
        "side",
        "Findings",
        """
        frontal: Large heterogeneous intra-axial mass centered in the left superior frontal gyrus.
        frontal: The enhancing lesion involves the left frontal operculum.
        frontal: Necrotic tumour, left frontal convexity.
        two: Right temporal: 12 mm ring-enhancing nodule.
        cerebellar: Dural based mass along the right cerebellar convexity.
        """,
    ),
    *samples(
        "side",
        "Impression",
        """
        frontal: Left frontal ring enhancing mass, GBM until proven otherwise.
        frontal: Butterfly glioma of both frontal lobes.
        frontal: Bifrontal mass.
        frontal: High-grade neoplasm, LEFT frontal.
        two: Left frontal and right temporal metastases.
        cerebellar: Probable right CPA meningioma of the posterior fossa.
        """,
    ),
    *samples(
        "place",
        "Findings",
        """
        frontal: Large heterogeneous intra-axial mass in the right temporoparietal region.
        frontal: Enhancing nodule of the right caudate head.
        cerebellar: Dural based mass over the left occipital convexity.
        sellar: Enhancing mass in the pineal region.
        """,
    ),
    *samples(
        "place",
        "Impression",
        """
        frontal: Right insular glioma.
        frontal: Brain stem glioma.
        cerebellar: Left temporal meningioma.
        two: Occipital metastases.
        """,
    ),
    *samples(
        "presence",
        "Findings",
        """
        frontal: No abnormal mass or pathological enhancement.
        frontal: I see no tumour.
        frontal: No discrete lesion can be made out.
        frontal: The previously described mass is no longer visible.
        frontal: The right cerebral hemisphere appears normal.
        frontal: Enhancing tumour: none.
        cerebellar: Cerebellum normal.
        two: Neither hemisphere shows a mass.
        none: Round enhancing nodule in the left temporal pole.
        none: Ring-enhancing mass with central necrosis.
        """,
    ),
    *samples(
        "presence",
        "Impression",
        """
        frontal: No MR evidence of intracranial neoplasia.
        frontal: No intracranial abnormality.
        frontal: Brain MRI within normal limits.
        frontal: Complete resolution of the tumour.
        frontal: Tumour absent.
        frontal: Space-occupying lesion excluded.
        frontal: MRI head: normal.
        sellar: No evidence of pituitary adenoma.
        none: High-grade glioma.
        none: Solitary metastasis, left temporal.
        """,
    ),
    *samples(
        "number",
        "Findings",
        """
        frontal: The mass measures 5.1 x 4.2 x 3.9 cm.
        frontal: Overall tumour volume is about 30 ml.
        frontal: Enhancing lesion with a maximal axial diameter of 4.3 cm.
        frontal: Right frontal lesion (43mm).
        two: Left temporal nodule, 34 mm.
        sellar: Sellar mass 0.9 mm.
        """,
    ),
    *samples(
        "number",
        "Impression",
        """
        frontal: 4.3cm right frontal tumour.
        frontal: Stable right frontal mass (34 mm, prior 21 mm).
        frontal: Smaller right frontal mass, 34 mm, formerly 30 mm.
        cerebellar: Meningioma below 1 cm.
        cerebellar: Left cerebellar mass, 21 cm.
        """,
    ),
    *samples(
        "count",
        "Findings",
        """
        frontal: Numerous enhancing nodules are scattered through the brain.
        two: There is one enhancing mass.
        cerebellar: A pair of masses in the posterior fossa.
        """,
    ),
    *samples(
        "count",
        "Impression",
        """
        frontal: At least four metastases.
        two: Solitary brain tumour.
        cerebellar: Another mass lies beside it.
        """,
    ),
)

PAIRS = (
    Pair("frontal", "The ventricles are enlarged, hydrocephalus.", "No hydrocephalus.", wrong=True),
    Pair("frontal", "Marked vasogenic edema.", "Mass without edema.", wrong=True),
    Pair("two", "Blood products, haemorrhage in both.", "No haemorrhage in either.", wrong=True),
    Pair("none", "A 7 mm aneurysm of the left ICA.", "No aneurysm.", wrong=True),
    Pair("none", "Chronic infarct, left thalamus.", "Chronic right thalamic infarct.", wrong=True),
    Pair("cerebellar", "Tonsillar herniation.", "There is no tonsillar herniation.", wrong=True),
    Pair("frontal", "No acute infarct.", "Chronic infarct on the left."),
    Pair("frontal", "Oedema, 6 mm shift.", "Mass with oedema and shift (6 mm)."),
    Pair("two", "No acute haemorrhage.", "No bleeding."),
    Pair("none", "A 7 mm aneurysm of the left ICA.", "Left ICA aneurysm, 7 mm, refer."),
    Pair("sellar", "No hydrocephalus. Cyst on the left.", "Left-sided cyst."),
    Pair("cerebellar", "Old infarct on the right.", "No new infarct."),
)
