"""Says what product pictures state, with evidence: pictures -> ocr -> vlm -> rules -> answers."""

__version__ = "0.1.0"
