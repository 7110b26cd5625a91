"""What is fuzzed: functions of bytes that raise when the code under test does, or when what it gives is not valid.

`TARGETS` has them by name. `fuzz.py` beside this file drives them by coverage, the short form by Hypothesis.
"""

import io
import math
import struct
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from extractor.api.entity_file import EntityFileError, read_entities
from extractor.review.decisions import DecisionError, value_of
from extractor.review.log import read_decisions
from extractor.stages.answer import Answer, Candidate
from extractor.stages.reason import Reason
from extractor.stages.title import title_answers
from extractor.tables.csv_file import InputError, csv_lines, read_records
from extractor.tables.formulas import FORMULA_STARTS, harmless
from extractor.tables.labels import parse_gold_label, parse_label
from extractor.tables.read_trace import read_trace
from extractor.tables.rows import read_rows
from ocr.token import Box, OcrResult, OcrToken
from rules.amount import Amount
from rules.constants import ENTITIES
from rules.fold import fold
from rules.lexer import lex
from rules.normalise import normalise
from rules.quantity import find_numbers, header_units
from rules.ranker import LearnedRanker
from rules.sanity import prediction_fault
from rules.select import selections
from vlm.grammar import AnswerGrammar
from vlm.prompt import MAX_PROMPT_TOKENS, UNANSWERABLE, clean, estimated_tokens, make_prompt, make_question

MEMORY = Path("/dev/shm")
"""Files here cost no time of a disk."""
LARGEST = 1e9
"""Pixels up to which a place on a page makes sense."""
LONGEST = 2_000
"""Characters of a text."""
Target = Callable[[bytes], object]


class Source:
    """Takes values from bytes, one after the other; at their end zeros and empty texts."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def byte(self) -> int:
        return (self._file.read(1) or b"\0")[0]

    def number(self) -> float:
        """Any float, NaN and the infinite among them, or a small one."""
        if self.byte() % 4:
            return self.byte() * 8.0
        return float(struct.unpack("<d", self._file.read(8).ljust(8, b"\0"))[0])

    def entity(self) -> str:
        return ENTITIES[self.byte() % len(ENTITIES)]

    def short_text(self) -> str:
        return self._file.read(self.byte() % 48).decode(errors="replace")

    def rest(self) -> bytes:
        return self._file.read()

    def text(self) -> str:
        return self.rest().decode(errors="replace")[:LONGEST]

    def tokens(self, most: int) -> Iterator[OcrToken]:
        for _ in range(self.byte() % (most + 1)):
            text = self.short_text()
            x, y, width, height = (self.number() for _ in range(4))
            box: Box = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
            yield OcrToken(text, box, self.byte() / 255)


def numbers(data: bytes) -> None:
    """The number and unit parser."""
    text = Source(data).text()
    header_units(lex(fold(text)))
    for quantity in find_numbers(text):
        assert 0 <= quantity.start < quantity.end <= len(text)
        assert 0 <= quantity.value < math.inf
        assert quantity.upper is None or quantity.value < quantity.upper < math.inf
        assert quantity.count >= 1


def answers(data: bytes) -> None:
    """What a model says, made an answer; the answer reads back as itself."""
    source = Source(data)
    entity, text = source.entity(), source.text()
    result = normalise(text, entity)
    if isinstance(result, Amount):
        assert prediction_fault(str(result), entity) is None, result
        assert normalise(str(result), entity) == result


def grammar(data: bytes) -> None:
    """Constrained answers: each has only beginnings of answers, and the rules accept it."""
    source = Source(data)
    entity = source.entity()
    of_entity, text = AnswerGrammar(entity), source.text()
    if of_entity.is_answer(text):
        assert len(text) <= of_entity.longest
        assert all(of_entity.begins(text[:end]) for end in range(len(text)))
        assert text == UNANSWERABLE or isinstance(normalise(text, entity), Amount), text


def labels(data: bytes) -> None:
    """Labels of both forms, and what reviewers type."""
    source = Source(data)
    entity, one, other = source.entity(), source.short_text(), source.text()
    for label in (parse_label(other), parse_gold_label(one, other)):
        assert all(a.number is None or math.isfinite(a.number) for a in label.amounts)
    try:
        assert prediction_fault(value_of(other, entity), entity) is None
    except DecisionError as error:
        assert str(error)


def prompts(data: bytes) -> None:
    """The prompt: within its budget, and with no place or line that the page's text made up."""
    source = Source(data)
    entity, width, height = source.entity(), source.number(), source.number()
    page = OcrResult(tuple(source.tokens(12)), _size(width), _size(height))
    if not all(abs(number) < LARGEST for token in page.tokens for point in token.box for number in point):
        return
    prompt = make_prompt(entity, page)
    *lines, question = prompt.split("\n")
    assert question == make_question(entity)
    assert len(lines) <= len(page.tokens)
    texts = {clean(token.text) for token in page.tokens}
    for line in lines:
        places, text = line[:18], line[18:]
        assert places[:4] == places[9:13] == "<loc"
        assert text in texts
    assert estimated_tokens(question) + sum(3 + estimated_tokens(line[18:]) for line in lines) <= MAX_PROMPT_TOKENS


def pages(data: bytes) -> None:
    """A page goes through its JSON unchanged, and through the rules."""
    source = Source(data)
    page = OcrResult(tuple(source.tokens(12)), source.byte() * 8, source.byte() * 8)
    assert repr(OcrResult.from_json(page.to_json())) == repr(page)  # NaN is not itself, but reads the same


def selected(data: bytes) -> None:
    """The rules on a page: every answer is fit for a submission."""
    source = Source(data)
    page = OcrResult(tuple(source.tokens(8)), source.byte() * 8, source.byte() * 8)
    for selection in selections(page, ENTITIES[:: 1 + source.byte() % 8]):
        if selection.answer is not None:
            assert prediction_fault(str(selection.answer), selection.entity) is None
            assert 0 <= selection.confidence <= 1


def stored_answers(data: bytes) -> None:
    """An answer goes through its JSON unchanged."""
    source = Source(data)
    amount = Amount(source.number(), source.short_text())
    evidence = tuple(source.tokens(2))
    candidate = Candidate(amount, source.number(), source.number(), source.short_text(), (("x", 1.0),), evidence)
    answer = Answer(
        source.entity(), amount, Reason.ANSWERED, source.number(), evidence=evidence, candidates=(candidate,)
    )
    assert repr(Answer.from_json(answer.to_json())) == repr(answer)


def damaged_json(data: bytes) -> None:
    """Texts that call themselves a page, an answer or a ranker are read, or refused with ValueError."""
    text = data.decode(errors="replace")
    for read in (OcrResult.from_json, Answer.from_json, LearnedRanker.from_json):
        try:
            read(text)
        except ValueError:
            continue


def files(data: bytes, *, suffix: str, read: Callable[[Path], object], refusal: type[Exception]) -> None:
    """A file is read, or refused with the one error that users see."""
    path = _folder() / f"input{suffix}"
    path.write_bytes(data)
    try:
        read(path)
    except refusal as error:
        assert str(error)
        assert len(str(error)) < 20_000


def written_csv(data: bytes) -> None:
    """Cells that were written as CSV are the same when they are read, and a harmless one begins no formula."""
    cells = data.decode(errors="replace").replace("\0", "").split("\x1f")[:40]
    path = _folder() / "written.csv"
    path.write_bytes(b"".join(csv_lines([["column"] * len(cells), cells])))
    _, records = read_records(path)
    assert [record.fields for record in records] == [cells]
    plain = [harmless(cell) for cell in cells]
    assert not any(cell.lstrip().startswith(FORMULA_STARTS) for cell in plain)


def titles(data: bytes) -> None:
    """The title of a product."""
    for answer in title_answers(Source(data).text()[:300], ENTITIES[:3]):
        assert answer.amount is None or prediction_fault(answer.text, answer.entity) is None


def _size(number: float) -> int:
    return int(number) % 10_000 if math.isfinite(number) else 0


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-", dir=MEMORY if MEMORY.is_dir() else None))


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """A target, how often `make soak` runs it, and the longest input in bytes that it is given there."""

    run: Target
    count: int
    longest: int


TARGETS: Mapping[str, Fuzzed] = {
    "numbers": Fuzzed(numbers, 60_000, 100),
    "answers": Fuzzed(answers, 60_000, 100),
    "grammar": Fuzzed(grammar, 300_000, 30),
    "labels": Fuzzed(labels, 100_000, 120),
    "prompts": Fuzzed(prompts, 150_000, 400),
    "pages": Fuzzed(pages, 150_000, 400),
    "selected": Fuzzed(selected, 10_000, 300),
    "titles": Fuzzed(titles, 10_000, 200),
    "stored_answers": Fuzzed(stored_answers, 150_000, 300),
    "damaged_json": Fuzzed(damaged_json, 450_000, 600),
    "csv": Fuzzed(partial(files, suffix=".csv", read=read_rows, refusal=InputError), 300_000, 300),
    "json_lines": Fuzzed(partial(files, suffix=".jsonl", read=read_rows, refusal=InputError), 100_000, 300),
    "traces": Fuzzed(partial(files, suffix=".jsonl", read=read_trace, refusal=InputError), 60_000, 1_500),
    "reviews": Fuzzed(partial(files, suffix=".jsonl", read=read_decisions, refusal=InputError), 60_000, 600),
    "entity_files": Fuzzed(partial(files, suffix=".yaml", read=read_entities, refusal=EntityFileError), 10_000, 1_500),
    "written_csv": Fuzzed(written_csv, 150_000, 100),
}
