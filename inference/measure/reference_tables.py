"""Published values of healthy people that could be verified; anything else is left out.

Brain share: fitted here to the 316 people without dementia in the table that comes with OASIS-1
(Marcus et al. 2007, doi:10.1162/jocn.2007.19.9.1498; first sessions, CDR 0 or a young adult
without CDR): least squares of second degree in age for the mean, of first degree in age for the
absolute residual times sqrt(pi/2) for the spread, each sex alone. Its nWBV is grey plus white
matter as a share of the estimated skull content, by FAST on an atlas-registered average.

Lateral ventricles: fitted here to 556 people of the IXI data set (healthy, 20 to 86 years) in the
table published with Taha 2024 (doi:10.1227/neu.0000000000003132; github birra-taha/LinearIndices
@1ec4569): each person once, without those whose age is absent or stated twice differently. Voxel
counts of FastSurfer's labels 4, 5, 43 and 44, so with the temporal horns. Least squares of second
degree in age for the logarithm, each sex alone, one spread for all ages.

Hippocampus, grey and white matter: the regression tables of Potvin et al. 2016
(doi:10.1016/j.neuroimage.2016.05.016) and the nomograms of Nobis et al. 2019
(doi:10.1016/j.nicl.2019.101904) exist, but their numbers could not be read at the source when
this was written, so none are given.
"""

from __future__ import annotations

from inference.measure.reference import Norm

LATERAL_VENTRICLES = "lateral ventricles in ml"
BRAIN_SHARE = "brain share of intracranial volume"
_OASIS_METHOD = "FSL FAST brain tissue over atlas-estimated intracranial volume"
_OASIS = "fitted to the individual values of OASIS-1, Marcus 2007, doi:10.1162/jocn.2007.19.9.1498"
_IXI_METHOD = "voxel count of FastSurfer's lateral ventricles with temporal horns"
_IXI = "fitted to the individual values of IXI, Taha 2024, doi:10.1227/neu.0000000000003132"

NORMS: tuple[Norm, ...] = (
    Norm(
        quantity=BRAIN_SHARE,
        sex="F",
        first_age=18,
        last_age=94,
        centre_age=50,
        mean=(0.8193787, -0.001726230, -2.245246e-05),
        spread=(0.02188201, 0.0001924),
        people=197,
        method=_OASIS_METHOD,
        source=_OASIS,
    ),
    Norm(
        quantity=BRAIN_SHARE,
        sex="M",
        first_age=18,
        last_age=90,
        centre_age=50,
        mean=(0.8085444, -0.002007935, -2.687905e-05),
        spread=(0.02353529, 0.00023339),
        people=119,
        method=_OASIS_METHOD,
        source=_OASIS,
    ),
    Norm(
        quantity=LATERAL_VENTRICLES,
        sex="F",
        first_age=20,
        last_age=86,
        centre_age=50,
        mean=(2.582932, 0.01792683, 3.864030e-04),
        spread=(0.4327084,),
        people=312,
        method=_IXI_METHOD,
        source=_IXI,
        logarithmic=True,
    ),
    Norm(
        quantity=LATERAL_VENTRICLES,
        sex="M",
        first_age=20,
        last_age=86,
        centre_age=50,
        mean=(2.843924, 0.02124692, 2.854668e-04),
        spread=(0.4333355,),
        people=244,
        method=_IXI_METHOD,
        source=_IXI,
        logarithmic=True,
    ),
)
