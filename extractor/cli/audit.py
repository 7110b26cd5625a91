"""`extractor audit`: which labels of a file does its picture contradict?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cache.target import Target, check_targets, write_whole
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import LABELLED_ROWS, LabelColumn, Limit, NoPictureError, stoppable, watched
from extractor.tables.formats import check_is_csv, stem_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.review.items import ReviewItem
    from extractor.review.verdicts import Audit


@with_settings()
def audit(
    labels_csv: Annotated[
        Path,
        typer.Argument(metavar="TRAIN.csv", help=LABELLED_ROWS),
    ],
    *,
    settings: RunSettings,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="AUDIT.csv",
            show_default="TRAIN_audit.csv in the current folder",
            help="Where the audit goes; what `serve --review` shows goes beside it: AUDIT_review.jsonl.",
        ),
    ] = None,
    label_column: LabelColumn = None,
    label_studio: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            help="Also write tasks for Label Studio, with pre-annotations, and beside them the labelling "
            "configuration: FILE.xml.",
        ),
    ] = None,
    limit: Limit = None,
) -> None:
    """Set the labels of a file against what its pictures state; the most suspicious rows come first.

    The output has the file's own columns and prediction, status, confidence,
    verdict, suspicion (0 to 1), suggestion and reason. Nothing is changed in
    the file itself: people decide, with `serve --review AUDIT.csv` or in
    Label Studio. The run can be stopped and goes on when it is started again.

    Examples:

      extractor audit train.csv --images pictures/

      extractor audit train.csv --out audit.csv --label-studio tasks.json
    """
    from extractor.review.audit_run import audits_of, items_of, most_suspicious_first
    from extractor.review.audit_table import audit_lines
    from extractor.review.items import item_line, items_path, items_target
    from extractor.run.local import run_variants, session_of
    from extractor.tables.labels import label_columns, labels_of
    from extractor.tables.rows import read_table, rows_of

    if out is not None:
        check_is_csv(out)
    table = read_table(labels_csv)
    table = replace(table, columns=dict(table.columns.items()))  # a column that is no text is told before the work
    labels = labels_of(table, label_columns(table, label_column))[:limit]
    rows = rows_of(table, settings.table)[:limit]
    out = out or Path(f"{stem_of(labels_csv)}_audit.csv")
    studio = None if label_studio is None else _LabelStudioFiles(label_studio)
    targets = [Target(out, "--out"), items_target(out), *(studio.targets if studio else ())]
    check_targets(targets, chain([labels_csv], settings.files(rows, labels_csv.parent)), settings.store_file)
    options = settings.run_options(labels_csv.parent)
    settings.say(settings.path_taken(options.vlm))
    written: list[str] = []
    with stoppable(kept=options.use_cache), session_of(options) as session:
        (result,) = watched(lambda watcher: run_variants(rows, session, (options.variant,), watcher), settings)
        audits = audits_of(result.rows, labels, settings.table)
        order = most_suspicious_first(audits)

        def items() -> Iterator[ReviewItem]:
            pages = partial(session.store.page, engine=session.keys.engine)
            return items_of(result.rows, audits, order, pages, settings.table)

        write_whole(items_target(out), map(item_line, items()))
        if studio is not None:
            written = studio.write(items)
        write_whole(targets[0], audit_lines(table, audits, order))
    settings.say("\n".join([*result.summary.lines(), *_counts(audits)]))
    settings.say("\n".join([f"audit     {out}\nreview    {items_path(out)}", *written]))
    if result.summary.no_picture:
        raise NoPictureError(f"{result.summary.no_picture}; the verdicts in {out} are of the labels alone")


class _LabelStudioFiles:
    """The tasks for Label Studio and, beside them, the labelling configuration."""

    def __init__(self, tasks: Path) -> None:
        from extractor.review.label_studio import config_path

        self._tasks = Target(tasks, "--label-studio", plain=True)
        self._config = Target(config_path(tasks), "--label-studio", plain=True)
        self.targets = (self._tasks, self._config)

    def write(self, items: Callable[[], Iterator[ReviewItem]]) -> list[str]:
        """Writes both; gives what to say of them, a line each."""
        from extractor.review.label_studio import config_xml, pictures_root, tasks_json

        root = pictures_root(items())
        write_whole(self._config, [config_xml().encode()])
        write_whole(self._tasks, tasks_json(items(), root))
        told = [f"tasks     {self._tasks.path}, labelling configuration {self._config.path}"]
        if root is not None:
            told.append(f"  Label Studio finds the pictures with LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={root}")
        return told


def _counts(audits: Sequence[Audit]) -> Iterator[str]:
    """How many rows have which verdict, and how many are suspicious."""
    yield f"labels    {len(audits):,}: {sum(one.suspicious for one in audits):,} suspicious"
    for verdict, count in Counter(one.verdict for one in audits).most_common():
        yield f"  {count:6,}  {verdict}: {verdict.words}"
