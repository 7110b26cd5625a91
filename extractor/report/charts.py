"""The charts as static SVG: drawn by Altair and vl-convert, in the colours of the page, light or dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

from extractor.evaluation.calibration import Calibration
from extractor.evaluation.evaluate import EntityScore

INK, LINE, ACCENT, GOOD, BAD = "#010101", "#020202", "#030303", "#040404", "#050505"
"""What stands for a colour of the page while the chart is drawn: Altair takes no variables of CSS."""
VARIABLES = {INK: "currentColor", LINE: "var(--line)", ACCENT: "var(--accent)", GOOD: "var(--good)", BAD: "var(--bad)"}
WIDTH = 330
BAR = 26
"""Pixels of a bar and its gap."""
_LETTERS = "system-ui, sans-serif"
_PADDING = {"left": 60, "right": 30, "top": 5, "bottom": 5}
"""Pixels around a chart: letters may be wider where it is shown than where it was drawn."""


def f1_chart(entities: Mapping[str, EntityScore]) -> str:
    """F1 of each entity with its interval."""
    values = [
        {"entity": entity, "f1": score.f1, "low": low, "high": high, "text": f"{score.f1:.3f}"}
        for entity, score in entities.items()
        for low, high in [score.f1_interval_by_picture]
    ]
    base = _chart(values).encode(y=_names("entity"))
    scale = alt.Scale(domain=[0, 1])
    ends = base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.55).encode(
        x=alt.X("low:Q", scale=scale, title="F1 by accepted answers, 95 % interval"), x2="high:Q"
    )
    points = base.mark_point(filled=True, color=ACCENT, size=80, opacity=1).encode(x=alt.X("f1:Q", scale=scale))
    texts = base.mark_text(color=INK, dy=-9, fontSize=10).encode(x="f1:Q", text="text:N")
    return _svg(ends + points + texts, height=max(len(values), 1) * (BAR + 6))


def calibration_chart(calibration: Calibration) -> str:
    """The share of right answers by confidence, with intervals; the diagonal is a perfect match."""
    values = [
        {"confidence": one.confidence, "share": one.share, "low": one.interval.low, "high": one.interval.high,
         "answers": one.answers}
        for one in calibration.bins
    ]  # fmt: skip
    x = alt.X("confidence:Q", scale=alt.Scale(domain=[0, 1]), title="confidence")
    base = _chart(values).encode(x=x)
    scale = alt.Scale(domain=[0, 1])
    diagonal = (
        _chart([{"confidence": 0, "share": 0}, {"confidence": 1, "share": 1}])
        .mark_line(color=INK, strokeDash=[4, 4], strokeWidth=1, opacity=0.6)
        .encode(x=x, y=alt.Y("share:Q", scale=scale, title="share of right answers"))
    )
    ends = base.mark_rule(color=ACCENT, opacity=0.55, strokeWidth=2).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")
    line = base.mark_line(color=ACCENT, strokeWidth=2).encode(y="share:Q")
    points = base.mark_point(filled=True, color=ACCENT, opacity=1).encode(
        y="share:Q", size=alt.Size("answers:Q", scale=alt.Scale(range=[30, 260]), legend=None)
    )
    return _svg(diagonal + ends + line + points, height=250)


def bar_chart(names: Sequence[str], numbers: Sequence[float], title: str, *, bad: bool = False) -> str:
    """A bar for each name, in their order; `title` says what is counted, with its unit."""
    shown = [f"{number:,.1f}" if isinstance(number, float) else f"{number:,}" for number in numbers]
    values = [
        {"name": name, "number": number, "text": text} for name, number, text in zip(names, numbers, shown, strict=True)
    ]
    base = _chart(values).encode(y=_names("name"), x=alt.X("number:Q", title=title, axis=alt.Axis(tickMinStep=1)))
    bars = base.mark_bar(color=BAD if bad else ACCENT, height=BAR * 0.6)
    texts = base.mark_text(color=INK, align="left", dx=4).encode(text="text:N")
    return _svg(bars + texts, height=max(len(values), 1) * BAR)


def _chart(values: Sequence[Mapping[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=list(values)))


def _names(field: str) -> alt.Y:
    return alt.Y(f"{field}:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, grid=False))


def _svg(chart: alt.LayerChart, height: int) -> str:
    styled = (
        chart.properties(width=WIDTH, height=height, padding=_PADDING)
        .configure(background="transparent", font=_LETTERS)
        .configure_axis(
            labelColor=INK, titleColor=INK, gridColor=LINE, domainColor=LINE, tickColor=LINE, gridOpacity=0.6,
            labelFontSize=11, titleFontSize=11, titleFontWeight="normal",
        )
        .configure_view(stroke="transparent")
    )  # fmt: skip
    svg = str(vl_convert.vegalite_to_svg(styled.to_dict()))
    for colour, variable in VARIABLES.items():
        svg = svg.replace(f'"{colour}"', f'"{variable}"')
    return svg
