#!/usr/bin/env python3
"""What the server costs: how soon a submitted task starts, many runs at once, many followers.

usage: bench/server.py latency   [--in-flight 50] [--probes 400]
       bench/server.py runs      [--runs 1000] [--tasks 20]
       bench/server.py followers [--followers 500] [--tasks 5000]

Each starts a server of its own with ./millrace, on loopback and with an empty state directory, and ends
it. Nothing but the standard library is needed.
"""
import argparse
import asyncio
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE = 600
WARM_UP = 1000
ID = re.compile(rb"^id: (\d+)$", re.M)


class Server:
    """A server process."""

    def __init__(self, state, *options, heap=None):
        environment = dict(os.environ)
        environment["MILLRACE_JAVA_OPTS"] = (
            environment.get("MILLRACE_JAVA_OPTS", "") + " -Dmillrace.executors.null=true"
        )
        if heap:
            environment["MILLRACE_JAVA_OPTS"] += " -Xmx" + heap
        self.process = subprocess.Popen(
            [ROOT / "millrace", "server", "--port", "0", "--allow-local", "--state", state, *options],
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        line = self.process.stdout.readline()
        found = re.search(r":(\d+)$", line.strip())
        if not found:
            sys.exit(f"the server said {line!r}")
        self.port = int(found.group(1))
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def ask(self, method, path, body=None):
        """Returns the answer's JSON."""
        text = None if body is None else json.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            self.connection.request(method, path, text, headers)
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:  # it was idle for a minute
            self.connection.request(method, path, text, headers)
            answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {content[:500]}")
        return json.loads(content) if "json" in answer.headers["Content-Type"] else content.decode()

    def submit(self, pipeline):
        return self.ask("POST", "/v1/runs", {"pipeline": pipeline})["run"]

    def await_end(self, run, pause=0.002):
        while True:
            status = self.ask("GET", f"/v1/runs/{run}")["status"]
            if status != "running":
                return status
            time.sleep(pause)

    def memory(self):
        """Returns the resident set and its peak in MiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return tuple(
            int(re.search(rf"{name}:\s+(\d+) kB", status).group(1)) // 1024
            for name in ("VmRSS", "VmHWM")
        )

    def cpu(self):
        """Returns the processor time in seconds."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def null_pipeline(name, tasks):
    return {
        "version": 1,
        "name": name,
        "params": {"n": {"type": "integer", "default": tasks}},
        "steps": {
            "work": {
                "executor": "null",
                "command": ["work", "${{ matrix.i }}", name],
                "matrix": {"i": list(range(tasks))},
            }
        },
    }


def percentiles(values):
    ordered = sorted(values)
    return {p: ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] for p in (50, 90, 99, 100)}


def latency(arguments):
    """From before the request is sent to the step's own look at the clock."""
    chain = {
        f"s{i}": {"script": "sleep 1", **({"needs": [f"s{i - 1}"]} if i else {})} for i in range(900)
    }
    probe = "date +%s%N > t"
    with tempfile.TemporaryDirectory() as state, Server(state, "--resource", "cpus=200") as server:
        flying = [
            server.submit({"version": 1, "name": f"flying-{i}", "steps": chain})
            for i in range(arguments.in_flight)
        ]
        took = []
        for i in range(arguments.probes + WARM_UP):
            pipeline = {
                "version": 1,
                "name": "probe",
                "steps": {"p": {"script": f"{probe}; : {i}", "outputs": {"t": "t"}}},
                "outputs": {"t": {"from": "p.t"}},
            }
            sent = time.time_ns()
            run = server.submit(pipeline)
            answered = time.time_ns()
            time.sleep(0.02)  # nothing is asked while it starts
            if server.await_end(run) != "succeeded":
                sys.exit(f"run {run} did not succeed")
            digest = server.ask("GET", f"/v1/runs/{run}/outputs")["outputs"]["t"]["digest"]
            started = int(server.ask("GET", f"/v1/blobs/{digest}"))
            if i >= WARM_UP:
                took.append(((started - sent) / 1e6, (answered - sent) / 1e6))
        for run in flying:
            server.ask("POST", f"/v1/runs/{run}/cancel", {})
        start = percentiles([start for start, _ in took])
        answer = percentiles([answer for _, answer in took])
        print(f"{arguments.probes} submissions, {arguments.in_flight} runs of one-second steps in flight")
        for what, seen in (("submitted to task start", start), ("submitted to answer", answer)):
            print(what + ", ms: " + "  ".join(f"p{p} {value:.2f}" for p, value in seen.items()))


def runs(arguments):
    with tempfile.TemporaryDirectory() as state, Server(state, "--resource", "cpus=64") as server:
        asyncio.run(many_runs(server, arguments, 100))
        began, cpu = time.time(), server.cpu()
        asyncio.run(many_runs(server, arguments, arguments.runs))
        took = time.time() - began
        tasks = arguments.runs * arguments.tasks
        print(
            f"{arguments.runs} runs of {arguments.tasks} null tasks: all ended with success in {took:.2f} s,"
            f" {tasks / took:.0f} tasks/s; server CPU {server.cpu() - cpu:.1f} s;"
            f" resident set {server.memory()[0]} MiB, peak {server.memory()[1]} MiB"
        )


async def many_runs(server, arguments, count):
    """Submits all at once, each from a connection of its own, and follows each to its end."""
    limit = asyncio.Semaphore(200)

    async def one(number):
        name = f"run-{time.time_ns()}-{number}"
        async with limit:
            body = json.dumps({"pipeline": null_pipeline(name, arguments.tasks)})
            answer = await request(server.port, "POST", "/v1/runs", body)
        run = json.loads(answer)["run"]
        events = await follow(server.port, run)
        if events[-1]["type"] != "dev.millrace.run.finished" or events[-1]["data"]["result"] != "succeeded":
            sys.exit(f"run {run} ended with {events[-1]}")
        if [int(event["id"]) for event in events] != list(range(1, len(events) + 1)):
            sys.exit(f"run {run}: events are missing or doubled")
        succeeded = sum(event["type"].endswith("task.succeeded") for event in events)
        if succeeded != arguments.tasks:
            sys.exit(f"run {run}: {succeeded} tasks of {arguments.tasks}: {events}")

    await asyncio.gather(*(one(number) for number in range(count)))


async def request(port, method, path, body):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write((head + body).encode())
    answer = await reader.read()
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 2"):
        sys.exit(f"{method} {path}: {head.decode()} {content[:300]}")
    return content


async def events_of(port, run):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(
        f"GET /v1/runs/{run}/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()
    )
    return reader, writer


async def follow(port, run):
    reader, writer = await events_of(port, run)
    events = []
    async for line in reader:
        if line.startswith(b"data: "):
            events.append(json.loads(line[6:]))
            if events[-1]["type"] == "dev.millrace.run.finished":
                break
    writer.close()
    return events


def followers(arguments):
    with tempfile.TemporaryDirectory() as state, Server(state, "--resource", "cpus=64", heap="384m") as server:
        for _ in range(3):
            asyncio.run(followed(server, arguments.tasks, 20, False))
        alone, took_alone, _ = asyncio.run(followed(server, arguments.tasks, 1, False))
        cpu = server.cpu()
        with_all, took_with_all, delays = asyncio.run(followed(server, arguments.tasks, arguments.followers, True))
        cpu = server.cpu() - cpu
        now, peak = server.memory()
        print(
            f"a run of {arguments.tasks} null tasks with one follower: {took_alone:.2f} s, all events seen after"
            f" {alone:.2f} s; with {arguments.followers} and one more that reads nothing: {took_with_all:.2f} s,"
            f" all seen after {with_all:.2f} s; server CPU {cpu:.1f} s; the heap may take 384 MiB"
        )
        print(f"resident set of the server {now} MiB, peak {peak} MiB")
        print("the followers ended " + ", ".join(f"p{p} {v:.2f} s" for p, v in percentiles(delays).items())
              + " after the submission")


async def followed(server, tasks, count, stalled):
    """Returns the seconds until all followers had seen the end, those that the run took, and those of each."""
    name = f"followed-{count}-{time.time_ns()}"
    began = time.time()
    run = json.loads(
        await request(server.port, "POST", "/v1/runs", json.dumps({"pipeline": null_pipeline(name, tasks)}))
    )["run"]
    if stalled:
        sleeper = socket.create_connection(("127.0.0.1", server.port))
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sleeper.sendall(
            f"GET /v1/runs/{run}/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()
        )

    async def one():
        reader, writer = await events_of(server.port, run)
        last = 0
        left = b""
        while b"dev.millrace.run.finished" not in left:
            piece = await reader.read(1 << 18)
            if not piece:
                sys.exit(f"a stream was cut off behind {last}")
            left += piece
            whole, _, rest = left.rpartition(b"\n\n")
            ids = [int(found) for found in ID.findall(whole)]
            if ids != list(range(last + 1, last + 1 + len(ids))):
                sys.exit(f"events are missing or doubled behind {last}")
            last += len(ids)
            left = whole[-1000:] if b"dev.millrace.run.finished" in whole else rest
        writer.close()
        return time.time() - began, last

    seen = await asyncio.gather(*(one() for _ in range(count)))
    if len({last for _, last in seen}) != 1:
        sys.exit("followers have seen different numbers of events")
    if stalled:
        sleeper.close()
    took = time.time() - began
    record = server.ask("GET", f"/v1/runs/{run}")
    run_took = (record["finishedAt"] - record["submittedAt"]) / 1000
    return took, run_took, [took for took, _ in seen]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("latency")
    verb.add_argument("--in-flight", type=int, default=50)
    verb.add_argument("--probes", type=int, default=400)
    verb = verbs.add_parser("runs")
    verb.add_argument("--runs", type=int, default=1000)
    verb.add_argument("--tasks", type=int, default=20)
    verb = verbs.add_parser("followers")
    verb.add_argument("--followers", type=int, default=500)
    verb.add_argument("--tasks", type=int, default=5_000)
    arguments = parser.parse_args()
    {"latency": latency, "runs": runs, "followers": followers}[arguments.verb](arguments)


if __name__ == "__main__":
    main()
