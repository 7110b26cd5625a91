"""Training examples: a picture, a question about it, and the right answer.

Examples live in a folder that `python -m extractor prepare` writes: a HF dataset for training, one held out, and
a report. They refer to pictures by path, and hold the OCR page rather than the prompt, so that the version that
trains makes the prompt.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, InstanceOf, PlainSerializer, TypeAdapter

from ocr.token import OcrResult
from vlm.finetune.errors import TrainError
from vlm.prompt import UNANSWERABLE, PromptForm, make_prompt

if TYPE_CHECKING:
    from datasets import Dataset

TRAIN: Final = "train"
HOLDOUT: Final = "holdout"
REPORT_FILE = "report.json"
_MAKE = "make one with `python -m extractor prepare TRAIN.csv --out DIR`"


def _page_text(page: OcrResult | None) -> str:
    return "" if page is None else page.to_json()


def _page_of(text: str) -> OcrResult | None:
    return OcrResult.from_json(text) if text else None


Page = Annotated[InstanceOf[OcrResult] | None, BeforeValidator(_page_of), PlainSerializer(_page_text)]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its answer.

    `picture` is the path of the picture; empty where only its OCR page is known, and a blank one stands in.
    `page` is None when there is no OCR. `answer` is the text to learn: `12.5 centimetre`, `1.5 horsepower` where the
    page prints that, or `unanswerable`.
    `accepted` are the answers that count as right in an evaluation, in the same form, the best first. `weight` scales
    the example's loss. `flags` are findings about the label, `source` is its origin.
    """

    picture: str
    page: Page
    entity: str
    answer: str
    accepted: tuple[str, ...] = ()
    weight: float = 1.0
    group: str = ""
    source: str = ""
    flags: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the answer is a value."""
        return self.answer != UNANSWERABLE

    @property
    def right_answers(self) -> tuple[str, ...]:
        """All answers that count as right, the one to learn first."""
        return tuple(dict.fromkeys((self.answer, *self.accepted)))

    def prompt(self, form: PromptForm = PromptForm.PLACES) -> str:
        """The prompt to learn the answer from."""
        return make_prompt(self.entity, self.page, form)

    def to_row(self) -> dict[str, Any]:
        """The columns of this example in a dataset; `from_row` reads them back to an equal example."""
        row: dict[str, Any] = _ROW.dump_python(self, mode="json")
        return row

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Example:
        """The example that `to_row` wrote; raises KeyError or ValueError on anything else."""
        return _ROW.validate_python(row)


_ROW = TypeAdapter(Example)


def digest_of(examples: Iterable[Example]) -> str:
    """SHA-256 of the examples in any order, by which an adapter names its training data.

    The folders of pictures are left out: the same data has the same digest on every machine.
    """
    lines = sorted(
        json.dumps(e.to_row() | {"picture": Path(e.picture).name}, ensure_ascii=False, sort_keys=True) for e in examples
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def write_examples(folder: Path, examples: Sequence[Example]) -> None:
    """Writes a HF dataset to `folder`, in place of what is there."""
    from datasets import Dataset, Features, List, Value

    from vlm.library_output import no_dataset_bars

    text, texts = Value("string"), List(Value("string"))
    features = Features(dict.fromkeys(Example.__dataclass_fields__, text))
    features.update(weight=Value("float64"), accepted=texts, flags=texts)
    rows = [example.to_row() for example in examples]
    columns = {name: [row[name] for row in rows] for name in features}
    # by default an empty dataset has no shard, and cannot be loaded
    with no_dataset_bars():
        Dataset.from_dict(columns, features=features).save_to_disk(folder, num_shards=None if rows else 1)


def open_examples(folder: Path) -> Dataset:
    """The dataset in `folder`, rows as `Example.to_row` makes them. Raises TrainError."""
    from datasets import load_from_disk

    if not folder.is_dir():
        raise TrainError(f"{folder}: no such folder; {_MAKE}")
    try:
        dataset = load_from_disk(folder)
    except (FileNotFoundError, ValueError) as error:
        raise TrainError(f"{folder} holds no dataset ({error}); {_MAKE}") from error
    missing = [name for name in Example.__dataclass_fields__ if name not in dataset.column_names]
    if missing:
        raise TrainError(f"{folder} has no column {', '.join(missing)}; {_MAKE}")
    return dataset


def read_examples(folder: Path) -> tuple[Example, ...]:
    """All examples of the dataset in `folder`. Raises TrainError."""
    return tuple(map(Example.from_row, open_examples(folder)))
