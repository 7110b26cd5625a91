"""Says what product pictures state, with evidence: pictures -> ocr -> vlm -> rules -> answers."""

from extractor.own_packages import find_beside_us

__version__ = "0.1.0"

find_beside_us()
