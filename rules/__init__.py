"""From OCR tokens, or a model's words, to an allowed answer with its evidence."""

from rules.version import rules_version

RULES_VERSION = rules_version()
"""Part of the key under which answers are stored: other rules, other answers."""
