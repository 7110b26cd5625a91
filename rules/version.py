"""Which rules these are: part of the key under which answers are stored, as other rules give other answers."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files


@cache
def rules_version() -> str:
    """A digest of the package's sources and tables (16 hexadecimal digits); computed at the first call."""
    digest = hashlib.sha256()
    for source in sorted(files("rules").iterdir(), key=lambda f: f.name):
        if source.is_file() and not source.name.startswith("."):
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]
