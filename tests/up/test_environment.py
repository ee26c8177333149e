"""What a child process is told."""

from pathlib import Path

from autosilo.up import environment


def test_children_never_ask_a_proxy_for_their_neighbours() -> None:
    told = environment.base(
        {"HTTP_PROXY": "http://proxy.example:3128", "NO_PROXY": "elsewhere", "PATH": "/bin", "SECRET": "x"},
        home=Path("/home"),
        sites=Path("/sites"),
        pace=1.0,
        demo=False,
    )
    assert told["NO_PROXY"] == told["no_proxy"] == "127.0.0.1,localhost"
    assert told["PATH"] == "/bin"
    assert not {"HTTP_PROXY", "SECRET"} & told.keys()
