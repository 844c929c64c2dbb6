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
