"""What a run did, in numbers: the closing summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.run.result import Origin, PictureResult
from extractor.stages.answer import Outcome
from extractor.tables.trace import RowAnswer

Counts = tuple[tuple[str, int], ...]

CHECKED = (Outcome.VLM_CONVERTED, Outcome.OCR_FALLBACK)
"""What comes of the rules' check of a reader's words; shown also where it never did."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a run; `empty` and `failed` are (reason, count), most frequent first, times in seconds.

    Of the `pictures` `available` could be had, though perhaps not read. `read` were read in this run, `read_before` in
    an earlier one; `upscaled` of both were now read once more, enlarged. `outcomes` are those of
    `extractor.stages.combine`. The VLM answered `vlm_rows`, `vlm_before` of them in an earlier run.
    `fetch_seconds`, `ocr_seconds`, `rules_seconds` and `vlm_seconds` are sums over all that ran side by side, `seconds`
    is what the clock showed. `products` were answered from all their pictures together.
    """

    rows: int
    answered: int
    empty: Counts
    pictures: int
    available: int
    fetched: int
    fetched_before: int
    local: int
    failed: Counts
    read: int
    read_before: int
    upscaled: int
    fetch_seconds: float
    ocr_seconds: float
    rules_seconds: float
    seconds: float
    outcomes: Counts = ()
    vlm_rows: int = 0
    vlm_before: int = 0
    vlm_seconds: float = 0.0
    products: int = 0

    @property
    def no_picture(self) -> str:
        """A sentence where there are pictures and none could be had, else ""."""
        return f"no picture could be had: {_listed(self.failed)}" if self.pictures and not self.available else ""

    def lines(self) -> list[str]:
        """The summary for people."""
        lost = sum(count for _, count in self.failed)
        again = f"; {self.upscaled:,} once more, enlarged" if self.upscaled else ""
        rate = self.pictures / self.seconds if self.seconds else 0.0
        lines = [
            f"rows      {self.rows:,}: {self.answered:,} answered, {self.rows - self.answered:,} empty",
            f"pictures  {self.pictures:,}: {self.fetched:,} fetched, {self.fetched_before:,} fetched earlier, "
            f"{self.local:,} local files, {lost:,} failed",
            f"read      {self.read:,} now, {self.read_before:,} earlier{again}",
            f"time      {self.seconds:.1f} s, {rate:.1f} pictures/s; in all fetch {self.fetch_seconds:.1f} s, "
            f"ocr {self.ocr_seconds:.1f} s, rules {self.rules_seconds:.1f} s",
        ]
        if self.vlm_rows:
            lines[-1] += f", vlm {self.vlm_seconds:.1f} s"
            lines.insert(3, f"vlm       {self.vlm_rows - self.vlm_before:,} rows now, {self.vlm_before:,} earlier")
            checked = tuple((str(one), 0) for one in CHECKED if str(one) not in dict(self.outcomes))
            lines.insert(1, f"  by      {_listed(self.outcomes + checked)}")
        if self.empty:
            lines.insert(1, f"  empty   {_listed(self.empty)}")
        if self.products:
            lines.insert(1, f"products  {self.products:,}: each answered from all its pictures together")
        if self.failed:
            lines.append(f"failed    {self.no_picture or _listed(self.failed)}; a later run tries these pictures again")
        return lines


def summary_of(results: Iterable[PictureResult], rows: Sequence[RowAnswer], seconds: float) -> Summary:
    """The summary of a run that took `seconds`."""
    answers = [row.answer for row in rows]
    return Summary(
        rows=len(rows),
        answered=sum(answer.amount is not None for answer in answers),
        empty=counted(answer.reason for answer in answers if answer.amount is None),
        **counts_of_pictures(list(results)),
        rules_seconds=sum(row.seconds.rules for row in rows),
        seconds=seconds,
        outcomes=counted(answer.outcome for answer in answers if answer.outcome),
        vlm_rows=sum(answer.vlm is not None for answer in answers),
        vlm_before=sum(row.cached.vlm for row in rows),
        vlm_seconds=sum(row.seconds.vlm for row in rows),
        products=len({row.row.product for row in rows if row.row.product}),
    )


def counts_of_pictures(results: Sequence[PictureResult], before: int = 0) -> dict[str, Any]:
    """The fields of a summary that the pictures give; `before` others were done by an earlier run."""
    sound = [result for result in results if result.failure is None]
    origins = Counter(result.origin for result in sound)
    return {
        "pictures": before + len(results),
        "available": before + sum(result.available for result in results),
        "fetched": origins[Origin.FETCHED],
        "fetched_before": origins[Origin.CACHED],
        "local": origins[Origin.LOCAL],
        "failed": counted(result.failure.reason for result in results if result.failure),
        "read": sum(not result.page_cached for result in sound),
        "read_before": before + sum(result.page_cached for result in sound),
        "upscaled": sum(result.upscaled_now for result in sound),
        "fetch_seconds": sum(result.fetch_seconds for result in results),
        "ocr_seconds": sum(result.ocr_seconds for result in results),
    }


def counted(codes: Iterable[str]) -> Counts:
    """How often each code occurs, most frequent first."""
    return tuple((str(code), count) for code, count in Counter(codes).most_common())


def _listed(counts: Counts) -> str:
    return ", ".join(f"{reason} {count:,}" for reason, count in counts)
