"""Fuzzes one target by coverage, with atheris: `python fuzz.py TARGET RUNS CORPUS`, where CORPUS is a folder to keep.

Prints statistics at its end. An input that fails is written to the current folder, and the process ends with 77.
"""

import sys
from pathlib import Path

import atheris

PACKAGES = ["extractor.tables", "extractor.review", "extractor.api.entity_file", "extractor.stages", "rules", "vlm"]

with atheris.instrument_imports(include=PACKAGES):
    from fuzz_seeds import dictionary, seeds
    from fuzz_targets import TARGETS

SECONDS_FOR_ONE = 60
"""By the clock, so with room for what else runs."""


def main() -> None:
    name, runs, corpus = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = corpus.parent / "words.dict"
    words.write_text(dictionary(), encoding="ascii")
    target = TARGETS[name]
    options = {
        "runs": runs,
        "timeout": SECONDS_FOR_ONE,
        "max_len": target.longest,
        "seed": 16,
        "rss_limit_mb": 4096,
        "dict": words,
        "print_final_stats": 1,
    }
    atheris.Setup([sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(corpus)], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
