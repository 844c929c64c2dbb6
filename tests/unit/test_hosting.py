"""A server for several visitors tells nothing of its own disk."""

import json
from pathlib import Path

import pytest

from explorer.errors import TechniqueError
from explorer.records import Choice, Slot
from explorer.techniques.discovery import build
from explorer.training import networks


@pytest.fixture
def secret(tmp_path, monkeypatch):
    """Return the path of a file, short enough to be shown whole."""
    monkeypatch.chdir(tmp_path)
    path = Path("secret.pth")
    path.write_text(json.dumps({"key": 1}))
    return path


def _told(path):
    with pytest.raises(TechniqueError) as found:
        build(Slot.AUGMENTATION, Choice("custom", {"pipeline": str(path)})).views((8, 8, 1), frozenset())
    return str(found.value).replace(str(path), "PATH")


def test_visitors_do_not_learn_whether_a_file_is_there(secret, monkeypatch):
    assert _told(secret) != _told(secret.with_suffix(".none")), "at home a file is read"
    monkeypatch.setenv("APP_MODE", "hosted")
    assert _told(secret) == _told(secret.with_suffix(".none"))
    assert "reads no files of its own" in _told(secret)


def test_visitors_name_no_weights_on_the_disk(secret, monkeypatch):
    assert networks.fingerprint(str(secret)) != str(secret)
    monkeypatch.setenv("APP_MODE", "hosted")
    assert networks.fingerprint(str(secret)) == str(secret)
    for path in (secret, secret.with_suffix(".none")):
        assert "reads no weights from its own disk" in networks.missing_own("resnet18", str(path))
