#!/usr/bin/env python3
"""Whether the engine's memory stays flat over one long run.

usage: bench/memory.py [--tasks N] [--executor local|null] [--seconds S]

Runs one step of N tasks (100,000 unless said otherwise), with the executor `local` a process
`/bin/true` each, one at a time, in a state directory of its own, and reads the resident set of the
engine's process (VmRSS, the whole JVM) twice a second until the run ends; with --seconds it is
cancelled then. Printed: least, median and most of each fifth of the time. Exits 1 where the median
of the last fifth is more than one and a half times that of the second (the first holds the start).
"""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MILLRACE = os.path.join(ROOT, "millrace")
PERIOD = 0.5
FIFTHS = 5
MOST_GROWTH = 1.5


class LongRun(threading.Thread):
    """The run and its samples; until it ends by itself or is told to stop."""

    def __init__(self, tasks, executor):
        super().__init__(daemon=True)
        self.tasks = tasks
        self.executor = executor
        self.samples = []
        self.summary = {}  # as `runs` lists it
        self.seconds = 0
        self.error = None
        self._stopping = threading.Event()

    def stop(self):
        self._stopping.set()
        self.join()

    def run(self):
        try:
            with tempfile.TemporaryDirectory() as folder:
                self._watch(folder)
        except (OSError, ValueError) as error:
            self.error = error

    def _watch(self, folder):
        step = {"command": ["/bin/true", "${{ item }}"], "executor": self.executor,
                "forEach": {"values": list(range(self.tasks))}}
        document = os.path.join(folder, "long.json")
        with open(document, "w", encoding="utf-8") as file:
            json.dump({"version": 1, "name": "long", "steps": {"t": step}}, file)
        environment = dict(os.environ)
        if self.executor == "null":
            given = environment.get("MILLRACE_JAVA_OPTS", "")
            environment["MILLRACE_JAVA_OPTS"] = given + " -Dmillrace.executors.null=true"
        start = time.monotonic()
        process = subprocess.Popen([MILLRACE, "run", document, "--jobs", "1"], env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            rss = resident_bytes(process.pid)
            if rss:
                self.samples.append((time.monotonic() - start, rss))
            if self._stopping.wait(PERIOD):
                process.send_signal(signal.SIGINT)
                process.wait(120)
        self.seconds = time.monotonic() - start
        listed = subprocess.run([MILLRACE, "runs", "--json"], cwd=folder, stdout=subprocess.PIPE)
        self.summary = json.loads(listed.stdout or b"{}")

    def verdict(self):
        """Returns the lines of a table, and what is wrong, or None."""
        tasks = self.summary.get("tasks", {})
        lines = ["%s: %d of %d tasks run in %.0f s by %s" % (
            self.summary.get("status", "not listed"), tasks.get("succeeded", 0), self.tasks,
            self.seconds, self.executor)]
        if self.error is not None or "status" not in self.summary:
            return lines, "the long run is not listed: %s" % self.error
        if len(self.samples) < 4 * FIFTHS:
            return lines + ["too short to say anything of its memory"], None
        lines += ["| fifth | min MiB | median MiB | max MiB |", "| --- | --- | --- | --- |"]
        medians = []
        last = self.samples[-1][0]
        for fifth in range(FIFTHS):
            part = [rss / 2**20 for at, rss in self.samples
                    if fifth <= at / last * FIFTHS < fifth + 1 or (fifth == 4 and at == last)]
            medians.append(statistics.median(part))
            lines.append("| %d | %.0f | %.0f | %.0f |" % (fifth + 1, min(part), medians[-1], max(part)))
        growth = medians[-1] / medians[1]
        lines.append("last fifth to second: %.2f" % growth)
        wrong = "memory grew %.2f times from the second fifth to the last" % growth
        return lines, wrong if growth > MOST_GROWTH else None


def resident_bytes(pid):
    try:
        with open("/proc/%d/status" % pid, encoding="utf-8") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def main():
    # A shell has its background jobs ignore Ctrl-C, and so would all that is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--executor", choices=("local", "null"), default="local")
    parser.add_argument("--seconds", type=float, default=None)
    options = parser.parse_args()
    subprocess.run([MILLRACE, "--version"], check=True, stdout=subprocess.DEVNULL)
    run = LongRun(options.tasks, options.executor)
    run.start()
    run.join(options.seconds)
    run.stop()
    lines, wrong = run.verdict()
    print("\n".join(lines))
    if wrong:
        sys.exit(wrong)


if __name__ == "__main__":
    main()
