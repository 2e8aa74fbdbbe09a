"""The card's words; its numbers come from measuring."""

from __future__ import annotations

NAME = "input-gate"
VERSION = "1.0.0"
INTENDED_USE = (
    "Looks at a series before any other model does and says whether it shows a head, which kind of "
    "series it is, how its pictures lie and whether they are spoilt, so that what the tumour model "
    "was not trained for is refused with a reason. For research and evaluation only. "
    "Not a medical device."
)
TRAINED_ON = (
    "Half synthetic, half real. Synthetic: slices of 14 whole-head label maps of SynthSeg (Billot "
    "et al. 2023, Apache-2.0) in nine kinds of contrast by textbook relaxation times, with drawn "
    "lesions, and drawn bodies, phantoms and nonsense. Real: Cheng et al. 2015 (figshare 1512427, "
    "CC BY 4.0 as third parties state it), 3,064 slices after contrast; patients 03 and 04 of TCIA "
    "Brain-Tumor-Progression (Schmainda and Prah 2018, CC BY 3.0); two healthy heads before "
    "contrast (studyforrest, PDDL; dcm_qa_xa30, BSD-2); one person of the NEMA multi-frame test "
    "set; single CT, MR and other pictures of pydicom's test files (MIT) as strangers."
)
LIMITS = (
    "Real pictures before contrast are of two healthy people and one other; T1 before and after "
    "contrast are told apart less surely than other kinds, so without a tag contrast is believed "
    "only above the stated sureness, and some series after contrast are refused.",
    "Of T2, FLAIR, proton-density, diffusion and CT heads it has seen next to no real ones in "
    "training: synthetic ones stand for them.",
    "Other body parts in training are drawn, not real.",
    "Whether an axial or coronal picture is mirrored cannot be seen in a head; only quarter turns, "
    "and the face of a sagittal picture, are checked.",
    "Series measured here are few: the intervals beside the figures are wide.",
    "Slices are judged one by one at 2 mm; a series is their mean.",
)
