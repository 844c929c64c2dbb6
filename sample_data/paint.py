"""Writes what the first page shows of the finished studies, with a picture of their figure drawn by Plotly itself.

`python -m sample_data.paint` has to be run again when a finished study or the figure changes; a test tells.
"""

import base64
import html
import io
import re
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit
from fontTools import subset
from playwright.sync_api import Page, sync_playwright
from plotly.offline import get_plotlyjs

from explorer.charts.style import FONT
from explorer.ui.finished import computed, paint, studies
from explorer.ui.live_plot import HEIGHT, Specs

#: Width in px that the figure has in a window of 1280 px.
WIDTH = 689
#: The typeface of the page, which a picture cannot take from there.
TYPEFACE = "static/static/media/SourceSansVF-Upright.*.woff2"
COLOR = re.compile(r"rgba?\([^)]*\)|#[0-9a-fA-F]{6}")
_DRAW = """async ([spec, width, height]) => {
  const {data, layout} = JSON.parse(spec);
  return await Plotly.toImage({data, layout}, {format: 'svg', width, height});
}"""


@contextmanager
def plotly_page() -> Iterator[Page]:
    """Yield a page of the system's Chromium in which Plotly is loaded."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.add_script_tag(content=get_plotlyjs())
        yield page
        browser.close()


def picture(page: Page, figure: Specs) -> str:
    """Return a figure as one SVG that has the colours of both modes, and takes those of the page around it."""
    light, dark = (_svg(page, spec) for spec in (figure.light, figure.dark))
    others = iter(COLOR.findall(dark))
    svg = COLOR.sub(lambda found: f"light-dark({found[0]}, {next(others)})", light)
    if next(others, None) is not None:
        raise ValueError("the figure has more colours in its dark mode than in its light mode")
    return _lettered(svg)


def _lettered(svg: str) -> str:
    """Return the picture with the letters it uses of the page's typeface in it."""
    used = html.unescape("".join(re.findall(r">([^<]+)<", svg)))
    (path,) = Path(streamlit.__file__).parent.glob(TYPEFACE)
    options = subset.Options(flavor="woff2", layout_features=["kern"], notdef_outline=True)
    font = subset.load_font(path, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=used)
    subsetter.subset(font)
    kept = io.BytesIO()
    subset.save_font(font, kept, options)
    source = f"url(data:font/woff2;base64,{base64.b64encode(kept.getvalue()).decode()})"
    family = FONT.partition(",")[0]
    face = f"@font-face {{ font-family: {family}; font-weight: 200 900; src: {source}; }}"
    return svg.replace("><", f"><style>{face}</style><", 1)


def _svg(page: Page, spec: str) -> str:
    found = page.evaluate(_DRAW, [spec, WIDTH, HEIGHT])
    svg = re.sub(r"(?<=defs-)[0-9a-f]{6}|(?<=clip)[0-9a-f]{6}", "finish", urllib.parse.unquote(found.partition(",")[2]))
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    if size not in svg:
        raise ValueError(f"the picture does not say its size as {size}: {svg[:200]}")
    return svg.replace('style=""', 'style="color-scheme: light dark"', 1)


def main() -> None:
    """Paint every finished study."""
    with plotly_page() as page:
        for kept in studies():
            paint(kept, picture(page, computed(kept).figure))


if __name__ == "__main__":
    main()
