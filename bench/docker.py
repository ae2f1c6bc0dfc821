#!/usr/bin/env python3
"""What steps in containers cost, against the bare container engine.

usage: bench/docker.py overhead [--steps 20] [--at-once 1] [--rounds 5]
       bench/docker.py slots    [--steps 500] [--peer-steps 60] [--at-once 4] [--rounds 3] [--daemon]
       bench/docker.py logs     [--seconds 60] [--rate 10000] [--isolation container]

overhead  a container for each no-op step, against create, start, wait and remove by the engine's API
slots     no-op steps in warm slots, against `docker run --rm` for each
logs      a step that writes lines at that rate: whether all arrive, and the memory that it takes

Each round runs both sides one after the other, Millrace as the whole process of ./millrace with an
empty state directory; with --daemon, commands are carried out by a process that stays, which has run
the same ten times before the first round. Needs a Docker Engine and the docker command; the image is made here, of a
statically linked busybox (Debian: busybox-static). Nothing but the standard library is needed.
"""
import argparse
import concurrent.futures
import http.client
import io
import json
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
IMAGE = f"millrace-bench:{os.getpid()}"
DAEMON_WARM_UP = 10
SOCKET = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")


def make_image():
    """Imports an image that holds nothing but busybox."""
    busybox = shutil.which("busybox")
    if not busybox:
        sys.exit("busybox is needed (Debian: busybox-static)")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in ("bin", "tmp", "dev", "proc", "sys", "etc"):
            entry = tarfile.TarInfo(folder)
            entry.type = tarfile.DIRTYPE
            entry.mode = 0o755
            tar.addfile(entry)
        tar.add(busybox, "bin/busybox")
        for name in ("sh", "true", "echo", "cat", "sleep", "seq", "usleep", "yes", "head"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type = tarfile.SYMTYPE
            link.linkname = "busybox"
            tar.addfile(link)
    subprocess.run(
        ["docker", "import", "-", IMAGE],
        input=buffer.getvalue(),
        check=True,
        stdout=subprocess.DEVNULL,
    )


class Engine(http.client.HTTPConnection):
    """A connection to the container engine."""

    def __init__(self):
        super().__init__("localhost", timeout=120)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(120)
        self.sock.connect(SOCKET)

    def ask(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        self.request(method, "/v1.41" + path, text, {"Content-Type": "application/json"})
        answer = self.getresponse()
        content = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {content[:300]}")
        return json.loads(content) if content else None


def bare(steps, at_once, folder):
    """Runs containers one after the other, as many at once as told; returns the seconds."""
    todo = list(range(steps))
    lock = threading.Lock()

    def work():
        engine = Engine()
        while True:
            with lock:
                if not todo:
                    return
                todo.pop()
            made = engine.ask(
                "POST",
                "/containers/create",
                {
                    "Image": IMAGE,
                    "Cmd": ["/bin/true"],
                    "User": f"{os.getuid()}:{os.getgid()}",
                    "WorkingDir": "/work",
                    "HostConfig": {
                        "NetworkMode": "none",
                        "Binds": [f"{folder}:/work"],
                        "CapDrop": ["ALL"],
                        "NanoCpus": 1_000_000_000,
                    },
                },
            )["Id"]
            engine.ask("POST", f"/containers/{made}/start")
            engine.ask("POST", f"/containers/{made}/wait")
            engine.ask("DELETE", f"/containers/{made}?v=1")

    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(at_once) as threads:
        for done in [threads.submit(work) for _ in range(at_once)]:
            done.result()
    return time.monotonic() - start


def commands(steps, at_once):
    """Runs `docker run --rm` for each step; returns the seconds."""

    def one(_):
        subprocess.run(
            ["docker", "run", "--rm", "--network", "none", IMAGE, "/bin/true"], check=True
        )

    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(at_once) as threads:
        list(threads.map(one, range(steps)))
    return time.monotonic() - start


def document(folder, steps, isolation, command=("/bin/true",)):
    """Writes a pipeline of so many equal steps."""
    step = {
        "command": [*command],
        "executor": "docker",
        "image": IMAGE,
        "container": {"network": "none", "isolation": isolation},
        "cache": "off",
    }
    if steps > 1:
        step["matrix"] = {"n": list(range(steps))}
    path = folder / "pipeline.json"
    path.write_text(json.dumps({"version": 1, "name": "bench", "steps": {"step": step}}))
    return path


def millrace(folder, arguments, isolation):
    """Runs the steps with the command line; returns the seconds."""
    path = document(folder, arguments.steps, isolation)
    start = time.monotonic()
    subprocess.run(
        [ROOT / "millrace", "run", path, "--state", folder / "state"]
        + ["--jobs", str(arguments.at_once)],
        check=True,
        env={**os.environ, "MILLRACE_DAEMON": "on" if arguments.daemon else "off"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if arguments.daemon else None,
    )
    return time.monotonic() - start


def compare(arguments, isolation, peer, peer_steps):
    """Runs both sides in turn and prints what a step takes on each."""
    ours, theirs = [], []
    for _ in range(DAEMON_WARM_UP if arguments.daemon else 0):
        with tempfile.TemporaryDirectory() as name:
            millrace(pathlib.Path(name), arguments, isolation)
    for number in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            theirs.append(peer(peer_steps, arguments.at_once) / peer_steps)
            took = millrace(folder, arguments, isolation)
            ours.append(took / arguments.steps)
        print(
            f"round {number + 1}: peer {1000 * theirs[-1]:.1f} ms a step,"
            f" millrace {1000 * ours[-1]:.2f} ms, all {ours[-1] * arguments.steps:.2f} s,"
            f" ratio {ours[-1] / theirs[-1]:.3f}"
        )
    ratio = statistics.median(our / their for our, their in zip(ours, theirs))
    print(
        f"median: peer {1000 * statistics.median(theirs):.1f} ms,"
        f" millrace {1000 * statistics.median(ours):.2f} ms,"
        f" ratio {ratio:.3f}, that is {1 / ratio:.1f} times as fast"
    )


def overhead(arguments):
    with tempfile.TemporaryDirectory() as folder:
        compare(
            arguments,
            "container",
            lambda steps, at_once: bare(steps, at_once, folder),
            arguments.steps,
        )


def slots(arguments):
    compare(arguments, "slot", commands, arguments.peer_steps)


def logs(arguments):
    lines = arguments.seconds * arguments.rate
    tick = arguments.rate // 20
    # A twentieth of a second's lines at a time.
    script = (
        f"n=0; while [ $n -lt {lines} ]; do seq $((n + 1)) $((n + {tick})); n=$((n + {tick}));"
        " usleep 45000; done"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = document(folder, 1, arguments.isolation, ("/bin/sh", "-c", script))
        state = folder / "state"
        start = time.monotonic()
        subprocess.run([ROOT / "millrace", "run", path, "--state", state], check=True)
        took = time.monotonic() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        shown = subprocess.run(
            [ROOT / "millrace", "logs", "--stdout", "--state", state, "step"],
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        expected = b"".join(b"%d\n" % n for n in range(1, lines + 1))
        verdict = "all there and in order" if shown == expected else "NOT what was written"
        print(
            f"{lines} lines in {took:.1f} s ({lines / took:.0f} a second): {verdict};"
            f" largest resident set of a process {peak:.0f} MiB"
        )


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    verbs = parser.add_subparsers(required=True)
    for verb, steps, at_once, rounds in ((overhead, 20, 1, 5), (slots, 500, 4, 3)):
        one = verbs.add_parser(verb.__name__)
        one.add_argument("--steps", type=int, default=steps)
        one.add_argument("--at-once", type=int, default=at_once)
        one.add_argument("--rounds", type=int, default=rounds)
        one.add_argument("--peer-steps", type=int, default=60)
        one.add_argument("--daemon", action="store_true")
        one.set_defaults(verb=verb)
    flood = verbs.add_parser("logs")
    flood.add_argument("--seconds", type=int, default=60)
    flood.add_argument("--rate", type=int, default=10_000)
    flood.add_argument("--isolation", default="container")
    flood.set_defaults(verb=logs)
    arguments = parser.parse_args()
    make_image()
    try:
        arguments.verb(arguments)
    finally:
        if getattr(arguments, "daemon", False):
            subprocess.run([ROOT / "millrace", "daemon", "stop"], check=False)
        subprocess.run(["docker", "rmi", "-f", IMAGE], stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    main()
