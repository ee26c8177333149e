"""A stand-in child: opens its port, notes when it is asked to stop, and misbehaves as told. Standard library only."""

import argparse
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--diary", type=Path, help="file that gets a line when asked to stop")
    parser.add_argument("--name", default="child")
    parser.add_argument("--stubborn", action="store_true", help="does not stop when asked")
    parser.add_argument("--family", type=Path, help="starts a child of its own and writes its number there")
    parser.add_argument("--die", action="store_true", help="say why and end at once")
    options = parser.parse_args()
    if options.die:
        sys.exit("no bread in the house")

    def stop(number: int, frame: object) -> None:
        if options.diary:
            with options.diary.open("a") as diary:
                diary.write(options.name + "\n")
        if not options.stubborn:
            sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    if options.family:
        grandchild = subprocess.Popen(["/bin/sleep", "600"])
        options.family.write_text(str(grandchild.pid))
    with socket.create_server(("127.0.0.1", options.port)) as server:
        print('{"level": "error", "event": "the kettle is cold"}', flush=True)
        while True:
            server.accept()[0].close()
            time.sleep(0)


if __name__ == "__main__":
    main()
