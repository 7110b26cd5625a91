"""The answers on several pictures of one product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from extractor.api.answers import AnswerSequence
from extractor.api.drawing import PictureAnswers, drawing_of_product, html_of_product
from extractor.api.extraction import Extraction
from extractor.stages.fuse import fuse, seen_on
from extractor.stages.product import ProductAnswer, Stance
from extractor.stages.reason import Failure
from extractor.stages.title import title_answers
from rules.entities import OFFICIAL, EntityTable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class ProductExtraction(AnswerSequence[ProductAnswer]):
    """The answers on a product, in the order of the entities; also by the name of an entity: `extraction["width"]`.

    `extractions` are those of its single pictures, in their order: the position of a picture in `Statement.picture`.
    `failure` says why there is no picture to answer from: that of the first one, where not one could be read.
    """

    answers: tuple[ProductAnswer, ...]
    extractions: tuple[Extraction, ...]
    title: str | None = None

    @property
    def failure(self) -> Failure | None:
        """None where a picture could be read."""
        failures = [one.failure for one in self.extractions]
        return failures[0] if all(failures) else None

    def name_of(self, picture: int | None) -> str:
        """What to call the picture of a statement: `title`, its path, or its number from 1."""
        if picture is None:
            return "title"
        return self.extractions[picture].name or f"picture {picture + 1}"

    def agreeing(self, answer: ProductAnswer) -> list[str]:
        """The names of the pictures that agree with an answer, the most certain first."""
        return [self.name_of(one.picture) for one in answer.statements if one.stance is Stance.AGREES]

    def draw(self) -> Image.Image:
        """The pictures side by side, each with a box around what it states of the answers, and the answers below.

        Raises ValueError where there is no picture.
        """
        if not self._shown:
            raise ValueError(
                f"there is no picture to draw: {self.failure.detail if self.failure else 'they were left out'}"
            )
        return drawing_of_product(self._shown, self.answers)

    def to_frame(self) -> pd.DataFrame:
        """A table as that of `Extraction`; `pictures` holds the names of those that agree, `title` where it does."""
        frame = Extraction(self.answers).to_frame()
        frame["pictures"] = [self.agreeing(answer) for answer in self.answers]
        return frame

    @property
    def _shown(self) -> list[PictureAnswers]:
        """The pictures that there are, each with the answers as it shows them."""
        return [
            (own.picture, [seen_on(i, alone, answer) for alone, answer in zip(own, self.answers, strict=True)])
            for i, own in enumerate(self.extractions)
            if own.picture is not None
        ]

    def _repr_html_(self) -> str:
        return html_of_product(self._shown, self.answers, ", ".join(one.name for one in self.extractions if one.name))


def product_extraction(
    extractions: Sequence[Extraction], title: str | None = None, table: EntityTable = OFFICIAL
) -> ProductExtraction:
    """One extraction of those of a product's pictures, all on the same entities, and its title.

    Raises ValueError without any.
    """
    if not extractions:
        raise ValueError("give at least one picture of the product")
    entities = [answer.entity for answer in extractions[0]]
    of_title = title_answers(title, entities, table) if title else (None,) * len(entities)
    fused = (fuse(of_pictures, own, table.dimensions) for *of_pictures, own in zip(*extractions, of_title, strict=True))
    return ProductExtraction(tuple(fused), tuple(extractions), title)
