"""What a drawn product hands to the sheet it stands on."""

from __future__ import annotations

from dataclasses import dataclass

from dataset.synthetic.colour import Colour, readable_on
from dataset.synthetic.geometry import Point, Rect
from dataset.synthetic.scene import Item


@dataclass(frozen=True, slots=True)
class Edge:
    """A straight extent of the product, and the direction away from the product."""

    entity: str
    start: Point
    end: Point
    outward: Point


@dataclass(frozen=True, slots=True)
class Product:
    """A drawing, its frame, its edges, and where words can be printed on it."""

    items: tuple[Item, ...]
    frame: Rect
    edges: tuple[Edge, ...]
    label: Rect
    colour: Colour
    label_slope: float = 0.0

    @property
    def label_colour(self) -> Colour:
        """Near-black or white, whichever stands out on the product."""
        return readable_on(self.colour)

    def edge(self, entity: str, outward_x: float = 0, outward_y: float = 0) -> Edge:
        """The edge of `entity` that faces most towards the given direction."""
        fitting = [edge for edge in self.edges if edge.entity == entity]
        return max(fitting, key=lambda e: e.outward[0] * outward_x + e.outward[1] * outward_y)


def front_edges(frame: Rect) -> tuple[Edge, ...]:
    """The edges of a product seen straight from the front: width below and above, height left and right."""
    left_top, right_top, right_bottom, left_bottom = frame.outline
    return (
        Edge("width", left_bottom, right_bottom, (0, 1)),
        Edge("width", left_top, right_top, (0, -1)),
        Edge("height", left_top, left_bottom, (-1, 0)),
        Edge("height", right_top, right_bottom, (1, 0)),
    )
