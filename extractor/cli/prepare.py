"""`extractor prepare`: training data from labelled rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from extractor.cache.target import OutputError, check_folder
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import Limit, watched
from extractor.cli.vlm_extra import vlm_extra
from extractor.tables.formats import stem_of


@with_settings("images", "ocr", "workers", "store", "allow_private", "quiet")
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
    settings: RunSettings,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the data goes.")],
    ranges: Annotated[
        Literal["upper", "lower", "drop"], typer.Option("--range", help="What to learn from a range.")
    ] = "upper",
    unusable: Annotated[
        Literal["drop", "unanswerable"],
        typer.Option(help="What becomes of labels with a unit off the list or an absurd magnitude."),
    ] = "drop",
    doubtful: Annotated[
        Literal["weigh", "drop", "unanswerable"],
        typer.Option(help="What becomes of labels that the text of the picture speaks against."),
    ] = "weigh",
    negatives: Annotated[
        float,
        typer.Option(min=0, metavar="SHARE", help="Unanswerable questions to make, as a share of the labelled rows."),
    ] = 0.3,
    holdout: Annotated[
        float, typer.Option(min=0, max=0.9, metavar="SHARE", help="Share of the groups that is held out.")
    ] = 0.1,
    split: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep what another folder's split.json assigned.")
    ] = None,
    exclude: Annotated[
        list[Path] | None, typer.Option(metavar="CSV", help="Leave out the pictures of this file; may be repeated.")
    ] = None,
    curated: Annotated[
        bool,
        typer.Option("--curated", help="The labels were made by looking at the pictures, as those in gold form are."),
    ] = False,
    label_column: Annotated[str | None, typer.Option(metavar="NAME", help="Take the labels from this column.")] = None,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of the choice of rows and negatives.")] = 0,
    sample: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Only about N rows of the file, by chance, each entity in its share."),
    ] = None,
    limit: Limit = None,
) -> None:
    """Make training data: read the pictures, make labels uniform, weigh doubtful ones, add negatives, hold some out.

    Pictures that the store does not hold are fetched and read first; the run
    can be stopped and started again. Pictures are referenced, not copied. What
    became of the rows is counted in report.json.

    Examples:

      extractor prepare train.csv --sample 20000 --out data/noisy

      extractor prepare gold.csv --images pictures/ --out data/curated --negatives 0 --split data/noisy/split.json
    """
    if sample is not None and limit is not None:
        raise typer.BadParameter("leave out --limit, which takes the head of the file", param_hint="--sample")
    read = [train_csv, *([] if split is None else [split]), *(exclude or [])]
    check_folder(out, "--out", files=("report.json", "split.json"), inputs=read, store=settings.store_file)
    with vlm_extra():
        from extractor.evaluation.inputs import picture_names_in, read_labelled_rows
        from extractor.run.local import read_pages
        from extractor.training.prepared import rows_for_reader
        from vlm.finetune import prepare as preparing
        from vlm.finetune.split import Split

        options = preparing.PrepareOptions(ranges, unusable, doubtful, negatives, holdout, seed)
        frozen = None if split is None else Split.read(split)
        excluded = picture_names_in(exclude or [])
        labelled = read_labelled_rows(train_csv, label_column).first(limit)
        if sample is not None:
            labelled = labelled.sample(sample, seed)
        reading = settings.run_options(train_csv.parent)
        links = [row.picture for row in labelled.rows]
        results = watched(lambda watcher: read_pages(links, reading, watcher), settings)
        checked = curated or len(labelled.columns) > 1
        rows = list(rows_for_reader(labelled, results, reading, excluded, checked=checked, source=stem_of(train_csv)))
        prepared = preparing.prepare(rows, options, frozen)
        try:
            preparing.write_prepared(prepared, out)
        except OSError as error:
            raise OutputError(f"{out} cannot be written: {error}; run again, what was read is kept") from error
        settings.say(f"training  {len(prepared.train)}\nheld out  {len(prepared.holdout)}")
        for reason, count in prepared.report["dropped"].items():
            settings.say(f"dropped   {count} {reason}")
        settings.say(f"data      {out}")
