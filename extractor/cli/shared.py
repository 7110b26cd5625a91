"""How the commands run the pipeline: shown while it runs, and stopped with a word on how to go on."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from extractor.stages.errors import ExtractorError

if TYPE_CHECKING:
    from extractor.cli.settings import RunSettings
    from extractor.evaluation.inputs import LabelledRows
    from extractor.run.local import RunResult
    from extractor.run.options import RunOptions
    from extractor.run.progress import ProgressWatcher
    from extractor.tables.rows import Row

Result = TypeVar("Result")

ProductColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        show_default="product, if there",
        help="Rows with the same text in this column are of one product: answer them from all its pictures together.",
    ),
]
TitleColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", show_default="title, if there", help="The title of a product: one more piece of evidence."
    ),
]
LabelColumn = Annotated[str | None, typer.Option(metavar="NAME", help="Take the labels from this column alone.")]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N rows of the file.")]
LABELLED_ROWS = (
    "Rows with labels: entity_value, or primary and accepted. The columns index and group_id may be missing, and image "
    "may stand for image_link."
)
"""What a file with labels may be."""
_GO_ON = "What was read is kept; run the same command again to go on."


class NoPictureError(ExtractorError):
    """Not a single picture could be read; what there is to write is written all the same."""

    exit_code = 3


def answer_rows(rows: Sequence[Row], options: RunOptions, out: Path | None, settings: RunSettings) -> RunResult:
    """Answers the rows, writes answers and trace where `out` names a file, and says on stderr how the run went."""
    from extractor.run.local import run
    from extractor.tables import output

    settings.say(settings.path_taken(options.vlm))
    with stoppable(kept=options.use_cache):
        result = watched(lambda watcher: run(rows, options, watcher), settings)
        if out is not None:
            output.write(result.rows, out)
    settings.say("\n".join(result.summary.lines()))
    return result


def watched(work: Callable[[ProgressWatcher], Coroutine[Any, Any, Result]], settings: RunSettings) -> Result:
    """Does the work, shown while it runs; see `shown` and `stoppable`."""
    with stoppable(kept=not settings.no_cache), shown(settings) as watcher:
        return asyncio.run(work(watcher))


def shown(settings: RunSettings) -> AbstractContextManager[ProgressWatcher]:
    """A progress bar where there is a terminal to show it on; elsewhere notices alone, with --quiet nothing."""
    from rich.console import Console

    from extractor.run.progress import BarWatcher, LineWatcher, SilentWatcher

    if settings.bars:
        return BarWatcher(Console(stderr=True))
    return nullcontext(SilentWatcher() if settings.quiet else LineWatcher())


def official_rows(labelled: LabelledRows, settings: RunSettings) -> LabelledRows:
    """The rows on official entities, with a word on others. Raises InputError where there are none."""
    from extractor.tables.csv_file import InputError

    official = labelled.official()
    if not official.rows:
        raise InputError("all rows ask about attributes of your own, and only the official entities can be learned")
    if others := len(labelled.rows) - len(official.rows):
        settings.say(
            f"entities  {others} rows on attributes of your own are left out: readers and rankers know the eight"
        )
    return official


@contextmanager
def stoppable(*, kept: bool) -> Iterator[None]:
    """When the user or the system stops what runs inside, says how to go on and exits with 130 or 143.

    `kept` says whether the work is kept.
    """
    terminated = False

    def interrupt(*_: object) -> None:
        nonlocal terminated
        terminated = True
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, interrupt)
    # A shell without job control starts background jobs with SIGINT ignored: then nothing could stop this one.
    before_interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        hint = _GO_ON if kept else "Nothing is kept with --no-cache."
        print(f"Stopped. {hint}", file=sys.stderr)
        raise typer.Exit(143 if terminated else 130) from None
    finally:
        signal.signal(signal.SIGINT, before_interrupt)
        signal.signal(signal.SIGTERM, before)
