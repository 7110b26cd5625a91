"""The answers on one picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

from extractor.api.answers import AnswerSequence
from extractor.api.drawing import drawing_of, html_of
from extractor.api.frames import to_frame
from extractor.stages.answer import Answer
from extractor.stages.reason import Failure
from ocr.picture import Picture

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Extraction(AnswerSequence[Answer]):
    """The answers on one picture, in the order of the entities; also by the name of an entity: `extraction["width"]`.

    `name` is the path of the picture where it has one. `picture` is the picture itself, upright, as an array of shape
    (height, width, 3), RGB; None where it could not be had: then `failure` says why, and all answers are empty.
    """

    answers: tuple[Answer, ...]
    name: str = ""
    picture: Picture | None = field(default=None, repr=False, compare=False)
    failure: Failure | None = None

    def draw(self) -> Image.Image:
        """The picture with a box around the evidence of each answer, and the answers below.

        Raises ValueError where there is no picture.
        """
        if self.picture is None:
            why = self.failure.detail if self.failure else "it was left out"
            raise ValueError(f"there is no picture to draw: {why}")
        return drawing_of(self.picture, self.answers)

    def to_frame(self) -> pd.DataFrame:
        """A pandas table with a row for each answer; `evidence` holds the texts that it stands on."""
        return to_frame([self]).drop(columns="picture")

    def _repr_html_(self) -> str:
        return html_of(self.picture, self.answers, self.name)
