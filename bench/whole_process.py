#!/usr/bin/env python3
"""Whole-process benchmark: the command line against other engines on the same steps, interleaved.

usage: bench/whole_process.py [WORKLOAD ...] [--rounds N] [--peers ninja,make,tup,scons,snakemake] [--daemon]

WORKLOAD is one of these, by default wide-1000, chain-200 and one:
  wide-N       N independent steps, and a last one after them
  chain-N      N steps, each reading what the one before left
  layered-LxW  L layers of W steps, each reading two of the layer before, and a last one after them
  one          a single step
Every step is one shell that writes a line to a file; the commands are the same for all. Each round
runs every peer once, cold (in a new folder), 2 steps at a time, and then each again with nothing to
do. Reported: the median wall time, the median CPU time (of the whole process tree), and
the ratio to ninja's, or to that of the first peer. A peer that is not installed is left out, with a
message. With --daemon, Millrace takes part a second time with MILLRACE_DAEMON=on, where commands are
carried out by a process that stays; before the first round it has run the workload ten times. Needs
nothing else running.
"""
import argparse
import json
import math
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
SKEW = 7


def dag(workload):
    """Returns [(id, [ids before it], command with {out}, {in0} and {in1})]; join reads nothing."""
    name, _, number = workload.partition("-")
    try:
        if workload == "one":
            return [("s0", [], "echo x > {out}")]
        if name == "wide":
            return joined([("s%d" % i, [], "echo x > {out}") for i in range(int(number))], None)
        if name == "chain":
            return chain(int(number))
        if name == "layered":
            return layered(*(int(n) for n in number.split("x")))
    except (TypeError, ValueError):
        pass
    sys.exit("%s is no workload: wide-N, chain-N, layered-LxW or one" % workload)


def joined(steps, last):
    """Adds a step after the last ones, or after all."""
    return steps + [("join", [s[0] for s in steps[-(last or len(steps)):]], "echo joined > {out}")]


def chain(count):
    steps = [("s0", [], "echo x > {out}")]
    for i in range(1, count):
        steps.append(("s%d" % i, ["s%d" % (i - 1)], 'read -r a < {in0}; echo "$a" > {out}'))
    return steps


def layered(layers, width):
    steps = [("s0_%d" % i, [], "echo x > {out}") for i in range(width)]
    for layer in range(1, layers):
        for i in range(width):
            before = ["s%d_%d" % (layer - 1, other) for other in (i, (i + SKEW) % width)]
            command = 'read -r a < {in0}; read -r b < {in1}; echo "$a" > {out}'
            steps.append(("s%d_%d" % (layer, i), before, command))
    return joined(steps, width)


def shown(step):
    """Returns a step as engines see it that work in one folder: output, inputs, command."""
    name, before, command = step
    inputs = ["out/" + b for b in before]
    places = {"in%d" % i: path for i, path in enumerate(inputs[:2])}
    return "out/" + name, inputs, command.format(out="out/" + name, **places)


def write_ninja(steps, folder):
    lines = ["rule r\n  command = $cmd\n"]
    for output, inputs, command in map(shown, steps):
        command = command.replace("$", "$$")
        lines.append("build %s: r %s\n  cmd = %s\n" % (output, " ".join(inputs), command))
    write(folder, "build.ninja", "".join(lines))


def write_make(steps, folder):
    lines = [".SUFFIXES:\nMAKEFLAGS += -rR\nall: out/%s\n" % steps[-1][0]]
    for output, inputs, command in map(shown, steps):
        command = command.replace("$", "$$")
        lines.append("%s: %s\n\t@%s\n" % (output, " ".join(inputs), command))
    write(folder, "Makefile", "".join(lines))


def write_tup(steps, folder):
    lines = []
    for output, inputs, command in map(shown, steps):
        lines.append(": %s |> ^ %s^ %s |> %s\n" % (" ".join(inputs), output, command, output))
    write(folder, "Tupfile", "".join(lines))
    write(folder, "Tupfile.ini", "")


def write_scons(steps, folder):
    described = [[output, inputs, c.replace("$", "$$")] for output, inputs, c in map(shown, steps)]
    write(folder, "dag.json", json.dumps(described))
    write(folder, "SConstruct", """import json
environment = Environment(tools=[])
CacheDir("cache")
for output, inputs, command in json.load(open("dag.json")):
    environment.Command(output, inputs, command)
Default("out/%s")
""" % steps[-1][0])


def write_snakemake(steps, folder):
    described = {output: [inputs, command] for output, inputs, command in map(shown, steps)}
    write(folder, "dag.json", json.dumps(described))
    write(folder, "Snakefile", """import json
STEPS = json.load(open("dag.json"))
rule all:
    input: "out/%s"
rule step:
    input: lambda wildcards: STEPS["out/" + wildcards.id][0]
    output: "out/{id}"
    params: command=lambda wildcards: STEPS["out/" + wildcards.id][1]
    shell: "{params.command}"
""" % steps[-1][0])


def write_millrace(steps, folder, name="benchmark"):
    document = {}
    for step, before, command in steps:
        # The variable keeps the actions apart: equal ones would run once.
        described = {
            "command": ["/bin/sh", "-c", command.format(out="out", in0="inputs/a", in1="inputs/b")],
            "outputs": {"out": "out"},
            "env": {"STEP": step},
        }
        if step == "join":
            described["needs"] = before
        elif before:
            described["inputs"] = {name: {"from": b + ".out"} for name, b in zip("ab", before)}
        document[step] = described
    write(folder, "pipeline.json", json.dumps({"version": 1, "name": name, "steps": document}))


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


DAEMON = "millrace, daemon"
DAEMON_WARM_UP = 10

# What writes a peer's file; its command; what has to be run before each cold run, or None.
PEERS = {
    "ninja": (write_ninja, ["ninja", "-j2"], None),
    "make": (write_make, ["make", "-j2"], None),
    "tup": (write_tup, ["tup", "-j2"], ["tup", "init"]),
    "scons": (write_scons, ["scons", "-Q", "-j2"], None),
    "snakemake": (write_snakemake, ["snakemake", "-j2", "-q"], None),
    "millrace": (write_millrace, [MILLRACE, "run", "pipeline.json", "--jobs", "2"], None),
    DAEMON: (write_millrace, [MILLRACE, "run", "pipeline.json", "--jobs", "2"], None),
}
def installed(names):
    """Returns those of the peers that are there, Millrace last."""
    found = []
    for name in names:
        if name not in PEERS or name.startswith("millrace"):
            known = sorted(peer for peer in PEERS if not peer.startswith("millrace"))
            sys.exit("%s is no peer: %s" % (name, ", ".join(known)))
        if shutil.which(name):
            found.append(name)
        else:
            print("%s is not installed and left out" % name, file=sys.stderr)
    return found + ["millrace"]


def timed(command, folder, daemon=False):
    """Runs a command; returns (wall seconds, CPU seconds of it and its children, NaN if unknown)."""
    environment = {**os.environ, "MILLRACE_DAEMON": "on" if daemon else "off"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit("%s failed:\n%s" % (" ".join(command), done.stdout.decode()[-2000:]))
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, math.nan if daemon else cpu  # another process spends it


def measure(workload, peers, rounds):
    steps = dag(workload)
    results = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as top:
        for number in range(DAEMON_WARM_UP if DAEMON in peers else 0):
            cold(DAEMON, steps, os.path.join(top, "warm-up-%d" % number))
        for number in range(rounds):
            folders = {peer: os.path.join(top, "%d-%s" % (number, peer)) for peer in peers}
            for peer, folder in folders.items():
                results.setdefault(peer, []).append(cold(peer, steps, folder))
            for peer, folder in folders.items():
                again = timed(PEERS[peer][1], folder, peer == DAEMON)
                results.setdefault(peer + ", nothing to do", []).append(again)
    first = {name: runs for name, runs in results.items() if "nothing" not in name}
    return {**first, **results}


def cold(peer, steps, folder):
    """Runs the steps in a new folder; nothing is removed meanwhile, whose aftermath would be timed."""
    write_files, command, before = PEERS[peer]
    os.makedirs(os.path.join(folder, "out"))
    write_files(steps, folder)
    if before:
        timed(before, folder)
    return timed(command, folder, peer == DAEMON)


def report(workload, peers, results):
    base = "ninja" if "ninja" in peers else peers[0]
    print("\n### %s\n" % workload)
    print("| | wall s | x %s | CPU s | wall s of each round |" % base)
    print("| --- | --- | --- | --- | --- |")
    for name, runs in results.items():
        wall = statistics.median(run[0] for run in runs)
        cpu = statistics.median(run[1] for run in runs)
        beside = results[base + ", nothing to do" if "nothing" in name else base]
        ratio = wall / statistics.median(run[0] for run in beside)
        each = " ".join("%.2f" % run[0] for run in runs)
        shown = "" if math.isnan(cpu) else "%.2f" % cpu
        print("| %s | %.3f | %.2f | %s | %s |" % (name, wall, ratio, shown, each))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("workloads", nargs="*", default=["wide-1000", "chain-200", "one"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default="ninja,make", help="of " + ", ".join(PEERS))
    parser.add_argument("--daemon", action="store_true", help="also with MILLRACE_DAEMON=on")
    options = parser.parse_args()
    peers = installed(options.peers.split(",")) + ([DAEMON] if options.daemon else [])
    for workload in options.workloads:
        dag(workload)
    with tempfile.TemporaryDirectory() as folder:  # builds, and warms the start-up cache
        write_millrace(dag("one"), folder)
        for _ in range(2):
            timed(PEERS["millrace"][1], folder)
    for workload in options.workloads:
        report(workload, peers, measure(workload, peers, options.rounds))
    if options.daemon:
        subprocess.run([MILLRACE, "daemon", "stop"], check=False)


if __name__ == "__main__":
    main()
