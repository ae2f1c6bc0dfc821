#!/usr/bin/env python3
"""A soak: runs at load, interrupted in every way, and checked throughout.

usage: bench/soak.py --minutes 30 [--seed N] [--memory-tasks N] [--keep]

In one state directory, again and again: a generated pipeline of some ten to two hundred short tasks
is run (new ones, ones that ran before, edited ones) and one of these happens at a random moment:
nothing, `kill -9` of the engine, Ctrl-C once or twice, SIGTERM, `millrace cancel`. Whatever was
interrupted is run again by the same command until it ends; what failed or was cancelled is retried
(`millrace retry`, where this version has it) or run anew. Beside it, now and then: a second `run` in
the same state directory, listings, and `cache gc`, at times with a size that deletes most results.
Some tasks fail by chance, some leave daemons behind, some are equal to others.

Checked after each process, and at the end:
  nothing lost     what was told on the JSON stream is in the journal, and numbers of facts never
                   repeat; a run that was killed goes on; outputs have the bytes they must have
  nothing doubled  an attempt is started once, and only after its fact; it succeeds once; a task that
                   is recorded as succeeded is not started again in its run, unless its result was
                   lost (by `cache gc`)
  nothing left     no process of a step, found by a variable of its environment in /proc
  an end           every process ends in time; every pipeline comes to success when it is left alone
  the store        `cache verify` finds nothing; no sandbox is left
Steps tell of starts and ends in a file outside of the sandbox, so executions that the engine does
not know of are seen too. Beside all that, one long run in a state directory of its own shows whether
memory stays flat; see bench/memory.py.

Exits 1 with what was violated. The moments depend on the machine, so a seed repeats the pipelines
and what is done to them, but not the outcome. With --keep, or where something was violated, the
folder stays.
"""
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import memory
import soak_pipeline
from soak_checks import ENDED, MILLRACE, PATIENCE, Run, Watched

LATEST_BLOW = 1.5
MOST_BLOWS = 6  # on one run: a task that is lost more than ten times fails for good
MOST_TRIES = 40


class Process:
    """A `run` or `retry`, and what it tells."""

    def __init__(self, command, folder):
        self.lines = []
        self.began = threading.Event()
        self.garbage = []
        self._errors = open(os.path.join(folder, "stderr.txt"), "wb+")
        self.popen = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._errors)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.popen.stdout:
            if not line.endswith(b"\n"):
                break  # cut short by the kill
            try:
                self.lines.append(json.loads(line))
                self.began.set()
            except ValueError:
                self.garbage.append(line)
        self.began.set()

    def wait(self, seconds):
        """Returns the exit code, or None where it has not ended in time."""
        try:
            self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join()
        return self.popen.returncode

    def signal(self, number):
        if self.popen.poll() is None:
            self.popen.send_signal(number)

    def errors(self):
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    def of(self, kind):
        return [line for line in self.lines if line["type"] == kind]


class Soak(Watched):
    def __init__(self, options, folder):
        super().__init__(folder, "soak-" + uuid.uuid4().hex)
        self.random = random.Random(options.seed)
        self.seed = options.seed
        self.pipelines = []
        said = subprocess.run([MILLRACE, "help"], stdout=subprocess.PIPE, check=True).stdout.decode()
        verbs = {line.split()[0] for line in said.splitlines() if line.startswith("  ")}
        self.can = {verb for verb in ("cancel", "retry") if verb in verbs}

    def command(self, pipeline):
        return [MILLRACE, "run", pipeline.write(self.folder), "--json", "--jobs", "4",
                "--state", self.state, "--out", os.path.join(self.folder, "out", pipeline.name)]

    # ---- one pipeline ----

    def choose(self):
        if not self.pipelines or self.random.random() < 0.5:
            number = len(self.pipelines)
            self.pipelines.append(
                soak_pipeline.Pipeline(number, self.seed, self.side.path, self.token))
            return self.pipelines[-1]
        pipeline = self.random.choice(self.pipelines)
        if self.random.random() < 0.5:
            pipeline.edit()
        return pipeline

    def round(self):
        """Runs a pipeline until it has ended, whatever happens to it."""
        pipeline = self.choose()
        command = self.command(pipeline)
        expected = None  # the run that has to go on
        for _ in range(MOST_TRIES):
            blows = self.runs[expected].blows if expected else 0
            run, status = self.process(command, pipeline, expected, blows < MOST_BLOWS)
            if status in ("failed", "cancelled") and self.random.random() < 0.7:
                expected = None
                if "retry" in self.can and self.random.random() < 0.7:
                    self.counts["retry"] += 1
                    self.runs[run].retried = True
                    command = [MILLRACE, "retry", run, "--json", "--state", self.state]
                    expected = run
                else:
                    command = self.command(pipeline)
                continue
            if status in ENDED:
                return
            expected = run if status == "running" else None
            command = self.command(pipeline)
            self.between()
        self.violated("a pipeline does not come to its end", pipeline.name)

    def between(self):
        """What may happen while no engine is there."""
        if self.random.random() < 0.15:
            self.collect()

    def collect(self):
        arguments = ["cache", "gc", "--json"]
        if self.random.random() < 0.4:
            arguments += ["--max-size", "300k", "--keep-runs", "1"]
        code, lines, errors = self.call(*arguments)
        self.counts["cache gc"] += 1
        if code == 0:
            self.collected |= lines[0]["blobs"] > 0 or lines[0]["actions"] > 0
        elif code == 3:
            self.counts["cache gc, told that the state is in use"] += 1
        elif code != 2:  # 2: there is no state yet
            self.violated("cache gc ends with %d" % code, errors[-500:])

    def beside(self, process):
        """What may happen while an engine is there."""
        draw = self.random.random()
        if draw < 0.1:
            self.second(process)
        elif draw < 0.2:
            process.began.wait(PATIENCE)  # it would take the state first
            self.collect()
        elif draw < 0.3 and self.runs:
            for arguments in (("runs", "--json"), ("show", "--json"), ("cache", "stats", "--json")):
                code, _, errors = self.call(*arguments)
                if code != 0:
                    self.violated("%s ends with %d" % (" ".join(arguments), code), errors[-500:])
            self.counts["listings"] += 1

    def second(self, process):
        """A second engine in the same state directory is refused while the first is there."""
        process.began.wait(PATIENCE)
        pipeline = self.random.choice(self.pipelines)
        other = subprocess.run(self.command(pipeline)[:-2], stdout=subprocess.PIPE, cwd=self.folder,
                               stderr=subprocess.PIPE, timeout=PATIENCE)
        self.counts["second engine"] += 1
        if process.popen.poll() is None and other.returncode != 3:
            self.violated("a second engine was let in", other.stdout[-300:] + other.stderr[-300:])
        elif other.returncode != 3:
            # The first had ended: the second is a run like any other, to its own end.
            for line in other.stdout.splitlines()[:1]:
                self.runs.setdefault(json.loads(line)["run"], Run(pipeline)).unseen = True

    def process(self, command, pipeline, expected, blow):
        """Runs one process to its end; returns its run and the run's status."""
        self.counts["processes"] += 1
        process = Process(command, self.folder)
        fate = self.random.choices(
            ("none", "kill", "interrupt", "twice", "terminate", "cancel"),
            (30, 40, 10, 5, 5, 10))[0] if blow else "none"
        moment = self.random.random() * LATEST_BLOW
        deadline = time.monotonic() + moment
        self.beside(process)
        if fate != "none" and process.wait(max(0.0, deadline - time.monotonic())) is None:
            self.strike(fate, process)
        code = process.wait(PATIENCE)
        if code is None:
            self.violated("the engine does not end", self.dump(process, fate))
            process.signal(signal.SIGKILL)
            code = process.wait(PATIENCE)
        return self.check(process, code, pipeline, expected, fate)

    def strike(self, fate, process):
        if fate == "cancel":
            process.began.wait(PATIENCE)
            if "cancel" in self.can and process.lines:
                self.counts["cancel"] += 1
                code, errors = self.plain("cancel", process.lines[0]["run"])
                late = "has ended" in errors  # the run was faster
                if code not in (0, 1) and not late and process.popen.poll() is None:
                    self.violated("cancel ends with %d" % code, errors[-500:])
                return
            fate = "interrupt"
        self.counts[fate] += 1
        if fate == "kill":
            process.signal(signal.SIGKILL)
        elif fate == "terminate":
            process.signal(signal.SIGTERM)
        else:
            process.signal(signal.SIGINT)
            if fate == "twice":
                process.wait(self.random.random() / 2)
                process.signal(signal.SIGINT)

    def dump(self, process, fate):
        stacks = subprocess.run(["jstack", str(process.popen.pid)], stdout=subprocess.PIPE).stdout \
            if shutil.which("jstack") else b""
        path = os.path.join(self.folder, "stacks-%d.txt" % self.counts["processes"])
        with open(path, "wb") as file:
            file.write(stacks)
        return "after %s, last lines %s, stacks in %s" % (fate, process.lines[-3:], path)

    def end(self):
        """Runs every pipeline to its success, undisturbed, and looks at what is left."""
        for pipeline in self.pipelines:
            status = None
            tries = 0
            while status != "succeeded" and tries < MOST_TRIES:
                tries += 1
                _, status = self.process(self.command(pipeline), pipeline, None, False)
            if status != "succeeded":
                self.violated("a pipeline does not come to success", pipeline.name)
        _, lines, _ = self.call("runs", "--json", "--limit", "100000")
        for line in lines:
            if line["status"] not in ENDED:
                self.violated("a run has not ended", json.dumps(line))
        code, verified, errors = self.call("cache", "verify", "--json")
        if code != 0 or verified[0]["corrupt"] or verified[0]["incomplete"]:
            self.violated("cache verify", "%d %s %s" % (code, verified, errors))
        self.counts["blobs verified"] = verified[0]["blobs"] if verified else 0
        left = os.listdir(os.path.join(self.state, "sandboxes"))
        if left:
            self.violated("sandboxes were left", left)
        # The store removes these itself, once they are so old that nobody can be writing them.
        self.counts["blobs cut short by a kill"] = len(
            os.listdir(os.path.join(self.state, "store", "tmp")))
        self.counts["executions"] = sum(self.side.starts.values())
        self.counts["facts told"] = sum(len(run.facts) for run in self.runs.values())


def main():
    # A shell has its background jobs ignore Ctrl-C, and so would all that is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--memory-tasks", type=int, default=1_000_000, help="0 for no long run")
    parser.add_argument("--keep", action="store_true", help="leave the folder")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="millrace-soak-")
    print("seed %d, in %s" % (options.seed, folder), flush=True)
    start = time.monotonic()
    subprocess.run([MILLRACE, "--version"], check=True)
    soak = Soak(options, folder)
    if soak.can != {"cancel", "retry"}:
        print("this version has no `cancel` or no `retry`: Ctrl-C and new runs instead")
    long_run = memory.LongRun(options.memory_tasks, "local") if options.memory_tasks else None
    if long_run:
        long_run.start()
    while time.monotonic() - start < options.minutes * 60 and len(soak.violated.found) < 20:
        soak.round()
    if long_run:
        long_run.stop()
    soak.end()
    print("\n| | |\n| --- | --- |")
    print("| seed | %d |\n| minutes | %.1f |" % (options.seed, (time.monotonic() - start) / 60))
    for what, number in sorted(soak.counts.items()):
        print("| %s | %d |" % (what, number))
    if long_run:
        lines, wrong = long_run.verdict()
        print("\n" + "\n".join(lines))
        if wrong:
            soak.violated("memory", wrong)
    if soak.violated.found:
        print("\n%d violations, in %s:" % (len(soak.violated.found), folder))
        sys.exit("\n".join(soak.violated.found))
    print("\nnothing was violated")
    if not options.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
