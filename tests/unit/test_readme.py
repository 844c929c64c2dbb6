"""What the README says in lists is what the code has."""

import re
from pathlib import Path

import click

from explorer.__main__ import main
from explorer.commands import run
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


def test_the_commands_without_make_are_those_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = [line.strip() for each in ("check", "tests") for line in recipe(makefile, each)]
    assert len(commands) == 5
    for command in commands:
        assert f"`{command.replace('$(BIN)', '.venv/bin')}`" in README.read_text(encoding="utf-8")


def recipe(makefile, target):
    """Return the lines of a target of the Makefile."""
    return re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1].splitlines()


def test_the_synopsis_of_run_has_its_options_with_their_defaults(tmp_path, capsys):
    text = README.read_text(encoding="utf-8")
    synopsis = re.search(r"^python -m explorer run (.*\n(?: {5,}.*\n)*)", text, re.MULTILINE)[1]
    options = {option.opts[0]: option for option in run.command.params if isinstance(option, click.Option)}
    told = dict(re.findall(r"(--[\w-]+)(?: ([^]| ]+))?", synopsis))
    assert told.keys() == options.keys()
    for name, option in options.items():
        assert (told[name] == "") == option.is_flag, name
        if option.show_default:
            assert told[name] == str(option.default), name
    required = re.sub(r"\[.*?\]", "", synopsis, flags=re.DOTALL)
    assert re.findall(r"--[\w-]+", required) == [name for name, option in options.items() if option.required]
    for one, other in re.findall(r"\[(--\S+) \S+ \| (--\S+) \S+\]", synopsis):
        both = [one, "1", other, "1"]
        assert main(["run", str(tmp_path), "--out", str(tmp_path / "out"), *both]) == 1
        assert f"{one} and {other} exclude each other" in capsys.readouterr().err


def test_links_of_the_readme_lead_to_files():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


def test_makefile_has_every_command_the_readme_names():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make (\w+)", README.read_text(encoding="utf-8"))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
