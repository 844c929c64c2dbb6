"""The workspace: named by a variable, else the platform's folder."""

from pathlib import Path

import pytest

from explorer.__main__ import main
from explorer.errors import StoreError
from explorer.workspace import Workspace


def test_the_variable_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "here"))
    space = Workspace.default().make()
    assert space.home == tmp_path / "here"
    assert space.datasets.is_dir()
    assert space.cache.is_dir()
    assert {space.store.parent, space.engine_lock.parent, space.engine_log.parent} == {space.home}


def test_without_it_the_platform_decides(monkeypatch):
    monkeypatch.delenv("EXPLORER_HOME", raising=False)
    assert Workspace.default().home.name == "data-efficiency-explorer"
    assert Workspace.default().home.is_relative_to(Path.home())


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(monkeypatch, tmp_path, capsys):
    (tmp_path / "taken").touch()
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "taken" / "home"))
    with pytest.raises(StoreError, match=r"taken/home/datasets cannot be made: Not a directory\. Set EXPLORER_HOME"):
        Workspace.default().make()
    assert main(["run", "example:digits", "--out", str(tmp_path / "out"), "--arms", "majority"]) == 1
    error = capsys.readouterr().err
    assert "cannot be made" in error
    assert error.count("\n") == 1
