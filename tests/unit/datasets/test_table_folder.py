import numpy as np
import pytest

from explorer.datasets.listings import Entry
from explorer.datasets.tables import columns_of
from explorer.errors import DataError
from tests.unit.datasets.making import png, two_classes, zip_of

IMAGES = {f"{i}.png": png(i) for i in range(8)}
LABELS = ["a", "b"] * 4


def table(rows=None, header="filename,label", separator=",") -> bytes:
    rows = rows or [f"{i}.png,{label}" for i, label in enumerate(LABELS)]
    return "\n".join([header, *rows]).replace(",", separator).encode()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_any_separator_and_encoding_is_read(separator, encoding, reading):
    rows = [f"{i}.png,{'très' if i % 2 else 'peu'}" for i in range(8)]
    content = table(rows, separator=separator).decode().encode(encoding)
    dataset = reading(IMAGES | {"labels.csv": content}).dataset
    assert dataset.class_names == ("peu", "très")
    assert dataset.labels.tolist() == [0, 1] * 4


@pytest.mark.parametrize("before", range(3))
def test_a_long_table_is_known_wherever_its_beginning_ends(before, tmp_path):
    """The beginning that is looked at may end within a character."""
    path = tmp_path / "labels.csv"
    header = f"filename,label,group{' ' * before}\n".encode("utf-8-sig")
    path.write_bytes(header + "細胞の画像.png,細,患者\n".encode() * 5000)
    assert columns_of(Entry("labels.csv", path.stat().st_size, lambda: path.open("rb"))) == {
        "filename",
        "label",
        "group",
    }


@pytest.mark.parametrize("header", ["Label , File Name", "CLASS,image", "label,FILE_NAME", '"label","filename"'])
def test_columns_come_in_any_order_and_spelling(header, reading):
    rows = [f"{label},{i}.png" for i, label in enumerate(LABELS)]
    assert reading(IMAGES | {"x.csv": table(rows, header)}).dataset.labels.tolist() == [0, 1] * 4


@pytest.mark.parametrize("way", ["{i}", "images/{i}.png", "{i}.PNG", "./{i}.png", "images\\{i}.png"])
def test_names_are_found_with_or_without_folder_and_suffix(way, reading):
    files = {f"images/{name}": content for name, content in IMAGES.items()}
    rows = [f"{way.format(i=i)},{label}" for i, label in enumerate(LABELS)]
    dataset = reading(files | {"x.csv": table(rows)}).dataset
    assert dataset.items == tuple(f"images/{i}.png" for i in range(8))
    assert dataset.labels.tolist() == [0, 1] * 4


def test_texts_that_look_like_missing_values_are_classes(reading):
    rows = [f"{i}.png,{label}" for i, label in enumerate(["NA", "nan", "null", "None"] * 2)]
    assert reading(IMAGES | {"x.csv": table(rows)}).dataset.class_names == ("NA", "nan", "None", "null")


@pytest.mark.parametrize(("labels", "names"), [(["1", "10", "2"], ("1", "2", "10")), (["1.0", "0.0"], ("0", "1"))])
def test_numbers_are_sorted_as_numbers_and_whole_ones_lose_their_point(labels, names, reading):
    rows = [f"{i}.png,{labels[i % len(labels)]}" for i in range(8)]
    assert reading(IMAGES | {"x.csv": table(rows)}).dataset.class_names == names


def test_an_empty_label_is_unlabeled(reading):
    rows = [f"{i}.png,{label}" for i, label in enumerate(["a", "b", "", " "] * 2)]
    assert reading(IMAGES | {"x.csv": table(rows)}).dataset.labels.tolist() == [0, 1, -1, -1] * 2


def test_group_and_split_are_kept(reading):
    rows = [
        f"{i}.png,{label},p{i // 2},{'Test' if i > 5 else 'val' if i > 3 else ''}" for i, label in enumerate(LABELS)
    ]
    dataset = reading(IMAGES | {"x.csv": table(rows, "filename,label,group,split")}).dataset
    assert dataset.groups.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert dataset.group_names == ("p0", "p1", "p2", "p3")
    assert dataset.given_test.tolist() == [False] * 6 + [True] * 2


def test_an_unknown_split_is_told(reading, found):
    rows = [f"{i}.png,{label},{'fold7' if i == 1 else 'test' if i > 5 else 'train'}" for i, label in enumerate(LABELS)]
    assert found(reading(IMAGES | {"x.csv": table(rows, "filename,label,split")}), "unknown-split").items == ("1.png",)


def test_files_that_are_missing_and_images_that_are_not_named_are_told(reading, found):
    rows = [f"{i}.png,{label}" for i, label in enumerate(LABELS[:6])]
    result = reading(IMAGES | {"x.csv": table([*rows, "lost.png,a"])})
    assert found(result, "missing-file").items == ("lost.png",)
    assert found(result, "not-in-table").items == ("6.png", "7.png")
    assert len(result.dataset) == 6


def test_rows_that_contradict_each_other_leave_the_image_out(reading, found):
    rows = [f"{i}.png,{label}" for i, label in enumerate(LABELS)]
    result = reading(IMAGES | {"x.csv": table([*rows, "3.png,a", "4.png,a"])})
    assert found(result, "conflicting-rows").items == ("3.png",)
    assert found(result, "repeated-rows").items == ("4.png",)
    assert "3.png" not in result.dataset.items
    assert "4.png" in result.dataset.items


def test_clean_twins_are_not_mistaken_for_the_images(reading, found):
    twins = {f"clean/{i}.png": png(50 + i) for i in range(8)}
    result = reading(IMAGES | twins | {"x.csv": table()})
    assert result.dataset.items == tuple(IMAGES)
    assert len(found(result, "clean-twin").items) == 8
    assert len(result.dataset.clean) == 8
    assert not np.array_equal(result.dataset.clean, result.dataset.inputs)


@pytest.mark.parametrize("loose", [0, 3])
def test_a_class_of_clean_images_beside_others_of_the_same_names_is_kept(loose, reading):
    files = {f"{kind}/{i}.png": png(10 * k + i) for k, kind in enumerate(("clean", "dirty")) for i in range(3)}
    files |= {f"{i}.png": png(90 + i) for i in range(loose)}
    kinds = {name: name.split("/")[0] if "/" in name else "loose" for name in files}
    result = reading(files | {"x.csv": table([f"{name},{kind}" for name, kind in kinds.items()])})
    dataset = result.dataset
    found = {item: dataset.class_names[label] for item, label in zip(dataset.items, dataset.labels, strict=True)}
    assert found == kinds
    assert not {"conflicting-rows", "clean-twin", "missing-file"} & {each.code for each in result.findings}


def test_a_file_of_another_folder_is_never_taken_for_the_one_that_is_named(reading, found):
    files = {f"p{i}/{i}.png": png(i) for i in range(8)}
    rows = [f"p{i}/{i}.png,{label}" for i, label in enumerate(LABELS)]
    result = reading(files | {"x.csv": table([*rows[1:], "p9/0.png,sick"])})
    assert found(result, "missing-file").items == ("p9/0.png",)
    assert found(result, "not-in-table").items == ("p0/0.png",)
    assert result.dataset.class_names == ("a", "b")


def test_a_group_of_another_folder_is_not_given_to_an_image(tmp_path, reading, found):
    groups = tmp_path / "groups.csv"
    groups.write_text("filename,group\ncat/0.png,p1\nfox/7.png,p2\n")
    result = reading(two_classes() | {"dog/7.png": png(7)}, groups_file=groups)
    assert found(result, "missing-file").items == ("fox/7.png",)
    assert "p2" not in result.dataset.group_names


@pytest.mark.parametrize(
    "way", ["/abs/set/p{i}/{i}.png", "C:\\set\\P{i}\\{i}.PNG", "p{i}/{i}", "set/p{i}/{i}.tif", "{i}"]
)
def test_names_with_more_folders_or_another_suffix_are_found(way, reading):
    files = {f"p{i}/{i}.png": png(i) for i in range(8)}
    rows = [f"{way.format(i=i)},{label}" for i, label in enumerate(LABELS)]
    dataset = reading(files | {"x.csv": table(rows)}).dataset
    assert dataset.items == tuple(files)
    assert dataset.labels.tolist() == [0, 1] * 4


def test_a_zip_is_the_same_data_set(tmp_path, reading):
    files = IMAGES | {"x.csv": table()}
    packed = zip_of({f"outer/{name}": content for name, content in files.items()}, tmp_path / "y.zip")
    assert reading(files).dataset.fingerprint == reading(packed).dataset.fingerprint


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (table(header="filename,kind"), r"x.csv has no column 'label'; its first line has 'filename', 'kind'"),
        (table(header="a,b"), r"x.csv has no column 'filename'"),
        (b"\n\n", r"x.csv is empty"),
        (b"filename,label\n", r"no image that x.csv names"),
        (b"filename,label\n" + b'0.png,"' + b"x" * 200_000, r"x.csv is no readable table|no column"),
    ],
)
def test_a_table_that_cannot_be_used_is_an_error(content, match, reading):
    with pytest.raises(DataError, match=match):
        reading(IMAGES | {"x.csv": content})


def test_two_tables_of_labels_are_an_error(reading):
    with pytest.raises(DataError, match=r"holds 2 tables of labels: x.csv, y.csv"):
        reading(IMAGES | {"x.csv": table(), "y.csv": table()})


def test_a_table_beside_class_folders_that_names_no_labels_is_ignored(reading):
    assert reading(two_classes() | {"notes.csv": b"who,when\nme,now\n"}).dataset.class_names == ("cat", "dog")


def test_labels_hold_through_the_order_of_rows(reading):
    rows = [f"{i}.png,{label}" for i, label in enumerate(LABELS)]
    order = np.random.default_rng(0).permutation(8)
    dataset = reading(IMAGES | {"x.csv": table([rows[i] for i in order])}).dataset
    assert dataset.labels.tolist() == [0, 1] * 4


def test_columns_that_are_not_used_are_named_and_one_that_may_bind_images_is_a_warning(reading, found):
    rows = [f"{i}.png,{label},{i % 3},x" for i, label in enumerate(LABELS)]
    told = found(reading(IMAGES | {"x.csv": table(rows, "filename,label,Plate ID,remark")}), "unused-columns")
    assert told.message == (
        "Of x.csv, 2 columns will not be used: Plate ID, remark."
        " Rename 'Plate ID' to 'group' if images that share it belong together."
    )
    assert told.severity == "warning"
    plain = reading(IMAGES | {"x.csv": table([f"{row},y" for row in rows], "filename,label,group,split,note")})
    assert found(plain, "unused-columns").severity == "note"


@pytest.mark.parametrize(("header", "column"), [("Patient ID", 0), ("patient,group", 1), ("donor,slide", 0)])
def test_a_column_of_patients_groups_images_where_none_is_called_group(reading, found, header, column):
    rows = [f"{i}.png,{label},{i // 4},{i // 2}" for i, label in enumerate(LABELS)]
    names = header if "," in header else f"{header},remark"
    result = reading(IMAGES | {"x.csv": table(rows, f"filename,label,{names}")})
    assert len(result.dataset.group_names) == (2, 4)[column]
    codes = [each.code for each in result.findings]
    assert ("grouping-column" in codes) == (column == 0)
    if column == 0:
        assert (
            f"'{header.partition(',')[0]}' tells which images belong together"
            in found(result, "grouping-column").message
        )
    assert (found(result, "unused-columns").severity == "warning") == (header in ("patient,group", "donor,slide"))


def test_names_without_an_ending_are_matched_and_it_is_said_what_is_surer(reading, found):
    result = reading(IMAGES | {"x.csv": table([f"{i},{label}" for i, label in enumerate(LABELS)])})
    assert len(result.dataset) == len(LABELS)
    told = found(result, "name-without-ending")
    assert told.severity == "note"
    assert "write the whole name, such as img1.png" in told.message


def test_a_name_that_fits_several_images_is_told_with_what_mends_it(reading, found):
    twice = {"p1/5.png": png(91), "p2/5.png": png(92)}
    rows = [f"{i}.png,{label}" for i, label in enumerate(LABELS) if i != 5]
    files = {name: data for name, data in IMAGES.items() if name != "5.png"}
    result = reading(files | twice | {"x.csv": table([*rows, "5.png,a", "lost.png,b"])})
    told = {each.items: each.message for each in result.findings if each.code == "missing-file"}
    assert "fits several images; write the whole name, with its folders and its ending" in told["5.png",]
    assert "not there; correct the name, or bring the file" in told["lost.png",]
