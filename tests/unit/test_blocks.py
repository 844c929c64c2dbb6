import numpy as np
import pytest

from explorer.blocks import once, readable, write_arrays
from explorer.techniques.monitors import QUIET


@pytest.mark.parametrize("length", [0, 3, 100, 4000, -5])
def test_named_arrays_that_were_cut_short_are_made_anew(tmp_path, length):
    path = tmp_path / "kept.npz"
    write_arrays(path, {"x": np.arange(1000)})
    assert readable(path)
    path.write_bytes(path.read_bytes()[:length])
    assert not readable(path)
    found = once(path, lambda: {"x": np.arange(3)}, QUIET)
    np.testing.assert_array_equal(found["x"], [0, 1, 2])
    assert readable(path)
