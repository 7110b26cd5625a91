"""What a ranker is fitted to: rows by eye, more of them to learn from only, a catalogue's, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.evaluation.inputs import LabelledRows
from extractor.tables.rows import Row, read_rows
from extractor.training.examples import Question, questions_of
from extractor.training.tested import GROUP_OF
from ocr.token import OcrResult

TAUGHT_WEIGHT = 0.3
"""What a taught row counts against one of the fit's own: the best of 0.3 and 1 (docs/accuracy.md)."""

LeftOut = frozenset[tuple[str, str]]
"""Names of pictures, each with a group of entities that share a model."""


@dataclass(frozen=True, slots=True)
class FitQuestions:
    """The fit's own questions, which also measure it, and those that it only learns from, of less weight."""

    own: tuple[Question, ...]
    taught: tuple[Question, ...] = ()
    catalogue: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """Labelled rows and catalogue questions, without what is to be measured on.

    `taught` rows are by eye too, of pictures that the fit's own seldom are like: it learns from them, and does not
    choose its thresholds by them.
    """

    labelled: LabelledRows
    taught: Sequence[LabelledRows] = ()
    catalogue: Sequence[Question] = ()
    left_out: LeftOut = frozenset()

    @property
    def rows(self) -> list[Row]:
        """All rows whose pictures have to be read."""
        return [row for file in (self.labelled, *self.taught) for row in file.rows]

    def questions(self, pages: Mapping[str, OcrResult]) -> FitQuestions:
        """The questions of all rows whose picture has a page; `pages` by the last part of the link."""
        own = questions_of(self.labelled.rows, self.labelled.labels, pages)
        taught = [q for file in self.taught for q in questions_of(file.rows, file.labels, pages, TAUGHT_WEIGHT)]
        return FitQuestions(self._kept(own), self._kept(taught), self._kept(self.catalogue))

    def _kept(self, questions: Sequence[Question]) -> tuple[Question, ...]:
        return tuple(q for q in questions if (q.picture, GROUP_OF[q.entity]) not in self.left_out)


def left_out_of(files: Iterable[Path]) -> LeftOut:
    """What tables of questions ask: nothing a model learns may be about it. Raises InputError when one is unusable."""
    return frozenset((row.picture_name, GROUP_OF[row.entity]) for file in files for row in read_rows(file))
