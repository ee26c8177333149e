"""The protocol with one safeguard taken out: each must lead to a counterexample, or the check could not fail.

The bounds are the smallest in which the story fits.
"""

from dataclasses import dataclass

from autosilo.chaos.protocol.state import Rules


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """``what`` is missing; ``rules`` lack it."""

    what: str
    rules: Rules


MUTANTS: dict[str, Mutant] = {
    "no_journal": Mutant(
        what="the intent is not journalled before it is sent",
        rules=Rules(no_journal=True, torn=False, in_flight=1, switch=False),
    ),
    "no_retained_log": Mutant(
        what="job and log do not survive a power cut of the PLC",
        rules=Rules(no_retained_log=True, torn=False, in_flight=1, switch=False),
    ),
    "any_seq": Mutant(
        what="the PLC executes a Seq that is not higher than the last one",
        rules=Rules(any_seq=True, torn=False, in_flight=2, switch=False),
    ),
    "no_fence": Mutant(
        what="the controller settles an open command without raising the epoch",
        rules=Rules(no_fence=True, torn=False, in_flight=1, switch=False),
    ),
    "any_epoch": Mutant(
        what="the PLC does not refuse an older epoch",
        rules=Rules(any_epoch=True, torn=False, in_flight=2, switch=False),
    ),
    "publish_first": Mutant(
        what="the status is published before it is retained",
        rules=Rules(publish_first=True, torn=False, in_flight=2, switch=False),
    ),
    "timeout_concludes": Mutant(
        what="the controller takes a missing acknowledgement for a command that never began",
        rules=Rules(timeout_concludes=True, torn=False, in_flight=1, switch=False),
    ),
    "failed_write_keeps_fence": Mutant(
        what="a write that failed in a living session is settled without a new fence",
        rules=Rules(failed_write_keeps_fence=True, torn=False, in_flight=1, switch=False),
    ),
    "old_seq_is_final": Mutant(
        what="OLD_SEQ is taken for a verdict on the command",
        rules=Rules(old_seq_is_final=True, torn=False, in_flight=2, switch=False),
    ),
    "bad_crc_is_final": Mutant(
        what="BAD_CRC is taken for a verdict on the command",
        rules=Rules(bad_crc_is_final=True, torn=True, in_flight=2, switch=False, crashes=False),
    ),
    "no_checksum": Mutant(
        what="the PLC takes the fields of a command as they stand",
        rules=Rules(no_checksum=True, torn=True, in_flight=2, switch=False, crashes=False),
    ),
    "blind_resume": Mutant(
        what="RESUME goes by the PLC's memory instead of the machine's sensors",
        rules=Rules(blind_resume=True, torn=False, in_flight=1, switch=False),
    ),
}
