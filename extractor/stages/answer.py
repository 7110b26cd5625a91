"""The answer on one entity of one picture: the value that travels from the stages to every output."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from extractor.stages.errors import shortened
from extractor.stages.reason import Failure, Reason
from ocr.token import OcrToken
from rules.amount import Amount
from rules.pint_units import pint_name
from rules.ranker import VERIFIED_FROM
from rules.units import in_base
from vlm.answer import VlmAnswer

if TYPE_CHECKING:
    import pint
    from pydantic import TypeAdapter

AMBIGUOUS_FROM = 0.5
"""Confidence of a candidate of another size from which the answer is `ambiguous`: more likely right than not."""
SAME_AMOUNT = 0.07
"""Relative difference up to which two amounts are one, printed in two units (see `rules.groups.ROUNDED_ALIKE`)."""


class Source(StrEnum):
    """Who gave an answer."""

    OCR = "ocr"
    VLM = "vlm"
    BOTH = "ocr+vlm"
    TITLE = "title"


class Outcome(StrEnum):
    """How the rules and the VLM came to one answer; see `extractor.stages.combine`."""

    AGREE = "agree"
    VLM = "vlm"
    VLM_CONVERTED = "vlm_converted"
    VLM_OVER_OCR = "vlm_over_ocr"
    OCR = "ocr"
    OCR_OVER_VLM = "ocr_over_vlm"
    OCR_OVER_UNANSWERABLE = "ocr_over_unanswerable"
    OCR_FALLBACK = "ocr_fallback"
    ABSTAIN = "abstain"


class Status(StrEnum):
    """How far an answer can be trusted."""

    VERIFIED = "verified"
    LOW_CONFIDENCE = "low_confidence"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not_found"


UNSURE_STATUSES = (Status.LOW_CONFIDENCE, Status.AMBIGUOUS)
"""Those of answers that a person should look at."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An amount that could have been the answer: its score (above 0 is worth answering), its line of text, its tokens.

    `confidence` is the probability that it is right, 0 to 1; `features` are what the ranker saw.
    """

    amount: Amount
    score: float
    confidence: float
    text: str
    features: tuple[tuple[str, float], ...] = ()
    evidence: tuple[OcrToken, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a picture states for one entity, and on what grounds.

    >>> answer = Answer("item_weight", Amount(34.0, "gram"), Reason.ANSWERED, 0.97)
    >>> answer.text, answer.value, answer.unit, str(answer.status)
    ('34.0 gram', 34.0, 'gram', 'verified')
    >>> round(answer.to("ounce").magnitude, 2)
    1.2

    `amount` is None for no answer, and `reason` says why. `confidence` is the probability that this is right, 0 to 1.
    `evidence` are the tokens that the answer stands on, `candidates` the best amounts considered, best first. `detail`
    is a sentence where there is more to say. `upscaled`: read on the enlarged picture. `verified_from`, set by the
    ranker, is the confidence from which answers on the entity are `verified`. `outcome` and `vlm` are set where a VLM
    was heard. `seconds` is what the rules took, 0 for an answer from the store (`cached`).
    """

    entity: str
    amount: Amount | None
    reason: Reason
    confidence: float
    source: Source | None = Source.OCR
    evidence: tuple[OcrToken, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    detail: str = ""
    upscaled: bool = False
    outcome: Outcome | None = None
    vlm: VlmAnswer | None = None
    seconds: float = field(default=0.0, compare=False)
    cached: bool = field(default=False, compare=False)
    verified_from: float = VERIFIED_FROM

    # NaN and Infinity are written as such, not as null.
    __pydantic_config__: ClassVar[dict[str, str]] = {"ser_json_inf_nan": "constants"}

    @property
    def value(self) -> float | None:
        """The number, None for no answer."""
        return None if self.amount is None else self.amount.value

    @property
    def unit(self) -> str | None:
        """The unit, one of those that are allowed for the entity; None for no answer."""
        return None if self.amount is None else self.amount.unit

    @property
    def text(self) -> str:
        """The answer as the challenge writes it, as in `34.0 gram`; "" for none."""
        return "" if self.amount is None else str(self.amount)

    @property
    def evidence_text(self) -> str:
        """The texts of the evidence, with bars between them; "" without any."""
        return " | ".join(token.text for token in self.evidence)

    @property
    def status(self) -> Status:
        """`ambiguous` where a candidate of another size is likely right too, else by the confidence."""
        if self.amount is None:
            return Status.NOT_FOUND
        likely = (c.amount for c in self.candidates if c.confidence >= AMBIGUOUS_FROM)
        if any(not same_amount(amount, self.amount) for amount in likely):
            return Status.AMBIGUOUS
        return Status.VERIFIED if self.confidence >= self.verified_from else Status.LOW_CONFIDENCE

    @property
    def quantity(self) -> pint.Quantity[float] | None:
        """The answer as a quantity of pint's application registry; None for no answer.

        Raises ValueError for a unit of the user's own that pint does not know.
        """
        if self.amount is None:
            return None
        import pint

        name = pint_name(self.amount.unit)
        if name is None:
            raise ValueError(f"pint has no unit {self.amount.unit!r}: take value and unit of the {self.entity}")
        registry: pint.UnitRegistry[float] = pint.get_application_registry()  # type: ignore[no-untyped-call]
        return registry.Quantity(self.amount.value, name)

    def to(self, unit: str) -> pint.Quantity[float]:
        """The quantity in another unit of pint's; raises ValueError for no answer, pint's errors for a wrong unit."""
        if self.quantity is None:
            raise ValueError(f"there is no {self.entity} to convert: {self.reason}")
        return self.quantity.to(unit)

    def to_json(self) -> str:
        """One line of JSON that `from_json` reads back to an equal answer."""
        kind: Any = type(self)
        return _adapter(kind).dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The answer that `to_json` wrote; raises ValueError on anything else."""
        kind: Any = cls
        answer: Self = _adapter(kind).validate_json(text)
        return answer


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def same_amount(a: Amount, b: Amount, within: float = SAME_AMOUNT) -> bool:
    """Whether two amounts of one kind are the same, printed in one unit or two."""
    one, other = in_base(a.value, a.unit), in_base(b.value, b.unit)
    return abs(one - other) <= within * max(one, other)


def failed(entities: Iterable[str], failure: Failure) -> tuple[Answer, ...]:
    """Empty answers about a picture that could not be used."""
    detail = shortened(failure.detail).encode(errors="backslashreplace").decode()  # a file name may be no text
    return tuple(Answer(entity, None, failure.reason, 0.0, source=None, detail=detail) for entity in entities)
