"""The file with attributes of the user's own; docs/entities.md says how to write it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from extractor.api.data_file import TOML_YAML_OR_JSON, read_data
from extractor.stages.errors import ExtractorError
from rules.amount import Amount
from rules.entities import OFFICIAL, Entity, EntityTable, EntityTableError

EntitySource: TypeAlias = str | os.PathLike[str] | EntityTable
"""A file with entities, or the table itself."""
_END = re.compile(r"\s*(\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?)\s+(\S.*?)\s*")
_EXAMPLE = "plausible: write two amounts, the smaller first, as in [1 inch, 200 inch]"


class EntityFileError(ExtractorError):
    """A file of entities that cannot be used; the message lists all faults."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entity as the file has it: units as a list, or with the spellings of each."""

    units: list[str] | dict[str, list[str]]
    keywords: list[str]
    plausible: list[str]
    dimension: bool = False

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}


def entity_table(source: EntitySource | None) -> EntityTable:
    """The table itself, the one in a file, or the official one for None. Raises EntityFileError."""
    if source is None:
        return OFFICIAL
    return source if isinstance(source, EntityTable) else read_entities(Path(source))


def read_entities(path: Path) -> EntityTable:
    """The official entities and those of a `.yaml`, `.toml` or `.json` file. Raises EntityFileError."""
    data = read_data(path, TOML_YAML_OR_JSON, EntityFileError)
    if not isinstance(data, dict) or not data:
        raise EntityFileError(
            f"{path}: it holds no entities: write the name of each, and below it its units, keywords, ..."
        )
    faults: list[str] = []
    entities = tuple(entity for name, entry in data.items() for entity in _read(str(name), entry, faults))
    try:
        table = EntityTable(entities)
    except EntityTableError as error:
        faults += error.faults
    if faults:
        lines = [f"{path} cannot be used ({len(faults)} fault{'s' * (len(faults) > 1)}):", *faults]
        raise EntityFileError("\n  ".join(lines))
    return table


def _read(name: str, entry: object, faults: list[str]) -> Iterator[Entity]:
    """The entity of an entry; none where its form is wrong, which goes to the faults."""
    from pydantic import TypeAdapter, ValidationError

    try:
        read = TypeAdapter(_Entry).validate_python(entry)
    except ValidationError as error:
        faults.extend(dict.fromkeys(f"{name!r}: {_fault(dict(one))}" for one in error.errors()))
        return
    ends = [_END.fullmatch(end) for end in read.plausible]
    amounts = [Amount(float(end[1]), end[2]) for end in ends if end]
    if len(amounts) != 2 or len(ends) != 2:
        faults.append(f"{name!r}: {_EXAMPLE}")
        return
    spellings = read.units if isinstance(read.units, dict) else {}
    yield Entity(
        name,
        tuple(read.units),
        tuple(read.keywords),
        (amounts[0], amounts[1]),
        read.dimension,
        tuple((spelling, unit) for unit, of_unit in spellings.items() for spelling in of_unit),
    )


def _fault(error: Mapping[str, Any]) -> str:
    """A fault of form in words."""
    place = error["loc"]
    if not place:
        return "write units, keywords and plausible below it"
    field = str(place[0])
    if error["type"] == "missing":
        return f"{field}: it is missing"
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{field}: there is no such key; there are units, keywords, plausible, dimension"
    advice = {
        "units": "write a list of names, as in [inch, centimetre], or with spellings, as in {milliampere-hour: [mah]}",
        "keywords": "write a list of words, as in [screen, display]",
        "dimension": "write true or false",
    }
    return f"{field}: {advice[field]}" if field in advice else _EXAMPLE
