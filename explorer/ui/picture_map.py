"""A map of images on which the image of a point is seen beside it: under the mouse, and under the keys.

The arrow keys go from point to point, Enter chooses the one that is shown. All pictures come as one, of which a point
shows its own part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.ui.live_plot import COMMON_JS, Specs, library

#: Side in px at which a picture is shown.
SHOWN = 104

_JS = """
const MARGIN = 14;
const narrowed = f => {
  f.layout.legend = {...f.layout.legend, orientation: 'h', x: 0, y: 0, yref: 'container', yanchor: 'bottom'};
  f.layout.margin = {...f.layout.margin, b: 34 + 22 * Math.ceil(f.data.length / 2)};
  return f;
};
const place = (gd, number) => {
  for (const t of gd.data) {
    const at = t.customdata.indexOf(number);
    if (at < 0 || t.visible === 'legendonly') continue;
    const {xaxis, yaxis} = gd._fullLayout;
    const x = xaxis.l2p(t.x[at]), y = yaxis.l2p(t.y[at]);
    const seen = x >= 0 && x <= xaxis._length && y >= 0 && y <= yaxis._length;
    return {x: xaxis._offset + x, y: yaxis._offset + y, seen};
  }
};
const shown = gd => (gd.data || []).filter(t => t.visible !== 'legendonly').flatMap(t => t.customdata)
  .map(number => ({number, ...place(gd, number)})).filter(each => each.seen);
const DIRECTIONS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
const next = (gd, from, [right, down]) => {
  const all = shown(gd), here = from === null ? null : place(gd, from);
  if (!all.length) return null;
  if (!here) return all.reduce((a, b) => a.x < b.x ? a : b).number;
  let best = null, least = Infinity;
  for (const each of all) {
    const ahead = (each.x - here.x) * right + (each.y - here.y) * down;
    const aside = Math.abs((each.x - here.x) * down) + Math.abs((each.y - here.y) * right);
    const far = ahead + 2 * aside;
    if (each.number !== from && ahead > 0 && far < least) { best = each.number; least = far; }
  }
  return best ?? from;
};
const show = (el, number) => {
  el.number = number;
  const tip = el.querySelector('.tip'), ring = el.querySelector('.ring');
  const at = number === null ? undefined : place(el.canvas, number);
  tip.hidden = ring.hidden = !at;
  if (!at) return;
  const {side, columns, shown} = el.given, scale = shown / side;
  const picture = tip.querySelector('.picture');
  picture.style.backgroundImage = `url(${el.given.sprite})`;
  picture.style.backgroundSize = `${columns * shown}px auto`;
  picture.style.backgroundPosition = `-${number % columns * shown}px -${Math.floor(number / columns) * shown}px`;
  picture.style.imageRendering = scale > 3 ? 'pixelated' : 'auto';
  const [name, ...lines] = el.given.words[number];
  tip.querySelector('.name').textContent = name;
  tip.querySelector('.lines').textContent = lines.join('\\n');
  ring.style.left = at.x + 'px'; ring.style.top = at.y + 'px';
  const left = at.x + MARGIN + tip.offsetWidth > el.clientWidth ? at.x - MARGIN - tip.offsetWidth : at.x + MARGIN;
  tip.style.left = Math.max(0, left) + 'px';
  tip.style.top = Math.max(0, Math.min(at.y - tip.offsetHeight / 2, el.clientHeight - tip.offsetHeight)) + 'px';
};
const listen = el => {
  const gd = el.canvas;
  gd.on('plotly_hover', e => show(el, e.points[0].customdata));
  gd.on('plotly_unhover', () => show(el, null));
  gd.on('plotly_relayout', () => show(el, null));
  gd.on('plotly_click', e => el.choose(e.points[0].customdata));
};
export default ({data, parentElement, setTriggerValue}) => {
  const el = parentElement.querySelector('.map');
  el.canvas = el.querySelector('.canvas');
  el.given = data;
  el.choose = number => { if (data.choosing) setTriggerValue('chosen', number); };
  if (el.listening && el.number != null) show(el, el.number);  // its picture may have arrived
  el.setAttribute('aria-label', data.alt);
  el.style.height = data.height + 'px';
  el.gone = false;
  const draw = () => {
    if (el.gone) return;
    if (!el.isConnected || el.canvas._dragging) { setTimeout(() => el.redraw(), 100); return; }
    const narrow = el.clientWidth < 560, night = dark(el);
    const spec = data[night ? 'dark' : 'light'];
    if (el.spec === spec && el.narrow === narrow) {
      // A scrollbar has come or gone: the window, at which Plotly looks, is as wide as before.
      if (el.clientWidth && el.wide !== el.clientWidth) {
        el.wide = el.clientWidth;
        window.Plotly.Plots.resize(el.canvas);
      }
      return;
    }
    el.wide = el.clientWidth;
    // What is under a resting mouse stays there when the same map is drawn again, as where its pictures arrive.
    const number = el.drawn === spec ? el.number ?? null : null;
    el.spec = el.drawn = spec; el.narrow = narrow; el.dataset.ground = night ? 'dark' : 'light';
    show(el, null);
    const whole = JSON.parse(spec), f = narrow ? narrowed(whole) : whole;
    f.layout.height = data.height;
    el.settings ??= {responsive: true, displaylogo: false, showSendToCloud: false, displayModeBar: false};
    el.drawing = window.Plotly.react(el.canvas, f.data, f.layout, el.settings).then(() => {
      if (!el.listening) { el.listening = true; listen(el); }
      el.dataset.drawn = 'yes';
      show(el, number);
    });
  };
  el.redraw = draw;
  el.onkeydown = e => {
    if (DIRECTIONS[e.key]) { e.preventDefault(); show(el, next(el.canvas, el.number ?? null, DIRECTIONS[e.key])); }
    else if (e.key === 'Enter' && el.number != null) el.choose(el.number);
    else if (e.key === 'Escape') show(el, null);
  };
  el.onblur = () => show(el, null);
  el.watch ??= new ResizeObserver(() => { if (window.Plotly) el.redraw(); });
  load(data.src).then(() => { el.redraw(); el.watch.observe(el); });
  return () => {
    el.gone = true; el.spec = null; el.watch.disconnect();
    Promise.resolve(el.drawing).finally(() => {
      if (!el.gone || !window.Plotly) return;
      window.Plotly.purge(el.canvas);
      el.listening = false;  // not before: a drawing that was still going on has begun to listen
      delete el.dataset.drawn;
    });
  };
};
"""
_CSS = """
.map { position: relative; width: 100%; border-radius: 6px; }
.map:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.map .canvas { width: 100%; height: 100%; }
.map .ring { position: absolute; width: 16px; height: 16px; margin: -8px 0 0 -8px; border-radius: 50%;
  border: 2px solid var(--st-text-color); pointer-events: none; }
.map .tip { position: absolute; display: flex; gap: 10px; align-items: center; padding: 6px 10px 6px 6px;
  max-width: min(340px, 92%); pointer-events: none; border-radius: 6px; z-index: 2; font-size: 13px; line-height: 1.4;
  background: var(--st-secondary-background-color); color: var(--st-text-color);
  border: 1px solid var(--st-border-color); box-shadow: 0 4px 14px rgb(0 0 0 / .18); }
.map [hidden] { display: none; }
.map .picture { flex: none; border-radius: 4px; background-repeat: no-repeat; background-color: #000; }
.map .name { font-weight: 600; overflow-wrap: anywhere; }
.map .lines { white-space: pre-line; overflow-wrap: anywhere; }
"""
_HTML = f"""
<div class='map' role='group' tabindex='0'><div class='canvas'></div><div class='ring' hidden></div>
<div class='tip' hidden><div class='picture' style='width:{SHOWN}px;height:{SHOWN}px'></div>
<div aria-live='polite'><div class='name'></div><div class='lines'></div></div></div></div>
"""
_map = st.components.v2.component("picture_map", html=_HTML, js=COMMON_JS + _JS, css=_CSS, isolate_styles=False)


@dataclass(frozen=True)
class Pictures:
    """Small pictures in one: its address, the side of each in px, and how many stand beside each other.

    Without an address there are none yet; a map that stands takes them when they come.
    """

    address: str = ""
    side: int = SHOWN
    columns: int = 1


def picture_map(
    drawn: Specs,
    pictures: Pictures,
    words: Sequence[Sequence[str]],
    *,
    key: str,
    alt: str,
    height: int,
    chosen: Callable[[int], None] | None = None,
) -> None:
    """Show a map whose points know their numbers, as `charts.feature_map` draws it.

    words     for the point of each number, its name and further lines
    alt       what the map shows, for those who do not see it
    chosen    is called with the number of a point that is clicked, or chosen by a key, before the page runs again;
              None = nothing is chosen
    """
    data: dict[str, Any] = {
        "light": drawn.light,
        "dark": drawn.dark,
        "src": library(),
        "alt": alt,
        "height": height,
        "words": [list(each) for each in words],
        "sprite": pictures.address,
        "side": pictures.side,
        "columns": pictures.columns,
        "shown": SHOWN,
        "choosing": chosen is not None,
    }

    def tell() -> None:
        number = getattr(st.session_state[key], "chosen", None)
        if chosen is not None and number is not None:
            chosen(int(number))

    _map(key=key, height=height, data=data, on_chosen_change=tell)
