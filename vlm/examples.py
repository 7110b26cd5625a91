"""One thing to learn: a picture, what is asked of it, and the answer that a reader should give.

Examples live in a folder that `python -m extractor prepare` writes: a HF dataset for training, one held out, and
a report. Pictures are referenced by their paths, not copied; the OCR page is kept rather than the prompt, so that
the prompt is made by the version that trains.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocr.token import OcrResult
from vlm.prompt import UNANSWERABLE, make_prompt

if TYPE_CHECKING:
    from datasets import Dataset

TRAIN, HOLDOUT = "train", "holdout"
REPORT_FILE = "report.json"
_MAKE = "make one with `python -m extractor prepare TRAIN.csv --out DIR`"


class DataError(Exception):
    """Training data that cannot be used; the message names the folder and says what to do."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its answer.

    `picture` is the path of the picture; empty where only its OCR page is known, and a blank one stands in.
    `page` is None when there is no OCR. `answer` is the text to learn: `12.5 centimetre` or `unanswerable`.
    `accepted` are the answers that count as right in an evaluation, in the same form, the best first. `weight` scales
    the example's loss. `flags` say what was noticed about the label; `source` where it comes from.
    """

    picture: str
    page: OcrResult | None
    entity: str
    answer: str
    accepted: tuple[str, ...] = ()
    weight: float = 1.0
    group: str = ""
    source: str = ""
    flags: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether there is a value to answer with."""
        return self.answer != UNANSWERABLE

    @property
    def right_answers(self) -> tuple[str, ...]:
        """All answers that count as right, the one to learn first."""
        return tuple(dict.fromkeys((self.answer, *self.accepted)))

    def prompt(self, *, with_ocr: bool = True) -> str:
        """The prompt to learn the answer from."""
        return make_prompt(self.entity, self.page if with_ocr else None)

    def to_row(self) -> dict[str, Any]:
        """The columns of this example in a dataset; `from_row` reads them back to an equal example."""
        return {
            "picture": self.picture,
            "page": "" if self.page is None else self.page.to_json(),
            "entity": self.entity,
            "answer": self.answer,
            "accepted": list(self.accepted),
            "weight": self.weight,
            "group": self.group,
            "source": self.source,
            "flags": list(self.flags),
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Example:
        """The example that `to_row` wrote; raises KeyError or ValueError on anything else."""
        return cls(
            picture=str(row["picture"]),
            page=OcrResult.from_json(row["page"]) if row["page"] else None,
            entity=str(row["entity"]),
            answer=str(row["answer"]),
            accepted=tuple(map(str, row["accepted"])),
            weight=float(row["weight"]),
            group=str(row["group"]),
            source=str(row["source"]),
            flags=tuple(map(str, row["flags"])),
        )


def digest_of(examples: Iterable[Example]) -> str:
    """SHA-256 over the examples whatever their order, so that an adapter can name the data it was trained on.

    Folders of pictures do not count: the same data has the same digest on every machine.
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
    features = Features(
        {
            "picture": text,
            "page": text,
            "entity": text,
            "answer": text,
            "accepted": texts,
            "weight": Value("float64"),
            "group": text,
            "source": text,
            "flags": texts,
        }
    )
    rows = [example.to_row() for example in examples]
    columns = {name: [row[name] for row in rows] for name in features}
    # without a shard, as it would give an empty dataset, nothing could be loaded
    with no_dataset_bars():
        Dataset.from_dict(columns, features=features).save_to_disk(folder, num_shards=None if rows else 1)


def open_examples(folder: Path) -> Dataset:
    """The dataset in `folder`, rows as `Example.to_row` makes them. Raises DataError."""
    from datasets import load_from_disk

    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; {_MAKE}")
    try:
        dataset = load_from_disk(folder)
    except (FileNotFoundError, ValueError) as error:
        raise DataError(
            f"{folder} holds no dataset ({error}); make it anew with `python -m extractor prepare`"
        ) from error
    missing = [name for name in Example.__dataclass_fields__ if name not in dataset.column_names]
    if missing:
        raise DataError(f"{folder} has no column {', '.join(missing)}; {_MAKE}")
    return dataset


def read_examples(folder: Path) -> tuple[Example, ...]:
    """All examples of the dataset in `folder`. Raises DataError."""
    return tuple(map(Example.from_row, open_examples(folder)))
