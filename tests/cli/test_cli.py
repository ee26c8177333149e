"""The command line: finds commands by their words, lists all, imports none that is not called."""

import subprocess
import sys

import pytest

from autosilo import cli


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert not [command.words for command in cli.COMMANDS if f"  {command.words}" not in said]


def test_the_longest_match_of_words_is_called_with_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(cli, "_call", lambda command, rest: called.append((command.words, list(rest))) or 0)
    cli.main(["site", "shanghai"])
    cli.main(["site", "pki", "nanjing", "--renew"])
    cli.main(["twin", "plc", "shanghai"])
    assert called == [
        ("site", ["shanghai"]),
        ("site pki", ["nanjing", "--renew"]),
        ("twin plc", ["shanghai"]),
    ]


@pytest.mark.parametrize("words", [["bakery"], ["twin"], ["twin", "bakery"], ["--bakery"]])
def test_unknown_words_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "error" in capsys.readouterr().err


def test_nothing_said_shows_the_help_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "commands:" in capsys.readouterr().out


def test_the_exit_code_of_a_command_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "seed", lambda rest: 7)
    assert cli.main(["seed"]) == 7


def test_ctrl_c_ends_a_command_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(rest: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "seed", interrupted)
    assert cli.main(["seed"]) == 130


def test_help_does_not_load_django_nor_numpy() -> None:
    code = "import sys, autosilo.cli as c\ntry: c.main(['--version'])\nexcept SystemExit: pass\n"
    code += "sys.exit(any(name in sys.modules for name in ('django', 'numpy', 'asyncio')))"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.words)
def test_every_command_leads_somewhere(command: cli.Command) -> None:
    import importlib

    module, _, function = command.target.partition(":")
    assert callable(getattr(importlib.import_module(module), function))
