"""The networks that can describe images: whose they are, how large, and whether they are here; one is in use."""

import html

import streamlit as st

from explorer.records import Slot
from explorer.training.networks import NETWORKS, OWN, Network, missing
from explorer.ui import setting_form, texts

MODEL = "pretrained"


def network_chooser(used: str, *, place: str) -> None:
    """Show the networks, those that cannot be used with the reason, and a button at each that sets it in the form.

    used    name of the one that the form says
    """
    with st.container(key=f"networks-{place}", gap="xsmall"):
        st.caption(texts.NETWORKS_NOTE)
        for name, network in NETWORKS.items():
            _row(name, _about(network), missing(name), used, place)
        _row(OWN, texts.NETWORK_OWN_NOTE, None, used, place)


def _row(name: str, about: str, reason: str | None, used: str, place: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True, key=f"network-{name}"):
        title = texts.NETWORK_OWN if name == OWN else name
        st.html(_words(title, about, reason), width="stretch")
        st.button(
            texts.NETWORK_USED if name == used else texts.NETWORK_USE,
            key=f"use-{name}",
            disabled=reason is not None or name == used,
            help=reason or texts.NETWORK_USE_TIP.format(name=title),
            on_click=setting_form.put,
            args=(Slot.MODEL, MODEL, "network", name),
            kwargs={"place": place},
        )


def _about(network: Network) -> str:
    size = texts.NETWORK_SIZE.format(size=network.megabytes)
    return f"{size} · {network.source} · {network.licence}"


def _words(title: str, about: str, reason: str | None) -> str:
    """Return a network in words; one that is not here stands in quiet letters, with what to do."""
    quiet = "opacity:.75;" if reason else ""
    lines = [f"<strong>{html.escape(title)}</strong>", html.escape(about), html.escape(reason or "")]
    body = "".join(f"<div style='overflow-wrap:anywhere'>{line}</div>" for line in lines if line)
    return f"<div style='font-size:13px;line-height:1.4;{quiet}'>{body}</div>"
