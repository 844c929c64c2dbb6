"""What carries no meaning, as `run` and `check` find it in the images and tell it."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from explorer.__main__ import STOPPED, main
from explorer.engine import asking
from explorer.interrupting import INTERRUPTED
from explorer.records import Fact
from explorer.suggesting import Suggestion

FOUND = Suggestion(
    (Fact.ORIENTATION,),
    {Fact.ORIENTATION: "Suggested: nothing tells.", Fact.POSITION: "Not suggested: it tells.", Fact.INTENSITY: "No."},
    {"turned": 0.5, "mirrored": 0.5, "shifted": 0.9},
)
pytestmark = pytest.mark.usefixtures("shared_workers")
SMALL = ["--per-class", "1", "--seeds", "1", "--workers", "1"]
VIEWS = ["--arm", "views=model:pixels,augmentation:gentle"]


@pytest.fixture
def data(workspace, tmp_path):
    labels = np.tile([0, 1, 2], 20)
    pictures = np.random.default_rng(0).integers(0, 120, (60, 8, 8), dtype=np.uint8)
    pictures[np.arange(60), labels * 2, :] += 60
    np.savez(tmp_path / "toy.npz", images=pictures, labels=labels)
    return str(tmp_path / "toy.npz")


@pytest.fixture
def asked(monkeypatch):
    """Return the data sets that were looked at; what is found is made up."""
    found = []
    monkeypatch.setattr(asking, "asked", lambda workspace, fingerprint: found.append(fingerprint) or FOUND)
    return found


def described(out):
    return json.loads((out / "study.json").read_text())


def test_the_images_are_asked_by_default_and_the_reasons_are_told_and_kept(data, tmp_path, asked, capsys):
    out = tmp_path / "out"
    assert main(["run", data, "--out", str(out), *VIEWS, *SMALL]) == 0
    told = capsys.readouterr().err
    assert "Carries no meaning, as the images suggest: orientation. --free says otherwise.\n" in told
    assert "  orientation: Suggested: nothing tells.\n" in told
    assert len(asked) == 1
    assert described(out)["study"]["free"] == ["orientation"]
    facts = described(out)["facts"]
    assert facts["said_by"] == "suggestion"
    assert facts["free"] == ["orientation"]
    assert facts["reasons"]["position"] == "Not suggested: it tells."
    # What a study has begun with, it goes on with, whatever would be suggested now.
    for more in ([], ["--free", "auto"], ["--free", "orientation"]):
        assert main(["run", data, "--out", str(out), *VIEWS, "--resume", *more]) == 0
    assert len(asked) == 1
    assert described(out)["facts"] == facts
    assert main(["run", data, "--out", str(out), *VIEWS, "--resume", "--free", "none"]) == 1
    assert "--free differs from the study" in capsys.readouterr().err


def _heeds_ctrl_c():
    """Undo what shells do to commands in the background, whose children would ignore Ctrl-C like these."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("command", ["run", "check"])
def test_ctrl_c_while_the_images_are_looked_at_is_one_sentence(data, tmp_path, command):
    out = tmp_path / "out"
    more = ["--out", str(out), *VIEWS, *SMALL] if command == "run" else ["--facts"]
    call = [sys.executable, "-m", "explorer", command, data, *more]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(call, **pipes, start_new_session=True, preexec_fn=_heeds_ctrl_c) as process:
        assert process.stderr.readline().startswith(b"Looking at the images")
        time.sleep(1)  # the process that looks is on its way, and in the same group as one started by a terminal
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == INTERRUPTED
    assert error.decode().strip() == STOPPED
    assert not out.exists()


def test_what_the_user_says_is_not_asked(data, tmp_path, asked):
    assert main(["run", data, "--out", str(tmp_path / "a"), *VIEWS, *SMALL, "--free", "position"]) == 0
    assert described(tmp_path / "a")["facts"] == {"free": ["position"], "said_by": "user"}
    assert main(["run", data, "--out", str(tmp_path / "b"), *VIEWS, *SMALL, "--free", "none"]) == 0
    assert described(tmp_path / "b")["facts"] == {"free": [], "said_by": "user"}
    assert asked == []


def test_nothing_is_asked_where_no_arm_would_do_anything_else(data, tmp_path, asked):
    assert main(["run", data, "--out", str(tmp_path / "out"), "--arms", "pixels,majority", *SMALL]) == 0
    assert described(tmp_path / "out")["facts"] == {"free": [], "said_by": "nobody"}
    assert asked == []


def test_an_unknown_fact_is_told_before_anything_is_read(tmp_path, capsys):
    assert main(["run", "nowhere", "--out", str(tmp_path / "out"), "--free", "colour"]) == 1
    assert "--free is 'colour'. Choose from auto, none, orientation" in capsys.readouterr().err


def test_check_tells_it_where_it_is_asked_to(data, asked, capsys):
    assert main(["check", data]) == 0
    assert "Carries no meaning" not in capsys.readouterr().out
    assert main(["check", data, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["facts"] is None
    assert asked == []
    assert main(["check", data, "--facts"]) == 0
    assert "  position: Not suggested: it tells." in capsys.readouterr().out
    assert main(["check", data, "--facts", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["facts"]
    assert (told["free"], set(told["reasons"])) == (["orientation"], set(Fact))
