"""Two pictures of the same thing, one above the other: a slider says up to where the upper one is seen."""

import streamlit as st

from explorer.ui import texts

_HTML = """
<div class='pair'>
  <div class='view'><img class='after'><img class='before'><span class='edge'></span></div>
  <input type='range' min='0' max='100' value='50' step='1'>
  <div class='ends'><span class='left'></span><span class='right'></span></div>
</div>
"""
_CSS = """
.pair { font-family: var(--st-font); color: var(--st-text-color); font-size: 13px; --at: 50%; }
.view { position: relative; overflow: hidden; border-radius: 5px; background: var(--st-secondary-background-color);
  cursor: ew-resize; touch-action: pan-y; outline: 1px solid var(--st-border-color); }
img { position: absolute; inset: 0; width: 100%; height: 100%; image-rendering: pixelated; pointer-events: none; }
.before { clip-path: inset(0 calc(100% - var(--at)) 0 0); }
.edge { position: absolute; top: 0; bottom: 0; left: var(--at); width: 2px; margin-left: -1px;
  background: var(--st-primary-color); box-shadow: 0 0 0 1px rgba(255, 255, 255, .6); pointer-events: none; }
input { appearance: none; width: 100%; height: 4px; margin: 16px 0 10px; display: block; border-radius: 2px;
  background: linear-gradient(to right, var(--st-primary-color) var(--at), var(--st-border-color) var(--at)); }
input::-webkit-slider-thumb { appearance: none; width: 16px; height: 16px; border-radius: 50%; cursor: ew-resize;
  background: var(--st-primary-color); }
input::-moz-range-thumb { width: 16px; height: 16px; border: 0; border-radius: 50%; cursor: ew-resize;
  background: var(--st-primary-color); }
input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 8px; }
.ends { display: flex; justify-content: space-between; opacity: .8; }
"""
_JS = """
const EMPTY = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
export default ({data, parentElement}) => {
  const pair = parentElement.querySelector('.pair'), view = pair.querySelector('.view');
  const slider = pair.querySelector('input');
  const put = value => { slider.value = value; pair.style.setProperty('--at', `${slider.value}%`); };
  pair.style.width = `min(100%, ${data.width}px)`;
  view.style.aspectRatio = data.shape;
  for (const side of ['before', 'after']) {
    const picture = view.querySelector(`.${side}`);
    if (picture.src !== data[side]) picture.src = data[side] || EMPTY;
    picture.alt = data.words[side];
  }
  slider.setAttribute('aria-label', data.label);
  pair.querySelector('.left').textContent = data.words.before;
  pair.querySelector('.right').textContent = data.words.after;
  slider.oninput = () => put(slider.value);
  const follow = event => {
    const box = view.getBoundingClientRect();
    put(100 * (event.clientX - box.left) / box.width);
  };
  view.onpointerdown = event => { view.setPointerCapture(event.pointerId); follow(event); };
  view.onpointermove = event => { if (event.buttons) follow(event); };
};
"""
_pair = st.components.v2.component("before_after", html=_HTML, css=_CSS, js=_JS)


def before_after(before: str, after: str, *, shape: tuple[int, int], height: int, key: str) -> None:
    """Show two pictures by their addresses, empty while there is none, at most `height` px high.

    Both have the `shape` (width, height) in any unit.
    """
    words = {"before": texts.BEFORE, "after": texts.AFTER}
    width = round(height * shape[0] / shape[1])
    data = {"before": before, "after": after, "words": words, "label": texts.BEFORE_AFTER_LABEL}
    _pair(key=key, data={**data, "shape": f"{shape[0]} / {shape[1]}", "width": width})
