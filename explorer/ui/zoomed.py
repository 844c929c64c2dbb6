"""Pictures of one size side by side that are looked at together: what enlarges or moves one moves all of them.

With the mouse: drag, double click, and the wheel with Ctrl, as the wheel alone scrolls the page. With the keyboard:
arrows move, + and - zoom, 0 shows everything. Nothing of it needs a run of the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from explorer.ui import texts

_HTML = """
<div class='wall'>
  <div class='bar'><span class='hint'></span>
    <span class='tools'><button class='out' type='button'>−</button><output class='zoom'>1×</output>
    <button class='in' type='button'>+</button><button class='all' type='button'></button></span></div>
  <div class='grid' tabindex='0' role='group'></div>
</div>
"""
_CSS = """
.wall { font-family: var(--st-font); color: var(--st-text-color); --zoom: 1; --x: 0%; --y: 0%; }
.bar { display: flex; justify-content: space-between; align-items: center; gap: 12px; padding-bottom: 8px; }
.hint { font-size: 13px; opacity: .78; }
.tools { display: flex; align-items: center; gap: 4px; flex: none; }
button { font: inherit; color: inherit; background: none; cursor: pointer; }
.tools button { border: 1px solid var(--st-border-color); border-radius: 6px; min-width: 30px; height: 28px;
  font-size: 13px; padding: 0 8px; }
.tools button:hover, .name:hover { color: var(--st-link-color); border-color: currentColor; }
:is(button, .grid):focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.zoom { font-size: 13px; width: 44px; text-align: center; font-variant-numeric: tabular-nums; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(max(148px, 11.5vw), 1fr)); gap: 12px;
  border-radius: 6px; }
figure { margin: 0; min-width: 0; }
.view { overflow: hidden; border-radius: 5px; background: var(--st-secondary-background-color); position: relative;
  cursor: grab; user-select: none; outline: 1px solid var(--st-border-color); }
.grid.dragged .view { cursor: grabbing; }
.chosen .view { outline: 3px solid var(--st-primary-color); }
img { display: block; width: 100%; height: 100%; transform-origin: 0 0; image-rendering: pixelated;
  transform: translate(var(--x), var(--y)) scale(var(--zoom)); transition: opacity .15s; pointer-events: none; }
.stale img { opacity: .4; }
.empty { position: absolute; inset: 0; display: flex; align-items: center; justify-content: center; padding: 10px;
  font-size: 13px; line-height: 1.35; text-align: center; opacity: .8; overflow: hidden; }
figcaption { font-size: 14px; line-height: 1.35; padding-top: 5px; min-height: 38px; }
.name { border: 0; padding: 0; font-weight: 600; text-align: left; display: block; }
b { font-weight: 600; display: block; }
.note { font-size: 13px; opacity: .78; display: block; font-variant-numeric: tabular-nums; }
@media (max-width: 640px) { .grid { grid-template-columns: 1fr 1fr; } .hint { display: none; }
  .bar { justify-content: flex-end; } }
"""
_JS = """
const MOST = 16, STEP = 1.5, SHIFT = 0.12;
const held = (value, low, high) => Math.min(high, Math.max(low, value));
const moved = (wall, s, x, y) => {
  const place = wall.place = {s, x: held(x, 1 - s, 0), y: held(y, 1 - s, 0)};
  wall.style.setProperty('--zoom', place.s);
  wall.style.setProperty('--x', `${100 * place.x}%`);
  wall.style.setProperty('--y', `${100 * place.y}%`);
  wall.querySelector('.zoom').textContent = `${place.s < 10 ? +place.s.toFixed(1) : Math.round(place.s)}×`;
  wall.querySelector('.grid').style.touchAction = place.s > 1 ? 'none' : 'pan-y';
};
const zoomed = (wall, factor, px = 0.5, py = 0.5) => {
  const {s, x, y} = wall.place, to = held(s * factor, 1, MOST);
  moved(wall, to, px - (px - x) * to / s, py - (py - y) * to / s);
};
const shifted = (wall, dx, dy) => moved(wall, wall.place.s, wall.place.x + dx, wall.place.y + dy);
const KEYS = {
  ArrowLeft: w => shifted(w, SHIFT, 0), ArrowRight: w => shifted(w, -SHIFT, 0),
  ArrowUp: w => shifted(w, 0, SHIFT), ArrowDown: w => shifted(w, 0, -SHIFT),
  '+': w => zoomed(w, STEP), '=': w => zoomed(w, STEP), '-': w => zoomed(w, 1 / STEP), '0': w => moved(w, 1, 0, 0),
};
const within = event => {
  const view = event.target.closest('.view');
  if (!view) return null;
  const box = view.getBoundingClientRect();
  return {x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height, box};
};
const listen = wall => {
  const grid = wall.querySelector('.grid');
  grid.addEventListener('keydown', event => {
    if (event.target !== grid || event.ctrlKey || event.metaKey || !KEYS[event.key]) return;
    event.preventDefault(); KEYS[event.key](wall);
  });
  grid.addEventListener('wheel', event => {
    const at = within(event);
    if (!at || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault(); zoomed(wall, Math.exp(-event.deltaY / 240), at.x, at.y);
  }, {passive: false});
  grid.addEventListener('dblclick', event => { const at = within(event); if (at) zoomed(wall, 2, at.x, at.y); });
  grid.addEventListener('pointerdown', event => {
    const at = within(event);
    if (!at || wall.place.s === 1) return;
    wall.drag = {x: event.clientX, y: event.clientY, from: wall.place, box: at.box};
    grid.setPointerCapture(event.pointerId); grid.classList.add('dragged');
  });
  grid.addEventListener('pointermove', event => {
    const drag = wall.drag;
    if (drag) moved(wall, drag.from.s, drag.from.x + (event.clientX - drag.x) / drag.box.width,
                    drag.from.y + (event.clientY - drag.y) / drag.box.height);
  });
  for (const end of ['pointerup', 'pointercancel'])
    grid.addEventListener(end, () => { wall.drag = null; grid.classList.remove('dragged'); });
  wall.querySelector('.in').onclick = () => zoomed(wall, STEP);
  wall.querySelector('.out').onclick = () => zoomed(wall, 1 / STEP);
  wall.querySelector('.all').onclick = () => moved(wall, 1, 0, 0);
  moved(wall, 1, 0, 0);
};
const made = (tag, name, parent) => {
  const found = document.createElement(tag);
  found.className = name; parent.append(found);
  return found;
};
const tile = (figure, each, data, choose) => {
  figure.className = [each.chosen && 'chosen', each.stale && 'stale'].filter(Boolean).join(' ');
  figure.replaceChildren();
  const view = made('div', 'view', figure);
  view.style.aspectRatio = data.shape;
  if (each.src) Object.assign(made('img', '', view), {src: each.src, alt: each.title, draggable: false});
  else made('span', 'empty', view).textContent = each.empty;
  const words = made('figcaption', '', figure);
  const name = made(each.name ? 'button' : 'b', each.name ? 'name' : '', words);
  name.textContent = each.title;
  if (each.name) {
    name.type = 'button'; name.title = data.choose; name.setAttribute('aria-pressed', each.chosen);
    name.onclick = () => choose(each.name);
  }
  made('span', 'note', words).textContent = each.note;
};
export default ({data, parentElement, setTriggerValue}) => {
  const wall = parentElement.querySelector('.wall'), grid = wall.querySelector('.grid');
  if (!wall.place) listen(wall);
  wall.querySelector('.hint').textContent = data.hint;
  for (const [name, words] of Object.entries(data.buttons)) {
    const button = wall.querySelector(`.${name}`);
    button.setAttribute('aria-label', words); button.title = words;
  }
  wall.querySelector('.all').textContent = data.buttons.all;
  grid.setAttribute('aria-label', data.label);
  while (grid.children.length > data.tiles.length) grid.lastChild.remove();
  while (grid.children.length < data.tiles.length) made('figure', '', grid);
  data.tiles.forEach((each, at) => {
    const figure = grid.children[at], told = JSON.stringify(each);
    if (figure.told === told) return;
    figure.told = told;
    tile(figure, each, data, name => setTriggerValue('chosen', name));
  });
};
"""
_wall = st.components.v2.component("zoomed_pictures", html=_HTML, css=_CSS, js=_JS)


@dataclass(frozen=True)
class Tile:
    """A picture with its words.

    title, note    what it is, and a line about it
    src            address of the picture; empty = `empty` stands in its place
    name           what is chosen by a press on the title; empty = it cannot be chosen
    chosen, stale  how it is shown: as what is chosen, and as what is about to be replaced
    """

    title: str
    note: str = ""
    src: str = ""
    empty: str = ""
    name: str = ""
    chosen: bool = False
    stale: bool = False


def zoomed(tiles: Sequence[Tile], *, shape: tuple[int, int], key: str, choose: Callable[[str], None]) -> None:
    """Show the tiles; all pictures have the `shape` (width, height) in any unit. `choose` is given the name pressed."""
    data = {
        "tiles": [asdict(each) for each in tiles],
        "shape": f"{shape[0]} / {shape[1]}",
        "label": texts.WALL_LABEL,
        "hint": texts.WALL_HINT,
        "choose": texts.WALL_CHOOSE,
        "buttons": {"in": texts.ZOOM_IN, "out": texts.ZOOM_OUT, "all": texts.ZOOM_ALL},
    }

    def pressed() -> None:
        name = st.session_state[key].chosen
        if name:
            choose(name)

    _wall(key=key, data=data, on_chosen_change=pressed)
