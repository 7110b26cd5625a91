"""Rows a second of the rules on pages in memory: python -m benchmarks.rules ROWS.csv STORE OUT.json

Beside them quantulum3, a parser of quantities in plain text, on the same texts; it selects nothing.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from extractor.tables.rows import read_rows
from ocr.token import OcrResult
from rules.ranker import LEARNED, ranker_of
from rules.select import ParsedPage, selection_of

RULES = "rows a second of the rules, one core"
QUANTULUM = "pages a second of quantulum3, one core"
ENOUGH_SECONDS = 5.0


def main(table: Path, store: Path, out: Path) -> None:
    """Selects answers on the store's pages, over and over until the clock's steps do not matter."""
    from quantulum3 import classifier, parser

    entities = [row.entity for row in read_rows(table)]
    with closing(sqlite3.connect(store)) as database:
        texts = [text for (text,) in database.execute("SELECT page FROM pages")]
    pages = [OcrResult.from_json(text) for text in texts]
    ranker = ranker_of(LEARNED)
    rows_a_page = max(1, round(len(entities) / len(pages)))

    def select_all() -> int:
        for number, page in enumerate(pages):
            parsed = ParsedPage(page)
            for row in range(rows_a_page):
                selection_of(parsed, entities[(number * rows_a_page + row) % len(entities)], ranker)
        return len(pages) * rows_a_page

    plain = ["\n".join(token.text for token in page.tokens) for page in pages[:40]]

    classifier.USE_CLF = False  # its trained part was made with another scikit-learn and does not load

    def parse_all() -> int:
        for text in plain:
            parser.parse(text)
        return len(plain)

    rates = {RULES: rate(select_all), QUANTULUM: rate(parse_all)}
    out.write_text(json.dumps(rates, indent=2) + "\n", encoding="utf-8")


def rate(work: Callable[[], int]) -> float:
    """How many of what `work` counts are done in a CPU second, after a first round that fills caches."""
    work()
    done, started = 0, time.process_time()
    while (seconds := time.process_time() - started) < ENOUGH_SECONDS:
        done += work()
    return done / seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
