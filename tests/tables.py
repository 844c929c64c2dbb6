"""The tables of README.md that follow from the code; `make tables` rewrites them, a test compares them."""

import re
from pathlib import Path

from explorer.datasets.examples import examples
from explorer.techniques.discovery import declaring, ready_arms
from explorer.techniques.spelling import spelled

README = Path(__file__).parents[1] / "README.md"


def arms() -> str:
    """Return the table of ready-made arms, each with the technique that it is about and all that it is made of."""
    lines = ["| arm | curve label | made of | what it does | after |", "|---|---|---|---|---|"]
    for name, arm in ready_arms().items():
        about, made_of = declaring(name), spelled(arm).partition("=")[2]
        lines.append(f"| `{name}` | {arm.title} | `{made_of}` | {about.summary()} | {about.paper} |")
    return "\n".join(lines)


def data_sets() -> str:
    """Return the table of example data sets."""
    lines = ["| example | what it shows | teaches | licence |", "|---|---|---|---|"]
    for name, example in examples().items():
        page = f"[{example.title}](sample_data/{name}/README.md)"
        lines.append(f"| {page} | {example.one_line} | {example.teaches} | {example.licence} |")
    return "\n".join(lines)


TABLES = {"arms": arms, "examples": data_sets}


def with_tables(text: str) -> str:
    """Return `text` with each table between its two marks made anew."""
    for name, table in TABLES.items():
        made = f"<!-- {name} -->\n{table()}\n<!-- end of {name} -->"
        text = re.sub(rf"<!-- {name} -->.*?<!-- end of {name} -->", lambda _, made=made: made, text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
