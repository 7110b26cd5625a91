"""`extractor predict`: answers for every row of a CSV."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cache.target import check_targets
from extractor.cli.cluster import RAY, ClusterChoice, answer_on_cluster, check_ray
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import NoPictureError, ProductColumn, TitleColumn, answer_rows
from extractor.sources.limits import HostLimits
from extractor.tables.csv_file import InputError
from extractor.tables.formats import stem_of
from extractor.tables.remote_file import address_of, local_copy
from extractor.tables.shards import Shard

if TYPE_CHECKING:
    from extractor.tables.rows import Row


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
            "product are answered from all pictures of that product together; a column title holds its title. With "
            "--engine ray it may be an fsspec address, such as s3://bucket/questions.parquet.",
        ),
    ],
    *,
    settings: RunSettings,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            show_default="INPUT_out.csv in the current folder; with --engine ray none",
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
    engine: Annotated[
        Literal["local", "ray"],
        typer.Option(
            help="Where the work is done: on this machine, or on a cluster by Ray Data (extra ray; see docs/scale.md). "
            "--workers are then the actors that read pictures, at most."
        ),
    ] = "local",
    address: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="With --engine ray: the cluster. auto is the one that this machine belongs to, local a Ray of the "
            "run's own.",
        ),
    ] = "local",
    shards: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            show_default="INPUT_shards in the current folder",
            help="With --engine ray: where the answers go, as Parquet files: a path or fsspec address that all "
            "machines can write to. What is there is not done again. --out joins them into one table.",
        ),
    ] = None,
    per_host: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="With --engine ray: requests to one host at once, over the whole cluster."
        ),
    ] = HostLimits().at_once,
    host_gap: Annotated[
        float,
        typer.Option(
            min=0.0, metavar="SECONDS", help="With --engine ray: between the starts of two requests to one host."
        ),
    ] = HostLimits().gap,
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

      extractor predict s3://shop/test.parquet --engine ray --address auto --shards s3://shop/answers --out out.csv
    """
    from extractor.tables.output import targets_of, trace_path
    from extractor.tables.rows import ProductColumns, read_rows

    products = ProductColumns(product_column, title_column)
    remote = address_of(input_csv)
    if engine == RAY:
        check_ray()
        with local_copy(remote) if remote else nullcontext(input_csv) as table:
            rows = _part(read_rows(table, settings.table, products), limit, shard)
        choice = ClusterChoice(address, shards, per_host, host_gap)
        done = answer_on_cluster(rows, input_csv, out, choice, settings)
        where, summary = out or done.shards, done.summary
    elif remote:
        raise InputError(f"{remote}: addresses are read with --engine {RAY}")
    else:
        base = input_csv.parent
        all_rows = read_rows(input_csv, settings.table, products)
        part = f"_{shard.number}of{shard.count}" if shard else ""
        where = out = out or Path(f"{stem_of(input_csv)}_out{part}.csv")
        check_targets(targets_of(out), chain([input_csv], settings.files(all_rows, base)), settings.store_file)
        summary = answer_rows(_part(all_rows, limit, shard), settings.run_options(base), out, settings).summary
        settings.say(f"answers   {out}\ntrace     {trace_path(out)}")
    if summary.no_picture:
        raise NoPictureError(f"{summary.no_picture}; all predictions in {where} are empty")


def _part(rows: Sequence[Row], limit: int | None, shard: Shard | None) -> Sequence[Row]:
    """The rows that --limit and --shard leave."""
    return rows[:limit] if shard is None else shard.rows_of(rows[:limit])
