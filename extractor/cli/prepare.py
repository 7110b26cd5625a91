"""`extractor prepare`: training data from labelled rows."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from extractor.api.processes import cpu_count
from extractor.cache.target import OutputError, check_folder
from extractor.cli.shared import (
    AllowPrivateOption,
    ImagesOption,
    OcrOption,
    QuietOption,
    StoreOption,
    WorkersOption,
    default_store,
    watched_reading,
)
from extractor.cli.vlm_extra import vlm_extra


class _Range(StrEnum):
    UPPER = "upper"
    LOWER = "lower"
    DROP = "drop"


class _Unusable(StrEnum):
    DROP = "drop"
    UNANSWERABLE = "unanswerable"


class _Doubtful(StrEnum):
    WEIGH = "weigh"
    DROP = "drop"
    UNANSWERABLE = "unanswerable"


def prepare(
    train_csv: Annotated[
        Path,
        typer.Argument(
            metavar="TRAIN.csv",
            help="Rows with labels: entity_value, or primary and accepted (EMPTY: not in the picture). The columns "
            "index and group_id may be missing, and image may stand for image_link.",
        ),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the data goes.")],
    ranges: Annotated[_Range, typer.Option("--range", help="What to learn from a range.")] = _Range.UPPER,
    unusable: Annotated[
        _Unusable,
        typer.Option("--unusable", help="What becomes of labels with a unit off the list or an absurd magnitude."),
    ] = _Unusable.DROP,
    doubtful: Annotated[
        _Doubtful,
        typer.Option("--doubtful", help="What becomes of labels that the text of the picture speaks against."),
    ] = _Doubtful.WEIGH,
    negatives: Annotated[
        float,
        typer.Option(
            "--negatives",
            min=0,
            metavar="SHARE",
            help="Unanswerable questions to make, as a share of the labelled rows.",
        ),
    ] = 0.3,
    holdout: Annotated[
        float, typer.Option("--holdout", min=0, max=0.9, metavar="SHARE", help="Share of the groups that is held out.")
    ] = 0.1,
    split: Annotated[
        Path | None,
        typer.Option("--split", metavar="FILE", help="Keep what another folder's split.json assigned."),
    ] = None,
    exclude: Annotated[
        list[Path] | None,
        typer.Option("--exclude", metavar="CSV", help="Leave out the pictures of this file; may be repeated."),
    ] = None,
    curated: Annotated[
        bool,
        typer.Option("--curated", help="The labels were made by looking at the pictures, as those in gold form are."),
    ] = False,
    label_column: Annotated[
        str | None, typer.Option("--label-column", metavar="NAME", help="Take the labels from this column.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Of the choice of negatives.")] = 0,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Only the first N rows of the file.")
    ] = None,
    images: ImagesOption = None,
    ocr: OcrOption = "rapidocr",
    workers: WorkersOption = None,
    store: StoreOption = None,
    allow_private: AllowPrivateOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make training data: read the pictures, make labels uniform, weigh doubtful ones, add negatives, hold some out.

    Pictures that the store does not hold are fetched and read first; the run
    can be stopped and started again. Pictures are referenced, not copied. What
    became of the rows is counted in report.json.

    Examples:

      extractor prepare train.csv --images pictures/ --out data/noisy

      extractor prepare gold.csv --images pictures/ --out data/curated --negatives 0 --split data/noisy/split.json
    """
    store = store or default_store()
    read = [train_csv, *([] if split is None else [split]), *(exclude or [])]
    check_folder(out, "--out", files=("report.json", "split.json"), inputs=read, store=store)
    with vlm_extra():
        from extractor.evaluation.inputs import picture_names_in, read_labelled_rows
        from extractor.run.options import RunOptions
        from extractor.training.prepared import rows_for_reader
        from vlm.finetune import prepare as preparing
        from vlm.finetune.split import Split

        options = preparing.PrepareOptions(
            ranges=preparing.RangePolicy(ranges),
            unusable=preparing.LabelPolicy(unusable),
            doubtful=preparing.LabelPolicy(doubtful),
            negatives=negatives,
            holdout=holdout,
            seed=seed,
            frozen=None if split is None else Split.read(split),
        )
        excluded = picture_names_in(exclude or [])
        labelled = read_labelled_rows(train_csv, label_column)
        labelled = labelled.first(limit) if limit else labelled
        reading = RunOptions(
            base=train_csv.parent,
            store=store,
            images=images,
            ocr=ocr,
            workers=workers or cpu_count(),
            allow_private=allow_private,
        )
        results = watched_reading((row.picture for row in labelled.rows), reading, quiet=quiet)
        checked = curated or len(labelled.columns) > 1
        rows = list(rows_for_reader(labelled, results, reading, excluded, checked=checked, source=_stem(train_csv)))
        prepared = preparing.prepare(rows, options)
        try:
            preparing.write_prepared(prepared, out)
        except OSError as error:
            raise OutputError(f"{out} cannot be written: {error}; run again, what was read is kept") from error
        if not quiet:
            typer.echo(f"training  {len(prepared.train)}\nheld out  {len(prepared.holdout)}", err=True)
            for reason, count in prepared.report["dropped"].items():
                typer.echo(f"dropped   {count} {reason}", err=True)
            typer.echo(f"data      {out}", err=True)


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".csv")
