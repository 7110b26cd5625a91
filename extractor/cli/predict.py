"""`extractor predict`: answers for every row of a CSV."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from extractor.cache.target import check_targets
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import NoPictureError, ProductColumn, TitleColumn, answer_rows
from extractor.tables.formats import stem_of
from extractor.tables.shards import Shard


def _shard(text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@with_settings()
def predict(
    input_csv: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="The questions: index,image_link,group_id,entity_name, as CSV (.csv), JSON lines (.jsonl) or "
            "Parquet (.parquet). A link is an http(s) address or a path relative to this file's folder. The columns "
            "index and group_id may be missing: rows are then numbered from 0. Rows with the same text in a column "
            "product are answered from all pictures of that product together; a column title holds its title.",
        ),
    ],
    *,
    settings: RunSettings,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            show_default="INPUT_out.csv in the current folder",
            help="Where the answers go: index,prediction as .csv; as .jsonl or .parquet also value, unit, status, "
            "confidence and reason. The trace goes beside it: OUT_trace.jsonl. CSV and JSON lines are compressed when "
            "the name ends in .gz.",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N rows of the input.")] = None,
    shard: Annotated[
        Shard | None,
        typer.Option(
            metavar="I/N",
            parser=_shard,
            help="Only part I of N (by picture or product), for several machines or sessions. To join parts run on one "
            "store, run once more without --shard: nothing is read again.",
        ),
    ] = None,
    product_column: ProductColumn = None,
    title_column: TitleColumn = None,
) -> None:
    """Get each picture, read its text, and answer what is asked of it.

    The output has a line for every row of the input, in its order; a row that
    cannot be answered has an empty prediction, and the trace says why. The run
    can be stopped in any way and goes on when it is started again. When not a
    single picture could be had, it ends with exit code 3.

    Examples:

      extractor predict dataset/test.csv

      extractor predict test.csv --images pictures/ --out submission.csv

      extractor predict questions.parquet --out answers.parquet

      extractor predict test.csv --limit 100 --no-cache

      extractor predict test.csv --shard 1/4

      extractor predict catalogue.csv --product-column asin --title-column item_name

      extractor predict test.csv --vlm nano

      extractor predict test.csv --vlm adapter/ --device cuda --vlm-batch 32

      extractor predict test.csv --ocr none --vlm google/paligemma2-3b-mix-448
    """
    from extractor.tables.output import targets_of, trace_path
    from extractor.tables.rows import ProductColumns, read_rows

    base = input_csv.parent
    all_rows = read_rows(input_csv, settings.table, ProductColumns(product_column, title_column))
    rows = all_rows[:limit]
    if shard is not None:
        rows = shard.rows_of(rows)
    part = f"_{shard.number}of{shard.count}" if shard else ""
    out = out or Path(f"{stem_of(input_csv)}_out{part}.csv")
    check_targets(targets_of(out), chain([input_csv], settings.files(all_rows, base)), settings.store_file)
    result = answer_rows(rows, settings.run_options(base), out, settings)
    settings.say(f"answers   {out}\ntrace     {trace_path(out)}")
    if result.summary.no_picture:
        raise NoPictureError(f"{result.summary.no_picture}; all predictions in {out} are empty")
