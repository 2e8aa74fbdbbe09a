"""The card's words; its numbers come from measuring."""

from __future__ import annotations

NAME = "anatomy"
VERSION = "0.1.0"
INTENDED_USE = (
    "Outlines brain, tissues, ventricles and deep structures on near-isotropic 3-D T1 of an adult "
    "head without a large lesion, and gives their volumes for a reader who looks at the outlines "
    "before using a number. For research and evaluation only. Not a medical device."
)
TRAINED_ON = (
    "Images synthesised from 14 whole-head label maps of Billot et al. 2023 (Medical Image "
    "Analysis 86:102789; SynthSeg 66342c1, Apache-2.0), nine of ten with intensities like T1, "
    "the others in any contrast; maps 9 and 11 (ventricles of 13 and 68 ml) were held out. No real "
    "image was trained on."
)
LIMITS = (
    "Measured on synthetic images of two held-out people; against real heads only the brain mask "
    "was checked. The labels it learned from are automatic.",
    "Works on a grid of 2 mm: small structures lose their fine border.",
    "Sixteen people stand behind the label maps, eleven of them with an aged brain; children and "
    "unusual anatomy were never seen.",
    "Never saw a lesion. Tumour, infarct, bleeding, surgery or an implant make it wrong, which is "
    "why a known lesion of more than 3 ml is refused.",
    "Slices thicker than 1.5 mm are refused: they make structures look too small.",
    "Published norms belong to other methods; a percentile is orientation, not a finding.",
    "Tested on the CPU only.",
)
