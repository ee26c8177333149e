"""``python -m autosilo.bench.booking.domain FIRST COUNT WARM …``: the domain's action alone, in a process of its own.

Books for the shoppers from number WARM on, which is not counted, as the API's measurement warms its process up. Then it
waits for a line on its standard input, books, and prints how many bookings it has made.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

THREADS = 2
WARM_UP = 25


def main(argv: list[str]) -> int:
    import django

    django.setup()
    from django.db import connection

    from autosilo import logs
    from autosilo.bench.booking.stock import CARS_PER_WISH, MODELS, PAINTS, PROGRAM
    from autosilo.platform.journey.booking import claim
    from autosilo.platform.journey.booking.wishes import wishes

    logs.configure("bench")
    first, count, warm, sites, *starts = argv
    slots = [datetime.fromisoformat(one) for one in starts]

    def book(number: int) -> bool:
        place = number % (int(sites) * MODELS * PAINTS)
        site, rest = 1 + place % int(sites), place // int(sites)
        wish = wishes.wish(
            model=f"model-{1 + rest % MODELS}",
            paint=f"paint-{1 + rest // MODELS}",
            site=f"site-{site}",
            slot_start=slots[number // (int(sites) * MODELS * PAINTS * CARS_PER_WISH) % 2],
        )
        subject = claim.Subject(program=PROGRAM, subject=f"s{number}")
        claim.claim(person=subject, wish=wish, now=datetime.now(UTC), hold_for=None)
        return True

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda _: connection.ensure_connection(), range(THREADS)))
        list(threads.map(book, range(int(warm), int(warm) + WARM_UP)))
        print("ready", flush=True)
        sys.stdin.readline()
        made = sum(threads.map(book, range(int(first), int(first) + int(count))))
    print(made, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
