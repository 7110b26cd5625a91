"""The answers of many extractions as a pandas table or a data set of Hugging Face, a row for each answer."""

from __future__ import annotations

import io
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from PIL import Image

from extractor.stages.answer import Answer
from extractor.stages.errors import ExtractorError
from ocr.extras import extra_needed, missing

if TYPE_CHECKING:
    import datasets
    import pandas as pd

    from extractor.api.extraction import Extraction

COLUMNS = ("entity", "text", "value", "unit", "status", "reason", "confidence", "evidence")
"""The columns of an answer; `evidence` holds the texts that it stands on. No answer has no `value` and no `unit`."""


class DatasetsMissingError(ExtractorError):
    """The package `datasets` is not installed; the message says how to."""


def to_frame(extractions: Iterable[Extraction]) -> pd.DataFrame:
    """A pandas table with a row for each answer: the name of its picture in `picture`, then `COLUMNS`.

    Takes the iterator of `extract_many` as it is: of each extraction the answers alone are kept.
    """
    import pandas as pd

    rows = [(extraction.name, *_values(answer)) for extraction in extractions for answer in extraction]
    return pd.DataFrame(rows, columns=["picture", *COLUMNS])


def to_dataset(extractions: Iterable[Extraction], *, pictures: bool = False) -> datasets.Dataset:
    """A data set with a row for each answer: as `to_frame`, and in `boxes` the corners of each text, (4, 2) in pixels.

    With `pictures` each row also has its picture in `image`, upright, as PNG; null where there is none. Name the
    entities that you need then: eight rows of a picture hold it eight times.

    Takes the iterator of `extract_many` as it is. Rows are written to a temporary file as they come, and read from
    there, so that memory does not grow with their number; the file is removed when Python ends, so save the data set
    (`save_to_disk`, `to_parquet`, `push_to_hub`). Raises DatasetsMissingError without the extra `datasets`.
    """
    if lacking := missing(["datasets"]):
        raise DatasetsMissingError(extra_needed("to_dataset", "datasets", lacking))
    import datasets

    text, number = datasets.Value("string"), datasets.Value("float64")
    corner = datasets.List(datasets.Value("float32"), length=2)
    features: dict[str, Any] = (
        {"picture": text} | dict.fromkeys(COLUMNS, text) | {"value": number, "confidence": number}
    )
    features |= {"evidence": datasets.List(text), "boxes": datasets.List(datasets.List(corner, length=4))}
    if pictures:
        features["image"] = datasets.Image()
    examples = _examples(extractions, pictures=pictures)
    first = next(examples, None)
    if first is None:  # a generator without rows is refused
        return datasets.Dataset.from_dict({name: [] for name in features}, datasets.Features(features))
    return datasets.Dataset.from_generator(
        lambda: chain([first], examples),
        features=datasets.Features(features),
        cache_dir=_folder().name,
        fingerprint=uuid.uuid4().hex,  # else a data set of the same form from before would be taken
    )


def _values(answer: Answer) -> tuple[object, ...]:
    evidence = [token.text for token in answer.evidence]
    of_answer = (answer.entity, answer.text, answer.value, answer.unit, str(answer.status), str(answer.reason))
    return (*of_answer, answer.confidence, evidence)


def _examples(extractions: Iterable[Extraction], *, pictures: bool) -> Iterator[dict[str, object]]:
    for extraction in extractions:
        image = _image(extraction) if pictures else None
        for answer in extraction:
            row = dict(zip(COLUMNS, _values(answer), strict=True))
            row |= {"picture": extraction.name, "boxes": [token.box for token in answer.evidence]}
            yield row | ({"image": image} if pictures else {})


def _image(extraction: Extraction) -> dict[str, object] | None:
    """The picture as `datasets.Image` stores it."""
    if extraction.picture is None:
        return None
    file = io.BytesIO()
    Image.fromarray(extraction.picture).save(file, "PNG")
    return {"bytes": file.getvalue(), "path": None}


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where data sets lie until Python ends."""
    return tempfile.TemporaryDirectory(prefix="extractor-datasets-", ignore_cleanup_errors=True)
