"""Makes the data set anew: `python -m dataset.synthetic [--out FOLDER] [--fonts FOLDER] [--seed N] [--other-units]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dataset.synthetic.build import SEED, build_test, build_train, of_other_units
from dataset.synthetic.paint.fonts import SYSTEM_FONTS, FontBook, FontsMissingError
from dataset.synthetic.write import write_pictures, write_tables


def main() -> int:
    """Exit code 0 when all was written, 1 when a text came out illegible, 2 when fonts are missing."""
    parser = argparse.ArgumentParser(prog="python -m dataset.synthetic", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1], help="default: dataset/")
    parser.add_argument("--fonts", type=Path, default=SYSTEM_FONTS, help=f"default: {SYSTEM_FONTS}")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--other-units", action="store_true", help="only pictures with units that no answer may have")
    options = parser.parse_args()
    try:
        fonts = FontBook(options.fonts)
    except FontsMissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    test, train = build_test(options.seed), build_train(options.seed)
    if options.other_units:
        test, train = of_other_units(test), of_other_units(train)
    write_tables(test, train, options.out)
    found = write_pictures((*test.shots, *train.shots), options.out, fonts)
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(test.rows)} test rows, {len(train.rows)} train rows in {options.out}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
