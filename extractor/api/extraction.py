"""The answers on one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from PIL import Image

from extractor.api.drawing import drawing_of, html_of
from extractor.api.frames import to_frame
from extractor.stages.answer import Answer
from extractor.stages.reason import Failure
from ocr.picture import Picture

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Extraction(Sequence[Answer]):
    """The answers on one picture, in the order of the entities; also by the name of an entity: `extraction["width"]`.

    `name` is the path of the picture where it has one. `picture` is the picture itself, upright, as an array of shape
    (height, width, 3), RGB; None where it could not be had: then `failure` says why, and all answers are empty.
    """

    answers: tuple[Answer, ...]
    name: str = ""
    picture: Picture | None = field(default=None, repr=False, compare=False)
    failure: Failure | None = None

    @overload
    def __getitem__(self, key: int | str) -> Answer: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[Answer]: ...
    def __getitem__(self, key: int | str | slice) -> Answer | Sequence[Answer]:
        """The answer at a position, or on an entity. Raises KeyError for an entity that was not among the questions."""
        if not isinstance(key, str):
            return self.answers[key]
        for answer in self.answers:
            if answer.entity == key:
                return answer
        raise KeyError(key)

    def __len__(self) -> int:
        """How many answers there are, empty ones too."""
        return len(self.answers)

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
