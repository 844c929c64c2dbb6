"""What every page stands on: the workspace, what the address remembers, and how errors are told."""

import base64
import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui.live_plot import write_plotly_script

if TYPE_CHECKING:
    from explorer.store.store import Store
    from explorer.workspace import Workspace

#: What the address remembers: the id of a study and the fingerprint of a data set.
Remembered = Literal["study", "data"]
_KEPT: tuple[Remembered, ...] = ("study", "data")
#: Streamlit keeps much room above headings, captions stand pale, and so does what is chosen of several on dark ground;
#: this is all the style that is not configuration.
_STYLE = """<style>
[data-testid="stHeading"] :is(h1, h2, h3) { padding: 0 0 .4rem; }
.st-key-context { padding-bottom: .5rem; }
@media (min-width: 641px) {
  [data-testid="stToolbar"]:not(:has([data-testid="stHeaderLogo"])) [data-testid="stTopNav"] { margin-left: 212px; }
  [data-testid="stHeaderLogo"] { min-width: 197px; }
}
[class*="st-key-notice-"] { padding: .35rem .75rem; flex-wrap: nowrap; align-items: center; }
[class*="st-key-notice-"] > div { min-width: 0; }
[class*="st-key-notice-"] p { font-size: .875rem; line-height: 1.6; }
[data-testid="stButtonGroup"] [data-selected] p { color: light-dark(#0B5FA5, #7CC0EE); }
:is([class*="st-key-delete-"], [class*="st-key-remove-"]) button p span {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.st-key-finished { position: relative; }
.st-key-finished .picture { position: absolute; inset: 0; width: 100%; height: 392px; pointer-events: none; }
.st-key-finished [data-testid="stSkeleton"] { visibility: hidden; }
.st-key-finished:has(.plot[data-drawn]) .picture { display: none; }
@media (max-width: 640px) { .st-key-finished .picture { display: none; } }
@media (max-width: 640px) { div:has(> [class*="st-key-begin-"]) { height: auto; } }  /* words take more lines there */
@supports (reading-flow: flex-visual) { @media (max-width: 640px) {  /* what is seen first is focused first */
  [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] .st-key-result) { reading-flow: flex-visual; }
  [data-testid="stColumn"]:has(.st-key-result) { order: -1; }
} }
.st-key-cancel ~ .st-key-resume, .st-key-resume ~ .st-key-cancel { display: none; }  /* what the first replaces */
div:has(> .st-key-arrival), div:has(> .st-key-steps) { position: absolute; }
div:has(> [class*="st-key-drawing-"]) { height: 0; margin-top: -1rem; z-index: 1; }
[class*="st-key-drawing-"] p { font-size: .75rem; line-height: 1rem; text-align: right; }
[class*="st-key-drawing-"] button { min-height: 1rem; padding: 0; }
</style>"""
_TO_TOP = "<script>document.querySelector('[data-testid=\"stMain\"]').scrollTo(0, 0);</script>"
#: Streamlit tells the page that is left of the next one's query before it goes there, and each telling would be a step
#: of the browser's history. What changes the query alone is therefore a step only when the run has ended on that page.
_STEPS = """<script>
if (!window.__explorerSteps) {
  window.__explorerSteps = true;
  const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
  let before = null;  // where a change of the query was made that is not yet a step
  const forget = () => { if (before !== null) replace({}, '', before); before = null; };
  const app = document.querySelector('[data-testid="stApp"]');
  const step = () => {
    if (before === null || app.dataset.testScriptState !== 'notRunning') return;
    const here = location.href;
    forget();
    push({}, '', here);
  };
  history.pushState = (state, title, url) => {
    if (new URL(url, location.href).pathname !== location.pathname) { forget(); push(state, title, url); return; }
    before ??= location.href;
    replace(state, title, url);
    setTimeout(step, 100);  // a run may have begun and ended between two looks of the page at it
  };
  addEventListener('popstate', () => { before = null; }, true);
  // A run that leads to another page ends, too, and the next one begins at once.
  new MutationObserver(() => setTimeout(step, 30)).observe(app, {attributeFilter: ['data-test-script-state']});
}
</script>"""
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_NOTHING = "-"
#: Where the session keeps what a callback has to show.
_LATER = "later"


def prepare(app: Path) -> None:
    """Make a run of the app in the folder `app` ready: static files, and what the address remembers."""
    st.session_state["router"] = True
    write_plotly_script(app)
    st.html(_STYLE)
    with st.container(key="steps"):
        st.html(_STEPS, unsafe_allow_javascript=True)
    _put_back()


def _put_back() -> None:
    """Put what the session keeps back into the address: a click in the navigation drops the query.

    Whoever goes back in the browser, to an address without what was opened after it, has closed that. The address
    without anything is such a one where the page was shown with nothing open; else a click has made it.
    """
    here, empty = urlsplit(st.context.url or "").path, st.session_state.setdefault("empty", set())
    named = any(name in st.query_params for name in _KEPT)
    if _went_back() and (named or here in empty):
        for name in _KEPT:
            if name not in st.query_params:
                st.session_state.pop(f"kept-{name}", None)
    known = address()
    if not known:
        empty.add(here)
    elif not named:
        empty.discard(here)
    remember(**known)


def _went_back() -> bool:
    """Tell whether this run is of an address to which somebody went back or forward; Streamlit alone knows it."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


def run(page: Any, app: Path) -> None:
    """Run a page of the navigation, dress the app in the folder `app`, and wait a moment for what the page wants.

    What a page that is left has wanted to show by itself is made no more.
    """
    if "asked" in st.session_state:  # else no preview has been asked for, and nothing needs to be imported
        _arrive(page)
    st.session_state["page"] = page.url_path
    try:
        page.run()
    finally:
        dress(app)
    if "awaited" in st.session_state:
        from explorer.ui.previewed import linger

        linger()


def _arrive(page: Any) -> None:
    from explorer.ui.previewed import arrive, leave

    if st.session_state.get("page") != page.url_path:
        leave()
    arrive()


def dress(app: Path) -> None:
    """Add logo and icon of the app in the folder `app`; for them Streamlit imports numpy, so they come last.

    The style keeps the logo's place free until then, so that nothing jumps. Both stand inside the page: a file would be
    gone from the server where the page runs again before it is asked for.
    """
    st.logo(_inside(app / "static" / "logo.png"), size="medium")
    st.set_page_config(page_icon=_inside(app / "static" / "favicon.png"))


@functools.cache
def _inside(png: Path) -> str:
    """Return a PNG file as the address of a picture that holds itself."""
    return "data:image/png;base64," + base64.b64encode(png.read_bytes()).decode()


def known(pages: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Keep the pages of the navigation by section, for pages that lead through them; return them."""
    st.session_state["pages"] = pages
    return pages


def pages() -> dict[str, list[Any]]:
    """Return the pages of the navigation by section."""
    found: dict[str, list[Any]] = st.session_state.get("pages", {})
    return found


def require_router() -> None:
    """Begin a page with what a callback has left to show; start again through app.py when it was opened without it.

    Until `st.navigation` has run once in a server process, Streamlit takes a folder named pages/ for the old kind of
    app, and the first visitor who comes by a link to a page would get that page alone.
    """
    if "router" in st.session_state:
        for show in st.session_state.pop(_LATER, ()):
            show()
        return
    from streamlit.runtime.pages_manager import PagesManager

    PagesManager.uses_pages_directory = False
    st.rerun()


# The first page is painted before any of this is imported.
def workspace() -> "Workspace":
    """Return the workspace of this process, its folders made."""
    from explorer.workspace import Workspace

    return Workspace.default().make()


def store() -> "Store":
    """Return the store of the workspace."""
    from explorer.store.store import Store

    return Store(workspace().store)


def remembered(name: Remembered) -> str | None:
    """Return the id that the address or else the session holds; None when there is none.

    Whatever has not the form of an id becomes one that nothing has, so that it is told like any unknown one.
    """
    value = st.query_params.get(name) or st.session_state.get(f"kept-{name}")
    return value if not value or _ID.fullmatch(value) else _NOTHING


def remember(*, study: str = "", data: str = "") -> None:
    """Keep ids that are not empty in the address, for reloads and links, and in the session, for the other pages.

    All at once: each change of the address is a step to which the browser goes back.
    """
    ids = {name: value for name, value in (("study", study), ("data", data)) if value}
    for name, value in ids.items():
        st.session_state[f"kept-{name}"] = value
    if any(st.query_params.get(name) != value for name, value in ids.items()):
        st.query_params.update(ids)


def forget(name: Remembered) -> None:
    """Remove an id from the address and the session."""
    st.session_state.pop(f"kept-{name}", None)
    if name in st.query_params:
        del st.query_params[name]


def address() -> dict[str, str]:
    """Return the query that links between pages carry."""
    return {name: value for name in _KEPT if (value := remembered(name))}


def to_top(wanted: bool) -> None:
    """Scroll up where that is wanted, once: Streamlit leaves a page that becomes another one scrolled as it was.

    It is to be called in every run, so that whatever follows keeps its place whether or not it scrolls.
    """
    with st.container(key="arrival"):
        if wanted:
            st.html(_TO_TOP, unsafe_allow_javascript=True)


def later(show: Callable[[], object]) -> None:
    """Run the whole page, which shows something before all else: a callback of a fragment must not draw."""
    st.session_state.setdefault(_LATER, []).append(show)
    st.rerun()


@contextmanager
def told_later() -> Iterator[None]:
    """Show an error as `told` does, but by the next run of the page: for callbacks."""
    try:
        yield
    except ExplorerError as error:
        later(functools.partial(_tell, str(error)))


def _tell(error: str) -> None:
    from explorer.ui.formats import escaped

    st.error(escaped(error), icon=":material/error:")


@contextmanager
def told() -> Iterator[None]:
    """Show an error that is meant for users as its one sentence, and go on behind the block."""
    try:
        yield
    except ExplorerError as error:
        _tell(str(error))
