"""What fuzzing begins with: texts of the parser's cases, and small files of every kind that the targets read."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from extractor.review.decisions import Action, Decision
from extractor.review.log import log_lines
from extractor.stages.answer import Answer, Candidate
from extractor.stages.reason import Reason
from extractor.tables.rows import Row
from extractor.tables.trace import RowAnswer, StagesCached, StageSeconds, trace_line
from ocr.token import OcrResult, OcrToken
from rules.amount import Amount
from rules.unit_table import UNIT_ALIASES

CASES = Path(__file__).parents[2] / "rules" / "cases"
TOKEN = OcrToken("12.5 cm", ((0.0, 0.0), (9.0, 0.0), (9.0, 4.0), (0.0, 4.0)), 0.9)
PAGE = OcrResult((TOKEN,), 10, 20)
ANSWER = Answer(
    "width", Amount(12.5, "centimetre"), Reason.ANSWERED, 0.9, evidence=(TOKEN,),
    candidates=(Candidate(Amount(12.5, "centimetre"), 1.0, 0.9, "12.5 cm", (("edge", 1.0),), (TOKEN,)),),
)  # fmt: skip
ENTITIES_FILE = Path(__file__).parents[3] / "examples" / "entities.yaml"


def seeds(target: str) -> list[bytes]:
    """Inputs to begin with; texts of cases where the target has no files of its own."""
    return list(_FILES.get(target, _texts)())


def dictionary() -> str:
    """Pieces that inputs are made of, in libFuzzer's form."""
    words = sorted({alias for aliases in UNIT_ALIASES.values() for alias in aliases})
    marks = [
        "½",
        "⅞",
        "×",
        "±",
        "–",
        "′",
        "″",
        "“",
        "E+9",
        "1e400",
        "NaN",
        "\u2028",
        "\ufeff",
        "\x1f",
        '","',
        '":',
        "null",
    ]
    return "".join(f'"{_escaped(word)}"\n' for word in [*words, *marks])


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def _texts() -> Iterator[bytes]:
    for path in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))[::20]:
            yield b"\x01" + case["text"].encode()


def _pages() -> Iterator[bytes]:
    for text in ("W 12 cm", "5 lb (2.3 kg)", "10 x 20 x 30 in", "230 V 50 W", "Net weight"):
        line = bytes([len(text)]) + text.encode() + bytes([1, 9, 1, 30, 1, 60, 1, 8, 250])
        yield bytes([1, 1, 90, 1, 90, 2]) + line * 2


def _tables() -> Iterator[bytes]:
    yield b'index,image_link,group_id,entity_name\n1,a.jpg,2,width\n2,"b ""c"".png",,item_weight\n'
    yield b"\xef\xbb\xbfimage,entity_name,product,title\r\na.jpg,voltage,p,Lamp 230 V\r\n"


def _json_tables() -> Iterator[bytes]:
    yield b'{"index": "7", "image_link": "a.jpg", "entity_name": "width"}\n'
    yield b'{"index": 7.0, "image": null, "entity_name": "depth", "title": ["x"]}\n'


def _json() -> Iterator[bytes]:
    yield PAGE.to_json().encode()
    yield ANSWER.to_json().encode()
    yield b'{"format": 2, "trees": {"a": {"features": ["x"], "trees": []}}, "entities": {}}'


def _traces() -> Iterator[bytes]:
    row = Row("1", "a.jpg", "", "width")
    yield trace_line(RowAnswer(row, ANSWER, "ab" * 32, StageSeconds(), StagesCached()))


def _reviews() -> Iterator[bytes]:
    decision = Decision(
        "1", "a.jpg", "width", "3 inch", "contradicts", "", Action.KEEP, "", "ann", "2025-01-01T00:00:00Z"
    )
    yield b"".join(log_lines([decision]))


def _entity_files() -> Iterator[bytes]:
    yield ENTITIES_FILE.read_bytes()[:1_500]


_FILES = {
    "pages": _pages,
    "prompts": _pages,
    "selected": _pages,
    "csv": _tables,
    "json_lines": _json_tables,
    "damaged_json": _json,
    "traces": _traces,
    "reviews": _reviews,
    "entity_files": _entity_files,
    "written_csv": _tables,
}
