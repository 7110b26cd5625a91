"""Stock RapidOCR in a loop, as its README has it: python -m benchmarks.stock PICTURES.txt DUMP.jsonl"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.dump import Texts, write_dump


def main(pictures: Path, dump: Path) -> None:
    """Reads the listed pictures one after the other and writes their text, a line of JSON each."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def read(path: str) -> Texts:
        page = engine(path)
        if page.txts is None:
            return []
        return list(zip(page.txts, page.scores, page.boxes.tolist(), strict=True))

    write_dump(pictures, dump, read)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
