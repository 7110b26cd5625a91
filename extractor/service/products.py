"""The products of a batch: the pictures that show the same one, its title, and what they state together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.api.extraction import Extraction
from extractor.api.product import product_extraction
from extractor.service.documents import ProductAnswerDocument, ProductDocument
from extractor.service.worker import Reading
from extractor.stages.answer import failed
from extractor.stages.product import ProductAnswer
from extractor.stages.reason import Failure
from extractor.stages.title import joined_titles
from extractor.web.problem import ProblemError
from rules.entities import EntityTable


@dataclass(frozen=True, slots=True)
class Product:
    """A product, the positions of its pictures in the batch, and its title, "" for none."""

    name: str
    pictures: tuple[int, ...]
    title: str


def requested_products(count: int, products: Sequence[str], titles: Sequence[str]) -> tuple[Product, ...]:
    """The products of a batch of `count` pictures, by the name that stands for each picture; "" for none.

    All titles of a product count as one text. Raises ProblemError.
    """
    for field, values in (("products", products), ("titles", titles)):
        if values and len(values) != count:
            detail = f"give one of `{field}` for each of the {count} pictures, in their order; an empty one for none"
            raise ProblemError(422, detail, "one_for_each_picture")
    if titles and not products:
        raise ProblemError(422, "titles belong to `products`", "one_for_each_picture")
    names = [name.strip() for name in products]
    return tuple(_product(name, names, titles) for name in dict.fromkeys(filter(None, names)))


def _product(name: str, names: Sequence[str], titles: Sequence[str]) -> Product:
    pictures = tuple(i for i, own in enumerate(names) if own == name)
    return Product(name, pictures, joined_titles(titles[i] for i in pictures if titles))


def product_documents(
    products: Sequence[Product],
    readings: Sequence[Reading | Failure],
    entities: Sequence[str] | None,
    table: EntityTable,
) -> tuple[ProductDocument, ...]:
    """The answers on each product, from what was read on the pictures of the batch."""
    return tuple(_document(product, readings, entities or table.names, table) for product in products)


def _document(
    product: Product, readings: Sequence[Reading | Failure], entities: Sequence[str], table: EntityTable
) -> ProductDocument:
    own = [_extraction(readings[i], entities) for i in product.pictures]
    together = product_extraction(own, product.title or None, table)
    answers = (ProductAnswerDocument.of(_in_batch(answer, product)) for answer in together)
    return ProductDocument(product.name, product.title, tuple(answers), together.failure)


def _extraction(reading: Reading | Failure, entities: Sequence[str]) -> Extraction:
    if isinstance(reading, Failure):
        return Extraction(failed(entities, reading), failure=reading)
    return Extraction(reading.answers)


def _in_batch(answer: ProductAnswer, product: Product) -> ProductAnswer:
    """The answer, with the pictures of its statements by their position in the batch."""
    statements = (
        one if one.picture is None else replace(one, picture=product.pictures[one.picture]) for one in answer.statements
    )
    return replace(answer, statements=tuple(statements))
