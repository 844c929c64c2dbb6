"""Networks of torchvision and of users, with random weights in files of temporary folders."""

import hashlib
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
import torch

from explorer.errors import TechniqueError
from explorer.training import backbones, networks, weights
from explorer.training.networks import LAST, NETWORKS, OWN

TORCHVISIONS = [name for name in NETWORKS if name != "lite0"]
MEAN, SPREAD = np.array(backbones.MEAN, np.float32), np.array(backbones.SPREAD, np.float32)


@pytest.fixture
def images():
    return np.random.default_rng(0).uniform(size=(18, 96, 96, 3)).astype(np.float32)


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Return a function that puts random weights of a network of torchvision where torch keeps them."""
    import torchvision

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_ALLOW_DOWNLOAD", raising=False)
    backbones.pretrained.cache_clear()

    def store(name):
        torch.manual_seed(0)
        model = torchvision.models.get_model(name, weights=None).eval()
        networks.folder().mkdir(parents=True, exist_ok=True)
        torch.save(model.state_dict(), networks.folder() / "new")
        begins = hashlib.sha256((networks.folder() / "new").read_bytes()).hexdigest()[:8]
        known = replace(NETWORKS[name], file=f"{name}-{begins}.pth")
        (networks.folder() / "new").rename(networks.folder() / known.file)
        table = MappingProxyType({**NETWORKS, name: known})
        monkeypatch.setattr(networks, "NETWORKS", table)
        monkeypatch.setattr(backbones, "NETWORKS", table)
        return model

    yield store
    backbones.pretrained.cache_clear()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_size_of_a_file_is_as_told(name):
    if name == "lite0":
        size = weights.weights_file().stat().st_size / 1e6
    else:
        import torchvision

        size = torchvision.models.get_weight(NETWORKS[name].source.removeprefix("torchvision, ")).meta["_file_size"]
    assert NETWORKS[name].megabytes == pytest.approx(size, abs=0.051)


def _standardized(images):
    return torch.from_numpy((images - MEAN) / SPREAD).permute(0, 3, 1, 2)


@pytest.mark.parametrize("name", TORCHVISIONS)
def test_a_network_of_torchvision_is_described_where_the_table_says(name, stored, images):
    from torchvision.models.feature_extraction import create_feature_extractor

    model = stored(name)
    network = backbones.backbone(name, "", "", 96)
    found = network.features(images[:3])
    nodes = create_feature_extractor(model, [tap.module for tap in network.taps])
    with torch.inference_mode():
        maps = nodes(_standardized(images[:3]))
    parts = []
    for tap in network.taps:
        assert maps[tap.module].shape[1] == tap.channels
        parts.append(maps[tap.module].mean((2, 3)))
        if tap.depth != LAST:
            parts.append(maps[tap.module].std((2, 3), correction=0))
    wanted = torch.cat(parts, 1).numpy()
    np.testing.assert_allclose(found, wanted, atol=1e-3 * np.abs(wanted).max())
    assert found.shape[1] == sum(tap.width for tap in network.taps)


@pytest.mark.parametrize("name", TORCHVISIONS)
def test_bits_of_a_row_do_not_depend_on_its_company(name, stored, images):
    stored(name)
    network = backbones.backbone(name, "", "", 96)
    together = network.features(images)
    assert network.features(images[::-1])[::-1].tobytes() == together.tobytes()
    for row in (0, 15, 17):
        assert network.features(images[row : row + 1])[0].tobytes() == together[row].tobytes()


def test_without_a_file_there_is_a_sentence_and_no_network_request(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_ALLOW_DOWNLOAD", raising=False)
    monkeypatch.setattr(torch.hub, "download_url_to_file", lambda *args, **more: pytest.fail("a request was made"))
    backbones.pretrained.cache_clear()
    with pytest.raises(TechniqueError, match=r"resnet18 cannot be used here\. Its weights are not on this machine"):
        backbones.backbone("resnet18", "", "", 128)


def test_an_allowed_download_asks_for_the_file_and_its_hash(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("EXPLORER_ALLOW_DOWNLOAD", "1")
    backbones.pretrained.cache_clear()
    asked = []

    def fail(url, to, hash_prefix, progress):
        asked.append((url, to, hash_prefix))
        raise OSError("no route")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
    with pytest.raises(TechniqueError, match=r"resnet18-f37072fd.pth could not be downloaded \(no route\). Put the"):
        backbones.backbone("resnet18", "", "", 128)
    file = "resnet18-f37072fd.pth"
    assert asked == [(f"https://download.pytorch.org/models/{file}", str(networks.folder() / file), "f37072fd")]


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    networks.folder().mkdir(parents=True)
    (networks.folder() / NETWORKS["resnet18"].file).write_bytes(b"half of it")
    backbones.pretrained.cache_clear()
    with pytest.raises(TechniqueError, match="is damaged, or not the file of that name"):
        backbones.backbone("resnet18", "", "", 128)


# ---- a user's own ----


def _model(architecture, **more):
    import timm

    torch.manual_seed(1)
    return timm.create_model(architecture, pretrained=False, **more).eval()


def _saved(path, tensors):
    if path.suffix == ".safetensors":
        import safetensors.torch

        safetensors.torch.save_file(tensors, path)
    else:
        torch.save(tensors, path)
    return str(path)


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("architecture", ["resnet10t", "mobilenetv3_small_050"])
def test_an_own_checkpoint_is_described_as_timm_does(architecture, ending, tmp_path, images):
    model = _model(architecture, num_classes=7)
    network = backbones.backbone(OWN, architecture, _saved(tmp_path / f"a{ending}", model.state_dict()), 96)
    found = network.features(images)
    assert found.shape == (18, sum(tap.width for tap in network.taps))
    assert [tap.depth for tap in network.taps] == ["early", "early", "middle", "middle", LAST]
    with torch.inference_mode():
        last = model.forward_head(model.forward_features(_standardized(images)), pre_logits=True).numpy()
    np.testing.assert_allclose(found[:, -last.shape[1] :], last, atol=1e-3 * np.abs(last).max())
    assert network.features(images[5:6])[0].tobytes() == found[5].tobytes()


def test_a_transformer_may_be_brought_and_says_which_side_it_takes(tmp_path, images):
    path = _saved(tmp_path / "vit.pth", _model("vit_tiny_patch16_224").state_dict())
    with pytest.raises(TechniqueError, match=r"does not take images of 96 px .* Set 'side' to 224"):
        backbones.backbone(OWN, "vit_tiny_patch16_224", path, 96)
    network = backbones.backbone(OWN, "vit_tiny_patch16_224", path, 224)
    large = np.random.default_rng(0).uniform(size=(2, 224, 224, 3)).astype(np.float32)
    assert network.features(large).shape == (2, sum(tap.width for tap in network.taps))


@pytest.mark.parametrize("wrapping", ["state_dict", "model"])
def test_weights_are_taken_out_of_what_training_scripts_wrap_them_in(wrapping, tmp_path, images):
    model = _model("resnet10t", num_classes=3)
    plain = _saved(tmp_path / "plain.pth", model.state_dict())
    found = backbones.backbone(OWN, "resnet10t", plain, 96).features(images[:1])
    parallel = {f"module.{name}": values for name, values in model.state_dict().items()}
    wrapped = _saved(tmp_path / "wrapped.pth", {wrapping: parallel, "epoch": 3})
    np.testing.assert_array_equal(backbones.backbone(OWN, "resnet10t", wrapped, 96).features(images[:1]), found)


def test_what_cannot_be_used_is_refused_in_one_sentence(tmp_path):
    path = _saved(tmp_path / "a.pth", _model("resnet10t").state_dict())
    with pytest.raises(TechniqueError, match="timm has no architecture 'resnet7'"):
        backbones.backbone(OWN, "resnet7", path, 96)
    with pytest.raises(TechniqueError, match="does not hold the weights of resnet18"):
        backbones.backbone(OWN, "resnet18", path, 96)
    for ending in (".pth", ".safetensors"):
        broken = tmp_path / f"broken{ending}"
        broken.write_bytes(b"no weights")
        with pytest.raises(TechniqueError, match="cannot be read as weights"):
            backbones.backbone(OWN, "resnet10t", str(broken), 96)


def test_a_file_that_is_written_anew_is_read_anew(tmp_path, images):
    path = tmp_path / "mine.pth"
    weights = _model("resnet10t").state_dict()
    found = []
    for factor in (1.0, 2.0):
        _saved(path, {name: values * factor for name, values in weights.items()})
        found.append(backbones.backbone(OWN, "resnet10t", str(path), 96).features(images[:1]))
    again = backbones.backbone(OWN, "resnet10t", str(path), 96).features(images[:1])
    assert not np.allclose(found[0], found[1])
    np.testing.assert_array_equal(again, found[1])


class Harmful:
    """Something that runs code when it is unpickled."""

    def __reduce__(self):
        return print, ("code was run",)


def test_no_code_of_a_file_is_run(tmp_path, capsys):
    path = tmp_path / "harmful.pth"
    torch.save({"state_dict": Harmful()}, path)
    with pytest.raises(TechniqueError, match="cannot be read as weights"):
        backbones.backbone(OWN, "resnet10t", str(path), 96)
    assert "code was run" not in capsys.readouterr().out
