"""Published values of healthy people that could be verified; anything else is left out.

Brain share: fitted here to the 316 people without dementia in the table that comes with OASIS-1
(Marcus et al. 2007, doi:10.1162/jocn.2007.19.9.1498; first sessions, CDR 0 or a young adult
without CDR): least squares of second degree in age for the mean, of first degree in age for the
absolute residual times sqrt(pi/2) for the spread, each sex alone. Its nWBV is grey plus white
matter as a share of the estimated skull content, by FAST on an atlas-registered average.

Hippocampus, ventricles, grey and white matter: the regression tables of Potvin et al. 2016
(doi:10.1016/j.neuroimage.2016.05.016) and the nomograms of Nobis et al. 2019
(doi:10.1016/j.nicl.2019.101904) exist, but their numbers could not be read at the source when
this was written, so none are given.
"""

from __future__ import annotations

from inference.measure.reference import Norm

BRAIN_SHARE = "brain share of intracranial volume"
_OASIS_METHOD = "FSL FAST brain tissue over atlas-estimated intracranial volume"
_OASIS = "fitted to the individual values of OASIS-1, Marcus 2007, doi:10.1162/jocn.2007.19.9.1498"

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
)
