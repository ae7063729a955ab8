"""The card that sets a prediction beside what came: believed, predicted, measured, holds when. It can be exported."""

import base64
from pathlib import Path

from autograder import report
from autograder.report import Shown

HEADING = "What was predicted, and what came"


class PredictionCard(Shown):
    """The four rows, by name. `markdown` is the card as a text; `save` writes it, or the HTML, into a file."""

    def __init__(self, rows: dict[str, str]):
        self.rows = rows
        lines = [f"- **{name}**: {' '.join(words.split())}" for name, words in rows.items()]
        self.markdown = "\n".join((f"### {HEADING}", "", *lines, ""))
        sections = [report.section(report.labelled(name, report.in_code(words))) for name, words in rows.items()]
        inside = report.title(HEADING) + "".join(sections) + report.section(self._export())
        super().__init__("\n".join(f"{name}: {words}" for name, words in rows.items()), report.card(inside))

    def save(self, path: str | Path) -> Path:
        """Write the card as Markdown, or as HTML where the name ends so. Returns: where."""
        path = Path(path)
        text = self.html if path.suffix in (".html", ".htm") else self.markdown
        path.write_text(text, encoding="utf-8")
        return path

    def _export(self) -> str:
        """The text to copy and a link to save it; the link carries the text itself and needs no server."""
        data = base64.b64encode(self.markdown.encode()).decode()
        link = f'<a download="prediction.md" href="data:text/markdown;base64,{data}">Save it as prediction.md</a>'
        text = f'<pre style="{report.PRE};user-select:all">{report.escape(self.markdown)}</pre>'
        return report.details("As a text, to keep or to send", text + link)
