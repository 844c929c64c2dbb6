"""The workspace: named by a variable, else the platform's folder."""

from pathlib import Path

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
