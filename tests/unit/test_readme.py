"""What the README says in lists is what the code has."""

import re
from pathlib import Path

from tests.tables import README, TABLES, with_tables

ROOT = Path(__file__).parents[2]


def test_tables_are_those_of_the_code():
    text = README.read_text(encoding="utf-8")
    assert all(f"<!-- {name} -->" in text for name in TABLES)
    assert with_tables(text) == text, "run `make tables`"


def test_readme_names_the_two_commands_and_what_is_behind_them():
    text = README.read_text(encoding="utf-8")
    for command in (
        "make app",
        "make test",
        "pip install -r requirements.txt",
        "streamlit run app.py",
        "python -m pytest",
    ):
        assert command in text


def test_links_of_the_readme_lead_to_files():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


def test_makefile_has_every_command_the_readme_names():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make (\w+)", README.read_text(encoding="utf-8"))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
