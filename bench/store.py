#!/usr/bin/env python3
"""Hashing and storing against what the machine's own tools do with the same files, interleaved.

usage: bench/store.py [--rounds N] [--bytes N] [--files N] [--folder FOLDER]

Each round hashes a large file with openssl, stores a copy of it, takes it over, copies a folder of
4 KiB files with cp -r, and stores that folder as a tree; each in a process of its own, and Millrace
in a JVM that has only just started (its start is not in the figure: the program takes the time).
Reported: the median of each, and its speed as a part of its peer's. The sources are in the page cache.

Needs openssl on the PATH, and twice the bytes on the disk.
Nothing is removed between the rounds but large files: ext4 without a journal takes long to make a
file where many were removed in the last five minutes, which also spoils a second run right after one.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RUN = os.path.join(ROOT, "bench", "run")


def millrace(what, source, store):
    """Returns the seconds that the program says it took."""
    said = subprocess.run([RUN, "store", what, source, store], stdout=subprocess.PIPE, check=True)
    return float(said.stdout.split()[0])


def timed(*command):
    start = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - start


def make(folder, size, files):
    large = os.path.join(folder, "large")
    with open(large, "wb") as out:
        for _ in range(0, size, 1 << 20):
            out.write(os.urandom(1 << 20))
    small = os.path.join(folder, "small")
    for number in range(files):
        sub = os.path.join(small, "d%d" % (number // 200))
        os.makedirs(sub, exist_ok=True)
        with open(os.path.join(sub, "f%d" % number), "wb") as out:
            out.write(os.urandom(4096))
    return large, small


def warm(*paths):
    """Reads all, so that no round has to read from the disk, and has nothing left to write."""
    for path in paths:
        subprocess.run(["tar", "-cf", "-", "-C", os.path.dirname(path), os.path.basename(path)],
                       stdout=subprocess.DEVNULL, check=True)
    os.sync()


def measure(folder, large, small, number):
    place = os.path.join(folder, "round%d" % number)
    os.mkdir(place)
    results = {}
    warm(large)
    results["openssl dgst"] = timed("openssl", "dgst", "-sha256", large)
    store = os.path.join(place, "large")
    results["store a copy"] = millrace("put", large, store)
    shutil.rmtree(store)
    output = os.path.join(place, "output")
    shutil.copyfile(large, output)
    warm(output)
    results["take over"] = millrace("adopt", output, store)
    shutil.rmtree(store)
    warm(small)
    results["cp -r"] = timed("cp", "-r", small, os.path.join(place, "copy"))
    warm(small)
    results["store a folder"] = millrace("snapshot", small, os.path.join(place, "small"))
    return results


PEERS = {"store a copy": "openssl dgst", "take over": "openssl dgst", "store a folder": "cp -r"}


def report(rounds):
    print("| | seconds | of its peer's speed | seconds of each round |")
    print("| --- | --- | --- | --- |")
    medians = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    for name, median in medians.items():
        ratio = "%.2f" % (medians[PEERS[name]] / median) if name in PEERS else ""
        each = " ".join("%.2f" % r[name] for r in rounds)
        print("| %s | %.3f | %s | %s |" % (name, median, ratio, each))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bytes", type=int, default=1 << 30)
    parser.add_argument("--files", type=int, default=20000)
    parser.add_argument("--folder", help="where to make the files; elsewhere than in /tmp, say")
    options = parser.parse_args()
    subprocess.run([RUN, "build"], check=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        large, small = make(folder, options.bytes, options.files)
        report([measure(folder, large, small, n) for n in range(options.rounds)])


if __name__ == "__main__":
    main()
