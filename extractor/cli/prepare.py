"""`extractor prepare`: training data from labelled rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cache.target import OutputError, check_folder
from extractor.cli.shared import (
    AllowPrivateOption,
    ImagesOption,
    OcrOption,
    QuietOption,
    StoreOption,
    WorkersOption,
    cpu_count,
    default_store,
    watched_run,
)
from extractor.cli.vlm_extra import vlm_extra

if TYPE_CHECKING:
    from extractor.evaluation.inputs import LabelledRows
    from extractor.run.options import PredictOptions
    from extractor.tables.labels import Label, Measure
    from extractor.tables.trace import RowTrace
    from vlm.finetune.prepare import LabelledRow


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
        from extractor.run.options import PredictOptions
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
        reading = PredictOptions(
            base=train_csv.parent,
            store=store,
            images=images,
            ocr=ocr,
            workers=workers or cpu_count(),
            allow_private=allow_private,
        )
        traces = watched_run(labelled.rows, reading, quiet=quiet).traces
        checked = curated or len(labelled.columns) > 1
        rows = list(_labelled_rows(labelled, traces, reading, excluded, checked=checked, source=_stem(train_csv)))
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


def _labelled_rows(
    labelled: LabelledRows,
    traces: Sequence[RowTrace],
    options: PredictOptions,
    excluded: frozenset[str],
    *,
    checked: bool,
    source: str,
) -> Iterator[LabelledRow]:
    from extractor.api.engines import fingerprint_of
    from extractor.cache.store import Store
    from extractor.run.pipeline import OCR_OFF
    from vlm.finetune.prepare import LabelledRow

    engine = fingerprint_of(options.ocr)
    with Store(options.store) as store:
        for trace, label in zip(traces, labelled.labels, strict=True):
            path = _path_of(trace, options)
            page = None
            if path is not None and trace.content is not None and options.ocr != OCR_OFF:
                page = store.page(trace.content, engine)
            primary, lower_end, others = _texts(label, is_range=len(labelled.columns) == 1)
            yield LabelledRow(
                picture=path,
                page=page,
                entity=trace.row.entity,
                group=trace.row.group_id,
                label=primary,
                lower_end=lower_end,
                others=others,
                checked=checked,
                source=source,
                excluded=trace.row.picture_name in excluded,
            )


def _texts(label: Label, *, is_range: bool) -> tuple[str, str, tuple[str, ...]]:
    """The label, the lower end when it is a range, and the others that count as right."""
    others = tuple(map(_text, label.others))
    if is_range and others:
        return _text(label.primary), others[0], ()
    return _text(label.primary), "", others


def _text(measure: Measure | None) -> str:
    return "" if measure is None else str(measure)


def _path_of(trace: RowTrace, options: PredictOptions) -> Path | None:
    """The file of a picture that was found and is sound."""
    from extractor.cache.pictures import PictureFolder
    from extractor.sources.locate import LocalPicture, locate
    from ocr.picture import PictureFault

    if trace.content is None or trace.reason in set(PictureFault):
        return None
    located = locate(trace.row.picture, options.base, options.images)
    if isinstance(located, LocalPicture):
        return located.path.resolve()
    kept = PictureFolder(options.store.with_suffix(".pictures")).path_of(trace.content)
    return kept.resolve() if kept.is_file() else None


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".csv")
