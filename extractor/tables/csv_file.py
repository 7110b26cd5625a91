"""CSV files: their rows as they stand in them, each with its line, and lines to write."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.stages.errors import ExtractorError, shortened

UNREADABLE = (OSError, EOFError, zlib.error)
"""What reading a plain or a compressed file raises."""

_GZIP_MAGIC = b"\x1f\x8b"
_BOTH_LINE_ENDS = "\r\n"
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TOO_LONG = f"a cell has more than {csv.field_size_limit():,} characters; perhaps a quote is not closed"


class InputError(ExtractorError):
    """An input file that cannot be used; the message names the file, the lines and the columns."""

    def __init__(self, message: str) -> None:
        super().__init__(shortened(message))


@dataclass(frozen=True, slots=True)
class Record:
    """A row's cells and the line on which it begins, from 1."""

    line: int
    fields: list[str]


def read_records(path: Path) -> tuple[list[str], list[Record]]:
    """The header and the rows of a `.csv` or `.csv.gz` file, blank lines left out; UTF-8 with or without a mark.

    Raises InputError when the file is missing, unreadable, empty, not UTF-8 text or not in CSV form.
    """
    reader = csv.reader(io.StringIO(text_in(path, "CSV"), newline=""), strict=True)
    records = []
    begins = 1
    try:
        for fields in reader:
            if fields:
                records.append(Record(begins, fields))
            begins = reader.line_num + 1
    except csv.Error as error:
        why = _TOO_LONG if "field limit" in str(error) else error
        raise InputError(f"{path}, line {begins}: not a CSV row: {why}") from error
    if not records:
        raise InputError(f"{path} is empty: expected a header line and rows")
    return records[0].fields, records[1:]


def bytes_of(path: Path) -> bytes:
    """What the file holds, unpacked if it is gzip. Raises one of `UNREADABLE`."""
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(_GZIP_MAGIC) else data


def text_in(path: Path, kind: str) -> str:
    """The text of a UTF-8 file, plain or gzip, without a mark; `kind` is its format. Raises InputError."""
    try:
        data = bytes_of(path)
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; give the {kind} file in it") from None
    except UNREADABLE as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        what = "UTF-16 or UTF-32 text" if data.startswith(_UTF16_MARKS) else "not UTF-8 text"
        raise InputError(f"{path}, line {line}: {what}; save the file as UTF-8 {kind}") from error
    if (nul := text.find("\0")) >= 0:
        line = text.count("\n", 0, nul) + 1
        raise InputError(
            f"{path}, line {line}: it holds NUL characters, as no text does; save the file as UTF-8 {kind}"
        )
    return text


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The lines of a file with these rows, each ended by "\\n"; cells are quoted only where needed."""
    for row in rows:
        text = io.StringIO()
        csv.writer(text, lineterminator=_BOTH_LINE_ENDS).writerow(row)  # a cell with either one is quoted
        line = f"{text.getvalue().removesuffix(_BOTH_LINE_ENDS)}\n"
        yield line.encode(errors="backslashreplace")
