"""Measures one guest in one engine: instructions, rates, memory, start-up, and whether its report is right.

Every measurement is a process of its own under bench/spent.c. What could not be measured has its reason in
the record's "why".
"""
import itertools
import json
import os
import re
import signal
import subprocess
import threading

LIMIT = 300  # seconds that a process may take
TIMED = 0.2  # seconds that a timed run should take beyond the first, by the guest's own clock
SLOW = 2.0   # an engine whose first run took longer than this is timed only twice

NOT_STARTED = []  # sentences about a user's own program that this CPU could not start

_number = itertools.count()
_lock = threading.Lock()


class Run:
    """A process that has ended: what it said and what it spent."""

    def __init__(self, said, spent):
        self.said, self.spent = said, spent
        clock = re.search(r"^time: ([0-9.]+) s", said, re.M)
        self.seconds = float(clock.group(1)) if clock else None
        self.right = "results are right" in said
        self.report = [line for line in said.splitlines() if not line.startswith("time:")]

    def verdict(self, reference, users_own):
        """equal (to the CPU's report), right (by its own check, where floating-point digits differ), wrong."""
        if self.lacking():
            return None
        if users_own:
            if reference is None:
                return "no CPU to compare with"
            same = self.said == reference.said and self.spent["status"] == reference.spent["status"]
            return "equal" if same else "different"
        if not self.right:
            return "wrong"
        return "equal" if reference and self.report == reference.report else "right"

    def lacking(self):
        """Did it die of an instruction that is not there? Then it has no results, rather than wrong ones."""
        return self.spent["status"] in (128 + signal.SIGILL, signal.SIGILL)

    def complaint(self):
        """Why a run without a result has none: its last words."""
        if self.spent["status"] == 124:
            return "not ready after %d s" % LIMIT
        words = [line for line in self.said.strip().splitlines() if line.strip()]
        if self.lacking():
            return "an instruction that this engine does not have"
        return "exit status %d%s" % (self.spent["status"], ", " + words[-1][:100] if words else "")


def run(machine, command, plugin=None):
    """Runs a command; plugin: count its MIPS instructions as spent["instructions"] with QEMU's plugin."""
    with _lock:
        base = "%s/%d" % (machine.scratch, next(_number))
    if plugin:
        at = len(machine.mips_runner)
        command = command[:at] + ["-plugin", "%s,out=%s.count" % (plugin, base)] + command[at:]
    with open(base + ".said", "wb") as said:
        subprocess.run([machine.build + "/bench/spent", base + ".spent", str(LIMIT), *command],
                       stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, check=False)
    with open(base + ".said", encoding="utf-8", errors="replace") as said:
        text = said.read()
    try:
        with open(base + ".spent", encoding="utf-8") as report:
            spent = json.load(report)
    except (OSError, ValueError):
        spent = {"status": 127, "seconds": 0.0, "kilobytes": 0}
    if plugin:
        spent["instructions"] = number_in(base + ".count")
    for suffix in (".said", ".spent", ".count"):
        if os.path.exists(base + suffix):
            os.unlink(base + suffix)
    return Run(text, spent)


def number_in(path):
    try:
        with open(path, encoding="utf-8") as count:
            return int(count.read())
    except (OSError, ValueError):
        return None


def with_count(command, guest, count):
    return command if guest.users_own else command + [str(count)]


def x86_instructions(machine, guest):
    """[few, many] as tierrun's interpreter counts them; None where it cannot run the guest."""
    runner = machine.mips_runner + [machine.mips64] if machine.host == "mips64" else [machine.native]
    counts = []
    for count in ([None] if guest.users_own else [guest.few, guest.many]):
        command = runner + ["--tier=interp", "--stats", guest.path, *guest.arguments]
        done = run(machine, with_count(command, guest, count))
        found = re.search(r"^ *guest instructions +([0-9]+)", done.said, re.M)
        counts.append(int(found.group(1)) if found and (done.right or guest.users_own) else None)
    return counts


def count_mips(machine, guest, engine, command, references, x86):
    """The part of a record that instruction counts give: of the shorter run, of a round, of the start-up."""
    record = {"why": {}}
    counts = []
    few, many = (None, None) if guest.users_own else (guest.few * engine.scale, guest.many * engine.scale)
    for count in ([None] if guest.users_own else [few, many]):
        done = run(machine, with_count(command, guest, count), machine.plugin)
        record.setdefault("results", done.verdict(references.get(guest, few), guest.users_own))
        if record["results"] not in ("equal", "right"):
            record["why"].update(results=done.complaint(), mips=done.complaint())
        if record["results"] in ("wrong", None):
            return record
        if done.spent.get("instructions") is None:
            record["why"]["mips"] = "no instruction counter (%s)" % done.spent.get("no_instructions", "?")
            return record
        counts.append(done.spent["instructions"])
    if guest.users_own:
        record["mips_process"] = counts[0]
        record["mips_per_x86"] = counts[0] / x86[0] if x86[0] else None
        record["why"]["startup"] = "it has no iteration count, so start-up is part of it"
    else:
        record["mips_per_round"] = (counts[1] - counts[0]) / (many - few)
        record["mips_per_x86"] = record["mips_per_round"] * (guest.many - guest.few) / (x86[1] - x86[0]) \
            if None not in x86 else None
        record["startup_mips"] = max(0, round(counts[0] - record["mips_per_round"] * few))
    if record["mips_per_x86"] is None:
        record["why"]["mips_per_x86"] = "tierrun could not count its x86 instructions"
    return record


class References:
    """What this machine's CPU reports, for each guest and count; None where it runs no i386 programs."""

    def __init__(self, machine, cpu):
        self.machine, self.cpu, self.runs, self.lock = machine, cpu, {}, threading.Lock()

    def get(self, guest, count):
        command = self.cpu.run(guest)[0]
        with self.lock:
            if command and (guest, count) not in self.runs:
                done = self.runs[guest, count] = run(self.machine, with_count(command, guest, count))
                if guest.users_own and done.spent["status"] in (126, 127):
                    NOT_STARTED.append("%s does not start on this CPU: %s" % (guest.name, done.complaint()))
            return self.runs.get((guest, count))


class Clock:
    """Timed runs of one guest in one engine, taken in turn with those of others.

    The first run has the guest's smaller count and tells how many iterations take TIMED seconds more. A rate is what
    a later run does beyond the first, so that no start-up, and no translation that happens once, is in it.
    """

    def __init__(self, machine, guest, engine, command):
        self.machine, self.guest, self.engine, self.command = machine, guest, engine, command
        self.count = guest.few
        self.rates, self.startups, self.kilobytes, self.why = [], [], 0, None
        self.first = None

    def run(self):
        """A run, None when it went wrong or nothing is left to find out."""
        if self.why or (self.first and self.first.spent["seconds"] > SLOW and len(self.rates) >= 2):
            return None
        done = run(self.machine, with_count(self.command, self.guest, self.count))
        self.kilobytes = max(self.kilobytes, done.spent["kilobytes"])
        if not self.guest.users_own and (not done.right or done.seconds is None):
            self.why = done.complaint()
        self.first = self.first or done
        return None if self.why else done

    def begin(self):
        if not self.run() or self.guest.users_own:
            return
        self.startups.append(max(0.0, self.first.spent["seconds"] - self.first.seconds))
        more = self.guest.few * TIMED / max(self.first.seconds, 1e-4)
        self.count = max(self.guest.many, self.guest.few + int(more))

    def turn(self):
        done = self.run()
        if done and self.guest.users_own:
            self.rates.append(1 / max(done.spent["seconds"], 1e-6))
        elif done:
            beyond = done.seconds - self.first.seconds
            if beyond < TIMED / 2 and self.count < 10000 * self.guest.few:  # the first run was slow for its count
                self.count *= 4
                self.turn()
                return
            self.rates.append((self.count - self.guest.few) / max(beyond, 1e-6))
            self.startups.append(max(0.0, done.spent["seconds"] - done.seconds))

    def record(self):
        if self.why:
            return {"why": {"rate": self.why}}
        rates = sorted(self.rates)
        record = {"rates": rates, "rate": median(rates), "kilobytes": self.kilobytes, "why": {}}
        if self.startups:
            record["startup_seconds"] = median(sorted(self.startups))
        return record


def median(values):
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
