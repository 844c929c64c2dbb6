"""`arms`: what can be compared."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from explorer.arms import problem
from explorer.engine.costs import from_cheap_to_dear
from explorer.records import Arm, Slot
from explorer.techniques.base import Technique
from explorer.techniques.discovery import first_arms, ready_arms, techniques
from explorer.techniques.settings import settings_of
from explorer.techniques.spelling import spelled, spelled_value


@click.command(help="List the arms and techniques that exist.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys instead of a table.")
def command(as_json: bool) -> None:
    """Print the ready-made arms, cheap ones first, and all techniques, as a table or as JSON."""
    arms = [_arm(arm) for arm in from_cheap_to_dear(ready_arms().values())]
    found = [_technique(technique) for slot in Slot for technique in techniques(slot).values()]
    if as_json:
        click.echo(json.dumps({"arms": arms, "techniques": found}, indent=2, ensure_ascii=False))
        return
    click.echo("Arms (* those that are compared where --arms names none)")
    for arm in arms:
        mark = "*" if arm["first"] else " "
        click.echo(
            f"{mark} {arm['name']:<20} {arm['title']}" + (f" (not here: {arm['problem']})" if arm["problem"] else "")
        )
        click.echo(f"  {'':<20} {arm['made_of']}")
    for slot in Slot:
        click.echo(f"\nTechniques for the slot {slot.replace('_', '-')}")
        for each in (each for each in found if each["slot"] == slot):
            click.echo(f"  {each['name']:<20} {each['title']}")
            for setting in each["settings"]:
                click.echo(f"  {'':<20}   {_setting_line(setting)}")


def _arm(arm: Arm) -> dict[str, Any]:
    slots = {slot.value: asdict(choice) for slot, choice in arm.choices()}
    made_of = spelled(arm).partition("=")[2]
    return {"name": arm.name, "title": arm.title, "made_of": made_of, "slots": slots,
            "first": arm.name in first_arms(), "problem": problem(arm)}  # fmt: skip


def _technique(technique: type[Technique]) -> dict[str, Any]:
    return {
        "slot": technique.slot.value,
        "name": technique.name(),
        "title": technique.title,
        "summary": technique.summary(),
        "paper": technique.paper,
        "fails": technique.fails,
        "settings": [asdict(setting) for setting in settings_of(technique)],
        "problem": technique.unavailable(),
    }


def _setting_line(setting: Mapping[str, Any]) -> str:
    """Return a setting as it is typed, with its default, what it may be and its meaning."""
    low, high, choices = setting["low"], setting["high"], setting["choices"]
    may = ", ".join(map(spelled_value, choices)) if choices else "" if low is None else f"{low:g} to {high:g}"
    unit = f" {setting['unit']}" if setting["unit"] else ""
    allowed = f" ({may}{unit})" if may else ""
    return f"{setting['name']}={spelled_value(setting['default'])}{allowed}: {setting['label']}"
