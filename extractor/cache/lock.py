"""A lock on an open file that ends with its process, however that ends."""

from __future__ import annotations

import errno
import sys
from typing import IO

_HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


def locked(file: IO[bytes]) -> bool:
    """Whether this process has the file alone, from now until it is closed; False where another has.

    True as well where the file system knows no locks.
    """
    try:
        _lock(file)
    except OSError as error:
        return error.errno not in _HELD
    return True


if sys.platform == "win32":
    import msvcrt

    _FAR_BEHIND = 1 << 40  # others may not read what is locked there

    def _lock(file: IO[bytes]) -> None:
        file.seek(_FAR_BEHIND)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
