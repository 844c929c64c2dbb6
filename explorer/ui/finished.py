"""The finished study that ships with the app, so that the first page shows curves before anything has been run.

What the first page shows of it is computed ahead of time (`python -m sample_data.paint`) and kept in page.json beside
the study, with a picture of the figure to look at until the live one stands; the page then imports nothing heavy. The
file names the study it was made of by its contents; where it does not fit, all but the picture is computed anew.
"""

import base64
import functools
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.ui import texts
from explorer.ui.live_plot import Specs

if TYPE_CHECKING:
    from explorer.export.view import View

ROOT = Path(__file__).parents[2] / "sample_data"
#: What a finished study is kept in.
FILES = ("study.json", "trials.csv", "predictions.npz")


@dataclass(frozen=True)
class Finished:
    """What the first page shows of a shipped study.

    example    name of its example data set, and `title` for people
    headline   what the curves say in one sentence
    caption    what the study is of, and what its band contains
    footing    the same in a few words, for saved pictures
    figure     the curves as Plotly's JSON
    picture    the same as SVG, whose colours follow the theme of the page; empty where it was not painted
    """

    example: str
    title: str
    headline: str
    caption: str
    footing: str
    figure: Specs
    picture: str = ""

    @property
    def picture_url(self) -> str:
        """Return the picture as an address that holds all of it."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.picture.encode()).decode()


@functools.cache
def finished(root: Path = ROOT) -> Finished | None:
    """Return the first shipped example that has a finished study, None when there is none."""
    for kept in studies(root):
        return _painted(kept) or computed(kept)
    return None


@functools.cache
def finished_on(fingerprint: str, root: Path = ROOT) -> Finished | None:
    """Return the finished study that ships with the example of this fingerprint, None when there is none."""
    for kept in studies(root):
        if json.loads((kept / "study.json").read_text(encoding="utf-8"))["study"]["dataset"] == fingerprint:
            return _painted(kept) or computed(kept)
    return None


def files_zip(example: str, root: Path = ROOT) -> bytes:
    """Return a zip of the files of an example's finished study: its definition, its trials and their predictions."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # predictions are nearly all, and compressed
        for name in FILES:
            archive.write(root / "finished" / example / name, name)
    return packed.getvalue()


def studies(root: Path = ROOT) -> Iterator[Path]:
    """Yield the folders of finished studies of examples that ship."""
    for path in sorted((root / "finished").glob("*/study.json")):
        if (root / path.parent.name / "about.json").exists():
            yield path.parent


def _painted(kept: Path) -> Finished | None:
    path = kept / "page.json"
    if not path.exists():
        return None
    written = json.loads(path.read_text(encoding="utf-8"))
    if written.pop("made_of") != contents(kept):
        return None
    return Finished(**{**written, "figure": Specs(**written["figure"])})


def paint(kept: Path, picture: str) -> None:
    """Write page.json of a finished study, with a picture of its figure."""
    fields: dict[str, Any] = {**asdict(computed(kept)), "picture": picture}
    text = json.dumps({"made_of": contents(kept), **fields}, indent=1, ensure_ascii=False)
    (kept / "page.json").write_text(text + "\n", encoding="utf-8")


def contents(kept: Path) -> str:
    """Return a name of the files of a finished study."""
    total = hashlib.sha256()
    for name in FILES:
        total.update((kept / name).read_bytes())
    return total.hexdigest()


def computed(kept: Path) -> Finished:
    """Return what the first page shows of a finished study, without a picture; takes about half a second."""
    import numpy as np

    from explorer.export.comparing import comparing, tied_at_end
    from explorer.export.folder import read
    from explorer.export.view import view
    from explorer.judging import n_judging
    from explorer.records import State
    from explorer.score_words import PERCENT
    from explorer.statistics.curves import interval_words
    from explorer.statistics.evidence import judged
    from explorer.ui.figures import curve_specs

    written = read(kept)
    study = written.study
    counts = np.bincount(written.labels[written.labels >= 0], minlength=len(written.class_names))
    done = [judged(each, written.labels, study.metric) for each in written.outcomes if each.state is State.DONE]
    found = comparing(study, done, written.labels, written.units, study.metric)
    judging = n_judging(counts, study.test_share)
    tied = tied_at_end(study, found.curves, done, written.labels, written.units, study.metric)
    shown = view(study, found.curves, study.metric, counts - judging, judging, found=found, tied=tied)
    title = json.loads((kept.parents[1] / kept.name / "about.json").read_text(encoding="utf-8"))["title"]
    size = {"name": title, "n": len(written.labels), "k": shown.n_classes}
    caption = texts.FINISHED_CAPTION.format(arms=len(study.arms), budgets=len(study.budgets), seeds=study.seeds, **size)
    finding = texts.FINISHED_HEADLINE.format(finding=_within_a_sentence(_quoted(shown).headline), **size)
    band = interval_words(found.curves, written.groups, written.units, given_test=False)
    words = f"{caption} {band}".replace(" %", PERCENT)
    return Finished(kept.name, title, finding, words, shown.footing, curve_specs(shown))


def _quoted(shown: "View") -> "View":
    """Return the view with techniques in quotation marks: a first visitor does not know that they are names."""
    named = tuple(replace(curve, title=f"“{curve.title}”") for curve in shown.curves)
    return replace(shown, curves=named)


def _within_a_sentence(finding: str) -> str:
    return finding[0].lower() + finding[1:]
