"""What MkDocs does beside its own work: generated parts, pages from the repository's other folders, links to them."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from command_page import command_reference
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from reason_page import reason_tables
from score_tables import score_tables
from trace_fields import trace_fields

ROOT = Path(__file__).parents[2]
ELSEWHERE = {
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
    "LICENSE": "LICENSE.txt",
    "NOTICE": "NOTICE.txt",
    "dataset/README.md": "dataset.md",
    "tests/rules/cases/README.md": "cases.md",
}
"""Files outside docs/ that the site has too, and their names there."""
GENERATED = {
    "commands": command_reference,
    "reasons": reason_tables,
    "scores": score_tables,
    "trace": trace_fields,
}
"""What takes the place of a line that ends in `<!-- generated: NAME -->`; elsewhere the line says where to look."""

_HOME = {name: source for source, name in ELSEWHERE.items()}
_MARK = re.compile(r"^.*<!-- generated: (\w+) -->$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<path>[^)\s:#]+)(?P<anchor>#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages of `ELSEWHERE`."""
    for source, name in ELSEWHERE.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Puts the generated parts in, and points links at the pages of the site."""
    name = page.file.src_uri
    folder = posixpath.dirname(_HOME.get(name, f"docs/{name}"))
    filled = _MARK.sub(lambda mark: GENERATED[mark[1]](), markdown)
    return _LINK.sub(lambda link: _in_site(link, folder), filled)


def _in_site(link: re.Match[str], folder: str) -> str:
    """The link as the site needs it: to its own page of the file, or the text alone for a file without one."""
    target = posixpath.normpath(posixpath.join(folder, link["path"]))
    if target in ELSEWHERE:
        return f"[{link['text']}]({ELSEWHERE[target]}{link['anchor'] or ''})"
    if target.startswith("docs/"):
        return f"[{link['text']}]({target.removeprefix('docs/')}{link['anchor'] or ''})"
    return link["text"] if (ROOT / target).exists() else link[0]
