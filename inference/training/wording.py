"""The card's words; its numbers come from measuring."""

from __future__ import annotations

NAME = "tumour-t1ce"
VERSION = "0.1.0"
INTENDED_USE = (
    "Suggests outlines of enhancing tumours on T1-weighted MR of an adult head after contrast, "
    "with a probability and a type (meningioma, glioma, pituitary) or none, for a reader who "
    "looks at every image anyway. For research and evaluation only. Not a medical device."
)
TRAINED_ON = (
    "Folds 2 to 5 of the slices of Cheng et al. 2015 (PLoS ONE 10(10):e0140381; figshare 1512427, "
    "CC BY 4.0 as third parties state it): 2,494 slices, one outlined tumour each. Negatives: 23 "
    "slices without lesion of patients 03 and 04 of TCIA Brain-Tumor-Progression (Schmainda and "
    "Prah 2018, doi:10.7937/K9/TCIA.2018.15quzvnb, CC BY 3.0). Fold 1 without slices that have a "
    "near-identical twin in another fold (567 left) served for validation and for calibration, "
    "so the calibrated figures are somewhat flattering."
)
LIMITS = (
    "Never tested on a normal head after contrast, nor on meningioma or pituitary tumours of "
    "another hospital: no such images could be had.",
    "Every training slice of Cheng holds a tumour, so the model is too ready to see one: the "
    "false-positive figures above are the ones to read first.",
    "Seen to mark what enhances in every head: the pituitary gland and the venous sinuses.",
    "The lesion's probability is calibrated on slices that hold a lesion, at even prior odds: it "
    "ranks regions; it is not the chance that this patient has a tumour.",
    "Outlines follow the whole mass as in Cheng; masks of enhancement alone differ by definition.",
    "Other lesions (metastasis, abscess, infarct, inflammation) were never shown and may be "
    "called a tumour.",
    "Lesions under about a centimetre, or seen on a single slice, are not reported.",
    "Runs slice by slice at about 2 mm per pixel; tested on the CPU only.",
)
