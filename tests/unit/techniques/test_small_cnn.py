import numpy as np
import pytest

from explorer.records import Rows, Scaling
from explorer.techniques.examples import Examples
from explorer.techniques.models.small_cnn import SmallCnn
from explorer.techniques.monitors import Quiet


@pytest.mark.parametrize(("sides", "seen"), [((64, 80), (48, 48)), ((40, 96), (40, 48)), ((20, 20), (20, 20))])
def test_views_are_made_of_images_no_larger_than_the_network_takes_them(sides, seen):
    values = np.random.default_rng(0).integers(0, 255, (6, *sides, 2)).astype(np.uint8)
    shapes = set()

    def view(batch, generator):
        shapes.add(batch.shape[1:])
        assert 0 <= batch.min() <= batch.max() <= 1
        return batch

    examples = Examples.of(Rows(values, Scaling(0.0, 255.0, "8 bits")), np.arange(6) % 2)
    predictor = SmallCnn(steps=10, batch=4).fit(examples, n_classes=2, seed=0, monitor=Quiet(), views=view)
    assert shapes == {(*seen, 2)}
    assert predictor(examples.rows[:]).shape == (6, 2)


def _gratings(n, seed):
    """Faint waves in one of four directions, at any phase, under noise."""
    random = np.random.default_rng(seed)
    labels, (y, x) = np.arange(n) % 4, np.mgrid[:32, :32]
    angles, phases = np.pi / 4 * labels, random.uniform(0, 2 * np.pi, n)
    waves = [np.sin(1.5 * (np.cos(a) * x + np.sin(a) * y) + phase) for a, phase in zip(angles, phases, strict=True)]
    images = 0.5 + 0.1 * np.stack(waves) + random.normal(0, 0.2, (n, 32, 32))
    return np.clip(images, 0, 1).astype(np.float32)[..., None], labels


def _accuracy(kernel_step):
    rows, labels = _gratings(32, 0)
    model = SmallCnn(steps=60, batch=12, kernel_step=kernel_step)
    predictor = model.fit(Examples.of(rows, labels), n_classes=4, seed=0, monitor=Quiet())
    seen, truth = _gratings(200, 1)
    return (predictor(seen).argmax(axis=1) == truth).mean()


def test_kernels_moved_by_muon_learn_faint_patterns_in_few_steps():
    assert _accuracy(SmallCnn.kernel_step) > _accuracy(0.0) + 0.2


def test_the_works_on_what_moves_its_kernels_are_cited_where_it_does():
    assert any("Muon" in work for work in SmallCnn().works())
    assert not any("Muon" in work for work in SmallCnn(kernel_step=0.0).works())
