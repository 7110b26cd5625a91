"""Reads damaged pictures, and prints how many there were of each outcome and the most memory in MB.

`python read_damaged.py COUNT SEED`: a picture that hangs, or takes more memory than the limit, ends the process. Its
name is the last on standard error.
"""

import faulthandler
import json
import resource
import signal
import sys
from collections import Counter

from odd_pictures import damaged

from extractor import PictureUnusableError
from extractor.api.pictures import picture_from

PROCESSOR_SECONDS = 10.0
"""For a picture; those of a clock depend on what else runs."""
WAITING_SECONDS = 120.0
MEMORY = 4 * 2**30
"""Bytes of address space."""


def outcome(data: bytes) -> str:
    try:
        height, width, colours = picture_from(data).shape
    except PictureUnusableError as error:
        assert str(error)
        return str(error.failure.reason)
    assert height and width and colours == 3
    return "read"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    faulthandler.register(signal.SIGVTALRM, chain=True)  # and then the process ends, also in the midst of C code
    count, seed = map(int, sys.argv[1:])
    outcomes: Counter[str] = Counter()
    for name, data in damaged(count, seed):
        print(name, file=sys.stderr)
        signal.setitimer(signal.ITIMER_VIRTUAL, PROCESSOR_SECONDS)
        faulthandler.dump_traceback_later(WAITING_SECONDS, exit=True)
        outcomes[outcome(data)] += 1
    print(json.dumps({"outcomes": outcomes, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
