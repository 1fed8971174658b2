"""The campaign itself: mutants by number, tried in one process or in several, counted and told."""

from __future__ import annotations

import faulthandler
import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .arguments import argument_trial
from .judge import PATIENCE, Kind, Outcome, Trial, judged
from .plans import plan_trial
from .surveys import survey_trial
from .tables import change_trial, table_trial

Maker = Callable[[random.Random, Path], Trial]
FAMILIES: dict[str, tuple[int, Maker]] = {
    "survey.yaml": (17, lambda rng, folder: survey_trial("survey.yaml", rng, folder)),
    "CSV": (17, lambda rng, folder: survey_trial("CSV", rng, folder)),
    "table": (32, table_trial),
    "change": (4, change_trial),
    "argument": (27, argument_trial),
    "nap.yaml": (3, plan_trial),
}
CHUNK = 25


def tried(seed: int, number: int) -> Outcome:
    """One mutant of a seed."""
    rng = random.Random(f"{seed}/{number}")
    family = rng.choices(list(FAMILIES), [weight for weight, _ in FAMILIES.values()])[0]
    with TemporaryDirectory(prefix="fuzz-") as folder:
        try:
            trial = FAMILIES[family][1](rng, Path(folder))
        except Exception as error:  # the campaign's own fault: told as a failure, since no mutant was tried
            return Outcome(
                number,
                family,
                "",
                "failure",
                f"the campaign itself: {type(error).__name__}",
                False,
                False,
                False,
                0.0,
            )
        return judged(number, trial)


def some(seed: int, numbers: Sequence[int]) -> list[Outcome]:
    """Some mutants of a seed, one after another; a mutant that cannot be interrupted ends the process."""
    found = []
    for number in numbers:
        faulthandler.dump_traceback_later(6 * PATIENCE, exit=True)
        found.append(tried(seed, number))
    faulthandler.cancel_dump_traceback_later()
    return found


def run(seed: int, mutants: int, workers: int = 1) -> Iterator[Outcome]:
    """All mutants of a seed. A worker that dies is a failure of the mutants that it held."""
    parts = [range(i, min(i + CHUNK, mutants)) for i in range(0, mutants, CHUNK)]
    if workers == 1:
        for number in range(mutants):
            yield tried(seed, number)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for part, future in [(part, pool.submit(some, seed, part)) for part in parts]:
            try:
                yield from future.result()
            except BrokenProcessPool:
                why = (
                    f"the process died in one of mutants {part[0]} to {part[-1]}, or of those that ran beside"
                )
                yield Outcome(part[0], "process", "", "failure", why, False, False, False, 0.0)


@dataclass(frozen=True)
class Report:
    """What became of the mutants of a seed."""

    seed: int
    outcomes: tuple[Outcome, ...]

    def share(self, test: Callable[[Outcome], bool]) -> float:
        """The share of mutants for which something holds."""
        return sum(map(test, self.outcomes)) / max(1, len(self.outcomes))

    @property
    def failures(self) -> list[Outcome]:
        return [o for o in self.outcomes if o.kind == "failure"]

    @property
    def counts(self) -> dict[str, float]:
        """The shares that the campaign is held to."""
        return {
            "estimates": self.share(lambda o: o.estimate),
            "changed": self.share(lambda o: o.changed),
            "read": self.share(lambda o: o.read),
            "unconfirmed": self.share(lambda o: o.kind == "unconfirmed"),
        }

    def text(self) -> str:
        """Counts by family and outcome, the shares, and each kind of failure with the command that repeats
        its first mutant."""
        kinds: tuple[Kind, ...] = ("confirmed", "refused", "unconfirmed", "failure")
        lines = [
            (
                f"{len(self.outcomes)} mutants of seed {self.seed}, "
                f"{sum(o.seconds for o in self.outcomes):.0f} s of work"
            )
        ]
        lines += [f"{'':<14}" + "".join(f"{kind:>13}" for kind in kinds)]
        for family in dict.fromkeys(o.family for o in self.outcomes):
            found = Counter(o.kind for o in self.outcomes if o.family == family)
            lines.append(f"{family:<14}" + "".join(f"{found[kind]:>13}" for kind in kinds))
        shares = {
            "reached an estimate": "estimates",
            "changed a result": "changed",
            "changed what the loop reads": "read",
            "not confirmed": "unconfirmed",
        }
        lines += [f"{told}: {self.counts[key]:.1%}" for told, key in shares.items()]
        alike = Counter(o.why for o in self.failures)
        for why, times in alike.most_common():
            first = next(o for o in self.failures if o.why == why)
            lines.append(
                f"{times:>5} × {why}\n        {first.change}\n"
                f"        python -m tests.fuzz --seed {self.seed} --only {first.number}"
            )
        return "\n".join(lines)
