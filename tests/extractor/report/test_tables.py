import pytest

from extractor.evaluation.bootstrap import Interval
from extractor.report.tables import Filter, table


@pytest.mark.parametrize(
    "cell, shown",
    [
        (None, '<td class="number">&ndash;</td>'),
        (3, '<td class="number">3</td>'),
        (0.5, '<td class="number">0.500</td>'),
        (Interval(0.25, 0.75), '<td class="number">0.250&ndash;0.750</td>'),
        ("<b>&", "<td>&lt;b&gt;&amp;</td>"),
        (Filter("kind", '"x', "<i>"), 'data-filter="kind" data-value="&quot;x">&lt;i&gt;</button>'),
    ],
    ids=str,
)
def test_cells(cell, shown):
    assert shown in table("caption", ("a", "b"), [("name", cell)])


def test_captions_and_headings_are_text():
    html = table("<caption>", ("<a>",), [("<b>",)])
    assert "<caption>&lt;caption&gt;</caption>" in html
    assert '<th scope="col">&lt;a&gt;</th>' in html
    assert '<th scope="row">&lt;b&gt;</th>' in html
