import numpy as np
import pytest

from explorer.datasets.drafts import Head
from explorer.datasets.fitting import edge_value, fitted, resized, target_side
from explorer.datasets.scaling import ASINH, Range, choose
from explorer.errors import DataError
from tests.unit.datasets.making import encoded, noise, png


def heads(*sizes):
    return [Head(height, width, 1, "uint8") for height, width in sizes]


def test_the_default_size_is_the_median_of_the_longer_sides_at_most_128():
    assert target_side(heads((10, 20), (30, 8), (40, 40))) == 30
    assert target_side(heads((8, 8))) == 8
    assert target_side(heads((3000, 2000), (500, 500))) == 128


def test_padding_keeps_proportions_and_fills_with_the_border_of_the_image():
    image = np.full((8, 16, 1), 200, np.uint8)
    image[2:6, 4:12] = 10
    out = fitted(image, 16, "pad")
    assert out.shape == (16, 16, 1)
    assert (out[:4] == 200).all()
    assert (out[12:] == 200).all()
    assert np.array_equal(out[4:12], image)


def test_stretching_fills_the_square():
    image = np.zeros((8, 16, 1), np.uint8)
    image[:4] = 200
    out = fitted(image, 16, "stretch")
    assert (out[:7] == 200).all()
    assert (out[9:] == 0).all()


def test_shrinking_averages_areas_so_that_a_fine_pattern_becomes_grey():
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 200).astype(np.uint8)[:, :, None]
    assert (resized(board, 16, 16) == 100).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_any_type_and_number_of_channels_is_resized_channel_by_channel(channels, dtype):
    image = np.stack([noise(k, 20, 30, dtype=dtype) for k in range(channels)], axis=2)
    out = fitted(image, 12, "pad")
    assert out.shape == (12, 12, channels)
    assert out.dtype == dtype
    alone = fitted(image[:, :, -1:], 12, "pad")
    assert np.array_equal(out[:, :, -1:], alone)


def test_the_border_value_is_a_median_of_the_outermost_pixels():
    image = np.full((5, 5, 2), 9, np.uint8)
    image[1:4, 1:4] = 200
    image[0, 0] = 255
    assert edge_value(image).tolist() == [9, 9]


def gathered(images):
    span = Range(len(images))
    for each in images:
        span.add(each)
    return span


def test_8_bit_values_are_divided_by_255():
    assert (choose("uint8", None).low, choose("uint8", None).high) == (0, 255)


def test_a_12_bit_camera_fills_the_range_and_nothing_is_clipped():
    images = [noise(k, 32, 32, dtype="uint16") // 16 for k in range(9)]
    rule = choose("uint16", gathered(images))
    assert rule.low == min(int(each.min()) for each in images)
    assert rule.high == max(int(each.max()) for each in images)
    assert "clipped" not in rule.rule


def test_hot_pixels_do_not_turn_everything_else_black():
    images = [noise(k, 64, 64, dtype="uint16") // 64 for k in range(9)]
    for each in images:
        each[3, 3] = 65_535
    rule = choose("uint16", gathered(images))
    assert 1000 <= rule.high <= 2000
    assert "clipped" in rule.rule


def test_float_in_the_unit_range_stays_and_any_other_is_mapped():
    unit = [noise(k, 16, 16, dtype="float32") for k in range(4)]
    assert (choose("float32", gathered(unit)).low, choose("float32", gathered(unit)).high) == (0, 1)
    wide = [each * 400 - 100 for each in unit]
    rule = choose("float32", gathered(wide))
    assert rule.low == pytest.approx(-100, abs=5)
    assert rule.high == pytest.approx(300, abs=5)


def test_one_value_alone_is_no_division_by_zero():
    rule = choose("float32", gathered([np.full((8, 8), 7.0, np.float32)]))
    assert np.isfinite(rule.apply(np.array([7.0]))).all()


def test_one_rule_serves_the_whole_set(reading):
    dark = {f"dark/{k}.png": encoded(noise(k, 16, 16, dtype="uint16") // 100) for k in range(4)}
    bright = {f"bright/{k}.png": encoded(noise(k, 16, 16, dtype="uint16") // 100 + 900) for k in range(4)}
    dataset = reading(dark | bright).dataset
    means = dataset.scaling.apply(dataset.inputs).mean(axis=(1, 2, 3))
    assert means[dataset.labels == 0].min() > means[dataset.labels == 1].max() + 0.3


@pytest.mark.parametrize(("bright", "told"), [(0.02, True), (1.0, False)])
def test_a_few_bright_images_that_turn_the_others_black_are_told(reading, bright, told):
    """Brightness as of stars: most images have a fiftieth of what a few have, or none has."""
    scale = 60_000 * np.array([bright] * 8 + [1.0] * 2)
    files = {
        f"{name}/{k}.png": encoded((noise(k + 20 * (name == "b"), 16, 16, dtype="float32") * most).astype(np.uint16))
        for name in "ab"
        for k, most in enumerate(scale)
    }
    found = [each for each in reading(files).findings if each.code == "faint-images"]
    assert bool(found) == told
    assert [each for each in reading(files, values=ASINH).findings if each.code == "faint-images"] == []
    if told:
        assert found[0].severity == "note", "of beads it is as it should be"
        assert found[0].message.startswith("In 16 of 20 images, 99 of 100 pixels use less than a tenth of the range")


def test_the_size_asked_for_is_the_size_that_comes(reading):
    files = {f"{name}/{k}.png": png(k + 50 * (name == "b"), 20, 30) for name in "ab" for k in range(3)}
    assert reading(files, size=24).dataset.inputs.shape == (6, 24, 24, 1)
    assert reading(files).dataset.inputs.shape == (6, 30, 30, 1)
    assert not np.array_equal(reading(files).dataset.inputs, reading(files, fit="stretch").dataset.inputs)


def starry(seed, top=60_000.0):
    """Return a float image of noise of 3 about 0, with a faint disc and a bright core."""
    draw = np.random.default_rng(seed)
    down, right = np.indices((32, 32)) - 15.5
    far = np.hypot(down, right)
    return (top * np.exp(-2 * far) + 30.0 * (far < 8) + draw.normal(0, 3, far.shape)).astype(np.float32)


def test_values_spread_by_asinh_show_faint_things_beside_bright_ones():
    images = [starry(k) for k in range(8)]
    rule = choose("float32", gathered(images), ASINH)
    low, high, knee = rule.low, rule.high, rule.knee
    assert high == max(float(each.max()) for each in images)
    assert knee * (high - low) == pytest.approx(3.5, abs=1), "the noise of the background"
    values = np.array([low, 0.0, 30.0, 3000.0, high], np.float32)
    astropy = np.arcsinh((values - low) / (high - low) / knee) / np.arcsinh(1 / knee)
    assert rule.apply(values) == pytest.approx(astropy, abs=1e-6)
    disc, sky = (rule.apply(np.array([each], np.float32))[0] for each in (30.0, 0.0))
    assert disc - sky > 0.1
    linear = choose("float32", gathered(images))
    assert np.ptp(linear.apply(np.array([0.0, 30.0], np.float32))) < 0.01
    assert rule.apply(np.array([low - 5, high + 5], np.float32)).tolist() == [0, 1]


def test_a_hot_pixel_takes_little_of_values_that_are_spread_by_asinh():
    images = [starry(k) for k in range(8)]
    before = choose("float32", gathered(images), ASINH)
    images[3][0, 0] = 6e7
    after = choose("float32", gathered(images), ASINH)
    shown = [np.ptp(rule.apply(np.array([0.0, 30.0], np.float32))) for rule in (before, after)]
    assert shown[1] > 0.5 * shown[0]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_data_set_is_read_with_values_spread_by_asinh(reading, dtype):
    scale = 0.002 if dtype == "uint8" else 1
    form = "tiff" if dtype == "float32" else "png"
    files = {
        f"{name}/{k}.{form}": encoded(np.clip(scale * starry(k + 50 * (name == "b")), 0, None).astype(dtype), form)
        for name in "ab"
        for k in range(4)
    }
    plain, spread = reading(files).dataset, reading(files, values=ASINH).dataset
    assert np.array_equal(plain.inputs, spread.inputs), "the rule differs, and not what is stored"
    assert plain.fingerprint != spread.fingerprint
    assert plain.scaling.knee == 0 < spread.scaling.knee
    assert "asinh" in spread.scaling.rule
    means = [each.scaling.apply(each.inputs).mean() for each in (plain, spread)]
    assert means[1] > 2 * means[0]


def test_values_can_be_spread_in_known_ways_alone(reading):
    files = {f"{name}/{k}.png": png(k) for name in "ab" for k in range(3)}
    with pytest.raises(DataError, match="Choose linear or asinh"):
        reading(files, values="log")
