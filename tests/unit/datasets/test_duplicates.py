import cv2
import numpy as np
import pytest
from sklearn.datasets import load_digits

from explorer.datasets import candidates
from explorer.datasets import duplicates as duplicates_module
from explorer.datasets.arrayfile import ArrayFile
from explorer.datasets.duplicates import duplicates
from explorer.datasets.measuring import Meter
from tests.unit.datasets.making import encoded

SPOTS = 150
COPIED = 20


def measured(images, path):
    with ArrayFile(path, (32, 32, 1), "float32") as file:
        meter = Meter(file)
        for image in images:
            meter.add(image, image)
    return meter.measures(np.load(path)[:, :, :, 0])


@pytest.fixture
def clusters(tmp_path, make_dataset):
    def run(images):
        images = np.stack(images)
        images = images[:, :, :, None] if images.ndim == 3 else images
        dataset = make_dataset(np.arange(len(images)) % 2, inputs=images)
        return duplicates(dataset, measured(images, tmp_path / "small.npy"))

    return run


def spots(n=SPOTS, side=64, shift=0):
    """Return images alike by nature: a bright blob in the middle, dim spots around, and noise."""
    down, right = np.indices((side, side)) - side / 2
    images = []
    for seed in range(n):
        draw = np.random.default_rng(seed)
        image = 120 * np.exp(-(down**2 + right**2) / 200)
        for _ in range(6):
            y, x = draw.uniform(-side / 2, side / 2, 2)
            image = image + draw.uniform(40, 90) * np.exp(-((down - y - shift) ** 2 + (right - x) ** 2) / 20)
        images.append(np.clip(image + draw.normal(30, 6, image.shape), 0, 255).astype(np.uint8))
    return images


CHANGES = {
    "re-encoded": lambda a: cv2.imdecode(np.frombuffer(encoded(a, "jpeg", quality=75), np.uint8), cv2.IMREAD_GRAYSCALE),
    "brighter": lambda a: np.clip(a * 1.15 + 8, 0, 255).astype(np.uint8),
    "shifted": lambda a: np.roll(a, 1, axis=1),
    "shifted-two-ways": lambda a: np.roll(a, (1, -1), axis=(0, 1)),
    "noisier": lambda a: np.clip(a + np.random.default_rng(0).normal(0, 3, a.shape), 0, 255).astype(np.uint8),
    "resized": lambda a: cv2.resize(cv2.resize(a, (52, 52), interpolation=cv2.INTER_AREA), (64, 64)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("hashed", [False, True], ids=["all pairs", "hash tables"])
def test_changed_copies_are_found_and_joined_with_their_originals(change, hashed, clusters, monkeypatch):
    if hashed:
        monkeypatch.setattr(candidates, "EXACT_UP_TO", 50)
    originals = spots()
    copies = [CHANGES[change](image) for image in originals[:COPIED]]
    near = clusters(originals + copies).near
    found = (near[SPOTS:] == near[:COPIED]) & (near[SPOTS:] >= 0)
    assert found.sum() >= (0.8 if hashed else 0.9) * COPIED
    assert (near[COPIED:SPOTS] == -1).all()


def stripes(n=80, side=64):
    """Return independent images of one fixed period each of four, which differ in phase and noise alone."""
    draw, across = np.random.default_rng(8), np.arange(side)
    waves = [np.sin(across * (0.2 + 0.15 * (each % 4)) + draw.uniform(0, 6.3)) for each in range(n)]
    return [np.clip(128 + 60 * wave + draw.normal(0, 8, (side, side)), 0, 255).astype(np.uint8) for wave in waves]


def test_patterns_that_repeat_are_no_copies_of_each_other(clusters):
    assert (clusters(stripes()).near == -1).all()
    down = np.indices((64, 64)).sum(axis=0)
    lattices = [np.clip(image + 40 * np.sin(0.5 * down), 0, 255).astype(np.uint8) for image in stripes()]
    assert (clusters(lattices).near == -1).all()


@pytest.mark.parametrize("change", ["brighter", "shifted", "shifted-two-ways"])
def test_copies_of_patterns_that_repeat_are_found_by_their_noise(change, clusters):
    originals = stripes()
    near = clusters(originals + [CHANGES[change](image) for image in originals[:COPIED]]).near
    # fewer than elsewhere, as each has twenty others alike and only the four most alike are looked at
    assert ((near[80:] == near[:COPIED]) & (near[80:] >= 0)).sum() >= 0.7 * COPIED
    assert (near[COPIED:80] == -1).all()


def test_images_that_are_alike_by_nature_are_no_duplicates(clusters):
    assert (clusters(spots()).near == -1).all()


def test_noise_ising_like_patterns_and_flat_images_are_no_near_duplicates(clusters):
    draw = np.random.default_rng(0)
    noise = list(draw.integers(0, 256, (60, 32, 32), dtype=np.uint8))
    binary = [(each > 128).astype(np.uint8) * 255 for each in noise]
    assert (clusters(noise).near == -1).all()
    assert (clusters(binary).near == -1).all()
    flat = [np.full((32, 32), value, np.uint8) for value in range(40)]
    assert (clusters(noise + flat).near == -1).all()


def test_a_set_of_tiny_simple_images_is_hardly_flagged(clusters):
    digits = (load_digits().images[:800] * 15).astype(np.uint8)
    assert (clusters(list(digits)).near >= 0).mean() < 0.01


def test_exact_copies_are_numbered_and_the_rest_is_not(clusters):
    images = spots(30)
    found = clusters([*images, images[4], images[9], images[4]])
    assert found.exact[[4, 30, 32]].tolist() == [found.exact[4]] * 3
    assert found.exact[9] == found.exact[31] != found.exact[4]
    assert (np.delete(found.exact, [4, 9, 30, 31, 32]) == -1).all()
    assert np.array_equal(found.near >= 0, found.exact >= 0)


def test_exact_and_near_copies_share_one_cluster(clusters):
    images = spots(40)
    near = clusters([*images, images[0], CHANGES["brighter"](images[0])]).near
    assert near[0] == near[40] == near[41] >= 0


def test_a_set_of_copies_alone_is_still_seen_through(clusters):
    images = spots(40)
    near = clusters([*images, *[CHANGES["brighter"](each) for each in images]]).near
    assert (near[:40] == near[40:]).mean() > 0.9
    assert len(set(near[near >= 0].tolist())) > 30


CHAIN = np.stack([np.arange(99), np.arange(1, 100)], axis=1)


def chained(dataset, likeness):
    return duplicates_module._clusters(np.full(300, -1), CHAIN[: len(likeness)], likeness, dataset)


def test_a_long_chain_stays_whole_where_every_class_has_other_images(make_dataset):
    near, scenes = chained(make_dataset(np.arange(300) % 3), np.full(99, 0.95))
    assert np.flatnonzero(near >= 0).tolist() == np.flatnonzero(scenes >= 0).tolist() == list(range(100))
    assert set(near[:100].tolist()) == {0}
    near, scenes = chained(make_dataset(np.arange(300) % 3), np.full(10, 0.95))
    assert np.flatnonzero(near >= 0).tolist() == list(range(11))
    assert (scenes == -1).all()


def test_a_chain_that_holds_a_class_is_cut_at_its_weakest_links(make_dataset):
    likeness = np.full(99, 0.99)
    likeness[[19, 39, 64, 79]] = 0.94
    near, scenes = chained(make_dataset(np.arange(300) // 100), likeness)
    ends = np.flatnonzero(np.diff(near[:100]))
    assert ends.tolist() == [19, 39, 64, 79]
    assert set(scenes[:100].tolist()) == {0}
    groups = np.where(np.arange(300) < 110, 0, np.arange(300))
    shared = make_dataset(np.where(np.arange(300) < 110, 0, 1), groups=groups)
    assert len(set(chained(shared, likeness)[0][:100].tolist())) == 5


def test_noisy_exposures_of_one_scene_are_one_cluster(clusters):
    draw = np.random.default_rng(5)
    scene = draw.normal(120, 30, (64, 64))
    frames = [np.clip(scene + draw.normal(0, 3, scene.shape), 0, 255).astype(np.uint8) for _ in range(40)]
    found = clusters([*frames, *spots(140)[1:]])
    assert len(set(found.near[:40].tolist())) == 1
    assert set(found.scenes[:40].tolist()) == {0}
    assert (found.near[40:] == -1).all()


def test_colored_and_many_channel_images_are_compared_too(clusters):
    draw = np.random.default_rng(1)
    images = list(draw.integers(0, 256, (30, 40, 40, 3), dtype=np.uint8))
    near = clusters([*images, np.clip(images[3].astype(int) + 6, 0, 255).astype(np.uint8)]).near
    assert near[3] == near[30] >= 0
    assert (near >= 0).sum() == 2


@pytest.mark.parametrize("n", [1, 2, 3])
def test_sets_of_hardly_any_images_are_no_trouble(n, clusters):
    assert len(clusters(spots(n)).near) == n


def test_hash_tables_find_what_comparing_all_pairs_finds(monkeypatch, tmp_path):
    images = spots(120)
    images += [CHANGES["noisier"](each) for each in images[:30]]
    small = measured([each[:, :, None] for each in images], tmp_path / "m.npy").small
    every = {tuple(pair) for pair in candidates.candidates(small)}
    copies = {(row, 120 + row) for row in range(30)}
    assert copies <= every
    monkeypatch.setattr(candidates, "EXACT_UP_TO", 10)
    assert len(copies & {tuple(pair) for pair in candidates.candidates(small)}) >= 27


def test_all_mirrored_and_turned_copies_are_joined_and_simple_images_are_not(clusters):
    images = [image[:, :, None] for image in spots(30)]
    turns = [np.rot90(side, k).copy() for side in (images[4], images[4][:, ::-1]) for k in range(4)]
    found = clusters([*images, *turns[1:]])
    assert np.flatnonzero(found.turned >= 0).tolist() == [4, *range(30, 37)]
    assert len(set(found.every[[4, *range(30, 37)]].tolist())) == 1
    dots = []
    for row in (1, 30):
        dots.append(np.zeros((32, 32, 1), np.uint8))
        dots[-1][row, 1] = 255
    assert (clusters([*dots, *(image[:32, :32] for image in images)]).turned == -1).all()
    assert (clusters([*images, images[4]]).turned == -1).all()


def test_one_bright_spot_fits_any_other_and_is_no_copy(clusters):
    """Elliptical galaxies on a linear scale (de Vaucouleurs 1948), of which the core outweighs all the rest."""
    images = []
    for seed in range(150):
        draw = np.random.default_rng(seed)
        down, right = np.indices((48, 48)) - 24 + draw.normal(0, 1.5, 2)[:, None, None]
        angle, flat = draw.uniform(0, np.pi), draw.uniform(0.35, 0.9)
        along, across = right * np.cos(angle) + down * np.sin(angle), down * np.cos(angle) - right * np.sin(angle)
        profile = np.exp(-7.67 * ((np.hypot(along, across / flat) + 0.3) / draw.lognormal(1.8, 0.25)) ** 0.25)
        light = 50 * 10 ** draw.uniform(1, 3.5) * profile / profile.sum()
        images.append((light + draw.normal(0, 2, light.shape)).astype(np.float32))
    assert clusters(images).near.max() < 0
    assert clusters([*images, images[3]]).near.max() == 0, "equal images are copies all the same"
