"""The store: pages, answers and links of earlier runs, in one SQLite file.

A page is keyed by the SHA-256 of its picture and the fingerprint of the OCR engine; an answer of the rules also by
entity and the fingerprint of the rules (only the newest is kept); an answer of a VLM by picture, entity, the reader's
fingerprint and the key of its prompt. Everything is committed at once, so a run can be stopped in any way. Several
processes can use one store at a time. Every row has a checksum, because SQLite itself does not notice when a disk or a
copy changes what is in it.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from extractor.stages.answer import Answer
from extractor.stages.errors import ExtractorError
from ocr.token import OcrResult
from vlm.answer import VlmAnswer

T = TypeVar("T")

BUSY_SECONDS = 30.0
_APPLICATION_ID = 0x65787472  # "extr": tells our files from other programs'
_SCHEMA = """
CREATE TABLE pages (
    content TEXT NOT NULL, engine TEXT NOT NULL, page TEXT NOT NULL,
    PRIMARY KEY (content, engine)
) WITHOUT ROWID;
CREATE TABLE answers (
    content TEXT NOT NULL, engine TEXT NOT NULL, entity TEXT NOT NULL, rules TEXT NOT NULL,
    decision TEXT NOT NULL,
    PRIMARY KEY (content, engine, entity)
) WITHOUT ROWID;
CREATE TABLE links (
    link TEXT PRIMARY KEY, content TEXT NOT NULL,
    seen_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) WITHOUT ROWID;
"""
_ADDED_IN_2 = """
CREATE TABLE vlm_answers (
    content TEXT NOT NULL, shown TEXT NOT NULL, reader TEXT NOT NULL, entity TEXT NOT NULL,
    text TEXT NOT NULL, confidence REAL NOT NULL, unanswerable REAL NOT NULL,
    PRIMARY KEY (content, shown, reader, entity)
) WITHOUT ROWID;
"""
_ADDED_IN_3 = """
ALTER TABLE pages ADD COLUMN checksum INTEGER;
ALTER TABLE answers ADD COLUMN checksum INTEGER;
ALTER TABLE links ADD COLUMN checksum INTEGER;
ALTER TABLE vlm_answers ADD COLUMN checksum INTEGER;
"""
_STATEMENTS = (_SCHEMA, _ADDED_IN_2, _ADDED_IN_3)
"""What makes a store of each format, from 1 on, of one of the format before."""
SCHEMA_VERSION = len(_STATEMENTS)


class StoreError(ExtractorError):
    """The store cannot be used; the message says what to do."""


class Store(AbstractContextManager["Store"]):
    """An open store; a context manager. Belongs to the thread that opened it."""

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        """Opens the store at `path`, made with its folder if it does not exist. Raises StoreError."""
        self.path = path
        self._busy_seconds = busy_seconds
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the store's folder {path.parent} cannot be made: {error}") from error
        with self._explained():
            # Transactions are begun by hand: by default sqlite3 begins some by itself.
            self._db = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def __exit__(self, *error: object) -> None:
        self._db.close()

    def page(self, sha256: str, engine: str) -> OcrResult | None:
        """The page of this picture by the engine with this fingerprint; None where there is none."""
        statement = "SELECT page, checksum FROM pages WHERE content = ? AND engine = ?"
        for text, checksum in self._select(statement, sha256, engine):
            self._check(checksum, sha256, engine, text)
            return self._parsed(OcrResult.from_json, str(text))
        return None

    def has_page(self, sha256: str, engine: str) -> bool:
        """Whether there is such a page."""
        return bool(self._select("SELECT 1 FROM pages WHERE content = ? AND engine = ?", sha256, engine))

    def put_page(self, sha256: str, engine: str, page: OcrResult) -> None:
        """Keeps a page."""
        with self._explained():
            self._db.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", _with_sum(sha256, engine, page.to_json())
            )

    def answers(self, sha256: str, engine: str, rules: str) -> dict[str, Answer]:
        """The answers by entity that these rules gave on this picture, marked as cached."""
        statement = "SELECT entity, decision, checksum FROM answers WHERE content = ? AND engine = ? AND rules = ?"
        found = {}
        for entity, text, checksum in self._select(statement, sha256, engine, rules):
            self._check(checksum, sha256, engine, entity, rules, text)
            found[str(entity)] = self._parsed(Answer.from_json, str(text))
        return {entity: replace(answer, cached=True, seconds=0.0) for entity, answer in found.items()}

    def put_answers(self, sha256: str, engine: str, rules: str, answers: Iterable[Answer]) -> None:
        """Keeps answers by entity, in place of those of other rules."""
        rows = [_with_sum(sha256, engine, answer.entity, rules, answer.to_json()) for answer in answers]
        with self._explained(), self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", rows)

    def vlm_answers(self, sha256: str, prompt: str, reader: str) -> dict[str, VlmAnswer]:
        """The answers of the reader with this fingerprint by entity; `prompt` is the key of its prompt."""
        columns = "entity, text, confidence, unanswerable, checksum"
        statement = f"SELECT {columns} FROM vlm_answers WHERE content = ? AND shown = ? AND reader = ?"
        found = {}
        for entity, text, confidence, unanswerable, checksum in self._select(statement, sha256, prompt, reader):
            self._check(checksum, sha256, prompt, reader, entity, text, confidence, unanswerable)
            found[str(entity)] = VlmAnswer(str(text), self._number(confidence), self._number(unanswerable))
        return found

    def put_vlm_answers(self, sha256: str, prompt: str, reader: str, answers: Iterable[tuple[str, VlmAnswer]]) -> None:
        """Keeps the answers of a reader, by entity."""
        rows = [
            _with_sum(sha256, prompt, reader, e, a.text, float(a.confidence), float(a.unanswerable)) for e, a in answers
        ]
        with self._explained(), self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO vlm_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def sha256_of(self, link: str) -> str | None:
        """The SHA-256 of the picture fetched from this address; None where none was."""
        for sha256, checksum in self._select("SELECT content, checksum FROM links WHERE link = ?", link):
            self._check(checksum, link, sha256)
            return str(sha256)
        return None

    def put_link(self, link: str, sha256: str) -> None:
        """Keeps the SHA-256 of the picture at an address."""
        with self._explained():
            statement = "INSERT OR REPLACE INTO links (link, content, checksum) VALUES (?, ?, ?)"
            self._db.execute(statement, _with_sum(link, sha256))

    def _prepare(self) -> None:
        self._check_owner()
        with self._explained():
            self._db.execute("PRAGMA journal_mode = WAL")
            # In WAL mode NORMAL loses at most the last commits on a power cut, and nothing on a crash.
            self._db.execute("PRAGMA synchronous = NORMAL")
            with self._transaction():
                self._bring_up_to_date()
        version = self._pragma("user_version")
        if version != SCHEMA_VERSION:
            raise StoreError(
                f"the store {self.path} has format {version}, this program uses format {SCHEMA_VERSION}; "
                "delete it or name another file with --store"
            )

    def _check_owner(self) -> None:
        if not self._is_empty() and self._pragma("application_id") != _APPLICATION_ID:
            raise StoreError(f"{self.path} is a database of another program; name another file with --store")

    def _is_empty(self) -> bool:
        return not self._select("SELECT 1 FROM sqlite_master LIMIT 1")

    def _bring_up_to_date(self) -> None:
        version = self._pragma("user_version")
        if version < SCHEMA_VERSION:
            for statement in ";".join(_STATEMENTS[version:]).split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _pragma(self, name: str) -> int:
        with self._explained():
            return int(self._db.execute(f"PRAGMA {name}").fetchone()[0])

    def _select(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        with self._explained():
            return self._db.execute(statement, values).fetchall()

    def _check(self, checksum: object, *values: object) -> None:
        """Raises StoreError unless the row is as it was written; one of an older format has no checksum."""
        if checksum is not None and checksum != _checksum(values):
            raise self._told(ValueError("a row is not as it was written"))

    def _number(self, value: object) -> float:
        return self._parsed(float, str(value))

    def _parsed(self, parse: Callable[[str], T], text: str) -> T:
        try:
            return parse(text)
        except (ValueError, TypeError, KeyError) as error:
            raise self._told(error) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._db:  # ends what is begun: by a commit, or by a roll-back when something is raised
            self._db.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # names that are damaged are no text
            raise self._told(error) from error

    def _told(self, error: Exception) -> StoreError:
        # Errors of Python's own have no code: it could not read what SQLite gave.
        code = getattr(error, "sqlite_errorcode", None)
        if not isinstance(error, sqlite3.OperationalError) or code is None:
            problem, _, _ = str(error).partition("\n")
            why = f"is damaged or not a store ({problem}); move it away and run again, or"
        elif code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            why = f"has been locked by another program for {self._busy_seconds:g} s; wait for that to end or"
        elif code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            why = f"cannot be used: {error}; make room on its disk, or"
        else:
            why = f"cannot be used: {error};"
        return StoreError(f"the store {self.path} {why} name another file with --store")


def _with_sum(*values: str | float) -> tuple[str | float, ...]:
    return (*values, _checksum(values))


def _checksum(values: Iterable[object]) -> int:
    return zlib.crc32("\0".join(map(str, values)).encode())
