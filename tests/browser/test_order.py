"""What is seen first is focused first, on a wide window and on a narrow one."""

import pytest

from explorer.ui import shell

pytestmark = pytest.mark.browser

#: Two columns as Streamlit writes them, with settings and what they are of.
COLUMNS = """
<div data-testid="stHorizontalBlock" style="display: flex; flex-wrap: wrap">
<div data-testid="stColumn" style="flex: 1 1 320px"><button>settings</button></div>
<div data-testid="stColumn" style="flex: 1 1 320px"><div class="st-key-result"><button>result</button></div></div>
</div>"""


@pytest.mark.parametrize(("width", "first"), [(1280, "settings"), (390, "result")])
def test_the_focus_moves_in_the_order_that_is_seen(chromium, width, first):
    page = chromium.new_page()
    page.set_viewport_size({"width": width, "height": 720})
    page.set_content(shell._STYLE + COLUMNS)
    focused, places = [], []
    for _ in range(2):
        page.keyboard.press("Tab")
        box = page.evaluate("(({x, y}) => [y, x])(document.activeElement.getBoundingClientRect())")
        focused.append(page.evaluate("document.activeElement.textContent"))
        places.append(box)
    page.close()
    assert focused[0] == first
    assert places == sorted(places)
