"""The Data page: choosing, reading, looking, and what bad input gets."""

import io
import zipfile

import pytest

from explorer.datasets.examples import examples
from explorer.datasets.reading import read
from explorer.ui import study_read, texts
from explorer.ui.formats import escaped
from tests.pages.states import NAMES, figure, images, said


def zipped(folder):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return content.getvalue()


def test_choosing_offers_every_example_and_the_upload(opened):
    app = opened("data")
    assert {f"open-{name}" for name in examples()} <= {button.key for button in app.button}
    assert app.get("file_uploader")
    assert app.button(key="read").label == texts.READ


def test_about_an_example_says_its_title_once(opened):
    app = opened("data")
    app.button(key="about-galaxies").click().run()
    assert not app.exception
    assert "# Galaxies" not in said(app).replace("## ", "")
    assert "five shapes of galaxies" in said(app)


def test_looking_shows_findings_counts_and_pictures(opened, saved):
    app = opened("data", data=saved.fingerprint)
    words = said(app)
    drawn, alt = figure(app, "class-counts")
    assert drawn["data"][0]["x"] == [14, 14, 14]
    assert [name in alt for name in NAMES] == [True] * 3
    assert words.count("<img") >= 3 * 8 + 2
    assert "Unlabelled</span><span style='overflow-wrap:anywhere'>2<" in words
    assert any("broken.png" in each.value for each in app.code)
    assert "16 × 16 px, 1 channel, uint8" in words
    brightness, _ = figure(app, "brightness")
    medians = next(trace["x"] for trace in brightness["data"] if trace["meta"] == "medians")
    assert dict(zip(sorted(NAMES), medians, strict=True))["round"] < 0.25


def test_next_pictures_are_others(opened, saved):
    app = opened("data", data=saved.fingerprint)
    before = next(each.value for each in app.html if "<img" in each.value)
    app.button(key="gallery-next").click().run()
    assert next(each.value for each in app.html if "<img" in each.value) != before


def test_zip_is_read_and_remembered(opened, workspace, tmp_path, saved):
    app = opened("data")
    app.file_uploader(key="upload-0").upload("my shapes.zip", zipped(images(tmp_path / "again"))).run()
    app.button(key="read").click().run()
    assert not app.exception
    assert app.query_params["data"] == saved.fingerprint  # the same contents
    assert app.session_state["upload-number"] == 1  # the bytes are let go
    app.button(key="other-data").click().run()
    assert f"earlier-{saved.fingerprint}" in {button.key for button in app.button}


def test_several_files_with_a_table(opened, tmp_path):
    folder = images(tmp_path / "flat")
    app = opened("data")
    uploader = app.file_uploader(key="upload-0")
    lines = ["filename,label"]
    for path in sorted(folder.glob("[rsd]*/[rsd]*.png")):
        uploader.upload(path.name, path.read_bytes())
        lines.append(f"{path.name},{path.parent.name}")
    uploader.upload("labels.csv", "\n".join(lines).encode()).run()
    app.button(key="read").click().run()
    assert not app.exception
    assert not app.error, app.error[0].value
    assert "42" in said(app)
    assert study_read.dataset(app.query_params["data"]).name == texts.UPLOAD_OF.format(n=43)


@pytest.mark.parametrize(
    ("names", "called"),
    [(["cells.npy"], "cells"), (["cells.npy", "cells.csv"], "cells"), (["0.png", "1.png"], "Upload of 2 files")],
)
def test_what_is_wrong_with_an_upload_is_told_of_its_own_name(opened, names, called):
    app = opened("data")
    uploader = app.file_uploader(key="upload-0")
    for name in names:
        uploader.upload(name, b"nothing of use")
    app.run()
    app.button(key="read").click().run()
    (error,) = app.error
    assert called in error.value
    assert "upload " not in error.value.lower().replace(called.lower(), "")
    assert "/tmp" not in error.value


def test_folder_of_this_machine_with_a_size(opened, tmp_path):
    app = opened("data")
    app.number_input(key="size").set_value(24).run()
    button = app.button(key="read")
    assert (button.label, button.disabled) == (texts.READ, False)
    app.text_input(key="folder").set_value(str(images(tmp_path / "here")))  # typed, and no Enter before the press
    button.click().run()
    assert not app.exception
    assert "24 × 24 px" in said(app)


def test_nothing_or_two_things_to_read_are_told(opened, tmp_path):
    app = opened("data")
    app.button(key="read").click().run()
    assert [each.value for each in app.warning] == [texts.READ_NOTHING]
    app.file_uploader(key="upload-0").upload("a.csv", b"a,b\n1,2")
    app.text_input(key="folder").set_value(str(tmp_path))
    app.button(key="read").click().run()
    assert [each.value for each in app.warning] == [texts.READ_BOTH]
    assert not app.exception


@pytest.mark.parametrize(("name", "content"), [("bad.zip", b"not a zip"), ("bad.npz", b""), ("only.csv", b"a,b\n1,2")])
def test_bad_upload_is_one_sentence_and_nothing_is_lost(opened, name, content):
    app = opened("data")
    app.file_uploader(key="upload-0").upload(name, content).run()
    app.button(key="read").click().run()
    assert not app.exception
    (error,) = app.error
    assert "\n" not in error.value
    assert error.value.endswith(".")
    assert "Traceback" not in error.value
    assert app.session_state["upload-number"] == 0  # the upload is still there


@pytest.mark.parametrize("fingerprint", ["0123456789abcdef", "..", "a/b"])
def test_unknown_data_is_one_sentence(opened, fingerprint):
    app = opened("data", data=fingerprint)
    assert [each.value for each in app.warning] == [texts.UNKNOWN_DATA]
    assert "data" not in app.query_params
    assert texts.CHOOSE_TITLE in said(app)


def test_two_files_of_one_name_are_told_and_neither_is_lost(opened, tmp_path):
    pictures = sorted(images(tmp_path / "flat").glob("round/round*.png"))[:2]
    app = opened("data")
    uploader = app.file_uploader(key="upload-0")
    for path in pictures:
        uploader.upload("0.png", path.read_bytes())
    uploader.upload("labels.csv", b"filename,label\n0.png,a\n").run()
    app.button(key="read").click().run()
    assert not app.exception
    (error,) = app.error
    assert error.value == escaped("Two of the files are named '0.png'. Rename one, or choose a zip of their folders.")
    assert app.session_state["upload-number"] == 0


def test_a_workspace_that_cannot_be_made_is_one_sentence(opened, tmp_path, monkeypatch):
    (tmp_path / "taken").touch()
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "taken" / "home"))
    (error,) = opened("data").error
    assert "cannot be made" in error.value
    assert "\n" not in error.value


def test_a_clean_set_says_so(opened, workspace, tmp_path):
    folder = images(tmp_path / "clean", each=40)
    (folder / "round" / "broken.png").unlink()
    reading = read(folder, workspace)
    app = opened("data", data=reading.dataset.fingerprint)
    shown = {each.value for each in app.markdown} | {each.label for each in app.expander}
    assert {escaped(finding.message) for finding in reading.findings} <= shown
    assert bool(reading.findings) != (texts.NOTHING_NOTICED in said(app))


def test_findings_are_counted_and_all_can_be_seen(opened, workspace, tmp_path):
    folder = images(tmp_path / "odd", each=12)
    for number in range(5):
        (folder / f"empty{number}").mkdir()
        (folder / "round" / f"note{number}.txt").write_text("x")
    (folder / "round" / "empty.png").touch()
    (folder / "round" / "nested.zip").write_bytes(b"PK")
    (folder / "one").mkdir()
    (folder / "one" / "only.png").write_bytes((folder / "round" / "round00.png").read_bytes())
    reading = read(folder, workspace)
    assert len(reading.findings) > 7
    app = opened("data", data=reading.dataset.fingerprint)
    warnings = sum(finding.severity == "warning" for finding in reading.findings)
    assert f"{warnings} warnings, {len(reading.findings) - warnings} note" in said(app)
    last = next(finding for finding in reading.findings if finding.severity == "note")
    named = {each.value for each in app.markdown} | {each.label for each in app.expander}
    assert escaped(last.message) not in named
    app.button(key=f"show-findings-{reading.dataset.fingerprint}").click().run()
    named = {each.value for each in app.markdown} | {each.label for each in app.expander}
    assert {escaped(finding.message) for finding in reading.findings} <= named


def test_every_earlier_data_set_can_be_reached(opened, saved, monkeypatch):
    ids = [f"{number:016x}" for number in range(20)]
    monkeypatch.setattr("explorer.ui.intake.list_saved", lambda _: ids)
    monkeypatch.setattr("explorer.ui.study_read.dataset", lambda _: saved)
    app = opened("data")
    assert sum(button.key.startswith("earlier-") for button in app.button) == 12
    app.button(key="show-earlier").click().run()
    assert {f"earlier-{id}" for id in ids} <= {button.key for button in app.button}


def test_hosted_has_no_folder_no_list_and_says_its_limits(opened, saved, monkeypatch):
    monkeypatch.setenv("APP_MODE", "hosted")
    app = opened("data")
    assert [each.key for each in app.text_input] == []
    assert not [button for button in app.button if button.key.startswith("earlier-")]
    assert "5,000 files" in said(app)


def test_hosted_refuses_a_large_upload_before_it_is_read(opened, monkeypatch):
    monkeypatch.setenv("APP_MODE", "hosted")
    monkeypatch.setattr("explorer.ui.limits.MEGABYTES", 1)
    app = opened("data")
    app.file_uploader(key="upload-0").upload("big.zip", bytes(2_000_000)).run()
    app.button(key="read").click().run()
    assert [each.value for each in app.error] == [texts.TOO_LARGE.format(megabytes=2, most=1)]
