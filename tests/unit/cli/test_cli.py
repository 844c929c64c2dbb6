"""The command line as scripts know it: exit statuses, one-line errors, files and columns, Ctrl-C and --resume."""

import csv
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from explorer.__main__ import main
from explorer.commands import _studies
from explorer.datasets.reading import read
from explorer.engine import cluster
from explorer.engine.costs import from_cheap_to_dear
from explorer.errors import EngineError
from explorer.export.folder import COLUMNS
from explorer.export.folder import read as read_folder
from explorer.export.folder import write as write_folder
from explorer.export.readme import FILES
from explorer.interrupting import interruptible
from explorer.records import State
from explorer.scores import METRICS
from explorer.store.database import Database
from explorer.store.store import Store
from explorer.techniques.discovery import ready_arms

TOYS = Path(__file__).parents[2] / "toys"
FINISHED = Path(__file__).parents[3] / "sample_data" / "finished" / "galaxies"
#: Scores that a study had at first.
FIRST_SCORES = {"accuracy", "balanced_accuracy", "macro_f1", "log_loss"}

#: A study until its verdicts settle, written by hand.
UNKNOWN = {"minutes": 3, "against": "spy", "spending": "pocock"}
ARMS = """
from dataclasses import dataclass
from typing import ClassVar
import numpy as np
from explorer.records import Arm, Choice
from explorer.techniques.base import FixedModel

@dataclass(frozen=True)
class Toys(FixedModel):
    \"\"\"Declares arms.\"\"\"

    title: ClassVar[str] = "Toys"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "Never."
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm("spy", "Spy", Choice("spy_fixed")),
        Arm("slow", "Slow", Choice("spy_trained", {"steps": 100})),
        Arm("broken", "Broken", Choice("broken", {"above": 3})),
        Arm("impossible", "Impossible", Choice("spy_trained"), semi_supervised=Choice("fixed_only")),
    )

    def features(self, inputs):
        return np.zeros((len(inputs), 1), np.float32)

    def fit(self, features, labels, *, n_classes, seed, weights=None):
        return lambda given: np.full((len(given), n_classes), 1 / n_classes, np.float32)
"""


@pytest.fixture(scope="module", autouse=True)
def _toys(tmp_path_factory):
    """Toys are there for us and for worker processes."""
    extra = tmp_path_factory.mktemp("extra")
    (extra / "models").mkdir()
    (extra / "models" / "toy_arms.py").write_text(ARMS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_TECHNIQUES", os.pathsep.join([str(TOYS), str(extra)]))
        yield


@pytest.fixture(autouse=True)
def _own_workspace(workspace):
    """Nothing is left for the next test."""


def images(path, n=90, shift=0):
    labels = np.tile([0, 1, 2], n // 3)
    pictures = np.random.default_rng(shift).integers(0, 120, (n, 8, 8), dtype=np.uint8)
    pictures[np.arange(n), labels * 2, :] += 60
    np.savez(path, images=pictures, labels=labels)
    return str(path)


@pytest.fixture
def data(tmp_path):
    return images(tmp_path / "toy.npz")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture(scope="module")
def finished_once(tmp_path_factory):
    """Return the data and the folder of a finished run."""
    folder = tmp_path_factory.mktemp("finished")
    data = images(folder / "toy.npz")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(folder / "home"))
        assert main(small(data, folder / "out")) == 0
    return data, folder / "out"


@pytest.fixture
def finished(finished_once, out):
    """Return the data of a finished run; `out` is a copy of its folder."""
    data, folder = finished_once
    shutil.copytree(folder, out)
    return data


def trials(out):
    with (out / "trials.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def small(data, out, *more, arms="spy"):
    return [
        "run",
        data,
        "--out",
        str(out),
        "--arms",
        arms,
        "--per-class",
        "1,2",
        "--seeds",
        "2",
        "--workers",
        "1",
        *more,
    ]


def test_arms_lists_what_discovery_finds(capsys):
    assert main(["arms"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ready_arms())
    assert "views=" in text
    assert "made_of=pseudo_labels, finetune, scattering, classical" in text
    assert main(["arms", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [arm["name"] for arm in found["arms"]] == [arm.name for arm in from_cheap_to_dear(ready_arms().values())]
    assert set(found["arms"][0]) == {"name", "title", "made_of", "slots", "first", "problem"}
    by_name = {arm["name"]: arm for arm in found["arms"]}
    assert by_name["slow"]["slots"] == {"model": {"technique": "spy_trained", "settings": {"steps": 100}}}
    assert by_name["slow"]["problem"] is None
    assert "does not work with models" in by_name["impossible"]["problem"]
    steps = next(each for each in found["techniques"] if each["name"] == "spy_trained")["settings"][0]
    assert (steps["name"], steps["low"]) == ("steps", 1)


def test_arms_imports_nothing_heavy():
    script = (
        "import sys; from explorer.__main__ import main; main(['arms'])\n"
        "assert not {'torch', 'timm', 'distributed', 'sklearn', 'albumentations'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, stdout=subprocess.DEVNULL)


def test_check_reports_data_and_findings(data, capsys, workspace):
    assert main(["check", data]) == 0
    assert "90 items of shape 8 × 8 × 1" in capsys.readouterr().out
    assert main(["check", data, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["classes"] == {"0": 30, "1": 30, "2": 30}
    assert found["fingerprint"] == read(Path(data), workspace).dataset.fingerprint
    for finding in found["findings"]:
        assert set(finding) == {"code", "severity", "message", "items", "rows"}


def test_check_tells_the_number_of_groups_where_there_are_any(data, tmp_path, capsys):
    with np.load(data) as arrays:
        np.savez(tmp_path / "grouped.npz", **dict(arrays), groups=np.arange(len(arrays["labels"])) // 5)
    assert main(["check", str(tmp_path / "grouped.npz")]) == 0
    assert "groups 18" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "grouped.npz"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["groups"] == 18
    assert main(["check", data]) == 0
    assert "groups" not in capsys.readouterr().out.splitlines()[1]


@pytest.mark.usefixtures("shared_workers")
def test_run_writes_what_it_promises(data, out, capsys):
    assert main(small(data, out, arms="spy,broken")) == 2
    printed = capsys.readouterr()
    assert "spy" in printed.out
    assert "95 % interval" in printed.out
    assert "2 trials failed with: ValueError: broken on purpose" in printed.err
    assert re.search(r"^2 arms × 2 budgets × 2 seeds = 8 trials, .* on this machine\.$", printed.err, re.MULTILINE)
    assert {path.name for path in out.iterdir() if path.name != ".explorer"} == set(FILES)
    sentence = ElementTree.parse(out / "figure.svg").getroot()[0].text
    assert f"{sentence}." in printed.out.splitlines(), "the table ends with what the figure says"
    rows = trials(out)
    assert tuple(rows[0]) == tuple(COLUMNS)
    assert len(rows) == 8
    assert {row["state"] for row in rows if row["arm"] == "spy"} == {"done"}
    described = json.loads((out / "study.json").read_text())
    assert described["state"] == "done"
    assert described["versions"]["numpy"] == np.__version__
    assert described["versions"].keys() >= {"torch", "protocol", "threads"}
    with np.load(out / "predictions.npz", allow_pickle=False) as arrays:
        assert len(arrays["probabilities"]) == arrays["offset"][-1]


def test_compare_says_what_a_finished_study_says(finished, out, capsys):
    assert main(["compare", str(out)]) == 0
    printed = capsys.readouterr().out
    assert re.match(r"With \d+ labels? per class, .* reaches \d+", printed)
    assert "A forecast needs five budgets or more; this curve has 2." in printed
    assert main(["compare", str(out), "--json", "--metric", "log_loss"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["metric"], told["against"], told["practical"]) == ("log_loss", "spy", 0.01)
    assert told["comparisons"] == []
    assert told["stated"]["best"] == "spy"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (["--against", "nobody"], "The study has no arm 'nobody'. Choose one of: spy."),
        (["--metric", "luck"], "--metric"),
        (["--practical", "-1"], "--practical"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_line(finished, out, capsys, more, text):
    assert main(["compare", str(out), *more]) == 1
    told = capsys.readouterr().err
    assert text in told
    assert told.count("\n") == 1


def test_a_folder_without_a_study_cannot_be_compared(tmp_path, capsys):
    assert main(["compare", str(tmp_path)]) == 1
    assert "study.json cannot be read: No such file or directory. Choose another folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("need", "told"),
    [("0.97", "Write 97 for 97 %"), ("150", "--need is 150"), ("0", "--need is 0"), ("-5", "--need is -5")],
)
def test_a_needed_score_is_asked_for_in_percent(finished, out, capsys, need, told):
    assert main(["compare", str(out), "--need", need]) == 1
    assert told in capsys.readouterr().err


def test_verdicts_of_the_shipped_study_say_what_saves_labels(capsys):
    """The study that ships with the app, which is known to be large enough to say something."""
    assert main(["compare", str(FINISHED), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["against"] == "baseline"
    assert "labels" in told["sentence"]
    whole = {each["arm"]: each["verdict"] for each in told["comparisons"] if each["budget"] is None}
    assert (whole["transfer"], whole["majority"]) == ("helps", "hurts")
    assert {"n", "score", "low", "high", "miss"} == set(told["forecasts"]["transfer"])
    assert told["needed"] is None


def test_compare_names_every_arm_that_may_be_as_good_as_the_best(capsys):
    """Scattering, 12 points behind, is none, though it is not told apart among all comparisons of the study."""
    assert main(["compare", str(FINISHED), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "with no clear difference to Everything together. Small CNN" in told["sentence"]
    assert told["stated"]["best"] == "pseudo_labels"
    assert told["stated"]["alike"] == ["everything"]
    assert main(["compare", str(FINISHED)]) == 0
    assert (
        "\nWith 10 labels per class, no clear difference between pseudo_labels, the best there, and everything.\n"
    ) in capsys.readouterr().out


def test_compare_says_how_many_labels_a_score_takes(capsys):
    assert main(["compare", str(FINISHED), "--need", "80"]) == 0
    assert re.search(r"For 80\u00a0% balanced accuracy:\n", capsys.readouterr().out)
    assert main(["compare", str(FINISHED), "--need", "80", "--metric", "auroc"]) == 0
    assert re.search(r"For 80\u00a0% AUROC:\n", capsys.readouterr().out), "what is spelled in capitals stays so"
    assert main(["compare", str(FINISHED), "--need", "80", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["needed"]
    assert told["score"] == 0.8
    assert "labels" in told["labels"]["transfer"]


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_a_study_of_an_earlier_version_is_compared_by_every_score_of_this_one(capsys, metric, tmp_path):
    """One that was written when there were four scores, and told less of itself."""
    earlier = shutil.copytree(FINISHED, tmp_path / "earlier")
    later = [name for name in METRICS if name not in FIRST_SCORES]
    pd.read_csv(earlier / "trials.csv").drop(columns=[*later, "prepare_seconds"]).to_csv(
        earlier / "trials.csv", index=False
    )
    assert main(["compare", str(earlier), "--metric", metric.name]) == 0
    printed = capsys.readouterr().out
    assert f"{metric.title} less that of" in printed
    assert re.search(r"^transfer .* helps$", printed, re.MULTILINE) or metric.name == "calibration_error"


def test_a_finished_run_is_not_run_again(finished, out, capsys):
    before = trials(out)
    assert len(before) == 4
    assert main(small(finished, out)) == 1
    assert "not empty. Choose another --out, or add --resume" in capsys.readouterr().err
    assert main(small(finished, out, "--resume")) == 0
    assert trials(out) == before


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (["--budgets", "6"], "--per-class and --budgets exclude each other"),
        (["--scheduler", "tcp://127.0.0.1:9"], "--workers and --scheduler exclude each other"),
        (["--seeds", "0"], "--seeds is 0. Choose a number from 1 to 100."),
        (["--seeds", "100000"], "--seeds is 100,000. Choose a number from 1 to 100."),
        (["--seeds", "many"], "--seeds"),
        (["--workers", "0"], "--workers is 0. Choose a number from 1 to"),
        (["--workers", "5000"], "--workers is 5,000. Choose a number from 1 to"),
        (["--per-class", ",".join(map(str, range(1, 200)))], "--per-class names 199 budgets. Choose at most 30"),
        (["--arms", "spy,nonsense"], "There is no arm 'nonsense'. Choose from"),
        (["--arms", "impossible"], "does not work with models that are trained"),
        (["--per-class", "1,x"], "'1,x' is not a list of whole numbers above 0"),
        (["--per-class", "1" + "0" * 19], "is too large"),
        (["--per-class", "9" * 5000], "is too large"),
        (["--groups", "nowhere.csv"], "nowhere.csv"),
        (["--nonsense"], "--nonsense"),
        (["--until-settled", "--minutes", "1"], "--seeds and --until-settled exclude each other"),
        (["--minutes", "1"], "--minutes says nothing without --until-settled."),
        (["--most-seeds", "9"], "--most-seeds says nothing without --until-settled."),
        (["--resume"], "There is no study to finish in"),
    ],
)
def test_user_errors_are_one_line_and_status_1(data, out, capsys, more, text):
    assert main(small(data, out, *more)) == 1
    error = capsys.readouterr().err
    assert text in error
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert not out.exists()


@pytest.mark.parametrize("arguments", [["check", "nowhere"], ["check", "example:nothing"], ["nonsense"], ["run"]])
def test_other_user_errors_are_one_line_too(arguments, capsys):
    assert main(arguments) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_bare_call_shows_the_help(capsys):
    assert main([]) == 0
    text = capsys.readouterr().out
    assert all(command in text for command in ("arms", "check", "run", "engine"))


@pytest.mark.usefixtures("shared_workers")
def test_a_folder_of_plain_files_is_enough_to_go_on(data, out):
    assert main(small(data, out, arms="spy,broken")) == 2
    before = trials(out)
    shutil.rmtree(out / ".explorer")
    assert main(small(data, out, "--resume", arms="spy,broken")) == 2
    assert [row for row in trials(out) if row["state"] == "done"] == [row for row in before if row["state"] == "done"]
    assert len(trials(out)) == 8


def test_resume_refuses_other_data_and_another_study(finished, out, tmp_path, capsys):
    other = images(tmp_path / "other.npz", shift=1)
    assert main(small(other, out, "--resume")) == 1
    assert "has the fingerprint" in capsys.readouterr().err
    again = small(finished, out, "--resume")
    again[again.index("--seeds") + 1] = "3"
    assert main(again) == 1
    assert "--seeds differs from the study" in capsys.readouterr().err


def damaged(change):
    """Return a function that changes what study.json of a folder says."""

    def apply(out):
        path = out / "study.json"
        described = json.loads(path.read_text())
        change(described)
        path.write_text(json.dumps(described))

    return apply


@pytest.mark.parametrize(
    ("damage", "more", "text"),
    [
        (lambda out: shutil.rmtree(out), [], "There is no study to finish in"),
        (lambda out: (out / "study.json").unlink(), [], "There is no study to finish in"),
        (lambda out: (out / "study.json").write_text(""), [], "is not a study that this program wrote"),
        (lambda out: (out / "study.json").write_text("[1]"), [], "is not a study that this program wrote"),
        (lambda out: (out / "study.json").write_bytes(b"\xff\xfe\x00"), [], "is not a study that this program wrote"),
        (damaged(lambda told: told["study"].update(arms=["x"])), [], "is not a study that this program wrote"),
        (damaged(lambda told: told["study"].update(seeds="two")), [], "is not a study that this program wrote"),
        (damaged(lambda told: told["study"].update(budgets="12")), [], "is not a study that this program wrote"),
        (damaged(lambda told: told["study"].update(more=1)), [], "is not a study that this program wrote"),
        (
            damaged(lambda told: told["study"].update(until=UNKNOWN)),
            [],
            "until.spending is 'pocock', not one of evenly",
        ),
        (damaged(lambda told: told["study"].update(test_share=float("nan"))), [], "study.test_share is nan"),
        (damaged(lambda told: told["reading"].update(size=-8)), [], "reading.size is -8"),
        (damaged(lambda told: told.update(versions=[])), [], "versions is [], not names with texts"),
        (damaged(lambda told: told.pop("reading")), [], "does not say how its data was read"),
        (damaged(lambda told: told["study"].update(name="other")), [], "already holds another study"),
        (lambda out: (out / ".explorer" / "studies.db").write_bytes(b"x" * 9000), [], "cannot be used"),
        (lambda out: None, ["--budgets", "9"], "exclude each other"),
        (lambda out: None, ["--arms", "broken"], "--arms differs from the study"),
        (lambda out: None, ["--test-share", "0.4"], "--test-share differs from the study"),
        (lambda out: None, ["--size", "16"], "has the fingerprint"),
        (lambda out: None, ["--groups", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_resume_refuses_what_it_cannot_finish_in_one_line(finished, out, capsys, damage, more, text):
    damage(out)
    assert main(small(finished, out, "--resume", *more)) == 1
    error = capsys.readouterr().err
    assert text in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda out: (out / "predictions.npz").write_bytes(b"PK not a zip"),
        lambda out: (out / "predictions.npz").write_bytes(b""),
        lambda out: (out / "predictions.npz").unlink(),
        lambda out: (out / "trials.csv").write_text("arm\nspy\n"),
        lambda out: (out / "trials.csv").unlink(),
    ],
)
def test_plain_files_that_are_damaged_are_not_gone_on_from(finished, out, capsys, damage):
    shutil.rmtree(out / ".explorer")
    damage(out)
    assert main(small(finished, out, "--resume")) == 1
    error = capsys.readouterr().err
    assert "does not belong to the study beside it" in error
    assert error.count("\n") == 1


@pytest.mark.usefixtures("shared_workers")
def test_totals_and_the_data_s_own_options(data, out, capsys):
    arguments = ["run", data, "--out", str(out), "--arms", "spy", "--budgets", "9,4", "--seeds", "1", "--size", "16"]
    assert main([*arguments, "--values", "asinh", "--test-share", "0.5", "--workers", "1"]) == 0
    assert "1 arm × 2 budgets × 1 seed = 2 trials, " in capsys.readouterr().err
    assert [row["n_labeled"] for row in trials(out)] == ["4", "9"]
    described = json.loads((out / "study.json").read_text())
    assert described["dataset"]["shape"] == [90, 16, 16, 1]
    assert described["dataset"]["scaling"]["knee"] > 0
    assert "--size 16 --values asinh" in (out / "README.txt").read_text()
    with np.load(out / "predictions.npz") as arrays:
        assert arrays["offset"].tolist() == [0, 45, 90]
    assert main(["run", data, "--out", str(out), "--resume", "--workers", "1"]) == 0


@pytest.mark.usefixtures("shared_workers")
@pytest.mark.parametrize(
    ("budgets", "sentence"),
    [
        (["--per-class", "1,50,500"], "Class '0' has only 21 labels to learn from, so that budgets of 50, 500 can buy"),
        (["--budgets", "3,5000"], "The data set has only 63 labels to learn from, so that a budget of 5,000 can buy"),
    ],
)
def test_budgets_beyond_the_data_take_what_there_is_and_it_is_said_before(data, out, capsys, budgets, sentence):
    arguments = ["run", data, "--out", str(out), "--arms", "spy", "--seeds", "1", "--workers", "1"]
    assert main([*arguments, *budgets]) == 0
    told = capsys.readouterr().err
    assert told.startswith(sentence)
    assert ("buy the same labels, all there are; each is run, as asked" in told) == ("1,50,500" in budgets)
    assert [int(row["n_labeled"]) for row in trials(out)][1:] == [63] * (len(trials(out)) - 1)


def test_ctrl_c_keeps_what_is_done_and_resume_finishes(data, out):
    command = [sys.executable, "-m", "explorer", *small(data, out, arms="spy,slow")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        store = None
        end = time.monotonic() + 120
        while store is None or len(store.outcomes(json.loads((out / "study.json").read_text())["study"]["id"])) < 3:
            assert time.monotonic() < end
            time.sleep(0.05)
            if (out / "study.json").exists():
                store = Store(out / ".explorer" / "studies.db")
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    text = error.decode()
    assert "Traceback" not in text
    assert f"--out {out} --resume" in text
    kept = trials(out)
    assert 3 <= len(kept) < 8
    assert main(small(data, out, "--resume", arms="spy,slow")) == 0
    finished = trials(out)
    assert len(finished) == 8
    assert all(row in finished for row in kept)


def test_a_run_that_was_killed_is_finished_by_resume(data, out):
    command = [sys.executable, "-m", "explorer", *small(data, out, arms="slow")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 120
        study = out / "study.json"
        while not study.exists() or not Store(out / ".explorer" / "studies.db").studies()[0].finished:
            assert time.monotonic() < end
            time.sleep(0.05)
        process.kill()
    assert trials(out) == []
    (row,) = Store(out / ".explorer" / "studies.db").studies()
    kept = {outcome.trial: outcome.fit_seconds for outcome in Store(out / ".explorer" / "studies.db").outcomes(row.id)}
    assert main(small(data, out, "--resume", arms="slow")) == 0
    seconds = {
        outcome.trial: outcome.fit_seconds for outcome in Store(out / ".explorer" / "studies.db").outcomes(row.id)
    }
    assert len(trials(out)) == len(seconds) == 4
    assert {trial: seconds[trial] for trial in kept} == kept


def test_a_run_that_was_killed_after_its_last_outcome_is_closed_by_resume(finished, out):
    with sqlite3.connect(out / ".explorer" / "studies.db") as db:
        db.execute("update studies set state = 'running', started = created")
    db.close()
    before = trials(out)
    assert main(small(finished, out, "--resume")) == 0
    assert Store(out / ".explorer" / "studies.db").studies()[0].state is State.DONE
    assert json.loads((out / "study.json").read_text())["state"] == "done"
    assert trials(out) == before


@pytest.mark.usefixtures("shared_workers")
def test_a_run_that_was_killed_before_it_wrote_study_json_can_be_started_again(data, out):
    Store(out / ".explorer" / "studies.db")
    (out / "trials.csv").touch()
    (out / ".predictions.npz.partial").touch()
    assert main(small(data, out)) == 0
    assert len(trials(out)) == 4


def test_a_folder_with_a_file_of_somebody_else_is_not_written_to(data, out, capsys):
    Store(out / ".explorer" / "studies.db")
    (out / "diary.txt").touch()
    assert main(small(data, out)) == 1
    assert "is not empty" in capsys.readouterr().err


def test_ctrl_c_inside_a_transaction_waits_for_it_elsewhere(finished, out):
    path = out / ".explorer" / "studies.db"
    store, (row,) = Store(path), Store(path).studies()
    with sqlite3.connect(path) as db:
        db.execute("update studies set state = 'queued'")
    db.close()
    start = time.monotonic()
    with interruptible(lambda: store.cancel(row.id)), Database(path).writing():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
    assert store.state(row.id) is State.CANCELLED
    assert time.monotonic() - start < 5


@contextmanager
def held(out):
    """Hold a folder as another run does."""
    script = (
        "import sys, time; from filelock import FileLock; lock = FileLock(sys.argv[1]); lock.acquire();"
        "print(1, flush=True); time.sleep(60)"
    )
    path = out / ".explorer" / "engine.lock"
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        yield
        holder.kill()


def test_two_runs_in_one_folder_are_refused(finished, out, capsys):
    with held(out):
        assert main(small(finished, out, "--resume")) == 1
    assert "Another run is at work" in capsys.readouterr().err


def test_a_run_that_comes_second_leaves_the_study_of_the_first_alone(data, out, capsys):
    (out / ".explorer").mkdir(parents=True)
    with held(out):
        assert main(small(data, out)) == 1
    assert "Another run is at work" in capsys.readouterr().err
    assert [path.name for path in out.rglob("*")] == [".explorer", "engine.lock"]


def test_a_run_that_comes_second_and_waits_finds_the_folder_taken(finished, out, capsys, monkeypatch):
    monkeypatch.setattr(_studies, "check_may_begin", lambda _: None)  # it was free when the data was read
    before = (out / "study.json").read_bytes()
    assert main(small(finished, out)) == 1
    assert "is not empty" in capsys.readouterr().err
    assert (out / "study.json").read_bytes() == before
    assert len(Store(out / ".explorer" / "studies.db").studies()) == 1


def test_a_place_where_no_folder_can_be_is_a_user_error(data, tmp_path, capsys):
    assert main(small(data, Path(data) / "out")) == 1
    assert "cannot be written to: Not a directory. Choose another --out." in capsys.readouterr().err


@pytest.mark.usefixtures("shared_workers")
def test_a_lost_scheduler_is_told_beside_trials_that_failed(data, out, capsys, monkeypatch):
    def check(_):
        store = Store(out / ".explorer" / "studies.db")
        if store.failures(store.studies()[0].id):
            raise EngineError("The scheduler is gone. Start it and resume the study.")

    monkeypatch.setattr(cluster.Cluster, "check", check)
    assert main(small(data, out, arms="broken,slow")) == 1
    error = capsys.readouterr().err
    assert "1 trial failed with: ValueError: broken on purpose" in error
    assert "Error: The scheduler is gone." in error
    assert len(trials(out)) < 8


@pytest.mark.usefixtures("shared_workers")
def test_a_run_in_which_everything_fails_says_so(data, out, capsys):
    arguments = ["run", data, "--out", str(out), "--arms", "broken", "--budgets", "4,6", "--seeds", "1"]
    assert main([*arguments, "--workers", "1"]) == 2
    assert "All trials failed, most of them with: ValueError: broken on purpose" in capsys.readouterr().err
    assert [(row["n_labeled"], row["state"]) for row in trials(out)] == [("4", "failed"), ("6", "failed")]


def test_a_scheduler_that_is_not_there_is_a_user_error(data, out, capsys, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    arguments = ["run", data, "--out", str(out), "--arms", "spy", "--seeds", "2", "--scheduler", "tcp://127.0.0.1:9"]
    assert main(arguments) == 1
    assert "No scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    monkeypatch.setenv("EXPLORER_SCHEDULER", "tcp://127.0.0.1:7")
    assert main(["run", data, "--out", str(out), "--resume"]) == 1
    assert "No scheduler answers at tcp://127.0.0.1:7" in capsys.readouterr().err


# ---- until the verdicts settle -----------------------------------------------------------------------------------


def settling(data, out, *more, arms="spy,majority"):
    return ["run", data, "--out", str(out), "--arms", arms, "--per-class", "1,2", "--workers", "1", *more]


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ([], "--until-settled needs to know how long it may take. Add --minutes, such as --minutes 30."),
        (["--minutes", "0"], "Minutes: 0. Choose a number above 0"),
        (["--minutes", "soon"], "--minutes"),
        (["--minutes", "1", "--most-seeds", "1"], "Verdicts need two seeds or more, not 1."),
        (["--minutes", "1", "--most-seeds", "101"], "--most-seeds is 101. Choose a number from 1 to 100."),
        (["--minutes", "1", "--arms", "spy"], "Verdicts need two techniques or more."),
    ],
)
def test_what_cannot_settle_is_told_in_one_line(data, out, capsys, more, text):
    assert main(settling(data, out, "--until-settled", *more)) == 1
    error = capsys.readouterr().err
    assert text in error
    assert error.count("\n") == 1
    assert not out.exists()


@pytest.mark.usefixtures("shared_workers")
def test_a_run_until_its_verdicts_settle_stops_and_says_so_everywhere(data, out, capsys):
    assert main(settling(data, out, "--until-settled", "--minutes", "10", "--most-seeds", "12")) == 0
    printed = capsys.readouterr()
    assert "2 arms × 2 budgets × at most 12 seeds = at most 48 trials, " in printed.err
    assert "10 minutes at most." in printed.err
    assert "Stopped after 3 of 12 seeds: every verdict is clear." in printed.out
    assert len(trials(out)) < 48
    (look,) = json.loads((out / "study.json").read_text())["looks"]
    assert (look["seeds"], look["final"]) == (3, True)
    assert main(["compare", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "Stopped after 3 of 12 seeds: every verdict is clear." in printed
    assert "Verdicts are those of the look after 3 seeds." in printed
    confidence = f"{100 * (1 - look['level']):.4g} % interval"
    assert confidence in printed
    assert main(["compare", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["level"] == look["level"]
    assert {each["seeds"] for each in told["comparisons"]} == {3}
    assert told["stopped"] == "Stopped after 3 of 12 seeds: every verdict is clear"
    before = trials(out)
    assert main(settling(data, out, "--resume")) == 0
    assert trials(out) == before, "it has stopped for good"
    shutil.rmtree(out / ".explorer")
    assert main(settling(data, out, "--resume")) == 0
    assert trials(out) == before, "the plain files know that it has stopped"
    assert main(settling(data, out, "--resume", "--until-settled", "--minutes", "5")) == 1
    assert "--minutes differs from the study" in capsys.readouterr().err


@pytest.mark.usefixtures("shared_workers")
def test_plain_files_know_the_minutes_that_were_used(data, out, capsys, workspace):
    """A study whose minute was used up, and that was stopped with one seed, gets no other in a folder without store."""
    assert main(settling(data, out, "--until-settled", "--minutes", "1", "--most-seeds", "3", arms="spy,slow")) == 0
    written = read_folder(out)
    first = [each for each in written.outcomes if each.trial.seed == 0]
    about = {name: written.about[name] for name in ("versions", "reading", "facts")}
    write_folder(out, written.study, read(data, workspace).dataset, first, {**about, "seconds": 61.5})
    kept = trials(out)
    shutil.rmtree(out / ".explorer")
    assert main(settling(data, out, "--resume", arms="spy,slow")) == 0
    assert "Stopped after 1 minute with 1 of 3 seeds" in capsys.readouterr().out
    assert trials(out) == kept
    assert json.loads((out / "study.json").read_text())["seconds"] >= 61.5


@pytest.mark.usefixtures("shared_workers")
def test_a_run_that_was_killed_before_its_last_look_makes_it_when_it_is_resumed(data, out, capsys):
    assert main(settling(data, out, "--until-settled", "--minutes", "10", "--most-seeds", "3")) == 0
    made = json.loads((out / "study.json").read_text())["looks"]
    with sqlite3.connect(out / ".explorer" / "studies.db") as db:
        db.execute("update studies set state = 'running', started = created")
        db.execute("delete from looks")
    db.close()
    assert main(settling(data, out, "--resume")) == 0
    assert json.loads((out / "study.json").read_text())["looks"] == made
    assert "Stopped after 3 of 3 seeds" in capsys.readouterr().out
