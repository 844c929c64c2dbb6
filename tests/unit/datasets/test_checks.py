import re
from dataclasses import replace

import numpy as np
import pytest

from explorer.datasets.checking import checked
from explorer.datasets.checks import class_sizes
from explorer.datasets.checks.shortcuts import SURELY, WELL_ABOVE
from explorer.datasets.discovery import modules
from explorer.datasets.measuring import Measures
from explorer.datasets.probe import Way, best_guess, guess
from explorer.datasets.reading import read
from explorer.records import Study
from explorer.splits import make_split
from explorer.techniques.models.intensity import Intensity
from explorer.workspace import Workspace
from tests.unit.datasets.making import encoded, noise, png, two_classes


def codes(reading):
    return {finding.code for finding in reading.findings}


@pytest.mark.parametrize("kind", ["checks", "readers"])
def test_every_file_of_the_folders_is_found_and_says_what_it_is(kind):
    found = modules(kind)
    assert len(found) >= 5
    for each in found:
        assert each.__doc__
        for name in ("check",) if kind == "checks" else ("recognises", "read"):
            assert callable(getattr(each, name))
            assert getattr(each, name).__doc__


# ---- duplicates ------------------------------------------------------------------------------------------------


def test_copies_within_and_across_classes_are_told_apart(reading, found):
    result = reading(two_classes() | {"cat/x.png": png(0), "dog/y.png": png(1)})
    within, across = (found(result, f"exact-duplicates-{where}") for where in ("within-class", "across-classes"))
    assert set(within.items) == {"cat/0.png", "cat/x.png"}
    assert set(across.items) == {"cat/1.png", "dog/y.png"}
    assert across.severity == "warning"
    assert [result.dataset.items[row] for row in across.rows] == list(across.items)
    assert (result.dataset.duplicates >= 0).sum() == 4


def test_copies_across_a_given_split_are_a_warning(reading, found):
    files = {f"train/{name}": content for name, content in two_classes().items()}
    files |= {"test/cat/t.png": png(2), "test/dog/t.png": png(222)}
    result = reading(files)
    assert set(found(result, "exact-duplicates-across-split").items) == {"test/cat/t.png", "train/cat/2.png"}


def test_near_copies_are_told_apart_from_exact_ones(reading, found):
    pictures = {f"{'ab'[k % 2]}/{k}.png": noise(k, 48, 48) // 2 for k in range(30)}
    files = {name: encoded(pixels) for name, pixels in pictures.items()}
    files |= {"a/bright.png": encoded(pictures["a/4.png"] + 9), "a/same.png": files["a/6.png"]}
    result = reading(files)
    assert set(found(result, "near-duplicates-within-class").items) == {"a/4.png", "a/bright.png"}
    assert set(found(result, "exact-duplicates-within-class").items) == {"a/6.png", "a/same.png"}


def test_a_set_without_copies_has_no_clusters(reading):
    assert reading(two_classes()).dataset.duplicates is None


# ---- sizes of classes, groups ----------------------------------------------------------------------------------


def test_imbalance_is_a_note_and_then_a_warning(make_dataset, plain):
    def severities(labels):
        dataset = make_dataset(labels)
        return [each.severity for each in checked(dataset, plain(dataset))[1] if each.code == "class-imbalance"]

    assert severities([0] * 10 + [1] * 5) == []
    assert severities([0] * 20 + [1] * 5) == ["note"]
    assert severities([0] * 60 + [1] * 5) == ["warning"]


def test_classes_with_few_test_images_are_named(make_dataset, plain):
    dataset = make_dataset([0] * 200 + [1] * 50 + [2] * 1)
    findings = {each.code: each for each in checked(dataset, plain(dataset))[1]}
    assert findings["few-test-images"].items == ("class 1",)
    assert "'class 1' (15)" in findings["few-test-images"].message
    assert findings["untested-class"].items == ("class 2",)
    assert findings["untested-class"].rows == (250,)


def test_a_class_that_a_given_test_split_lacks_is_named(make_dataset, plain):
    dataset = make_dataset([0] * 50 + [1] * 50, given_test=np.arange(100) < 40)
    findings = {each.code: each for each in checked(dataset, plain(dataset))[1]}
    assert findings["untested-class"].items == ("class 1",)


def test_groups_of_one_class_only_are_a_warning(make_dataset, plain):
    labels = np.repeat([0, 1], 20)

    def found(groups):
        dataset = make_dataset(labels, groups=np.asarray(groups, np.int64))
        return {each.code for each in checked(dataset, plain(dataset))[1]}

    assert "one-class-groups" in found(np.arange(40) // 5)
    assert "one-class-groups" not in found(np.arange(40) % 8)
    assert "one-class-groups" not in found(np.arange(40))
    assert "one-group-class" in found(labels)


def test_copies_that_join_groups_are_a_warning_and_the_cause_of_no_split(make_dataset, plain):
    labels, groups = np.arange(40) % 2, np.arange(40) // 5
    prints = np.arange(80, dtype=np.uint64).reshape(40, 2)
    dataset = make_dataset(labels, groups=groups)
    prints[20] = prints[0]
    found = {each.code: each for each in checked(dataset, plain(dataset, prints=prints))[1]}
    assert "the 8 groups count as 7" in found["joined-groups"].message
    assert found["joined-groups"].rows == (0, 20)
    assert "no-split" not in found
    prints[::5] = prints[0]
    found = {each.code: each for each in checked(dataset, plain(dataset, prints=prints))[1]}
    assert "the 8 groups count as 1" in found["joined-groups"].message
    assert "copies of images in different groups join 8 groups into 1" in found["no-split"].message
    assert "joined-groups" not in {each.code for each in checked(dataset, plain(dataset))[1]}


def test_few_groups_that_judge_are_a_warning(make_dataset, plain):
    labels = np.arange(68) % 2

    def found(groups, **fields):
        dataset = make_dataset(fields.pop("labels", labels), groups=np.asarray(groups, np.int64), **fields)
        return {each.code: each for each in checked(dataset, plain(dataset))[1]}

    few = found(np.arange(68) // 12)["few-groups"]
    assert few.severity == "warning"
    assert few.message.startswith("There are 6 groups, so that about 2 of them judge at each seed; differences between")
    assert "few-groups" in found(np.arange(68) // 2 % 16)
    assert "few-groups" not in found(np.arange(68) // 2 % 17)
    assert "few-groups" not in found(np.arange(68) // 12, given_test=np.arange(68) < 24)
    assert "few-groups" not in found(
        np.where(np.arange(68) < 40, np.arange(68) // 10, np.arange(68))
    )  # 28 of one image each
    unlabeled = np.where(np.arange(68) < 60, labels, -1)
    assert "There are 5 groups" in found(np.arange(68) // 12, labels=unlabeled)["few-groups"].message
    none = found(np.zeros(68))
    assert "no-split" in none
    assert "few-groups" not in none


def test_groups_that_copies_join_count_as_one_where_few_judge(make_dataset, plain):
    dataset = make_dataset(np.arange(72) % 2, groups=np.arange(72) // 4)
    prints = np.arange(144, dtype=np.uint64).reshape(72, 2)
    assert "few-groups" not in {each.code for each in checked(dataset, plain(dataset, prints=prints))[1]}
    prints[[0, 4, 8]] = prints[0]
    found = {each.code: each for each in checked(dataset, plain(dataset, prints=prints))[1]}
    assert found["few-groups"].message.startswith("There are 16 groups left after copies joined some, so that about 5")


@pytest.fixture
def plain():
    """Return measures of images in which nothing is remarkable."""

    def make(dataset, **fields):
        n = len(dataset)
        draw = np.random.default_rng(0)
        about = {
            "sizes": np.full((n, 2), 8),
            "channels": draw.random((n, 1)),
            "flat": np.zeros(n, bool),
            "prints": np.arange(2 * n, dtype=np.uint64).reshape(n, 2),
            "turns": np.arange(n),
            "small": draw.random((n, 32, 32)).astype(np.float32),
            "borders": draw.random((n, 64)).astype(np.float32),
            "inners": draw.random((n, 128)).astype(np.float32),
        }
        return Measures(**(about | fields))

    return make


# ---- shortcuts -------------------------------------------------------------------------------------------------

LABELS = np.repeat([0, 1, 2], 40)


def shortcuts(make_dataset, measures, **fields):
    dataset = make_dataset(LABELS, **fields)
    findings = checked(dataset, measures(dataset))[1]
    return {each.code: each for each in findings if each.code.startswith("shortcut")}


def test_nothing_remarkable_is_no_shortcut(make_dataset, plain):
    assert shortcuts(make_dataset, plain) == {}


def test_the_size_gives_the_class_away(make_dataset, plain):
    sizes = np.stack([64 + 8 * (LABELS == 1), np.full(120, 64)], axis=1)
    found = shortcuts(make_dataset, lambda dataset: plain(dataset, sizes=sizes))
    assert set(found) == {"shortcut-size"}
    assert found["shortcut-size"].severity == "warning"
    told = "tells the class 'class 1' from all others with a balanced accuracy of 100\u00a0% (chance 50\u00a0%"
    assert told in found["shortcut-size"].message, "one of three classes has a size of its own"


def test_sizes_that_differ_alike_in_all_classes_are_no_shortcut(make_dataset, plain):
    sizes = np.random.default_rng(0).integers(40, 200, (120, 2))
    assert shortcuts(make_dataset, lambda dataset: plain(dataset, sizes=sizes)) == {}


def test_the_mean_intensity_gives_the_class_away_even_where_it_is_in_between(make_dataset, plain):
    means = np.choose(LABELS, [0.5, 0.2, 0.8]) + np.random.default_rng(0).normal(0, 0.02, 120)
    assert set(shortcuts(make_dataset, lambda dataset: plain(dataset, channels=means[:, None]))) == {
        "shortcut-intensity"
    }


def test_classes_that_differ_in_colour_alone_are_a_warning(tmp_path):
    """Fifteen tints of one mean intensity, brighter and darker by chance: only the channels tell them apart."""
    turns = 2 * np.pi * np.arange(15) / 15
    tints = np.stack([np.cos(turns), np.cos(turns - 2 * np.pi / 3), np.cos(turns + 2 * np.pi / 3)], axis=1)

    def tinted(random, label):
        return random.normal(128, 20, (16, 16, 3)) + random.normal(0, 15) + 30 * tints[label]

    found = _written(tmp_path, tinted, classes=15)["shortcut-intensity"]
    assert found.severity == "warning"
    assert found.message.startswith("The mean intensity or colour (mean of each channel) alone tells the class with")
    assert f"The technique '{Intensity.title}' shows" in found.message


def test_brightness_counts_as_much_in_colour_images_and_grey_ones_are_told_as_before(make_dataset, plain):
    means = np.choose(LABELS, [0.5, 0.2, 0.8]) + np.random.default_rng(0).normal(0, 0.02, 120)
    told = []
    for channels in (1, 3):
        same = np.repeat(means[:, None], channels, axis=1)
        told.append(shortcuts(make_dataset, lambda dataset, same=same: plain(dataset, channels=same)))
    grey, color = (each["shortcut-intensity"] for each in told)
    assert grey.message.startswith("The mean intensity alone tells the class with a balanced accuracy of 100\u00a0%")
    assert color.message.startswith("The mean intensity or colour")
    assert color.severity == grey.severity == "warning"
    random = np.random.default_rng(1).random((120, 3))
    assert shortcuts(make_dataset, lambda dataset: plain(dataset, channels=random)) == {}


def test_the_border_gives_the_class_away(make_dataset, plain):
    borders = np.random.default_rng(0).random((120, 64)).astype(np.float32)
    borders[LABELS == 2, :16] += 2
    found = shortcuts(make_dataset, lambda dataset: plain(dataset, borders=borders))
    assert found["shortcut-border"].severity == "warning"
    same = shortcuts(make_dataset, lambda dataset: plain(dataset, borders=borders, inners=np.tile(borders, 2)))
    assert same["shortcut-border"].severity == "note"


@pytest.mark.parametrize("seed", range(4))
def test_a_border_that_is_brighter_all_along_it_is_told_for_what_it_is(make_dataset, plain, seed):
    """Its mean tells nearly all, while noise hides it in single values, and one class lies between the others."""
    draw = np.random.default_rng(seed)
    borders = (0.1 * LABELS[:, None] + draw.normal(0, 0.2, (120, 64))).astype(np.float32)
    found = shortcuts(make_dataset, lambda dataset: plain(dataset, borders=borders))["shortcut-border"]
    assert found.severity == "warning"
    told = re.search("accuracy of (\\d+)\u00a0% .* surely above (\\d+)\u00a0%", found.message)
    assert int(told[1]) >= 90
    assert int(told[2]) >= 80


@pytest.mark.parametrize("seed", range(4))
def test_borders_of_labels_drawn_at_random_tell_nothing(make_dataset, plain, seed):
    labels = np.random.default_rng(seed).permutation(LABELS)
    borders = (0.1 * LABELS[:, None] + np.random.default_rng(0).normal(0, 0.2, (120, 64))).astype(np.float32)
    dataset = make_dataset(labels)
    found = checked(dataset, plain(dataset, borders=borders))[1]
    assert not [each for each in found if each.code == "shortcut-border"]


def test_what_groups_give_away_by_themselves_is_no_evidence(make_dataset, plain):
    """Each group has its own brightness and one class; a random split would call that a shortcut."""
    groups = np.arange(120) // 10
    means = np.random.default_rng(3).random(12)[groups] + np.random.default_rng(0).normal(0, 0.001, 120)
    measures = lambda dataset: plain(dataset, channels=means[:, None])  # noqa: E731
    assert "shortcut-intensity" in shortcuts(make_dataset, measures)
    assert "shortcut-intensity" not in shortcuts(make_dataset, measures, groups=groups)


def test_a_class_of_one_image_does_not_silence_the_probe(make_dataset, plain):
    labels = np.repeat([0, 1, 2], [40, 40, 1])
    means = np.where(labels == 1, 0.8, 0.2) + np.random.default_rng(0).normal(0, 0.02, 81)
    dataset = make_dataset(labels)
    found = {each.code: each for each in checked(dataset, plain(dataset, channels=means[:, None]))[1]}
    assert "balanced accuracy of 100\u00a0% (chance 50\u00a0%" in found["shortcut-intensity"].message
    assert found["shortcut-unasked"].items == ("class 2",)
    assert "leave out 1 class" in found["shortcut-unasked"].message


def test_no_two_classes_that_can_be_asked_are_said(make_dataset, plain):
    dataset = make_dataset(np.repeat([0, 1], 20), groups=np.repeat([0, 1], 20))
    found = {each.code: each for each in checked(dataset, plain(dataset))[1]}
    assert found["shortcut-unasked"].items == ("class 0", "class 1")
    assert "nothing was looked for" in found["shortcut-unasked"].message


@pytest.mark.parametrize("counts", [(60, 305, 60, 10), (40,) * 10])
def test_one_class_of_many_that_its_size_gives_away_is_named(make_dataset, plain, counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    sizes = np.where(labels == 0, 96, 64)[:, None].repeat(2, axis=1)
    dataset = make_dataset(labels)
    found = {each.code: each for each in checked(dataset, plain(dataset, sizes=sizes))[1]}
    assert "tells the class 'class 0' from all others with a balanced accuracy of 100" in found["shortcut-size"].message


def test_one_class_that_is_surely_told_is_not_hidden_by_others_that_are_told_somewhat(make_dataset, plain):
    labels = np.repeat(np.arange(5), 40)
    means = np.where(labels == 4, 0.9, 0.3) + np.random.default_rng(0).normal(0, 0.02, 200)
    dataset = make_dataset(labels)
    found = {each.code: each for each in checked(dataset, plain(dataset, channels=means[:, None]))[1]}
    assert found["shortcut-intensity"].severity == "warning"
    assert "'class 4' from all others with a balanced accuracy of 100\u00a0% (chance 50\u00a0%, surely above" in (
        found["shortcut-intensity"].message
    )


def test_a_rare_class_of_a_large_set_is_asked_too():
    labels = np.repeat([0, 1, 2], [5000, 5000, 10])
    found = guess(np.eye(3)[labels], labels, np.arange(len(labels)), linear=True)
    assert found.together.chance == pytest.approx(1 / 3)
    assert found.together.accuracy == 1


def test_the_probe_does_not_cry_wolf():
    """Of 200 sets of pure chance at most one may be called predictable, small classes included."""
    alarms = 0
    for seed in range(200):
        draw = np.random.default_rng(seed)
        n, k = int(draw.integers(20, 150)), int(draw.integers(2, 5))
        labels = np.concatenate([np.repeat(np.arange(k), 5), draw.integers(0, k, n)])
        features = draw.normal(size=(len(labels), int(draw.integers(1, 6))))
        found = guess(features, labels, np.arange(len(labels)), linear=bool(seed % 2))
        alarms += found is not None and (found.together.skill > WELL_ABOVE or found.alone.skill > SURELY)
    assert alarms <= 1


def test_the_best_of_several_ways_does_not_cry_wolf():
    """Of 60 sets of pure chance at most one may be called predictable, though each has four ways to be so."""
    alarms, ahead = 0, []
    for seed in range(60):
        draw = np.random.default_rng(seed)
        labels = draw.integers(0, 2, 100)
        ways = [Way(draw.normal(size=(100, d)), linear) for d in (2, 40) for linear in (True, False)]
        found = best_guess(ways, labels, np.arange(100))
        ahead.append(found.together.accuracy - 0.5)
        alarms += found.together.skill > WELL_ABOVE
    assert alarms <= 1
    assert abs(np.mean(ahead)) < 0.02, "the best of four by the answers themselves is 5 points ahead"


def test_the_best_of_several_ways_is_found():
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 2, 100)
    noise = draw.normal(size=(100, 60))
    ways = [Way(noise, linear=True), Way(labels[:, None] + draw.normal(0, 0.1, (100, 1)), linear=False)]
    assert best_guess(ways, labels, np.arange(100)).together.accuracy > 0.98
    assert best_guess(ways[:1], labels, np.arange(100)).together.accuracy < 0.65


def test_the_probe_keeps_out_of_classes_that_are_too_small():
    assert guess(np.zeros((8, 1)), np.array([0, 1] * 4), np.arange(8), linear=True) is None
    assert guess(np.zeros((8, 1)), np.full(8, -1), np.arange(8), linear=True) is None


def test_borders_are_measured_before_padding(reading):
    """The frame of one class lies in its files; in the stored squares it would be inside the padding."""
    frame = {}
    for k in range(30):
        inside = noise(k, 20, 30)
        framed = noise(100 + k, 20, 30)
        framed[0], framed[-1], framed[:, 0], framed[:, -1] = 0, 0, 0, 0
        frame |= {f"plain/{k}.png": encoded(inside), f"framed/{k}.png": encoded(framed)}
    assert "shortcut-border" in codes(reading(frame))


def test_padding_makes_up_no_border(reading):
    mixed = {f"{'ab'[k % 2]}/{k}.png": encoded(noise(k, 20 + k % 3, 30)) for k in range(60)}
    assert not {each for each in codes(reading(mixed)) if each.startswith("shortcut")}


def _written(folder, image, seed=0, classes=3):
    """Read 300 images of some classes, each made by `image(random, class)`, and return the findings by code."""
    random, labels = np.random.default_rng(seed), np.arange(300) % classes
    images = np.stack([image(random, label) for label in labels]).clip(0, 255).astype(np.uint8)
    np.savez(folder / "a.npz", images=images, labels=labels)
    found = read(folder / "a.npz", Workspace(folder / "home").make()).findings
    return {each.code: each for each in found}


@pytest.mark.parametrize("side", [24, 64])
def test_noise_that_fills_the_image_is_no_shortcut_of_the_border(tmp_path, side):
    found = _written(tmp_path, lambda random, label: random.normal(128, 20 + 8 * label, (side, side)))
    assert found["shortcut-border"].severity == "note"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "image",
    [
        lambda random, label: random.normal(128, 15 + 6 * label, (48, 48)),
        lambda random, label: random.normal(110 + 4 * label, 30, (48, 48)),
    ],
    ids=["level", "mean"],
)
def test_the_class_that_is_the_noise_is_never_a_warning_of_the_border(tmp_path, image, seed):
    assert _written(tmp_path, image, seed)["shortcut-border"].severity == "note"


@pytest.mark.parametrize("seed", range(3))
def test_a_vignette_that_follows_the_class_is_a_warning_of_the_border(tmp_path, seed):
    down, right = (np.indices((48, 48)) - 23.5) / 24
    found = _written(tmp_path, lambda random, k: random.normal(128, 20, (48, 48)) - 6 * k * (down**2 + right**2), seed)
    assert found["shortcut-border"].severity == "warning"


def test_a_faint_frame_in_noise_is_a_shortcut_of_the_border(tmp_path):
    def framed(random, label):
        image = random.normal(128, 20, (48, 48))
        image[[0, 1, -2, -1]] += 5 * label
        return image

    assert _written(tmp_path, framed)["shortcut-border"].severity == "warning"


def test_of_many_small_classes_the_smallest_are_named(make_dataset, plain):
    dataset = make_dataset(np.repeat(np.arange(6), [50, 60, 70, 10, 80, 90]))
    told = {each.code: each.message for each in checked(dataset, plain(dataset))[1]}["few-test-images"]
    assert "'class 3' (3), 'class 0' (15), 'class 1' (18) and" in told


@pytest.mark.parametrize(("n_test", "points"), [(2, 41), (10, 26), (20, 20)])
def test_how_uncertain_a_small_class_is_follows_from_its_own_number(make_dataset, plain, n_test, points):
    labels = np.repeat([0, 1, 2], [200, 200, 3 * n_test])
    given = np.arange(len(labels)) % 3 == 0
    dataset = make_dataset(labels, given_test=given)
    findings = {each.code: each for each in checked(dataset, plain(dataset))[1]}
    told = findings["few-test-images"].message
    assert f"With {n_test} test images, an accuracy of one half is uncertain by ± {points} points" in told


@pytest.mark.parametrize("tied", ["not", "by groups", "by copies"])
def test_as_many_test_images_are_told_as_a_split_draws(make_dataset, plain, tied):
    labels = np.repeat([0, 1], [60, 90])
    units = np.where(labels == 0, np.arange(150), 200 + np.arange(150) // 45 % 2)  # class 1 is two units of 45
    dataset = make_dataset(labels, groups=units if tied == "by groups" else None)
    measures = plain(dataset, **({"prints": np.stack([units, units], axis=1)} if tied == "by copies" else {}))
    copies, findings = checked(dataset, measures)
    split = make_split(replace(dataset, duplicates=copies), 0, Study.test_share)
    drawn = np.bincount(labels[split.test])
    assert drawn.tolist() == [18, 27 if tied == "not" else 45]
    few = [f"'class {each}' ({drawn[each]})" for each in (0, 1) if drawn[each] < class_sizes.TEST_ITEMS]
    told = {each.code: each.message for each in findings}["few-test-images"]
    assert f"at a test share of 30\u00a0%: {', '.join(few)}." in told
