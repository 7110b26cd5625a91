"""From OCR tokens, or a model's words, to an allowed answer with its evidence."""

from rules.version import rules_version

__all__ = ["rules_version"]
