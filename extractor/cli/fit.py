"""`extractor fit`: fits the learned ranker from labelled pictures."""

from __future__ import annotations

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
    catalogue: Annotated[
        Path | None, typer.Option(metavar="ROWS.csv", help="More rows, with catalogue labels, to learn from only.")
    ] = None,
    tokens: Annotated[
        Path | None, typer.Option(metavar="DUMP.jsonl", help="The text of the catalogue rows' pictures.")
    ] = None,
    label_column: Annotated[str, typer.Option(metavar="NAME", help="The label's column in ROWS.csv.")] = "entity_value",
    without: Annotated[
        list[Path] | None,
        typer.Option(metavar="CSV", help="Leave out the pictures of this file, to measure on them. Repeatable."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the ranker goes.")] = Path("ranker.json"),
    folds: Annotated[int, typer.Option(min=2, metavar="N", help="Parts of the cross-validation, by picture.")] = 5,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the folds and the trees.")] = 0,
) -> None:
    """Fit the learned ranker, and print what cross-validation says of it.

    The figures come from LABELS.csv, each row judged by models that had not
    seen its picture. The last table says how many answers are sure enough to
    be used unseen.

    Example:

      extractor fit gold.csv --images pictures/ --out rules/ranker.json
    """
    from extractor.evaluation.inputs import picture_names_in, read_labelled_rows
    from extractor.evaluation.tables import coverage_table, evaluation_console, print_tables
    from extractor.run.local import read_pages
    from extractor.training.boosting import FOR_MANY, BoostOptions, check_sklearn
    from extractor.training.crossval import fit_ranker, report
    from extractor.training.examples import catalogue_questions, pages_by_name, questions_of

    if (catalogue is None) != (tokens is None):
        raise InputError("--catalogue and --tokens belong together: give both, or neither of them")
    if settings.ocr == OCR_OFF:
        raise InputError("a ranker is fitted to what OCR reads: name an engine with --ocr")
    check_sklearn()
    target = Target(out, "--out", plain=True)
    labelled = official_rows(read_labelled_rows(labels, entities=settings.table), settings)
    tables = [labels, *(path for path in (catalogue, tokens) if path), *(without or [])]
    check_targets([target], chain(tables, settings.files(labelled.rows, labels.parent)), settings.store_file)
    left_out = picture_names_in(without or [])
    options = settings.run_options(labels.parent)
    # The catalogue's files come before the pictures: what is wrong with them is known at once.
    more = catalogue_questions(catalogue, tokens, label_column) if catalogue and tokens else ()
    links = [row.picture for row in labelled.rows]
    results = watched(lambda watcher: read_pages(links, options, watcher), settings)
    own = questions_of(labelled.rows, labelled.labels, pages_by_name(labelled.rows, results, options))
    own, more = (tuple(one for one in some if one.picture not in left_out) for some in (own, more))
    fitted = fit_ranker(own, more, BoostOptions(), with_extra=FOR_MANY, folds=folds, seed=seed)
    write_whole(target, [fitted.to_json().encode()])
    lines = report(fitted.tested, len(own), len(more))
    print_tables("\n".join(lines), [coverage_table(fitted.tested.coverage)], evaluation_console())
    typer.echo(f"ranker    {out}", err=True)
