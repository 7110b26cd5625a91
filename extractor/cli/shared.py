"""What the commands that run the pipeline have in common: their options, and how a run is shown."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.api.readers import (
    DEFAULT_BATCH,
    DEFAULT_DEVICE,
    DEFAULT_PRECISION,
    NO_VLM,
    ReaderChoice,
    check_packages,
    chosen,
)
from rules.ranker import HAND_SET, LEARNED, ranker_name

if TYPE_CHECKING:
    from extractor.run.local import RunResult
    from extractor.run.options import RunOptions
    from extractor.run.progress import ProgressWatcher
    from extractor.run.result import PictureResult
    from extractor.tables.rows import Row

_GO_ON = "What was read is kept; run the same command again to go on."
_READER_FILES = {".json", ".safetensors", ".model", ".txt", ".jinja"}
"""What a reader in a folder is made of; its answers depend on all of them, see `vlm.source.digest`."""

ImagesOption = Annotated[
    Path | None,
    typer.Option(
        "--images",
        envvar="EXTRACTOR_IMAGES",
        show_envvar=False,
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Take a picture from this folder when a file there is named like the last part of its link.",
    ),
]
OcrOption = Annotated[
    str,
    typer.Option(
        "--ocr",
        envvar="EXTRACTOR_OCR",
        show_envvar=False,
        metavar="ENGINE",
        help="rapidocr, paddleocr, none, or your own engine as module:factory.",
    ),
]
RankerOption = Annotated[
    str,
    typer.Option(
        "--ranker",
        envvar="EXTRACTOR_RANKER",
        show_envvar=False,
        metavar="RANKER",
        help="What scores the candidates: learned, hand-set, or a file that `fit` wrote.",
    ),
]
SecondLookOption = Annotated[
    bool,
    typer.Option(
        "--second-look/--no-second-look",
        envvar="EXTRACTOR_SECOND_LOOK",
        show_envvar=False,
        help="Read a picture once more, enlarged, when nothing on it could be the weight, load, voltage, power or "
        "volume that is asked.",
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        envvar="EXTRACTOR_WORKERS",
        show_envvar=False,
        min=1,
        metavar="N",
        show_default="one per CPU",
        help="Processes that read pictures. Each takes about 1 GB; the results do not depend on their number.",
    ),
]
NoCacheOption = Annotated[
    bool,
    typer.Option(
        "--no-cache/--cache",
        envvar="EXTRACTOR_NO_CACHE",
        show_envvar=False,
        help="Neither use nor keep results of other runs.",
    ),
]
StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="FILE",
        envvar="EXTRACTOR_STORE",
        show_envvar=False,
        dir_okay=False,
        show_default="in the user's cache folder",
        help="Where results are kept (SQLite; fetched pictures lie beside it).",
    ),
]
AllowPrivateOption = Annotated[
    bool,
    typer.Option(
        "--allow-private/--no-allow-private",
        envvar="EXTRACTOR_ALLOW_PRIVATE",
        show_envvar=False,
        help="Also fetch from private networks and from this machine.",
    ),
]
VlmOption = Annotated[
    str,
    typer.Option(
        "--vlm",
        envvar="EXTRACTOR_VLM",
        show_envvar=False,
        metavar="PATH|HUB_ID|nano|none",
        help="Also ask a vision-language reader: a folder with a model or an adapter, a hub id, "
        "nano (comes with the package), "
        "your own as module:factory, or none. Needs the vlm extra.",
    ),
]
NoConstrainOption = Annotated[
    bool,
    typer.Option(
        "--no-constrain/--constrain",
        envvar="EXTRACTOR_NO_CONSTRAIN",
        show_envvar=False,
        help="Let the reader write anything, not only allowed answers; the rules judge it.",
    ),
]
VlmBatchOption = Annotated[
    int,
    typer.Option(
        "--vlm-batch",
        envvar="EXTRACTOR_VLM_BATCH",
        show_envvar=False,
        min=1,
        metavar="N",
        help="Questions that the reader answers in one go.",
    ),
]
DeviceOption = Annotated[
    str,
    typer.Option(
        "--device",
        envvar="EXTRACTOR_DEVICE",
        show_envvar=False,
        metavar="DEVICE",
        help="Where the reader runs: auto, cpu, cuda, cuda:1, mps.",
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option(
        "--quiet/--no-quiet",
        "-q",
        envvar="EXTRACTOR_QUIET",
        show_envvar=False,
        help="No progress, no summary; only errors.",
    ),
]
PrecisionOption = Annotated[
    Literal["auto", "fp32", "bf16", "4bit"],
    typer.Option(
        "--precision",
        envvar="EXTRACTOR_PRECISION",
        help="Number type of the reader's weights; auto is bf16 on a GPU that has it, else fp32. 4bit takes the least "
        "memory.",
    ),
]


def default_store() -> Path:
    """The store in the user's cache folder."""
    import platformdirs

    return platformdirs.user_cache_path("extractor") / "store.sqlite3"


def files_of_run(
    rows: Sequence[Row], base: Path, images: Path | None, *, ranker: str = LEARNED, vlm: str = NO_VLM
) -> Iterator[Path]:
    """The files that a run reads beside its table: the pictures that are here, the ranker's and the reader's."""
    from extractor.sources.locate import LocalPicture, locate

    for link in dict.fromkeys(row.picture for row in rows):
        located = locate(link, base, images)
        if isinstance(located, LocalPicture):
            yield located.path
    if ranker_name(ranker) not in (LEARNED, HAND_SET):
        yield Path(ranker)
    if vlm != NO_VLM and Path(vlm).is_dir():
        yield from (file for file in Path(vlm).iterdir() if file.suffix in _READER_FILES)


def reader_choice(
    vlm: str, *, no_constrain: bool, batch: int, device: str, precision: str, quiet: bool
) -> ReaderChoice | None:
    """The reader that the options ask for; None for `none`.

    Raises typer.BadParameter for options that say how a reader runs where none is asked, ReaderError when packages that
    it needs are missing.
    """
    bars = bars_wanted(quiet=quiet)
    reader = chosen(vlm, constrained=not no_constrain, batch=batch, device=device, precision=precision, bars=bars)
    if reader is not None:
        check_packages(reader)
        return reader
    given = {
        "--no-constrain": no_constrain,
        "--vlm-batch": batch != DEFAULT_BATCH,
        "--device": device != DEFAULT_DEVICE,
        "--precision": precision != DEFAULT_PRECISION,
    }
    needless = " and ".join(name for name, is_given in given.items() if is_given)
    if needless:
        raise typer.BadParameter(
            f"no reader is asked; name one with --vlm, or leave {needless} out", param_hint=needless
        )
    return None


def watched_run(rows: Sequence[Row], options: RunOptions, *, quiet: bool) -> RunResult:
    """Answers the rows with a progress bar where there is a terminal to show it on; see `stoppable`."""
    from extractor.run.local import run

    with stoppable(kept=options.use_cache), watcher_of(quiet=quiet) as watcher:
        return asyncio.run(run(rows, options, watcher))


def watched_reading(links: Iterable[str], options: RunOptions, *, quiet: bool) -> dict[str, PictureResult]:
    """Reads the pictures into the store, shown as `watched_run` does."""
    from extractor.run.local import read_pages

    with stoppable(kept=True), watcher_of(quiet=quiet) as watcher:
        return asyncio.run(read_pages(links, options, watcher))


def bars_wanted(*, quiet: bool) -> bool:
    """Whether progress bars are to be drawn: there is a terminal to show them on, and the user did not decline."""
    from rich.console import Console

    return not quiet and Console(stderr=True).is_terminal


@contextmanager
def watcher_of(*, quiet: bool) -> Iterator[ProgressWatcher]:
    """A progress bar where there is a terminal to show it on; elsewhere notices only, and with `quiet` nothing."""
    from rich.console import Console

    from extractor.run.progress import BarWatcher, LineWatcher, SilentWatcher

    if not bars_wanted(quiet=quiet):
        yield SilentWatcher() if quiet else LineWatcher()
        return
    with BarWatcher(Console(stderr=True)) as watcher:
        yield watcher


@contextmanager
def stoppable(*, kept: bool) -> Iterator[None]:
    """When the user or the system stops what runs inside, says how to go on and exits with 130 or 143.

    `kept` says whether the work is kept.
    """
    terminated = False

    def interrupt(number: int, frame: FrameType | None) -> None:
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
