"""A controller process for tests that is meant to be killed: fetches one car, tells its events on stdout."""

import asyncio
import os
import sys
from pathlib import Path

from autosilo.site.control import Tower
from autosilo.tower.site_file import load_site


async def main(slug: str, job_key: str, vin: str) -> None:
    tower = Tower(
        config=load_site(slug), home=Path(os.environ["AUTOSILO_HOME"]), plc_url=os.environ["AUTOSILO_PLC_URL"]
    )
    tower.subscribe(lambda event: print(event.kind, flush=True))
    await tower.start()
    await tower.fetch(job_key=job_key, vin=vin)
    await tower.hand_over(job_key=job_key, vin=vin)
    await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
