"""Pipelines for the soak, and what their outputs must be."""
import hashlib
import json
import os
import random

# Each task tells of its start and its end in a file outside of the sandbox, in one write each.
START = """printf '%s\\t%s\\tstart\\n' "$MILLRACE_ATTEMPT" "$MILLRACE_TASK" >> "$SIDE"\n"""
END = """\nprintf '%s\\t%s\\tend\\n' "$MILLRACE_ATTEMPT" "$MILLRACE_TASK" >> "$SIDE"\n"""
CHANCE = """n=$(od -An -N1 -tu1 /dev/urandom); [ "$n" -ge %d ] || exit 7\n"""
LEFT_BEHIND = """(sleep 300) & setsid sleep 300 & (setsid sh -c 'sleep 300 & sleep 300' &) ; sleep 0.05\n"""
SHARED = 3
CLEAN_UP = ("tidy",)


class Pipeline:
    """One generated pipeline: its document, and the bytes of its outputs."""

    def __init__(self, number, seed, side, token):
        self.number = number
        self.name = "soak-%d" % number
        self.edits = 0
        self._random = random.Random("%d %d" % (seed, number))
        self._env = {"SIDE": side, "SOAK_TOKEN": token}
        self._size = self._random.randrange(4, 60)
        self._fan = self._random.randrange(2, 60)
        self._flaky = self._random.randrange(1, 20)
        # Of 256: with two attempts each, some runs fail.
        self._limit = self._random.choice((10, 40, 60))
        self._delay = self._random.choice((0, 0.01, 0.05))

    def edit(self):
        """Changes two steps: what does not follow from them stays cached."""
        self.edits += 1

    def expected(self):
        """Returns the bytes of each output by its name."""
        lines = ["base %d %d" % (self.number % SHARED, i) for i in range(self._size)] * 2
        lines += ["flaky %d %d %d" % (self.number, self.edits, i) for i in range(self._flaky)]
        lines += ["fan %d %d %d" % (self.number, self.edits, i) for i in range(self._fan)]
        lines += ["daemon %d %d" % (self.number, i) for i in range(2)]
        joined = "".join(line + "\n" for line in sorted(lines)).encode()
        large = "".join("%s %d\n" % (self.name, i) for i in range(20000)).encode()
        return {"joined": joined, "large": large}

    def may_fail(self, task):
        return task.startswith("flaky[")

    def write(self, folder):
        path = os.path.join(folder, self.name + ".json")
        document = {
            "version": 1,
            "name": self.name,
            "defaults": {"env": self._env},
            "steps": self._steps(),
            "outputs": {"joined": {"from": "join.out"}, "large": {"from": "large.out"}},
        }
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
        return path

    def _steps(self):
        pause = "sleep %s\n" % self._delay if self._delay else ""
        steps = {
            # The two tasks of one i are equal actions, and so are those of every third pipeline.
            "base": self._step("echo base %d ${{ matrix.i }} > out" % (self.number % SHARED),
                               matrix={"i": list(range(self._size)), "j": [0, 1]}),
            "flaky": self._step(CHANCE % self._limit
                                + "echo flaky %d %d ${{ matrix.i }} > out"
                                % (self.number, self.edits),
                                matrix={"i": list(range(self._flaky))},
                                retry={"attempts": 2, "delay": "20ms"}),
            "daemon": self._step(LEFT_BEHIND + "echo daemon %d ${{ matrix.i }} > out" % self.number,
                                 matrix={"i": [0, 1]}),
            "list": self._step("echo '%s' > out" % json.dumps(list(range(self._fan))),
                               outputs={"out": {"path": "out", "kind": "json"}}),
            "fan": self._step(pause + "echo fan %d %d ${{ item }} > out" % (self.number, self.edits),
                              forEach={"from": "list.out"}),
            "each": self._step(pause + "cat inputs/in > out", forEach={"step": "base"},
                               inputs={"in": {"from": "base.out"}}),
            "large": self._step("awk 'BEGIN { for (i = 0; i < 20000; i++) print \"%s\", i }' > out"
                                % self.name),
            "tidy": self._step("echo tidy > out", on="always", needs=["fan", "each"], cache="off"),
        }
        gathered = {name: {"from": name + ".out"} for name in ("each", "flaky", "fan", "daemon")}
        steps["join"] = self._step(
            "find -L inputs -type f ! -name '*.json' -exec cat {} + | LC_ALL=C sort > out",
            inputs=gathered)
        return steps

    def _step(self, script, **rest):
        return {"script": START + script + END, "outputs": {"out": "out"}, **rest}


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()
