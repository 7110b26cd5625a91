"""The settings of a run: options that several commands share, each also a variable and a key of the file."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
import typer

from extractor.api.auto_reader import AUTO, AutoReader, auto_reader
from extractor.api.engines import DEFAULT_OCR
from extractor.api.entity_file import entity_table
from extractor.api.policies import policy_of
from extractor.api.processes import cpu_count
from extractor.api.readers import DEFAULT_BATCH, DEFAULT_DEVICE, NO_VLM, ReaderChoice, check_packages, path_taken
from extractor.run.options import RunOptions
from extractor.sources.locate import LocalPicture, locate
from extractor.stages.combine import HybridPolicy
from extractor.tables.rows import Row
from rules.entities import EntityTable
from rules.ranker import HAND_SET, LEARNED, ranker_name
from vlm.decoding import DEFAULT_DECODING, Decoding
from vlm.hub import MODEL_FILES

READER = ("decoding", "vlm_batch", "device", "precision")
"""The settings that say how a reader runs."""


HELP = {
    "images": "Take a picture from this folder when a file there is named like the last part of its link.",
    "ocr": "rapidocr, paddleocr, none, or your own engine as module:factory.",
    "ranker": "What scores the candidates: learned, hand-set, or a file that `fit` wrote.",
    "entities": "Also look for the attributes of your own in this file (YAML, TOML or JSON; see docs/entities.md).",
    "second_look": "Read a picture once more, enlarged, when nothing on it could be the weight, load, voltage, power "
    "or volume that is asked.",
    "vlm": "Also ask a vision-language reader: a folder with a model or an adapter, a hub id, nano (comes with the "
    "package), your own as module:factory, or none. Needs the vlm extra. auto: the one that comes along, where it is "
    "measured to be better than OCR and rules alone on real pictures.",
    "decoding": "What the reader may write: units that the entity allows, any unit that the rules know (they convert "
    "or reject it), or anything.",
    "vlm_batch": "Questions that the reader answers in one go.",
    "device": "Where the reader runs: auto, cpu, cuda, cuda:1, mps.",
    "precision": "Number type of the reader's weights; auto is bf16 on a GPU that has it, else fp32, and 4bit "
    "for readers that ask for it, as nano does. 4bit takes the least memory.",
    "workers": "Processes that read pictures. Each takes about 1 GB; the results do not depend on their number.",
    "no_cache": "Neither use nor keep results of other runs.",
    "store": "Where results are kept (SQLite; fetched pictures lie beside it).",
    "allow_private": "Also fetch from private networks and from this machine.",
    "quiet": "No progress, no summary; only errors.",
}
"""What `--help` says of each setting."""


def _option(name: str, *flags: str, **more: Any) -> Any:
    """The option of a setting, with a variable of its name; without `flags` its flag is its name too."""
    return typer.Option(*flags, help=HELP[name], envvar=f"EXTRACTOR_{name.upper()}", show_envvar=False, **more)


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """What the user says of a run. A command takes some of these (see `with_settings`); others keep their default."""

    images: Annotated[Path | None, _option("images", metavar="DIR", exists=True, file_okay=False)] = None
    ocr: Annotated[str, _option("ocr", metavar="ENGINE")] = DEFAULT_OCR
    ranker: Annotated[str, _option("ranker", metavar="RANKER")] = LEARNED
    entities: Annotated[Path | None, _option("entities", metavar="FILE", dir_okay=False)] = None
    second_look: Annotated[bool, _option("second_look")] = True
    vlm: Annotated[str, _option("vlm", metavar="PATH|HUB_ID|nano|auto|none")] = AUTO
    decoding: Annotated[Decoding, _option("decoding")] = DEFAULT_DECODING
    vlm_batch: Annotated[int, _option("vlm_batch", min=1, metavar="N")] = DEFAULT_BATCH
    device: Annotated[str, _option("device", metavar="DEVICE")] = DEFAULT_DEVICE
    precision: Annotated[Literal["auto", "fp32", "bf16", "4bit"], _option("precision")] = "auto"
    workers: Annotated[int | None, _option("workers", min=1, metavar="N", show_default="one per CPU")] = None
    no_cache: Annotated[bool, _option("no_cache", "--no-cache/--cache")] = False
    store: Annotated[
        Path | None, _option("store", metavar="FILE", dir_okay=False, show_default="in the user's cache folder")
    ] = None
    allow_private: Annotated[bool, _option("allow_private")] = False
    quiet: Annotated[bool, _option("quiet", "--quiet/--no-quiet", "-q")] = False

    @property
    def store_file(self) -> Path:
        """The store of --store, else the one in the user's cache folder."""
        return self.store or platformdirs.user_cache_path("extractor") / "store.sqlite3"

    @functools.cached_property
    def table(self) -> EntityTable:
        """The official entities and those of --entities. Raises EntityFileError."""
        return entity_table(self.entities)

    @property
    def bars(self) -> bool:
        """Whether progress bars are to be drawn: there is a terminal to show them on, and the user did not decline."""
        from rich.console import Console

        return not self.quiet and Console(stderr=True).is_terminal

    def say(self, text: str) -> None:
        """Prints a line on stderr, unless the user wants quiet."""
        if not self.quiet:
            typer.echo(text, err=True)

    @functools.cached_property
    def _auto(self) -> AutoReader:
        return auto_reader() if self.vlm == AUTO else AutoReader(self.vlm, "")

    @property
    def reader_name(self) -> str:
        """The reader that is asked, `none` for OCR and rules alone."""
        return self._auto.name

    def path_taken(self, reader: ReaderChoice | None) -> str:
        """One line that names the sources of the answers of a run with this reader."""
        return path_taken(reader, self.ocr, self._auto.why)

    def reader(self) -> ReaderChoice | None:
        """The reader that is asked; None for none. Raises ReaderError when packages that it needs are missing."""
        if self.reader_name == NO_VLM:
            return None
        choice = ReaderChoice(self.reader_name, self.decoding, self.vlm_batch, self.device, self.bars, self.precision)
        check_packages(choice)
        return choice

    def run_options(self, base: Path, policy: HybridPolicy | None = None) -> RunOptions:
        """The run over a table in the folder `base`; without a `policy` the reader's own. Raises as `reader` does."""
        reader = self.reader()
        return RunOptions(
            base=base,
            store=self.store_file,
            images=self.images,
            ocr=self.ocr,
            ranker=self.ranker,
            upscale=self.second_look,
            vlm=reader,
            policy=policy or policy_of(reader),
            entities=self.table,
            workers=self.workers or cpu_count(),
            use_cache=not self.no_cache,
            allow_private=self.allow_private,
        )

    def files(self, rows: Sequence[Row], base: Path) -> Iterator[Path]:
        """The files that a run reads beside its table: pictures that are here, the entities', ranker's and reader's."""
        for link in dict.fromkeys(row.picture for row in rows):
            located = locate(link, base, self.images)
            if isinstance(located, LocalPicture):
                yield located.path
        if self.entities is not None:
            yield self.entities
        if ranker_name(self.ranker) not in (LEARNED, HAND_SET):
            yield Path(self.ranker)
        if self.reader_name != NO_VLM and Path(self.reader_name).is_dir():
            yield from (file for file in Path(self.reader_name).iterdir() if file.suffix in MODEL_FILES)


OPTIONS = inspect.signature(RunSettings, eval_str=True).parameters
"""The fields of RunSettings, as parameters of a command."""


def with_settings(*names: str, required: Sequence[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the options `names`, all without any; it is called with a RunSettings made of them, `settings`.

    The options `required` have no default.
    """
    shared = [OPTIONS[name].replace(default=inspect.Parameter.empty) for name in required]
    shared += [OPTIONS[name] for name in names or OPTIONS]

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = [parameter for name, parameter in signature.parameters.items() if name != "settings"]

        @functools.wraps(command)
        def with_options(**values: Any) -> None:
            settings = RunSettings(**{one.name: values.pop(one.name) for one in shared})
            command(settings=settings, **values)

        with_options.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
        return with_options

    return decorated
