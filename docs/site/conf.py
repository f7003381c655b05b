"""Makes a site with search of the repository's Markdown files: see .ci/site."""

import re
from pathlib import Path

project = "Evenkeel"
html_title = "Evenkeel"
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
extensions = ["myst_parser"]
highlight_language = "text"
myst_heading_anchors = 4
root_doc = "docs/README"
include_patterns = ["*.md", "docs/*.md", "client-sdk/**.md", "benchmarks/**.md", "helm/evenkeel/README.md", "src/*.md", "trial/*.md"]
exclude_patterns = ["**/target/**", "**/node_modules/**"]
# Some pages begin at the second level; examples in Java and JSON leave parts out.
suppress_warnings = ["myst.header", "misc.highlighting_failure"]


def prepare(app, docname, source):
    """Takes links to folders out, which are no pages, and gives the index all pages in its own order."""
    folder = Path(app.srcdir, docname).parent
    source[0] = re.sub(
        r"\[([^]]+)\]\(([^)#:]+)\)", lambda link: link[1] if (folder / link[2]).is_dir() else link[0], source[0]
    )
    if docname == root_doc:
        place = {page: source[0].find(f"({Path(page).name}.md)") for page in app.env.found_docs - {root_doc}}
        pages = sorted(place, key=lambda page: (place[page] < 0, place[page], page))
        source[0] += "\n```{toctree}\n:hidden:\n\n" + "".join(f"/{page}\n" for page in pages) + "```\n"


def setup(app):
    app.connect("source-read", prepare)
    return {"parallel_read_safe": True}
