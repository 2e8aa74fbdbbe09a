"""A share with its count and its interval: the only form in which monitoring gives a percentage."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of``, with the 95 % Wilson interval (Wilson 1927, doi:10.2307/2276774)."""

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError("a share counts some of a whole")

    @property
    def value(self) -> float | None:
        """The share, or None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end, 0 and 1 where nothing was counted."""
        if not self.of:
            return 0.0, 1.0
        share, n = self.count / self.of, self.of
        middle = share + _Z95**2 / (2 * n)
        half = _Z95 * sqrt(share * (1 - share) / n + _Z95**2 / (4 * n * n))
        whole = 1 + _Z95**2 / n
        low = (middle - half) / whole if self.count else 0.0
        high = (middle + half) / whole if self.count < n else 1.0
        return max(0.0, low), min(1.0, high)


def fisher_p(one: Share, other: Share) -> float:
    """Return the two-sided p value of Fisher's exact test that both shares are the same."""
    from scipy.stats import fisher_exact  # noqa: PLC0415 - heavy, and pages of counts need it never

    rows = [[share.count, share.of - share.count] for share in (one, other)]
    return float(fisher_exact(rows).pvalue)
