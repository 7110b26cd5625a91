"""The fields of the trace, from the docstring of the module that writes it."""

from __future__ import annotations

import inspect
import re

from command_page import escaped

from extractor.tables import trace

_FIELDS = re.compile(r"^(\S.*?) {2,}(.*(?:\n {2,}.*)*)", re.MULTILINE)
"""Names in the first column, what they hold in the second, on as many lines as it takes."""


def trace_fields() -> str:
    """The Markdown: a definition for each line of fields."""
    _, _, told = (inspect.getdoc(trace) or "").partition("\n\n")
    return "\n".join(f"`{names}`\n:   {escaped(' '.join(text.split()))}\n" for names, text in _FIELDS.findall(told))
