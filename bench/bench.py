#!/usr/bin/env python3
"""Speed side by side: every benchmark on the CPU, in tierrun and in qemu-i386, as a table and as JSON.

    bench.py [GUEST…]                         the guests of bench/plan, by name or by the begin of a name
    bench.py --program FILE [-- ARGUMENT…]    any i386 program instead

    --sysroot DIR   where the libraries of FILE are

    --json FILE     the measurements (build/bench/bench.json); docs/BENCHMARKS.md explains each field
    --rounds N      timed runs of each guest in each engine, in turn (3)
    --no-time       instruction counts only
    --quick         a fifth of the iterations, one timed run, no hello world: a first look, less exact
    --list          the names

Environment: BUILD, TIERRUN_NATIVE, TIERRUN_MIPS64, QEMU_MIPS64, QEMU_I386, QEMU_I386_MIPS64, and BENCH_HOST for the
kind of machine (what uname -m says). `make bench` builds everything and calls this.
"""
import argparse
import concurrent.futures
import datetime
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True
import engines
import guests
import measure
import table


class Progress:
    """One line on a terminal, nothing elsewhere."""

    def __init__(self):
        self.shown = sys.stderr.isatty()

    def say(self, text):
        if self.shown:
            print("\r\033[K" + text[:100], end="", file=sys.stderr, flush=True)


def cpu_name():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith(("model name", "cpu model")):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return "?"


def counting(machine, everything, chosen, references, progress):
    """Fills in the records' instruction counts, on all of the machine's processors."""
    done = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        x86 = dict(zip(chosen, pool.map(lambda guest: measure.x86_instructions(machine, guest), chosen)))
        jobs = {}
        for guest in chosen:
            for engine in everything:
                command, _ = engine.run(guest)
                if command and engine.mips:
                    jobs[pool.submit(measure.count_mips, machine, guest, engine, command, references,
                                     x86[guest])] = (guest, engine)
        for job in concurrent.futures.as_completed(jobs):
            done += 1
            guest, engine = jobs[job]
            progress.say("instructions: %d of %d, last %s: %s" % (done, len(jobs), guest.name, engine.title.strip()))
            yield guest, engine, job.result()
    for guest in chosen:
        yield guest, None, x86[guest]


def hello_world(machine, everything):
    """MIPS instructions of a whole hello world in each engine that has them."""
    hello = guests.UsersOwn(machine.build + "/bench/hello", [])
    references = measure.References(machine, everything[0])
    counts = {}
    for engine in everything:
        command, _ = engine.run(hello)
        if command and engine.mips:
            counts[engine.ident] = measure.count_mips(machine, hello, engine, command, references, [None]).get("mips_process")
    return counts


def timing(machine, everything, chosen, rounds, progress):
    """Timed runs, one process at a time; the engines take turns, so that a busy machine slows them alike."""
    for n, guest in enumerate(chosen):
        clocks = []
        for engine in everything:
            command, _ = engine.run(guest)
            if command:
                clocks.append(measure.Clock(machine, guest, engine, command))
        for clock in clocks:
            clock.begin()
        for turn in range(rounds):
            for clock in clocks:
                progress.say("time: %s, round %d of %d, %s (%d of %d)" %
                             (guest.name, turn + 1, rounds, clock.engine.title, n + 1, len(chosen)))
                clock.turn()
        for clock in clocks:
            yield guest, clock


def merge(into, record):
    why = dict(into.get("why", {}), **record.pop("why", {}))
    into.update(record, why=why)


def new_records(everything, chosen):
    records = {}
    for guest in chosen:
        entry = {"name": guest.name, "build": guest.build, "few": guest.few, "many": guest.many, "engines": {}}
        for engine in everything:
            record = {"why": {}}
            why = engine.run(guest)[1]
            if why:
                record["absent"] = why
            elif not engine.mips:
                record["why"]["mips"] = "it executes this machine's instructions, not MIPS64's"
            entry["engines"][engine.ident] = record
        records[guest] = entry
    return records


def measure_all(machine, everything, chosen, options, progress):
    records = new_records(everything, chosen)
    references = measure.References(machine, everything[0])
    for guest, engine, record in counting(machine, everything, chosen, references, progress):
        if engine:
            merge(records[guest]["engines"][engine.ident], record)
        else:
            records[guest]["x86_process"] = record[0]
            if len(record) == 2 and None not in record:
                records[guest]["x86_per_round"] = (record[1] - record[0]) / (guest.many - guest.few)
    timed = [guest for guest in chosen if options.rounds > 0 and (not guest.build.endswith("O0") or options.guests)]
    not_timed = "-O0 builds are timed when they are named" if options.rounds else "not timed"
    try:
        for guest, clock in timing(machine, everything, timed, options.rounds, progress):
            record = records[guest]["engines"][clock.engine.ident]
            merge(record, clock.record())
            if "results" not in record:
                record["results"] = clock.first.verdict(references.get(guest, guest.few), guest.users_own)
    except KeyboardInterrupt:  # what was measured is not lost
        not_timed = "interrupted"
    for entry in records.values():
        for record in entry["engines"].values():
            if "rate" not in record:
                record["why"].setdefault("rate", not_timed)
    progress.say("")
    return list(records.values())


def parse(argv):
    parser = argparse.ArgumentParser(usage=__doc__, add_help=True)
    parser.add_argument("guests", nargs="*")
    parser.add_argument("--program")
    parser.add_argument("--sysroot")
    parser.add_argument("--json", default=os.environ.get("BUILD", "build") + "/bench/bench.json")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-time", dest="rounds", action="store_const", const=0)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(argv)
    if options.quick:
        options.rounds = min(options.rounds, 1)
    return options


def select(options, machine):
    """The guests to measure, or None after a sentence about what is wrong."""
    if options.program:
        if os.access(options.program, os.R_OK):
            return [guests.UsersOwn(options.program, options.guests)]
        print("bench: cannot read %s" % options.program, file=sys.stderr)
        return None
    everything, always = guests.plan(machine.build + "/bench")
    chosen, unknown = guests.choose(everything, always, options.guests)
    if unknown:
        print("bench: no benchmark begins with '%s'; --list names them" % unknown, file=sys.stderr)
        return None
    if options.list:
        print("\n".join(guest.name + ("" if guest.name in always else "  (when named)") for guest in chosen))
    return chosen


def main(argv):
    options = parse(argv)
    machine = engines.Machine(os.environ)
    machine.use_sysroot(options.sysroot)
    try:
        chosen = select(options, machine)
        if chosen is None:
            return 2
        if options.list:
            return 0
        missing = [guest.path for guest in chosen if not os.path.exists(guest.path)]
        if missing:
            print("bench: %s is not built; make bench does it" % missing[0], file=sys.stderr)
            return 2
        if options.quick:
            measure.TIMED /= 4
            for guest in chosen:
                guest.shorten(5)
        everything = engines.engines(machine)
        results = {"version": 1, "date": datetime.date.today().isoformat(), "machine": machine.host,
                   "cpu": cpu_name(), "processors": os.cpu_count(), "rounds": options.rounds,
                   "engines": [{"id": engine.ident, "title": engine.title, "mips": engine.mips}
                               for engine in everything],
                   "hello": {} if options.quick else hello_world(machine, everything),
                   "guests": measure_all(machine, everything, chosen, options, Progress())}
    finally:
        shutil.rmtree(machine.scratch, ignore_errors=True)
    with open(options.json, "w", encoding="utf-8") as out:
        json.dump(results, out, indent=1)
        out.write("\n")
    table.show(results)
    if measure.NOT_STARTED:
        print("\nbench: %s" % measure.NOT_STARTED[0], file=sys.stderr)
    print("\nAll of it: %s" % options.json)
    bad = [guest["name"] for guest in results["guests"] for ident, record in guest["engines"].items()
           if ident.startswith(("interp", "mips-")) and record.get("results") in ("wrong", "different")]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
