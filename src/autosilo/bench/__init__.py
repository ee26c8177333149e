"""``autosilo bench NAME``: measure something against its target."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autosilo.bench.command import Entry, Option, add_arguments, run
from autosilo.bench.show import write_page

__all__ = ["BENCHES", "main"]

ABOUT_START = """\
A whole shop in a private home: once on an empty home, then again and again on the same. The target is for
every one of the later starts, so the slowest counts."""
ABOUT_VISIT = """\
A whole shop in a private home, with towers at 100 times their pace. Every visit has a fresh shopper, who uses
the real pages, the kiosk's socket with real camera frames, and the payment service as the payment page's script does.
Values are medians over visits, one after another, after one of each kind that is not counted. Left out: typing, walking
and driving; subtracted: the pure motion of lift, shuttle and gate by kinematics, which stands under 'baselines'. What
is left of fetching, shutting and storing therefore holds two samplings, the PLC's scan of 25 ms and the site's poll of
25 ms. 'Empty pages' are as many requests to `/healthz`. 'Until the page shows it' is asked without a pause, so it holds
one page's own time. Of 'kiosk knows a face' only the opening and what comes after the last frame count, since in
between the person moves as the kiosk asks; its parts are of all frames. The digests of passwords and codes are slow on
purpose."""

ABOUT_TOWER = """\
Tower control and PLC twin as two processes with real OPC UA between them; four lifts, 400 bays, twelve airlocks.
Overheads are wall time from the order of a relocation until the journal has its outcome, less the motion by kinematics,
with all four lifts at work at twenty times their pace: control does not get faster with the pace, so this is what it
adds at any. `limit` is half a scan of the PLC (25 ms) and half a poll (25 ms). The mailbox round trip is a SYNC, its
baseline one bare request that writes as many nodes and one that reads a unit, in turn with it. CPU is that of the
controller's process at the real pace, with a screen that takes ten pictures a second; a picture counts when it shows a
lift at a new position."""
ABOUT_DISPATCH = """\
The sequencing of the lifts on the tower of 16 floors × 8 sectors a lift, 2.3 m pitch, 2 m/s, 0.3 m/s², 25 s a transfer;
a second of waiting weighs 4 for a retrieval and 1 for a storage, from the request until the car has been put down. The
model, the exact references and the form of instances are in `dispatch.md`. Gaps are per cent above the optimum that is
computed in the same run; the policy looks at the same number of plans at each decision, so they can be repeated.
Whole days, two-deep lanes, the simulated year and the told waits run in the simulator of `autosilo plan`; their tower,
their demand and what a wait is are in `../explanation/waits.md`. Rows without a target are harder demand for the same
policy."""

ABOUT_BOOKING = """\
The shop as it is served in production (granian, one web process; PostgreSQL with the supervisor's settings; no towers),
asked over real HTTP by a driver on the same cores, whose CPU is counted too. 'Bare' is pgbench with a prepared
statement over eight connections, in turn with each measurement: an insert under an exclusion constraint, a history row
and a job for bookings; the application's own SQL for availability. CPU milliseconds are those of all processes, from
/proc, divided by what was done; machines are noisy, so look at them rather than at rates. Values are medians of
rounds. A booking by the API is confirmed at once; its pass, letter and order to the site are a job, told apart."""
ABOUT_LIVENESS = """\
Whole sessions at the gate, acted by the sample portraits: each is drawn from every side as a head in space, and each
picture goes through the whole chain from its JPEG; a session then shows them as a person moves who reacts, sways and
stands somewhere else each time. Attacks have pictures of the same quality as living people, as if fed into the camera's
cable, so what refuses them is the session and not the passive models. 'Here': this site saw the recorded session;
'another site': one that told it of its movements;
'elsewhere': none did. Two people's faces are few: these figures tell of the rules, not of mankind. With
`--clips DIR` the passive models are measured on recorded presentations (`vision.md`)."""
ABOUT_IDENTITY = """\
With `--pairs FILE --images DIR`: any pairs file of LFW's form through the pipeline of shop and gate. Intervals are of
95 %: Wilson's for shares, Student's over folds, and resampled pairs where the threshold moves as well. A picture
without a face counts as unlike every other. Then one frame of 800 × 450 pixels from its JPEG to the gate's answer, in
turn with bare runs of the four models on tensors of the same sizes; memory is the peak of a process of its own, which
also draws its own frames."""
ABOUT_SCAN = """\
Recognition on folders of pictures, a subfolder a class, through the engine and the gallery that serve shoppers. With
`--queries` these are asked of a gallery of `--gallery`; classes without references are strangers. Without, the
pictures of `--gallery` are divided anew several times: so many of each class are references, the others queries, and
classes that are not drawn give the strangers; values are means over the divisions. A query in which no car is found
counts as wrong. References are studied as an operator's are, from both sides. `cosine to means` is the same without
whitening; 'without' rows leave one idea out. With `--tuning` a head is tuned on other classes first. Latency is from
the file's bytes to the description; the bare model runs are summed inside the same look. The refit uses drawn
embeddings, for only its time matters."""


def _folder(text: str) -> Path:
    """A folder with pictures; checked here so that a wrong path is a bad argument."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return path


def _instances(text: str) -> object:
    """Instances of the dispatch bench; loaded here so that a bad file is a bad argument."""
    from autosilo.bench.dispatch.instances import load

    try:
        return load(Path(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


BENCHES: dict[str, Entry] = {
    "booking": Entry(
        "the last car for ten thousand shoppers, and what a booking costs",
        "autosilo.bench.booking:measure",
        ABOUT_BOOKING,
    ),
    "dispatch": Entry(
        "which car comes next on which lift, against exact optima",
        "autosilo.bench.dispatch:measure",
        ABOUT_DISPATCH,
        (
            Option(name="instances", metavar="FILE", help="only the instances of this file", read=_instances),
            Option(name="write-instances", metavar="FILE", help="only write ours, with their optima", read=Path),
        ),
    ),
    "identity": Entry(
        "faces: error rates on pairs of pictures, and what a frame costs",
        "autosilo.bench.identity:measure",
        ABOUT_IDENTITY,
        (
            Option(name="pairs", metavar="FILE", help="pairs file of LFW's form", read=Path),
            Option(name="images", metavar="DIR", help="its pictures, NAME/NAME_0001.jpg", read=Path),
        ),
    ),
    "liveness": Entry(
        "the gate: living people let in, attacks refused",
        "autosilo.bench.liveness:measure",
        ABOUT_LIVENESS,
        (Option(name="clips", metavar="DIR", help="bona_fide/CLIP and attack/TYPE/CLIP", read=Path),),
    ),
    "tower": Entry(
        "what tower control adds to pure motion, and what it costs", "autosilo.bench.tower:measure", ABOUT_TOWER
    ),
    "scan": Entry(
        "which car is it: recognition on folders of pictures",
        "autosilo.bench.scan:measure",
        ABOUT_SCAN,
        (
            Option(name="gallery", metavar="DIR", help="pictures by class: the references", read=_folder),
            Option(name="queries", metavar="DIR", help="pictures by class that are asked", read=_folder),
            Option(name="negatives", metavar="DIR", help="pictures without a car", read=_folder),
            Option(name="tuning", metavar="DIR", help="pictures of other classes, to fine-tune on", read=_folder),
            Option(name="encoder", metavar="FILE", help="an own ONNX encoder", read=Path),
            Option(name="cache", metavar="DIR", help="where embeddings are kept for the next run", read=Path),
        ),
    ),
    "start": Entry(
        "how long 'autosilo up' takes until the first page answers", "autosilo.bench.start:measure", ABOUT_START
    ),
    "visit": Entry(
        "a whole visit without motion and human beings, and who spends it", "autosilo.bench.visit:measure", ABOUT_VISIT
    ),
}
PAGE = Path("docs/reference/benchmarks.md")


def main(argv: Sequence[str]) -> int:
    """Exit code 0 only if every target is met."""
    parser = argparse.ArgumentParser(prog="autosilo bench", description=__doc__)
    add_arguments(parser, BENCHES)
    parser.add_argument("--write-docs", type=Path, metavar="DIR", help=f"write {PAGE} from the JSON files in DIR")
    options = parser.parse_args(argv)
    if options.write_docs:
        return _write(options.write_docs)
    if options.name is None:
        parser.error("name what to run, or give --write-docs DIR")
    return run("bench", options.name, BENCHES[options.name], options)


def _write(source: Path) -> int:
    try:
        count = write_page(source, PAGE)
    except ValueError as problem:
        print(f"autosilo bench: {problem}", file=sys.stderr)
        return 1
    print(f"{PAGE}: {count} reports")
    return 0
