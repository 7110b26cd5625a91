"""How far two raters agree: raw agreement and Cohen's kappa, for all rows and by the verdict of the audit.

Two decisions agree when the label comes out the same: to type a value is the same as to take it. J. Cohen, "A
Coefficient of Agreement for Nominal Scales" (1960).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractor.review.decisions import Decision, Outcome
from extractor.tables.csv_file import InputError

ALL = "all"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement on some rows that both raters decided; `kappa` is None where chance alone would agree on all."""

    verdict: str
    rows: int
    agreed: int
    kappa: float | None

    @property
    def share(self) -> float:
        """Raw agreement, 0 to 1."""
        return self.agreed / self.rows


def agreements(one: Mapping[str, Decision], other: Mapping[str, Decision]) -> list[Agreement]:
    """The agreement on all rows that both decided, then by verdict; decisions by index.

    Raises InputError where there are no such rows, or where they are not the same rows.
    """
    both = [index for index in one if index in other]
    if not both:
        raise InputError("the two logs have no row in common")
    for index in both:
        if (one[index].entity, one[index].image_link) != (other[index].entity, other[index].image_link):
            raise InputError(f"row {index} is not the same in both logs: they belong to different audits")
    by_verdict = {verdict: [i for i in both if one[i].verdict == verdict] for verdict in {one[i].verdict for i in both}}
    ordered = sorted(by_verdict.items(), key=lambda item: -len(item[1]))
    return [
        _agreement(name, [_category(one[i]) for i in indices], [_category(other[i]) for i in indices])
        for name, indices in [(ALL, both), *ordered]
    ]


def kappa(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Cohen's kappa of two raters' categories, at least one; None where both only ever chose the same one."""
    count = len(one)
    observed = sum(a == b for a, b in zip(one, other, strict=True)) / count
    first, second = Counter(one), Counter(other)
    expected = sum(first[name] * second[name] for name in first) / count**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def _agreement(name: str, one: Sequence[str], other: Sequence[str]) -> Agreement:
    agreed = sum(a == b for a, b in zip(one, other, strict=True))
    return Agreement(name, len(one), agreed, kappa(one, other))


def _category(decision: Decision) -> str:
    """What becomes of the label, and of a changed one the value."""
    changed = decision.outcome is Outcome.CHANGED
    return f"{decision.outcome}: {decision.value}" if changed else str(decision.outcome)
