"""`extractor extract`: what one picture, or a few, state."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.api.policies import policy_of
from extractor.cache.target import Target, check_targets, write_whole
from extractor.cli.settings import READER, RunSettings, with_settings
from extractor.cli.shared import NoPictureError
from extractor.stages.answer import Answer, Candidate, Status
from extractor.stages.product import ProductAnswer, Stance, Statement
from extractor.tables.trace import DIGITS, rounded
from rules.constants import ENTITIES

if TYPE_CHECKING:
    from extractor.api.extraction import Extraction
    from extractor.api.product import ProductExtraction

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
        Path | None,
        typer.Option(metavar="FILE.png", help="Draw the picture with its evidence; one picture or product only."),
    ] = None,
    product: Annotated[
        bool, typer.Option("--product", help="All pictures show one product: say what they state together.")
    ] = False,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The product's title, as evidence beside its pictures.")
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

      extractor extract --product front.jpg side.jpg --title "Stool, 45 cm high"
    """
    from extractor.api.extractor import Extractor

    if title is not None and not product:
        raise typer.BadParameter("it belongs to --product", param_hint="--title")
    target = None if draw is None else Target(draw, "--draw", plain=True)
    if target is not None:
        if len(pictures) > 1 and not product:
            raise typer.BadParameter("name one picture to draw", param_hint="--draw")
        check_targets([target], pictures)
    try:
        settings.table.checked(entity or ())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--entity") from error
    reader = replace(settings, quiet=as_json).reader()
    extractor = Extractor(
        settings.ocr,
        reader,
        settings.ranker,
        upscale=settings.second_look,
        policy=policy_of(reader),
        entities=settings.table,
    )
    found: Iterable[Extraction | ProductExtraction] = extractor.extract_many(pictures, entity or None)
    if product:
        found = [extractor.extract_product(pictures, title, entity or None)]
    readable = 0
    for extraction in found:
        readable += extraction.failure is None
        print(_json_of(extraction) if as_json else _text_of(extraction, headed=len(pictures) > 1), flush=True)
        if target is not None and extraction.failure is None:
            file = io.BytesIO()
            extraction.draw().save(file, "PNG", optimize=True)
            write_whole(target, [file.getvalue()])
    if not readable:
        raise NoPictureError("no picture could be read")


def _text_of(extraction: Extraction | ProductExtraction, *, headed: bool) -> str:
    from extractor.api.product import ProductExtraction

    if isinstance(extraction, ProductExtraction):
        failures = [_failure_of(one) for one in extraction.extractions if one.failure is not None]
        evidence = [_statements_of(answer, extraction) for answer in extraction]
        return "\n".join([*failures, _table_of(extraction, evidence)])
    if extraction.failure is not None:
        return _failure_of(extraction)
    evidence = [answer.evidence_text for answer in extraction]
    return _table_of(extraction, evidence, extraction.name if headed else None)


def _failure_of(extraction: Extraction) -> str:
    assert extraction.failure is not None
    return f"{extraction.name}: {extraction.failure.reason}: {extraction.failure.detail}"


def _statements_of(answer: ProductAnswer, extraction: ProductExtraction) -> str:
    """What each picture states: the text of those that agree, the amounts of the others."""
    shown = []
    for one in answer.statements:
        text = one.text if one.stance is Stance.AGREES else f"{one.stance}: {one.amount}"
        shown.append(f"{text} ({extraction.name_of(one.picture)})")
    return " | ".join(shown)


def _table_of(answers: Iterable[Answer], evidence: Iterable[str], title: str | None = None) -> str:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Column, Table

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    whole = (Column(name, no_wrap=True) for name in ("entity", "answer", "status", "confidence"))
    table = Table(*whole, "evidence", title=title, box=SIMPLE, title_justify="left")
    for answer, of_answer in zip(answers, evidence, strict=True):
        table.add_row(
            answer.entity,
            answer.text or "-",
            str(answer.status if answer.amount else answer.reason),
            f"{answer.confidence:.2f}" if answer.amount else "",
            of_answer,
        )
    with console.capture() as shown:
        console.print(table)
    return "\n".join(line.rstrip() for line in shown.get().splitlines()).strip("\n")


def _json_of(extraction: Extraction | ProductExtraction) -> str:
    from extractor.api.product import ProductExtraction

    shown: dict[str, object] = {
        "failure": extraction.failure,
        "answers": [_fields(answer) for answer in extraction],
    }
    if isinstance(extraction, ProductExtraction):
        pictures = [{"picture": one.name, "failure": one.failure} for one in extraction.extractions]
        shown = {"pictures": pictures, "title": extraction.title} | shown
    else:
        shown = {"picture": extraction.name} | shown
    return json.dumps(shown, ensure_ascii=False, default=asdict)


def _fields(answer: Answer) -> dict[str, object]:
    """What a program needs of an answer; all of it is in the trace that `predict` writes."""
    rivals = answer.candidates if answer.status is Status.AMBIGUOUS else ()
    own = {name: getattr(answer, name) for name in ("entity", "text", "value", "unit", "status", "reason")}
    fields = own | _grounds(answer) | {"candidates": [{"text": str(one.amount)} | _grounds(one) for one in rivals]}
    if isinstance(answer, ProductAnswer):
        fields["statements"] = [
            {"picture": one.picture, "stance": one.stance, "text": str(one.amount)} | _grounds(one)
            for one in answer.statements
        ]
    return fields


def _grounds(one: Answer | Candidate | Statement) -> dict[str, object]:
    return {"confidence": round(one.confidence, DIGITS), "evidence": list(map(rounded, one.evidence))}
