"""A Plotly figure that can be redrawn while someone looks at it: zoom, pan and the DOM node survive.

`st.plotly_chart` rebuilds a figure whose data changed. This component hands the new figure to `Plotly.react` instead.
It carries the figure in both modes and shows the one that fits the ground on which it finds itself, so that the
viewer's theme is met on the first run too and a switch of theme needs no new run.

A picture that is saved carries words that stand around the figure on the page. It is drawn of a copy, so that the
figure itself stays as it is.
"""

import html
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.charts.placing import width

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from explorer.charts.style import Mode

PLOTLY = version("plotly")
#: Usual height of a figure, in px.
HEIGHT = 392

#: What every component with a figure starts with: loading the library once, and telling a dark ground from a light one.
COMMON_JS = """
const loading = (window.__explorerPlotly ??= {});
const load = src => loading[src] ??= new Promise((ok, no) => {
  const s = document.createElement('script');
  s.src = src; s.onload = () => ok(window.Plotly); s.onerror = no;
  document.head.appendChild(s);
});
const dark = el => {
  const named = getComputedStyle(el).getPropertyValue('--st-background-color').trim();
  const probe = document.createElement('span');
  probe.style.color = named; el.appendChild(probe);
  const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
  probe.remove();
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
};
"""
_JS = """
const DECADES = 300, LETTER = 6.5, PLOT = 240;
const roomy = axis => {
  const texts = axis.ticktext.map(text => text.split('<br>')[0]), each = DECADES / (axis.range[1] - axis.range[0]);
  let taken = -Infinity;
  const kept = texts.map((_, i) => i).filter(i => {
    const middle = each * Math.log10(axis.tickvals[i]), half = LETTER * texts[i].length / 2;
    if (middle - half < taken) return false;
    taken = middle + half;
    return true;
  });
  return {...axis, tickvals: kept.map(i => axis.tickvals[i]), ticktext: kept.map(i => texts[i])};
};
const narrowed = f => {
  for (const t of f.data) if (t.meta === 'cells') {
    t.marker.size *= 0.36;
    f.layout.margin = {...f.layout.margin, l: 4, r: 112};
    f.layout.yaxis.tickfont.size = 10;
  }
  if (!(f.layout.annotations || []).some(a => a.name === 'end-label')) return f;
  f.layout.annotations = f.layout.annotations.filter(a => !['end-label', 'forecast'].includes(a.name));
  f.data = f.data.filter(t => t.meta !== 'leader');
  f.layout.showlegend = true;
  f.layout.xaxis = roomy(f.layout.xaxis);
  f.layout.xaxis.tickangle = 0;
  f.layout.legend = {...f.layout.legend, yref: 'container', x: 0, y: 0, xanchor: 'left', yanchor: 'bottom'};
  const named = f.data.filter(t => t.showlegend).length;
  f.layout.margin = {...f.layout.margin, r: 12, l: 44, b: 66 + 19 * named};
  f.layout.height = Math.max(f.layout.height, f.layout.margin.t + PLOT + f.layout.margin.b);
  return f;
};
const SPACE = 0.34, LINE = 1.3, EDGE = 12;
const wrapped = (words, room) => {
  const lines = [];
  let taken = Infinity;
  for (const [word, wide] of words) {
    if (taken + SPACE + wide > room) { lines.push(word); taken = wide; }
    else { lines.push(`${lines.pop()} ${word}`); taken += SPACE + wide; }
  }
  return lines;
};
const block = (words, width, font, place) => {
  const lines = wrapped(words, (width - 2 * EDGE) / font.size);
  const text = {text: lines.join('<br>'), font, align: 'left', xanchor: 'left', x: 0, xref: 'paper', yref: 'paper',
                showarrow: false, ...place};
  return {text, height: lines.length * font.size * LINE + EDGE};
};
const picture = (gd, words) => {
  const {data, layout} = JSON.parse(JSON.stringify({data: gd.data, layout: gd.layout}));
  const {t, b, l} = layout.margin, xshift = EDGE - l, width = gd.offsetWidth;
  const above = block(words.above, width, {size: 17, color: layout.font.color},
    {y: 1, yanchor: 'bottom', yshift: t, xshift});
  const below = block(words.below, width, {size: 12, color: layout.title.font.color},
    {y: 0, yanchor: 'top', yshift: -b, xshift});
  // A picture has not the typeface of the page; what is measured must be what will be drawn.
  layout.font.family = layout.font.family.replace(/"Source Sans[^"]*", */g, '');
  layout.annotations = [...(layout.annotations || []), above.text, below.text];
  layout.margin = {...layout.margin, t: t + above.height, b: b + below.height};
  layout.width = width;
  layout.height = Math.ceil(gd.offsetHeight + above.height + below.height);
  if (layout.legend.yref === 'container') layout.legend.y = below.height / layout.height;
  return {data, layout};
};
const save = (el, gd, format, scale) => {
  const drawn = picture(gd, el.words), {width, height} = drawn.layout;
  return window.Plotly.downloadImage(drawn, {format, scale, width, height, filename: el.file});
};
const config = el => ({
  responsive: true, displaylogo: false, showSendToCloud: false,
  modeBarButtonsToRemove: ['toImage', 'select2d', 'lasso2d', 'autoScale2d'],
  modeBarButtonsToAdd: [
    {name: 'Download plot as PNG', icon: window.Plotly.Icons.camera, click: gd => save(el, gd, 'png', 3)},
    {name: 'Download plot as SVG', icon: window.Plotly.Icons.disk, click: gd => save(el, gd, 'svg', 1)},
  ],
});
const ARROWS = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};
const pickable = (el, box, pick) => {
  const cells = () => box._fullData.filter(t => t.type === 'heatmap');
  const frame = el.querySelector('.frame'), said = el.querySelector('.said');
  const move = (row, column) => {
    const {xaxis: x, yaxis: y} = box._fullLayout, [{z}] = cells();
    el.at = [Math.min(Math.max(row, 0), z.length - 1), Math.min(Math.max(column, 0), z[0].length - 1)];
    const left = x._offset + x.d2p(el.at[1] - 0.5), top = y._offset + y.d2p(el.at[0] - 0.5);
    const right = x._offset + x.d2p(el.at[1] + 0.5), bottom = y._offset + y.d2p(el.at[0] + 0.5);
    frame.style.cssText = `position:absolute;pointer-events:none;left:${left}px;top:${top}px;width:${right - left}px;` +
      `height:${bottom - top}px;outline:3px solid var(--st-primary-color);outline-offset:-1px;border-radius:2px`;
    const told = cells()[0].customdata[el.at[0]][el.at[1]];
    said.textContent = new DOMParser().parseFromString(told, 'text/html').body.textContent;
  };
  box.removeAllListeners('plotly_click');
  box.on('plotly_click', e => pick([Number(e.points[0].y), Number(e.points[0].x)]));
  el.tabIndex = 0;
  el.style.position = 'relative';
  el.onfocus = () => move(...(el.at ?? [0, 0]));
  el.onblur = () => { frame.style.cssText = 'display:none'; };
  el.onkeydown = e => {
    if (ARROWS[e.key]) move(el.at[0] + ARROWS[e.key][0], el.at[1] + ARROWS[e.key][1]);
    else if (e.key === 'Enter' || e.key === ' ') pick(el.at);
    else return;
    e.preventDefault();
  };
};
export default ({data, parentElement, setTriggerValue}) => {
  const el = parentElement.querySelector('.plot');
  const box = el.querySelector('.canvas');
  el.setAttribute('aria-label', data.alt);
  el.style.height ||= data.height + 'px';
  el.words = data.words;
  el.file = data.name;
  el.gone = false;
  const draw = () => {
    if (el.gone) return;
    // Not yet in the page, or the viewer is just dragging a zoom: the newest figure is drawn a little later.
    if (!el.isConnected || box._dragging) { setTimeout(() => el.redraw(), 100); return; }
    const narrow = el.clientWidth < 560;
    const spec = data[dark(el) ? 'dark' : 'light'];
    if (el.spec === spec && el.narrow === narrow) {
      // A scrollbar has come or gone: the window, at which Plotly looks, is as wide as before.
      if (el.clientWidth && el.wide !== el.clientWidth) { el.wide = el.clientWidth; window.Plotly.Plots.resize(box); }
      return;
    }
    el.spec = spec; el.narrow = narrow; el.wide = el.clientWidth;
    const whole = JSON.parse(spec);
    whole.layout.height = data.height;  // Plotly would keep the height of the figure that it drew first
    const f = narrow ? narrowed(whole) : whole;
    el.style.height = f.layout.height + 'px';
    el.classList.toggle('tall', f.layout.height > data.height);
    const least = f.layout.meta?.least ?? 0, scrolls = least > el.clientWidth;
    box.style.minWidth = least + 'px';
    el.style.overflow = scrolls ? 'auto hidden' : '';
    if (scrolls) el.tabIndex = 0;  // so that the keys can scroll it as well
    // One object for all redraws: react would take a new one for a new figure, and forget the zoom.
    el.settings ??= {...config(el), ...(data.toolbar ? {} : {displayModeBar: false})};
    el.drawing = window.Plotly.react(box, f.data, f.layout, el.settings).then(() => {
      el.dataset.drawn = 'yes';
      if (data.picks) pickable(el, box, cell => setTriggerValue('picked', cell));
    });
  };
  el.redraw = draw;
  el.watch ??= new ResizeObserver(() => { if (window.Plotly) el.redraw(); });
  load(data.src).then(() => { el.redraw(); el.watch.observe(el); });
  return () => {
    el.gone = true; el.spec = null; el.watch.disconnect();
    // Not under the feet of a redraw that is still going on.
    Promise.resolve(el.drawing).finally(() => { if (el.gone && window.Plotly) window.Plotly.purge(box); });
  };
};
"""
_HTML = """
<div class='plot' role='figure' style='width:100%'>
<div class='canvas' style='width:100%;height:100%'></div><div class='frame' style='display:none'></div>
<div class='said' aria-live='polite'
 style='position:absolute;top:0;left:0;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)'></div></div>
"""
#: Where the names of many curves go below a narrow figure, it is taller than the page has been told.
_CSS = ".stElementContainer:has(.plot.tall) { height: auto !important; flex-basis: auto !important; }"
_SCRIPT = Path("static") / "plotly.min.js"
_plot = st.components.v2.component("live_plot", html=_HTML, css=_CSS, js=COMMON_JS + _JS, isolate_styles=False)


def write_plotly_script(app: Path) -> None:
    """Write the Plotly library beside the app in the folder `app`, unless the installed version is there already."""
    target = app / _SCRIPT
    mark = f"/* {PLOTLY} */"
    if target.exists():
        with target.open(encoding="utf-8") as written:
            if written.read(len(mark)) == mark:
                return
    from plotly.offline import get_plotlyjs

    target.parent.mkdir(exist_ok=True)
    fresh = target.with_suffix(f".{uuid.uuid4().hex}.new")  # several first visitors may write at once
    fresh.write_text(mark + get_plotlyjs(), encoding="utf-8")
    fresh.replace(target)


def library() -> str:
    """Return the address of the Plotly library that `write_plotly_script` wrote."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return (f"/{base}" if base else "") + f"/app/static/{_SCRIPT.name}?v={PLOTLY}"


@dataclass(frozen=True)
class Specs:
    """A figure in both modes, as Plotly's JSON; the same figure gives the same text."""

    light: str
    dark: str


def specs(draw: "Callable[[Mode], go.Figure]") -> Specs:
    """Return the figure that `draw` makes for each mode."""
    # Streamlit imports pandas to show the first figure, and Plotly would use what another visitor's run has imported of
    # it so far; to import it as well is to wait for the rest.
    import_module("pandas")
    return Specs(draw("light").to_json(), draw("dark").to_json())


@dataclass(frozen=True)
class Saved:
    """What a picture of a figure is saved with.

    name       name of its file, without ending
    above      the finding, over the figure
    below      what it is of, smaller and quiet
    """

    name: str
    above: str
    below: str


def live_plot(
    drawn: Specs,
    *,
    key: str,
    alt: str,
    height: int = HEIGHT,
    saved: Saved | None = None,
    picked: Callable[[int, int], None] | None = None,
) -> None:
    """Show a figure.

    alt        the finding in words, for those who do not see the figure
    height     in px, the same from run to run, so that nothing jumps; on a narrow page, where the names of curves stand
               below them, a figure of many is taller, so that the curves can still be read
    saved      how pictures of it are saved; None = it has no buttons to zoom and to save
    picked     called, before the next run, with row and column of a cell that was clicked, or opened by arrow keys and
               Enter, in a figure whose heatmaps say in `customdata` what each cell is; None = nothing can be opened
    """
    data: dict[str, Any] = {"light": drawn.light, "dark": drawn.dark, "src": library(), "alt": alt}
    kept = saved or Saved("", "", "")
    words = {"above": _measured(kept.above), "below": _measured(kept.below)}
    data |= {"height": height, "name": kept.name, "words": words, "toolbar": saved is not None}
    if picked is None:
        _plot(key=key, height=height, data=data)
    else:
        _plot(key=key, height=height, data=data | {"picks": True}, on_picked_change=partial(_tell, key, picked))


def _tell(key: str, picked: Callable[[int, int], None]) -> None:
    """Hand on the cell of the figure `key` that the browser says was opened; what is no cell is left out."""
    cell = st.session_state[key].get("picked")
    if isinstance(cell, list) and len(cell) == 2 and all(isinstance(each, int) for each in cell):
        picked(*cell)


def _measured(text: str) -> list[tuple[str, float]]:
    """Return the words of a text as Plotly takes them, each with its width in parts of the font size.

    The browser alone knows the width of the figure, and not the typeface in which somebody will see its picture.
    """
    return [(html.escape(word, quote=False), width(word)) for word in text.split(" ")]
