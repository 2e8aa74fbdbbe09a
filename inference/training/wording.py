"""The card's words; its numbers come from measuring."""

from __future__ import annotations

NAME = "tumour-t1ce"
VERSION = "0.4.0"
INTENDED_USE = (
    "Suggests outlines of enhancing tumours on T1-weighted MR of an adult head after contrast, "
    "with a probability and a type (meningioma, glioma, pituitary) or none, for a reader who "
    "looks at every image anyway. For research and evaluation only. Not a medical device."
)
TRAINED_ON = (
    "Cheng et al. 2015 (PLoS ONE 10(10):e0140381; figshare 1512427, CC BY 4.0 as third parties "
    "state it): 3,064 slices of 233 patients, one outlined tumour each, in the author's five "
    "patient-wise folds. Five members, each trained without one fold; the program averages them. "
    "Negatives: 23 slices without lesion of patients 03 and 04 of TCIA Brain-Tumor-Progression "
    "(Schmainda and Prah 2018, doi:10.7937/K9/TCIA.2018.15quzvnb, CC BY 3.0), and close views of "
    "parts of Cheng's slices that show nothing of the lesion. Every figure and every calibration "
    "comes from slices held out from the member that judged them; slices with a near-identical "
    "twin in another fold are left out of the figures. Trained in two rounds: 26 to 37 epochs from "
    "random weights (version 0.2.0), then 17 to 24 from those with milder augmentation (--start). "
    "The second round's augmentation and pixel weights were set after the first round's Dice on "
    "trained and held-out slices had shown it underfitted. Version 0.4.0 has the weights of 0.3.0 "
    "and looks again, at 0.8 to 1.2 of the width, where a first look sees something; these scales "
    "were chosen from six sets on the held-out slices. Nothing else was chosen on them."
)
LIMITS = (
    "Never tested on a normal head after contrast, nor on meningioma or pituitary tumours of "
    "another hospital: no such images could be had.",
    "Every training slice of Cheng holds a tumour, so the model is too ready to see one: the "
    "false-region figures are the ones to read first.",
    "What enhances in every head may be marked: the pituitary gland, venous sinuses, mucosa.",
    "Calibrated on single members and slices, used on the average of five and on volumes: the "
    "average errs on the side of too little confidence.",
    "The lesion's probability is calibrated on slices that hold a lesion, at even prior odds: it "
    "ranks regions; it is not the chance that this patient has a tumour.",
    "Slices of one patient are alike and the patients' numbers are not published, so intervals by "
    "slice are too narrow; those over folds are the ones to believe.",
    "Outlines follow the whole mass as in Cheng; masks of enhancement alone differ by definition. "
    "Cheng's glioma outlines follow no one rule (some hold oedema, some a ventricle), and neither "
    "do this model's.",
    "Other lesions (metastasis, abscess, infarct, inflammation) were never shown and may be "
    "called a tumour.",
    "Lesions seen on a single slice are not reported.",
    "Runs slice by slice at 1.1 mm per pixel; tested on the CPU only.",
)
