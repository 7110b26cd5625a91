"""The fields of the trace, from the docstring of the module that writes it."""

from __future__ import annotations

import inspect

from extractor.tables import trace


def trace_fields() -> str:
    """The Markdown: the docstring without its first line, as it is."""
    _, _, fields = (inspect.getdoc(trace) or "").partition("\n\n")
    return f"```text\n{fields}\n```"
