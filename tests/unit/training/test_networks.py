"""What the table of networks says, held against torchvision and against timm; where files are looked for."""

import hashlib
import os
import subprocess
import sys

import pytest

from explorer.training import networks
from explorer.training.networks import LAST, NETWORKS, Tap

TORCHVISIONS = [name for name in NETWORKS if name != "lite0"]


@pytest.mark.parametrize("name", TORCHVISIONS)
def test_files_and_sources_are_those_of_torchvision(name):
    import torchvision

    weights = torchvision.models.get_model_weights(name)
    kind, member = NETWORKS[name].source.removeprefix("torchvision, ").split(".")
    assert kind == weights.__name__
    assert weights[member].url == networks.HOST + NETWORKS[name].file


@pytest.mark.parametrize("variable", ["TORCH_HOME", "XDG_CACHE_HOME", None])
def test_the_folder_is_that_of_torch(variable, tmp_path):
    code = "import torch; from explorer.training.networks import folder; print(torch.hub.get_dir()); print(folder())"
    plain = {key: value for key, value in os.environ.items() if key not in ("TORCH_HOME", "XDG_CACHE_HOME")}
    environment = {**plain, **({variable: str(tmp_path)} if variable else {})}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    of_torch, ours = told.stdout.split()
    assert ours == f"{of_torch}/checkpoints"


def test_a_missing_file_is_told_with_its_name_and_its_place(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_ALLOW_DOWNLOAD", raising=False)
    reason = networks.missing("resnet18")
    assert f"Put resnet18-f37072fd.pth (from {networks.HOST}resnet18-f37072fd.pth) into {networks.folder()}" in reason
    networks.folder().mkdir(parents=True)
    (networks.folder() / "resnet18-f37072fd.pth").touch()
    assert networks.missing("resnet18") is None


def test_an_allowed_download_is_no_obstacle_but_any_other_word_is(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("EXPLORER_ALLOW_DOWNLOAD", "1")
    assert networks.missing("resnet50") is None
    monkeypatch.setenv("EXPLORER_ALLOW_DOWNLOAD", "0")
    assert "EXPLORER_ALLOW_DOWNLOAD=1" in networks.missing("resnet50")


def test_what_can_be_told_of_an_own_checkpoint_unread(tmp_path):
    assert "No architecture is set" in networks.missing_own("", "a.pth")
    assert "There is no file 'gone.pth'" in networks.missing_own("resnet18", "gone.pth")
    assert "There is no file ''" in networks.missing_own("resnet18", "")
    other = tmp_path / "weights.h5"
    other.touch()
    assert "does not end in .pth, .pt or .safetensors" in networks.missing_own("resnet18", str(other))
    right = tmp_path / "weights.pth"
    right.touch()
    assert networks.missing_own("resnet18", str(right)) is None


def test_the_fingerprint_of_a_file_follows_its_content(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"one")
    assert networks.fingerprint(str(path)) == hashlib.sha256(b"one").hexdigest()
    path.write_bytes(b"three")
    assert networks.fingerprint(str(path)) == hashlib.sha256(b"three").hexdigest()
    assert networks.fingerprint("gone.pth") == "gone.pth"


def test_provenance_names_source_and_licence(tmp_path):
    for name, network in NETWORKS.items():
        told = networks.provenance(name, "", "")
        assert told == {"name": name, "file": network.file, "source": network.source, "licence": network.licence}
    path = tmp_path / "mine.pth"
    path.write_bytes(b"one")
    told = networks.provenance(networks.OWN, "resnet18", str(path))
    assert told["sha256"] == hashlib.sha256(b"one").hexdigest()
    assert told["name"] == "resnet18"
    assert told["licence"] == "not known"


def test_taps_of_one_depth_stand_side_by_side():
    taps = (Tap("early", "a", 2), Tap("early", "b", 3), Tap(LAST, "c", 5))
    assert [part for _, part in networks.columns(taps)] == [slice(0, 4), slice(4, 10), slice(10, 15)]
    assert networks.depths(taps, planes=2) == {"early": slice(0, 20), LAST: slice(20, 30)}


def test_asking_loads_nothing_heavy():
    code = (
        "import sys; from explorer.training.networks import *\n"
        "[missing(name) for name in NETWORKS]; missing_own('resnet18', 'a.pth'); fingerprint('a.pth')\n"
        "sys.exit(any(each in sys.modules for each in ('torch', 'torchvision', 'timm')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
