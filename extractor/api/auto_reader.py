"""`auto`: the reader that comes with the package is asked where it is measured to help.

Its `policy.json` says so: `extractor fit-policy --real` writes there how F1 of OCR, rules and reader together differs
from that of OCR and rules alone. No reader and no package of the `vlm` extra is loaded to know this.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractor.api.policies import read_gain
from extractor.api.readers import NO_VLM
from ocr.extras import missing

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class AutoReader:
    """The reader that is asked, or `none`; and why."""

    name: str
    why: str


def auto_reader() -> AutoReader:
    """The reader that comes along, if its F1 on real labelled rows is surely above that of OCR and rules alone."""
    from vlm.load import PACKAGES
    from vlm.settings import POLICY_FILE
    from vlm.source import NANO, nano_folder

    file = nano_folder() / POLICY_FILE
    gain = read_gain(file) if file.is_file() else None
    if gain is None or not gain.real:
        return AutoReader(NO_VLM, f"{NANO} is not measured on real labelled rows")
    measured = f"{NANO} changes F1 on {gain.rows:,} real rows by {gain.f1:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
    if gain.low <= 0:
        return AutoReader(NO_VLM, measured)
    if missing(PACKAGES):
        return AutoReader(NO_VLM, f"{measured}, but needs the vlm extra")
    return AutoReader(NANO, measured)
