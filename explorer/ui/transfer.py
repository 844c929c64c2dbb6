"""The Transfer page: images as a network sees them, which layers serve, whose network, and a small study."""

import functools
from collections.abc import Mapping
from dataclasses import asdict, replace

import streamlit as st

from explorer.charts.feature_map import Kind, feature_map
from explorer.charts.rows import rows_height
from explorer.charts.scores_by_name import scores_by_name
from explorer.previews.answers import Preview, Wanted
from explorer.records import Arm, Choice, Dataset, Fact, Ints, Slot
from explorer.score_words import percent
from explorer.techniques.discovery import ready_arms, techniques
from explorer.ui import composed, kinds, meaning, neighbors, plan, setting_form, shell, texts, trying
from explorer.ui.formats import duration
from explorer.ui.live_plot import Specs, live_plot, specs
from explorer.ui.network_chooser import MODEL, network_chooser
from explorer.ui.on_demand import on_demand
from explorer.ui.picture_map import picture_map
from explorer.ui.previewed import ahead, before, instant, is_answered, kept, previewed
from explorer.ui.sides import sides
from explorer.ui.supply import units_words

PLACE = "transfer"
HEIGHT, PROBE_HEIGHT = 440, rows_height(4) + 40
#: Seconds up to which the images are described without being asked for.
AT_ONCE = 180.0
_BACK = f"back-{PLACE}"


def view(data: Dataset) -> None:
    """Show what a pretrained network makes of the images."""
    side, main = sides()
    ready = ready_arms()["transfer"]
    with side:
        choice = _choice()
    with main:
        st.subheader(texts.MAP_TITLE, anchor=False)
        st.caption(texts.TRANSFER_LEAD)
        free = meaning.questions(data)
        arm = composed.arm(ready, replace(ready, model=choice))
        with shell.told():
            _seen(data, arm, free)
        with st.expander(texts.NETWORKS_TITLE, key=f"expander-networks-{PLACE}"):
            network_chooser(str(setting_form.value_of(Slot.MODEL, choice, "network")), place=PLACE)
    trying.trying(data, arm, ready_arms()["baseline"], free, place=PLACE)


def _choice() -> Choice:
    st.subheader(texts.TRANSFER, anchor=False)
    technique = techniques(Slot.MODEL)[MODEL]
    st.caption(f"{technique.summary()} {texts.FAILS.format(when=technique.fails)}")
    return setting_form.form(Slot.MODEL, MODEL, place=PLACE)


# ---- the map ---------------------------------------------------------------------------------------------------


def _seen(data: Dataset, arm: Arm, free: tuple[Fact, ...]) -> None:
    options = {**asdict(arm.model), "free": list(free)}
    seconds = plan.preparation(arm, free, data)
    _ask_ahead(data, arm, options, described=seconds == 0)
    described = on_demand(
        Wanted("features", data.fingerprint, options),
        place="features",
        height=HEIGHT,
        label=texts.MAP_DESCRIBE.format(time=duration(seconds)),
        tip=texts.MAP_DESCRIBE_TIP,
        note=texts.MAP_DESCRIBING,
        at_once=seconds <= AT_ONCE,
    )
    if described is None:
        return
    # While other features are made, the map of those before stays: what is asked of them must be of them, too.
    options = described.facts["options"]
    kind, depth, color = _controls(data, described.facts["depths"])
    probe = _asked(data, options) if color == "error" else None
    wanted = Wanted(f"feature_{kind}", data.fingerprint, {**options, "depth": depth})
    _map(data, wanted, kind, color, probe)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        neighbors.neighbors(data, {**options, "depth": depth})
    with right:
        st.subheader(texts.DEPTH_TITLE, anchor=False)
        if color != "error":
            # Not before the map, which would share the cores with it.
            probe = _asked(data, options) if is_answered(wanted) else _unasked(data, options)
        if probe is not None:
            _depths(data, probe)


def _ask_ahead(data: Dataset, arm: Arm, options: Mapping[str, object], *, described: bool) -> None:
    """Ask for what the map is drawn of before it is known that the images are `described`, which takes a moment.

    Where they are, the plane is there in an instant.
    """
    ahead(Wanted("sprite", data.fingerprint), place="sprite")
    if described and st.session_state.get(f"kind-{PLACE}", "plane") == "plane":
        used = setting_form.value_of(Slot.MODEL, arm.model, "depth")  # the depth that is shown at first
        depth = st.session_state.get(f"depth-{PLACE}") or used
        plane = Wanted("feature_plane", data.fingerprint, {**options, "depth": depth})
        ahead(plane, place="map-plane")
        ahead(Wanted("features", data.fingerprint, options), place="features")
        instant(plane)


def _controls(data: Dataset, depths: list[str]) -> tuple[str, str, str]:
    colors = [name for name in texts.MAP_COLORS if name != "group" or data.groups is not None]
    if st.session_state.pop(_BACK, False):
        st.session_state[f"kind-{PLACE}"] = "plane"
    with st.container(horizontal=True, gap="medium", key=f"controls-{PLACE}"):
        kind = _control(texts.MAP_KIND, texts.MAP_KINDS, list(texts.MAP_KINDS), texts.MAP_KIND_TIP, "kind")
        depth = _control(texts.MAP_DEPTH, texts.DEPTHS, depths[::-1], texts.MAP_DEPTH_TIP, "depth")
        color = _control(texts.MAP_COLOR, texts.MAP_COLORS, colors, texts.MAP_COLOR_TIP, "color")
    return kind, depth, color


def _control(label: str, words: dict[str, str], names: list[str], tip: str, key: str) -> str:
    chosen = st.segmented_control(
        label,
        names,
        format_func=lambda name: words.get(name, name),
        default=names[0],
        required=True,
        key=f"{key}-{PLACE}",
        help=tip,
        persist_state="session",
    )
    return str(chosen or names[0])


def _map(data: Dataset, wanted: Wanted, kind: str, color: str, probe: Preview | None) -> None:
    """Show the map as soon as its points are known; the pictures of its images may come after it."""
    back = (lambda: st.session_state.update({_BACK: True})) if kind == "neighborhoods" else None
    found = previewed(wanted, place=f"map-{kind}", height=HEIGHT, cancelled=back)
    if found is None:
        return
    rows, depth = found.arrays["rows"], str(wanted.options["depth"])
    answers = _answers(probe, depth)
    told = _kinds(data, rows, color, answers)
    about = {"n": len(rows), "depth": texts.DEPTHS[depth], "color": texts.MAP_COLORS[color], "told": kinds.told(told)}
    picture_map(
        _map_specs(found, tuple(told)),
        neighbors.pictures(kept(Wanted("sprite", data.fingerprint))),
        kinds.words(data, rows, answers),
        key=f"picture-map-{PLACE}",
        alt=texts.MAP_ALT.format(**about),
        height=HEIGHT,
        chosen=lambda number: neighbors.choose(data, int(rows[number])),
    )
    st.caption(f"{_map_words(found)} {texts.MAP_KEYS} {_pool_words(len(rows), found.facts['pool'])}")


def _kinds(data: Dataset, rows: Ints, color: str, answers: kinds.Answers) -> list[Kind]:
    if color == "error":
        return kinds.by_answer(data, rows, answers)
    return kinds.by_group(data, rows) if color == "group" else kinds.by_class(data, rows)


def _pool_words(shown: int, pool: int) -> str:
    words = texts.SHOWN_ALL if shown == pool else texts.SHOWN_SOME
    return texts.TRANSFER_POOL.format(shown=words.format(m=shown, n=pool))


def _map_specs(found: Preview, told: tuple[Kind, ...]) -> Specs:
    shares = found.facts.get("shares")
    axes = ("", "") if shares is None else (_axis(1, shares[0]), _axis(2, shares[1]))
    draw = functools.partial(feature_map, found.arrays["points"], told, height=HEIGHT, axes=axes)
    return specs(lambda mode: draw(mode=mode))


def _axis(number: int, share: float) -> str:
    return texts.MAP_AXIS.format(number=number, share=percent(share))


def _map_words(found: Preview) -> str:
    if "shares" in found.facts:
        return texts.MAP_PLANE.format(share=percent(sum(found.facts["shares"])))
    return texts.MAP_NEIGHBORHOODS.format(perplexity=found.facts["perplexity"])


# ---- the layers ------------------------------------------------------------------------------------------------


def _asked(data: Dataset, options: dict[str, object]) -> Preview | None:
    return on_demand(
        Wanted("depth_probe", data.fingerprint, options),
        place="probe",
        height=PROBE_HEIGHT,
        label=texts.DEPTH_ASK,
        tip=texts.DEPTH_ASK_TIP,
        at_once=True,
    )


def _unasked(data: Dataset, options: dict[str, object]) -> Preview | None:
    """Return what was known of the layers before, and keep their place where that is nothing."""
    wanted = Wanted("depth_probe", data.fingerprint, options)
    return before(wanted, place="probe", height=PROBE_HEIGHT, words=texts.PREVIEW_NEXT)


def _answers(probe: Preview | None, depth: str) -> kinds.Answers:
    if probe is None or depth not in probe.arrays:
        return {}
    return dict(zip(probe.arrays["rows"].tolist(), probe.arrays[depth].tolist(), strict=True))


def _depths(data: Dataset, probe: Preview) -> None:
    facts = probe.facts
    scores = {texts.DEPTHS[depth]: each for depth, each in facts["scores"].items()}
    draw = functools.partial(scores_by_name, scores, chance=1 / data.n_classes)
    told = "; ".join(
        texts.DEPTH_ONE.format(name=name, **{end: 100 * value for end, value in each.items()})
        for name, each in scores.items()
    )
    live_plot(
        specs(lambda mode: draw(mode=mode)),
        key=f"depths-{PLACE}",
        alt=texts.DEPTH_ALT.format(told=told),
        height=rows_height(len(scores)),
    )
    together = texts.DEPTH_TOGETHER if facts["units"] < facts["n"] else ""
    units = units_words(data, facts["n"], facts["units"])
    note = texts.DEPTH_NOTE.format(units=units, n=facts["n"], folds=facts["folds"], together=together)
    st.caption(note)
