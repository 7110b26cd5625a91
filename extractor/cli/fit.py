"""`extractor fit`: fits the learned ranker from labelled pictures."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from extractor.api.engines import OCR_OFF
from extractor.cache.target import Target, check_targets, write_whole
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import official_rows, watched
from extractor.tables.csv_file import InputError


@with_settings("images", "ocr", "entities", "workers", "store", "quiet")
def fit(
    labels: Annotated[Path, typer.Argument(metavar="LABELS.csv", help="Rows labelled by eye: primary,accepted.")],
    *,
    settings: RunSettings,
    teach: Annotated[
        list[Path] | None,
        typer.Option(metavar="ROWS.csv", help="More rows by eye, to learn from only, with less weight. Repeatable."),
    ] = None,
    catalogue: Annotated[
        Path | None, typer.Option(metavar="ROWS.csv", help="More rows, with catalogue labels, to learn from only.")
    ] = None,
    tokens: Annotated[
        Path | None, typer.Option(metavar="DUMP.jsonl", help="The text of the catalogue rows' pictures.")
    ] = None,
    label_column: Annotated[str, typer.Option(metavar="NAME", help="The label's column in ROWS.csv.")] = "entity_value",
    without: Annotated[
        list[Path] | None,
        typer.Option(metavar="CSV", help="Leave out what this file asks, to measure on it. Repeatable."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the ranker goes.")] = Path("ranker.json"),
    folds: Annotated[int, typer.Option(min=2, metavar="N", help="Parts of the cross-validation, by picture.")] = 5,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the folds and the trees.")] = 0,
) -> None:
    """Fit the learned ranker, and print what cross-validation says of it.

    The figures come from LABELS.csv, each row judged by models that had not
    seen its picture. The last table says how many answers are sure enough to
    be used unseen. --teach is for rows that your tables seldom hold, such as
    dimensions of pictures that state none: the fit learns from them, but
    thresholds stay those of LABELS.csv.

    Example:

      extractor fit gold.csv --images pictures/ --out rules/ranker.json
    """
    from extractor.evaluation.inputs import read_labelled_rows
    from extractor.evaluation.tables import coverage_table, evaluation_console, print_tables
    from extractor.run.local import read_pages
    from extractor.training.boosting import FOR_MANY, BoostOptions, check_sklearn
    from extractor.training.crossval import fit_ranker, report
    from extractor.training.examples import catalogue_questions, pages_by_name
    from extractor.training.sources import Sources, left_out_of

    if (catalogue is None) != (tokens is None):
        raise InputError("--catalogue and --tokens belong together: give both, or neither of them")
    if settings.ocr == OCR_OFF:
        raise InputError("a ranker is fitted to what OCR reads: name an engine with --ocr")
    check_sklearn()
    target = Target(out, "--out", plain=True)
    files = [labels, *(teach or [])]
    labelled, *taught = (official_rows(read_labelled_rows(path, entities=settings.table), settings) for path in files)
    sources = Sources(labelled, taught)
    tables = [*files, *(path for path in (catalogue, tokens) if path), *(without or [])]
    check_targets([target], chain(tables, settings.files(sources.rows, labels.parent)), settings.store_file)
    # These files come before the pictures: what is wrong with them is known at once.
    further = catalogue_questions(catalogue, tokens, label_column) if catalogue and tokens else ()
    sources = replace(sources, catalogue=further, left_out=left_out_of(without or []))
    options = settings.run_options(labels.parent)
    results = watched(lambda watcher: read_pages([row.picture for row in sources.rows], options, watcher), settings)
    asked = sources.questions(pages_by_name(sources.rows, results, options))
    own, more = asked.own, (*asked.taught, *asked.catalogue)
    fitted = fit_ranker(own, more, BoostOptions(), for_many=FOR_MANY, folds=folds, seed=seed)
    write_whole(target, [fitted.to_json().encode()])
    lines = report(fitted.tested, len(own), len(more))
    print_tables("\n".join(lines), [coverage_table(fitted.tested.coverage)], evaluation_console())
    typer.echo(f"ranker    {out}", err=True)
