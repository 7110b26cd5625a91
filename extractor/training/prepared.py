"""Labelled rows with their pictures and pages, as the fine-tuning of a reader takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from extractor.api.engines import OCR_OFF
from extractor.cache.pictures import PictureFolder
from extractor.cache.store_files import pictures_folder
from extractor.evaluation.inputs import LabelledRows
from extractor.run.local import stored_pages
from extractor.run.options import RunOptions
from extractor.run.result import PictureResult
from extractor.tables.labels import written
from vlm.finetune.prepare import LabelledRow


def rows_for_reader(
    labelled: LabelledRows,
    results: Mapping[str, PictureResult],
    options: RunOptions,
    excluded: frozenset[str],
    *,
    checked: bool,
    source: str,
) -> Iterator[LabelledRow]:
    """A row for each labelled one, from the pictures that `extractor.run.local.read_pages` read.

    `excluded` are the names of pictures to leave out; `checked` says that people made the labels by looking at the
    pictures, `source` where the rows are from.
    """
    pages = {} if options.ocr == OCR_OFF else stored_pages(results, options)
    for row, label in zip(labelled.rows, labelled.labels, strict=True):
        path = _path_of(results[row.picture], options)
        others = tuple(map(written, label.others))
        # A label in one column has another answer only as the lower end of a range.
        is_range = len(labelled.columns) == 1 and bool(others)
        yield LabelledRow(
            picture=path,
            page=None if path is None else pages.get(row.picture),
            entity=row.entity,
            group=row.group_id,
            label=written(label.primary),
            lower_end=others[0] if is_range else "",
            others=() if is_range else others,
            checked=checked,
            source=source,
            excluded=row.picture_name in excluded,
        )


def _path_of(result: PictureResult, options: RunOptions) -> Path | None:
    """The file of a picture that is there and sound."""
    if result.sha256 is None or not result.available:
        return None
    path = result.path or PictureFolder(pictures_folder(options.store)).path_of(result.sha256)
    return path.resolve() if path.is_file() else None
