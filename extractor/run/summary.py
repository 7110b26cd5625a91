"""What a run did, in numbers: the closing summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractor.run.outcome import Origin, PictureOutcome
from extractor.tables.trace import RowTrace

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a run; `empty` and `failed` are (reason, count), most frequent first, times in seconds.

    Of the `pictures` `had` could be had, though perhaps not read. `read` were read in this run, `page_kept` had been
    read before; `looked_again` of both were now read once more, enlarged. `outcomes` are those of
    `extractor.stages.combine`. The VLM answered `vlm_rows`, of which `vlm_kept` had been answered before.
    `fetch_seconds`, `ocr_seconds`, `rules_seconds` and `vlm_seconds` are sums over all that ran side by side, `seconds`
    is what the clock showed.
    """

    rows: int
    answered: int
    empty: Counts
    pictures: int
    had: int
    fetched: int
    kept: int
    local: int
    failed: Counts
    read: int
    page_kept: int
    looked_again: int
    fetch_seconds: float
    ocr_seconds: float
    rules_seconds: float
    seconds: float
    outcomes: Counts = ()
    vlm_rows: int = 0
    vlm_kept: int = 0
    vlm_seconds: float = 0.0

    @property
    def no_picture(self) -> str:
        """Says that there were pictures to get and not a single one could be had; "" when that is not so."""
        return f"no picture could be had: {_listed(self.failed)}" if self.pictures and not self.had else ""

    def lines(self) -> list[str]:
        """The summary for people."""
        lost = sum(count for _, count in self.failed)
        again = f"; {self.looked_again:,} once more, enlarged" if self.looked_again else ""
        rate = self.pictures / self.seconds if self.seconds else 0.0
        lines = [
            f"rows      {self.rows:,}: {self.answered:,} answered, {self.rows - self.answered:,} empty",
            f"pictures  {self.pictures:,}: {self.fetched:,} fetched, {self.kept:,} fetched earlier, "
            f"{self.local:,} local files, {lost:,} failed",
            f"read      {self.read:,} now, {self.page_kept:,} earlier{again}",
            f"time      {self.seconds:.1f} s, {rate:.1f} pictures/s; in all fetch {self.fetch_seconds:.1f} s, "
            f"ocr {self.ocr_seconds:.1f} s, rules {self.rules_seconds:.1f} s",
        ]
        if self.vlm_rows:
            lines[-1] += f", vlm {self.vlm_seconds:.1f} s"
            lines.insert(3, f"vlm       {self.vlm_rows - self.vlm_kept:,} rows now, {self.vlm_kept:,} earlier")
            lines.insert(1, f"  by      {_listed(self.outcomes)}")
        if self.empty:
            lines.insert(1, f"  empty   {_listed(self.empty)}")
        if self.failed:
            lines.append(f"failed    {self.no_picture or _listed(self.failed)}; a later run tries these pictures again")
        return lines


def summary_of(outcomes: Iterable[PictureOutcome], traces: Sequence[RowTrace], seconds: float) -> Summary:
    """The summary of a run that took `seconds`."""
    pictures = list(outcomes)
    origins = Counter(p.origin for p in pictures if p.failure is None)
    sound = [p for p in pictures if p.failure is None]
    empty = Counter(trace.reason for trace in traces if not trace.prediction)
    return Summary(
        rows=len(traces),
        answered=sum(bool(trace.prediction) for trace in traces),
        empty=tuple(empty.most_common()),
        pictures=len(pictures),
        had=sum(p.had for p in pictures),
        fetched=origins[Origin.FETCHED],
        kept=origins[Origin.KEPT],
        local=origins[Origin.LOCAL],
        failed=tuple(Counter(p.failure.reason for p in pictures if p.failure).most_common()),
        read=sum(not p.page_kept for p in sound),
        page_kept=sum(p.page_kept for p in sound),
        looked_again=sum(p.looked_again for p in sound),
        fetch_seconds=sum(p.fetch_seconds for p in pictures),
        ocr_seconds=sum(p.ocr_seconds for p in pictures),
        rules_seconds=sum(trace.seconds.rules for trace in traces),
        seconds=seconds,
        outcomes=tuple(Counter(trace.decision.outcome for trace in traces if trace.decision.outcome).most_common()),
        vlm_rows=sum(trace.decision.vlm is not None for trace in traces),
        vlm_kept=sum(trace.cached.vlm for trace in traces),
        vlm_seconds=sum(trace.seconds.vlm for trace in traces),
    )


def _listed(counts: Counts) -> str:
    return ", ".join(f"{reason} {count:,}" for reason, count in counts)
