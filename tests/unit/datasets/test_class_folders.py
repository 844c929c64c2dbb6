from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.reading import read
from explorer.datasets.saved import load
from tests.unit.datasets.making import encoded, folder_of, noise, png, two_classes, zip_of


def test_folders_become_classes_in_natural_order(reading):
    files = {f"{name}/{i}.png": png(int(name) * 50 + i) for name in ("10", "2", "1") for i in range(3)}
    dataset = reading(files).dataset
    assert dataset.class_names == ("1", "2", "10")
    assert [dataset.class_names[label] for label in dataset.labels] == [item.split("/")[0] for item in dataset.items]


def test_the_folder_that_one_is_in_has_its_own_name(tmp_path, workspace, monkeypatch):
    monkeypatch.chdir(folder_of(two_classes(), tmp_path / "cats and dogs"))
    assert read(Path(), workspace).dataset.name == "cats and dogs"
    assert read(Path("cat/.."), workspace).dataset.source == "cats and dogs"


def test_classes_are_ordered_whatever_their_case(reading):
    names = ("Debris", "cell 10", "Cell 2", "artefact", "debris")
    dataset = reading({f"{name}/{i}.png": png(10 * n + i) for n, name in enumerate(names) for i in range(3)}).dataset
    assert dataset.class_names == ("artefact", "Cell 2", "cell 10", "Debris", "debris")


def test_pixels_are_those_of_the_files(reading):
    dataset = reading(two_classes()).dataset
    assert dataset.inputs.dtype == np.uint8
    assert np.array_equal(dataset.inputs[dataset.items.index("dog/3.png"), :, :, 0], noise(103))


def test_a_folder_and_a_zip_of_it_with_an_outer_folder_are_the_same_data_set(tmp_path, reading):
    files = two_classes()
    outer = {f"my set/{name}": content for name, content in files.items()}
    prints = {
        reading(files).dataset.fingerprint,
        reading(zip_of(files, tmp_path / "plain.zip")).dataset.fingerprint,
        reading(zip_of(outer, tmp_path / "outer.zip")).dataset.fingerprint,
    }
    assert len(prints) == 1


@pytest.mark.parametrize("name", ["unlabeled", "unlabelled", "_unlabeled", "Unlabeled"])
def test_the_folder_of_unlabeled_images_is_no_class(name, reading):
    dataset = reading(two_classes() | {f"{name}/{i}.png": png(300 + i) for i in range(4)}).dataset
    assert dataset.class_names == ("cat", "dog")
    unlabeled = [item for item, label in zip(dataset.items, dataset.labels, strict=True) if label == -1]
    assert unlabeled == [f"{name}/{i}.png" for i in range(4)]


def test_images_in_deeper_folders_belong_to_the_topmost_one(reading):
    dataset = reading(two_classes() | {"dog/session 2/9.png": png(9)}).dataset
    assert dataset.labels[dataset.items.index("dog/session 2/9.png")] == 1


def test_an_image_beside_the_class_folders_is_left_out(reading, found):
    assert found(reading(two_classes() | {"overview.png": png(9)}), "image-without-class").items == ("overview.png",)


def test_train_and_test_folders_above_the_classes_give_the_split(reading):
    files = {f"train/{name}": content for name, content in two_classes().items()}
    files |= {f"test/{kind}/t.png": png(500 + len(kind) + ord(kind[0])) for kind in ("cat", "dog")}
    dataset = reading(files).dataset
    assert dataset.class_names == ("cat", "dog")
    assert {item for item, test in zip(dataset.items, dataset.given_test, strict=True) if test} == {
        "test/cat/t.png",
        "test/dog/t.png",
    }


def test_train_and_val_folders_without_test_are_no_classes(reading, found):
    files = {f"train/{name}": content for name, content in two_classes().items()}
    files |= {f"val/{kind}/v.png": png(600 + ord(kind[0])) for kind in ("cat", "dog")}
    result = reading(files)
    assert result.dataset.class_names == ("cat", "dog")
    assert result.dataset.class_counts.tolist() == [7, 7]
    assert result.dataset.given_test is None
    assert "tests are drawn anew" in found(result, "no-given-test").message


@pytest.mark.parametrize("below", ["", "plate 7/"])
@pytest.mark.parametrize("name", ["unlabeled", "_Unlabelled"])
def test_unlabeled_images_beside_train_and_test_folders_are_pool(name, below, reading):
    files = {f"train/{name}": content for name, content in two_classes().items()}
    files |= {f"test/{kind}/t.png": png(500 + ord(kind[0])) for kind in ("cat", "dog")}
    result = reading(files | {f"{name}/{below}{i}.png": png(300 + i) for i in range(4)})
    dataset = result.dataset
    assert dataset.class_names == ("cat", "dog")
    assert dataset.given_test.sum() == 2
    unlabeled = np.flatnonzero(dataset.labels == -1)
    assert {dataset.items[row] for row in unlabeled} == {f"{name}/{below}{i}.png" for i in range(4)}
    assert not dataset.given_test[unlabeled].any()
    assert "empty-class" not in {each.code for each in result.findings}


def test_unlabeled_images_inside_train_are_unlabeled_too(reading):
    files = {f"train/{name}": content for name, content in two_classes().items()}
    files |= {"train/unlabeled/u.png": png(700), "val/dog/v.png": png(701)}
    dataset = reading(files).dataset
    assert dataset.class_names == ("cat", "dog")
    assert dataset.labels[dataset.items.index("train/unlabeled/u.png")] == -1


def test_classes_called_train_and_test_without_folders_below_are_classes(reading):
    files = {name.replace("cat", "train").replace("dog", "test"): image for name, image in two_classes().items()}
    assert reading(files).dataset.class_names == ("test", "train")


@pytest.mark.parametrize("folder", ["clean", "Clean", "CLEAN"])
def test_clean_twins_are_ignored_but_a_class_called_clean_is_not(reading, found, folder):
    files = two_classes()
    result = reading(files | {f"{folder}/{name}": content for name, content in files.items()})
    assert result.dataset.class_names == ("cat", "dog")
    assert len(found(result, "clean-twin").items) == 12
    assert np.array_equal(result.dataset.clean, result.dataset.inputs)


def test_a_class_called_clean_is_a_class(reading):
    files = {f"clean/{i}.png": png(i) for i in range(3)} | {f"dirty/{i}.png": png(50 + i) for i in range(3)}
    assert reading(files).dataset.class_names == ("clean", "dirty")


def test_groups_come_from_a_table_of_their_own(tmp_path, reading, found):
    table = tmp_path / "groups.csv"
    table.write_text("filename,group\n" + "\n".join(f"{name},p{i // 2}" for i, name in enumerate(two_classes())))
    dataset = reading(two_classes(), groups_file=table).dataset
    assert dataset.group_names == tuple(f"p{i}" for i in range(6))
    assert dataset.groups.tolist() == [i // 2 for i in range(12)]


def test_an_image_without_a_group_is_a_group_of_its_own(tmp_path, reading, found):
    table = tmp_path / "groups.csv"
    table.write_text("filename,group\ncat/0.png,a\ncat/1.png,a\n")
    result = reading(two_classes(), groups_file=table)
    assert len(found(result, "no-group").items) == 10
    assert len(set(result.dataset.groups.tolist())) == 11


def test_grey_images_among_colored_ones_become_colored_with_a_warning(reading, found):
    result = reading(two_classes() | {f"cat/c{i}.png": png(i, channels=3) for i in range(9)})
    assert result.dataset.inputs.shape == (21, 12, 12, 3)
    row = result.dataset.inputs[result.dataset.items.index("cat/0.png")]
    assert np.array_equal(row, np.repeat(noise(0)[:, :, None], 3, axis=2))
    assert found(result, "grey-and-color").severity == "warning"


def test_8_bit_images_among_16_bit_ones_are_stretched_with_a_warning(reading, found):
    result = reading(two_classes() | {"cat/deep.png": encoded(noise(1, dtype="uint16"))})
    assert result.dataset.inputs.dtype == np.uint16
    row = result.dataset.inputs[result.dataset.items.index("cat/0.png"), :, :, 0]
    assert np.array_equal(row, noise(0).astype(np.uint16) * 257)
    assert found(result, "mixed-depths").severity == "warning"


def _twins(files, but=()):
    """Return the files and clean twins of them, of other pixels, in another order; none for those of `but`."""
    twins = {f"clean/{name}": png(900 + at) for at, name in enumerate(files) if name not in but}
    return dict(reversed(twins.items())) | files


def test_clean_twins_are_kept_row_by_row_and_change_no_fingerprint(reading, workspace):
    files = two_classes()
    without = reading(files).dataset
    assert without.clean is None
    dataset = reading(_twins(files)).dataset
    assert dataset.fingerprint == without.fingerprint
    assert isinstance(dataset.clean, np.memmap)
    for image, item in zip(dataset.clean, dataset.items, strict=True):
        assert np.array_equal(image[..., 0], noise(900 + list(files).index(item)))
    assert np.array_equal(load(workspace, dataset.fingerprint).dataset.clean, dataset.clean)


def test_clean_twins_are_fitted_as_their_images_are(reading):
    files = {f"{kind}/{i}.png": png(10 * k + i, 20, 10) for k, kind in enumerate("ab") for i in range(3)}
    twins = {f"clean/{name}": content for name, content in files.items()}
    dataset = reading(files | twins, size=16).dataset
    assert dataset.clean.shape == dataset.inputs.shape == (6, 16, 16, 1)
    assert np.array_equal(dataset.clean, dataset.inputs)


@pytest.mark.parametrize("twin", [None, png(5, 13, 12), b"damaged"])
def test_clean_images_that_are_missing_or_do_not_fit_are_not_used_and_it_is_told(twin, reading, found):
    files = two_classes()
    given = _twins(files, but=() if twin is not None else ("cat/3.png",))
    if twin is not None:
        given["clean/cat/3.png"] = twin
    result = reading(given)
    assert result.dataset.clean is None
    assert len(result.dataset) == 12
    assert "clean images are not used" in found(result, "clean-left-out").message


def test_images_of_several_sizes_are_named_with_what_was_done_to_them(reading, found):
    assert "mixed-sizes" not in {each.code for each in reading(two_classes()).findings}
    files = two_classes() | {"cat/wide.png": png(1, 20, 30), "dog/large.png": png(2, 40, 40)}
    told = found(reading(files), "mixed-sizes").message
    assert "3 sizes, from 12 × 12 to 40 × 40 pixels; all were filled up to squares and resized to 12 × 12" in told
