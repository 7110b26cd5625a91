"""`extractor extract`: what one picture, or a few, state."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.api.policies import policy_of
from extractor.cache.target import Target, check_targets, write_whole
from extractor.cli.settings import READER, RunSettings, with_settings
from extractor.cli.shared import NoPictureError
from extractor.stages.answer import Answer, Candidate, Status
from extractor.tables.trace import DIGITS, rounded
from rules.constants import ENTITIES

if TYPE_CHECKING:
    from extractor.api.extraction import Extraction

PIPED_WIDTH = 160
"""Columns of the table where no terminal tells its width."""


@with_settings("ocr", "ranker", "entities", "second_look", "vlm", *READER)
def extract(
    pictures: Annotated[list[Path], typer.Argument(metavar="PICTURE", help="Picture files.")],
    *,
    settings: RunSettings,
    entity: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            show_default="all",
            help=f"What to look for: {', '.join(ENTITIES)}, or one of --entities. May be repeated.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each picture.")] = False,
    draw: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the picture with its evidence; one picture only.")
    ] = None,
) -> None:
    """Say what pictures state: dimensions, weights, voltage, wattage and volume, with the evidence.

    Nothing is kept between runs; `predict` is for many pictures. A picture that
    cannot be read costs no other; when not one can be read, it ends with exit
    code 3.

    Examples:

      extractor extract photo.jpg

      extractor extract photo.jpg --entity width --entity height --json

      extractor extract photo.jpg --draw evidence.png

      extractor extract photo.jpg --entities examples/entities.yaml
    """
    from extractor.api.extractor import Extractor

    target = None if draw is None else Target(draw, "--draw", plain=True)
    if target is not None:
        if len(pictures) > 1:
            raise typer.BadParameter("name one picture to draw", param_hint="--draw")
        check_targets([target], pictures)
    unknown = [name for name in entity or () if name not in settings.table]
    if unknown:
        names = ", ".join(settings.table.names)
        raise typer.BadParameter(f"{', '.join(map(repr, unknown))}: there are {names}", param_hint="--entity")
    reader = replace(settings, quiet=as_json).reader()
    extractor = Extractor(
        settings.ocr,
        reader,
        settings.ranker,
        upscale=settings.second_look,
        policy=policy_of(reader),
        entities=settings.table,
    )
    failed = 0
    for extraction in extractor.extract_many(pictures, entity or None):
        failed += extraction.failure is not None
        print(_json_of(extraction) if as_json else _text_of(extraction, headed=len(pictures) > 1), flush=True)
        if target is not None and extraction.failure is None:
            file = io.BytesIO()
            extraction.draw().save(file, "PNG", optimize=True)
            write_whole(target, [file.getvalue()])
    if failed == len(pictures):
        raise NoPictureError("no picture could be read")


def _text_of(extraction: Extraction, *, headed: bool) -> str:
    if extraction.failure is not None:
        return f"{extraction.name}: {extraction.failure.reason}: {extraction.failure.detail}"
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Column, Table

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    whole = (Column(name, no_wrap=True) for name in ("entity", "answer", "status", "confidence"))
    table = Table(*whole, "evidence", title=extraction.name if headed else None, box=SIMPLE, title_justify="left")
    for answer in extraction:
        table.add_row(
            answer.entity,
            answer.text or "-",
            str(answer.status if answer.amount else answer.reason),
            f"{answer.confidence:.2f}" if answer.amount else "",
            " | ".join(token.text for token in answer.evidence),
        )
    with console.capture() as shown:
        console.print(table)
    return "\n".join(line.rstrip() for line in shown.get().splitlines()).strip("\n")


def _json_of(extraction: Extraction) -> str:
    shown = {
        "picture": extraction.name,
        "failure": extraction.failure,
        "answers": [_fields(answer) for answer in extraction],
    }
    return json.dumps(shown, ensure_ascii=False, default=asdict)


def _fields(answer: Answer) -> dict[str, object]:
    """What a program needs of an answer; all of it is in the trace that `predict` writes."""
    rivals = answer.candidates if answer.status is Status.AMBIGUOUS else ()
    own = {name: getattr(answer, name) for name in ("entity", "text", "value", "unit", "status", "reason")}
    return own | _grounds(answer) | {"candidates": [{"text": str(one.amount)} | _grounds(one) for one in rivals]}


def _grounds(one: Answer | Candidate) -> dict[str, object]:
    return {"confidence": round(one.confidence, DIGITS), "evidence": list(map(rounded, one.evidence))}
