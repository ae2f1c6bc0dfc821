#!/usr/bin/env python3
"""Whole-process benchmark: the command line against ninja and make on the same steps, interleaved.

usage: bench/whole_process.py [WORKLOAD ...] [--rounds N]

WORKLOAD is wide-N (N independent steps and a last one after them), chain-N or one; by default
wide-1000, chain-200 and one. Every step is one shell that writes a line to a file; the commands are the
same for all. Each round runs every peer once, cold (no outputs, no state), then Millrace and ninja
again with nothing to do. Reported: the median wall time, the median CPU time (of the whole process
tree), and the ratio to ninja's. Needs ninja and make on the PATH, and nothing else running.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MILLRACE = os.path.join(ROOT, "millrace")


def dag(workload):
    """Returns [(id, [ids before it], command with {out} and {in0})]."""
    name, _, number = workload.partition("-")
    if name == "one":
        return [("s0", [], "echo x > {out}")]
    count = int(number)
    if name == "wide":
        steps = [("s%d" % i, [], "echo x > {out}") for i in range(count)]
        return steps + [("join", [s[0] for s in steps], "echo joined > {out}")]
    if name == "chain":
        steps = [("s0", [], "echo x > {out}")]
        for i in range(1, count):
            steps.append(("s%d" % i, ["s%d" % (i - 1)], 'read -r a < {in0}; echo "$a" > {out}'))
        return steps
    sys.exit("unknown workload " + workload)


def write_ninja(steps, folder):
    lines = ["rule r\n  command = $cmd\n"]
    for step, before, command in steps:
        text = command.format(out="out/" + step, in0="out/" + before[0] if before else "")
        inputs = " ".join("out/" + b for b in before)
        lines.append("build out/%s: r %s\n  cmd = %s\n" % (step, inputs, text.replace("$", "$$")))
    write(folder, "build.ninja", "".join(lines))


def write_make(steps, folder):
    lines = [".SUFFIXES:\nMAKEFLAGS += -rR\nall: out/%s\n" % steps[-1][0]]
    for step, before, command in steps:
        text = command.format(out="out/" + step, in0="out/" + before[0] if before else "")
        inputs = " ".join("out/" + b for b in before)
        lines.append("out/%s: %s\n\t@%s\n" % (step, inputs, text.replace("$", "$$")))
    write(folder, "Makefile", "".join(lines))


def write_millrace(steps, folder, workload):
    document = {}
    for step, before, command in steps:
        text = command.format(out="out", in0="inputs/before")
        # The number keeps the actions apart: equal ones would run once.
        described = {
            "command": ["/bin/sh", "-c", text],
            "outputs": {"out": "out"},
            "env": {"STEP": step},
        }
        if step == "join":
            described["needs"] = before
        elif before:
            described["inputs"] = {"before": {"from": before[0] + ".out"}}
        document[step] = described
    pipeline = {"version": 1, "name": workload, "steps": document}
    write(folder, "pipeline.json", json.dumps(pipeline))


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def timed(command, folder):
    """Runs a command and returns (wall seconds, CPU seconds of it and its children)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit("%s failed:\n%s" % (" ".join(command), done.stdout.decode()[-2000:]))
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def clear(folder):
    for name in ("out", ".ninja_log", ".ninja_deps", ".millrace", "state"):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.remove(path)
    os.mkdir(os.path.join(folder, "out"))


def measure(workload, rounds):
    steps = dag(workload)
    results = {}
    with tempfile.TemporaryDirectory() as top:
        folders = {}
        for peer in ("ninja", "make", "millrace"):
            folders[peer] = os.path.join(top, peer)
            os.mkdir(folders[peer])
        write_ninja(steps, folders["ninja"])
        write_make(steps, folders["make"])
        write_millrace(steps, folders["millrace"], workload)
        commands = {
            "ninja": ["ninja", "-j2"],
            "make": ["make", "-j2"],
            "millrace": [MILLRACE, "run", "pipeline.json", "--jobs", "2"],
        }
        for _ in range(rounds):
            for peer, command in commands.items():
                clear(folders[peer])
                results.setdefault(peer, []).append(timed(command, folders[peer]))
            for peer in ("ninja", "millrace"):
                again = timed(commands[peer], folders[peer])
                results.setdefault(peer + ", nothing to do", []).append(again)
    return results


def report(workload, results):
    print("\n### %s\n" % workload)
    print("| | wall s | x ninja | CPU s | wall s of each round |")
    print("| --- | --- | --- | --- | --- |")
    for peer, runs in results.items():
        wall = statistics.median(run[0] for run in runs)
        cpu = statistics.median(run[1] for run in runs)
        base = results["ninja, nothing to do" if "nothing" in peer else "ninja"]
        ratio = wall / statistics.median(run[0] for run in base)
        each = " ".join("%.2f" % run[0] for run in runs)
        print("| %s | %.3f | %.2f | %.2f | %s |" % (peer, wall, ratio, cpu, each))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("workloads", nargs="*", default=["wide-1000", "chain-200", "one"])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:  # builds, and warms the start-up cache
        write_millrace(dag("one"), folder, "warm-up")
        for _ in range(2):
            timed([MILLRACE, "run", "pipeline.json"], folder)
    for workload in options.workloads:
        report(workload, measure(workload, options.rounds))


if __name__ == "__main__":
    main()
