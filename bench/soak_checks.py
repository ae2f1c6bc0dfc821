"""What the soak knows of the runs that it strikes, and what must hold of them."""
import collections
import json
import os
import signal
import subprocess
import time

import soak_pipeline

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MILLRACE = os.path.join(ROOT, "millrace")
ENDED = {"succeeded": 0, "failed": 1, "cancelled": 130}
PATIENCE = 120
PROCESS_PATIENCE = 20


class Run:
    """What is known of one run."""

    def __init__(self, pipeline):
        self.pipeline = pipeline
        self.last = 0  # number of the last fact that was told
        self.facts = []
        self.settled = {}  # attempts of tasks by the time they had succeeded
        self.unseen = False  # whether facts may have been decided and not told
        self.blows = 0
        self.retried = False


class Violations:
    def __init__(self):
        self.found = []

    def __call__(self, what, evidence):
        self.found.append("%s: %s" % (what, evidence))
        print("VIOLATED %s: %s" % (what, evidence), flush=True)


class SideFile:
    """What the steps themselves say of starts and ends."""

    def __init__(self, path, violated):
        self.path = path
        self.starts = collections.Counter()
        self.ends = collections.Counter()
        self.tasks = {}  # names by attempt
        self._offset = 0
        self._violated = violated

    def read(self):
        """Reads on, and returns the attempts that have started since."""
        new = []
        if not os.path.exists(self.path):
            return new
        with open(self.path, "rb") as file:
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._offset += len(line)
                attempt, task, what = line.decode().rstrip("\n").split("\t")
                if what == "end":
                    self.ends[attempt] += 1
                    continue
                self.starts[attempt] += 1
                self.tasks[attempt] = task
                new.append(attempt)
                if self.starts[attempt] > 1:
                    self._violated("an attempt was executed twice", "%s %s" % (attempt, task))
        return new


class Watched:
    """A state directory, what was told of its runs, and the checks after each process."""

    def __init__(self, folder, token):
        self.folder = folder
        self.state = os.path.join(folder, "state")
        self.token = token
        self.violated = Violations()
        self.side = SideFile(os.path.join(folder, "side.txt"), self.violated)
        self.runs = {}
        self.counts = collections.Counter()
        self.collected = False

    # ---- commands ----

    def plain(self, *arguments):
        """Runs a short command that tells people, and returns its exit code and its errors."""
        command = [MILLRACE, *arguments, "--state", self.state]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        return done.returncode, done.stderr.decode(errors="replace")

    def call(self, *arguments):
        """Runs a short command, and returns its exit code and its lines of JSON."""
        command = [MILLRACE, *arguments, "--state", self.state]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        try:
            lines = [json.loads(line) for line in done.stdout.splitlines()]
        except ValueError:
            lines = []
            self.violated("no JSON", "%s: %s" % (" ".join(arguments), done.stdout[-300:]))
        return done.returncode, lines, done.stderr.decode(errors="replace")

    def listed(self, run):
        """Returns the status of a run."""
        _, lines, _ = self.call("runs", "--json", "--limit", "100000")
        return {line["run"]: line["status"] for line in lines}.get(run)

    # ---- checks ----

    def check(self, process, code, pipeline, expected, fate):
        self.no_process_left()
        # How the JVM itself answers a signal that comes while it starts.
        no_start = fate in ("interrupt", "terminate") and any(b"initialization of VM" in line for line in process.garbage)
        if process.garbage and not no_start:
            self.violated("no JSON", process.garbage[:3])
        begins = process.of("run")
        started = self.side.read()
        if not begins:
            if code not in (-9, -2, -15, 130, 143) and not no_start:
                self.violated("a run ends with %d before it began" % code, process.errors()[-1000:])
            return expected, self.listed(expected) if expected else None
        name = begins[0]["run"]
        self.continues(begins[0], expected)
        run = self.runs.setdefault(name, Run(pipeline))
        run.blows += code == -9
        told = [line for line in process.lines if "sequence" in line]
        self.facts_follow(name, run, told)
        status = self.listed(name)
        self.code_fits(process, code, name, status, fate)
        self.compare(name, run, told, started)
        summaries = process.of("summary")
        if status == "succeeded" and summaries:
            self.outputs_are_right(pipeline, summaries[-1])
        self.counts["runs " + str(status)] += status in ENDED
        return name, status

    def continues(self, begin, expected):
        if expected is not None and begin["run"] != expected:
            self.violated("a run was not continued", "%s, instead %s" % (expected, begin))
        elif expected is not None:
            self.counts["continued"] += 1

    def facts_follow(self, name, run, told):
        for fact in told:
            if fact["sequence"] <= run.last:
                self.violated("facts were told that are not there any more", "%s: %d after %d" % (
                    name, fact["sequence"], run.last))
            if fact["sequence"] > run.last + 1:
                run.unseen = True
            run.last = fact["sequence"]
            failure = fact.get("failure", {})
            if failure.get("kind") == "engine":
                self.violated("the engine failed", json.dumps(fact))
            if fact["type"] == "failed":
                self.violated("a task could not be tried", json.dumps(fact))
        run.facts += told

    def code_fits(self, process, code, name, status, fate):
        if code in (-9, -2, -15, 143):
            return
        if code == 130 and fate in ("interrupt", "twice"):
            return  # It may have come when all was over.
        if ENDED.get(status) != code and not (code == 130 and status == "running"):
            self.violated("exit code %d of a run that is %s" % (code, status),
                          "%s: %s %s" % (name, process.lines[-1:], process.errors()[-1000:]))

    def compare(self, name, run, told, started):
        """Compares what was told and what the steps said with the journal."""
        _, lines, errors = self.call("show", name, "--json", "--all")
        shown = {line["task"]: line for line in lines}
        if not shown:
            if told:
                self.violated("a run is not in the journal", name + " " + errors)
            return
        lost = run.unseen and self.collected or any(f["type"] == "inputs-lost" for f in run.facts)
        for fact in run.facts:
            if "task" in fact:
                self.is_in_journal(name, fact, shown, lost or self.taken_back(run, fact["task"]))
        attempts = {task: {a["attempt"] for a in line["attempts"]} for task, line in shown.items()}
        for attempt in started:
            owner, _, number = attempt.split("/")
            task = self.side.tasks[attempt]
            if owner == name and int(number) not in attempts.get(task, ()):
                self.violated("an attempt was started before its fact", attempt + " " + task)
        for task, line in shown.items():
            self.task_is_right(name, run, task, line, lost or self.taken_back(run, task))

    @staticmethod
    def taken_back(run, task):
        """A run that is tried again takes clean-up steps back, which had ended below failures."""
        return run.retried and task in soak_pipeline.CLEAN_UP

    def is_in_journal(self, name, fact, shown, lost):
        line = shown.get(fact["task"])
        kind = fact["type"]
        there = line is not None
        if there and kind in ("started", "attempt-failed", "succeeded"):
            attempts = {a["attempt"]: a for a in line["attempts"]}
            there = fact["attempt"] in attempts
            if there and kind == "attempt-failed":
                there = "failure" in attempts[fact["attempt"]]
        if there and kind in ("succeeded", "cached") and not lost:
            there = line["status"] == ("cached" if kind == "cached" else "succeeded") \
                and line["result"]["outputs"] == fact["result"]["outputs"]
        if not there:
            self.violated("a fact was lost", "%s: %s, but %s" % (name, json.dumps(fact), line))

    def task_is_right(self, name, run, task, line, lost):
        status = line["status"]
        number = len(line["attempts"])
        if status == "failed" and not run.pipeline.may_fail(task):
            self.violated("a task failed that cannot", "%s %s" % (name, json.dumps(line)))
        if task in run.settled and run.settled[task] != number:
            if lost:
                self.counts["tasks made again, their result being lost"] += 1
            else:
                self.violated("a finished task was started again", "%s %s: %d attempts, then %s" % (
                    name, task, run.settled[task], json.dumps(line)))
        if status in ("succeeded", "cached"):
            run.settled[task] = number
        if status == "succeeded":
            made = line["result"]["producer"]
            mine = [a for a, t in self.side.tasks.items() if t == task and a.startswith(name + "/")]
            ran = [a for a in mine if a.endswith("/%d" % made["attempt"])]
            if made["run"] == name and made["task"] == task \
                    and [self.side.ends[a] for a in ran] != [1]:
                self.violated("a success without one execution", "%s %s: %s" % (
                    name, json.dumps(line), {a: self.side.ends[a] for a in mine}))
        good = collections.Counter(
            f["attempt"] for f in run.facts if f["type"] == "succeeded" and f["task"] == task)
        if any(times > 1 for times in good.values()) or (len(good) > 1 and not lost):
            self.violated("a task succeeded more than once", "%s %s %s" % (name, task, dict(good)))

    def outputs_are_right(self, pipeline, summary):
        for output, content in pipeline.expected().items():
            told = summary["outputs"].get(output, {})
            found = b""
            if "path" in told:
                with open(told["path"], "rb") as file:
                    found = file.read()
            if found != content or told.get("digest") != soak_pipeline.digest(content):
                self.violated("an output is wrong", "%s %s: %s" % (pipeline.name, output, told))
            self.counts["outputs compared"] += 1

    def no_process_left(self):
        deadline = time.monotonic() + PROCESS_PATIENCE
        left = self.marked()
        while left and time.monotonic() < deadline:
            time.sleep(0.02)
            left = self.marked()
        if left:
            self.violated("processes were left", left)
            for pid in left:
                os.kill(pid, signal.SIGKILL)

    def marked(self):
        """Returns what runs of the steps, by process id."""
        mark = b"SOAK_TOKEN=" + self.token.encode()
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/environ" % pid, "rb") as file:
                    if mark in file.read():
                        with open("/proc/%s/cmdline" % pid, "rb") as command:
                            found[int(pid)] = command.read().replace(b"\0", b" ").decode()[:100]
            except OSError:
                continue
        return found
