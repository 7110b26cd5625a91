"""Gives patterns and functions long texts, each in a process of its own, and prints as JSON which took too long.

`python grow.py patterns|functions LENGTH SECONDS PIECES`: seconds are those of the processor, for one text. Work that
grows with the square of a long text takes minutes and more, so the limit can be many times what linear work needs.
"""

import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from patterns import texts, used_patterns

from extractor.logs import without_secrets
from extractor.sources.locate import locate
from extractor.stages.title import title_answers
from extractor.tables.formulas import harmless
from extractor.tables.labels import parse_gold_label, parse_label
from ocr.token import OcrResult, OcrToken
from rules.fold import fold
from rules.normalise import normalise
from rules.quantity import find_numbers
from rules.sanity import prediction_fault
from rules.select import selections
from vlm.grammar import AnswerGrammar
from vlm.prompt import clean, estimated_tokens, make_prompt

PIECES = (
    "1",
    " ",
    "a",
    "W10",
    "10 w ",
    "1x",
    "1x2 cm ",
    "(kg) 1 ",
    "9 mm/0.35' ",
    '1"',
    "1.",
    "1-",
    "0,",
    "½",
    "1e9",
    "[1, ",
    ", (",
    "a.",
    "://",
    "\0",
)
LONGEST_LINE = 10_000
"""Characters of a line for the rules: with thousands of quantities in one, time grows faster than the line."""
FUNCTIONS: dict[str, Callable[[str], object]] = {
    "fold": fold,
    "find_numbers": find_numbers,
    "normalise": lambda text: normalise(text, "width"),
    "prediction_fault": lambda text: prediction_fault(text, "width"),
    "title_answers": lambda text: title_answers(text, ["width"]),
    "selections": lambda text: list(selections(_page(text[:LONGEST_LINE]), ["width"])),
    "make_prompt": lambda text: make_prompt("width", _page(text)),
    "clean": clean,
    "estimated_tokens": estimated_tokens,
    "grammar": AnswerGrammar("width").begins,
    "parse_label": parse_label,
    "parse_gold_label": lambda text: parse_gold_label(text, text),
    "without_secrets": without_secrets,
    "harmless": harmless,
    "locate": lambda text: locate(text, Path("/"), Path("/")),
    "page_json": lambda text: OcrResult.from_json(_page(text).to_json()),
}


def _page(text: str) -> OcrResult:
    return OcrResult((OcrToken(text, ((0.0, 0.0), (900.0, 0.0), (900.0, 20.0), (0.0, 20.0)), 0.9),), 1000, 1000)


def _of_patterns(length: int, pieces: int) -> Iterator[tuple[str, Callable[[str], object], Iterator[str]]]:
    for used in used_patterns():
        for use in used.uses:
            yield f"{used.name}.{use}", _call(used.pattern, use), texts(used.pattern, length, pieces)


def _call(pattern: re.Pattern[str], use: str) -> Callable[[str], object]:
    if use == "sub":
        return lambda text: pattern.sub("", text)
    if use == "finditer":
        return lambda text: sum(1 for _ in pattern.finditer(text))
    return getattr(pattern, use)


def _of_functions(length: int, pieces: int) -> Iterator[tuple[str, Callable[[str], object], Iterator[str]]]:
    for name, function in FUNCTIONS.items():
        yield name, function, (piece * (length // len(piece)) for piece in PIECES[:pieces])


def _too_long(work: Callable[[str], object], inputs: Iterator[str], seconds: float) -> str | None:
    """The beginning of the text that took too long; None when none did."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        for text in inputs:
            os.write(writing, f"{text[:30]!r}\n".encode())
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)  # ends the process
            work(text)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        begun = pipe.read().splitlines()
    return begun[-1] if os.waitpid(process, 0)[1] else None


def main() -> None:
    kind, length, seconds, pieces = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    tried = list((_of_patterns if kind == "patterns" else _of_functions)(length, pieces))
    late = {name: text for name, work, inputs in tried if (text := _too_long(work, inputs, seconds))}
    print(json.dumps({"tried": len(tried), "late": late}))


if __name__ == "__main__":
    main()
