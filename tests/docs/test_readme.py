"""The README is tested: what it names exists, and what exists is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from typer.main import get_command

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def command_block(name: str) -> str:
    match = re.search(rf"<!-- {name} -->\n```sh\n(.*?)\n```\n<!-- /{name} -->", README, re.S)
    assert match is not None
    return match[1]


def test_first_screen_has_exactly_two_commands() -> None:
    first_screen = README[: README.index("## What it is")]
    assert first_screen.count("```sh") == 2
    assert command_block("try").endswith("motcua rehearse")
    assert command_block("test").endswith("pytest")


def command_names() -> set[str]:
    commands: dict[str, Any] = vars(get_command(app))["commands"]
    nested = {f"catalogue {name}" for name in vars(commands["catalogue"])["commands"]}
    return nested | commands.keys() - {"catalogue"}


def test_every_command_is_in_the_readme_and_the_reverse() -> None:
    documented = set(re.findall(r"^\| `motcua ((?:catalogue )?\w+)", README, re.M))
    assert documented == command_names()


def test_every_setting_is_in_the_example_and_the_reverse() -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.M))
    settings = {
        str(field.validation_alias or f"MOTCUA_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }
    assert named == settings


def test_ci_runs_the_readmes_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "readme_test_command" in script


def test_pinned_versions_name_no_host() -> None:
    pins = (ROOT / "constraints.txt").read_text()
    assert "://" not in pins
    assert " @ " not in pins
