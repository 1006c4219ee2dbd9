#!/usr/bin/env python3
"""Instruction counts of translated code beside committed ones, so that a slower translation shows up.

    baseline.py [--update] FILE

Five benchmarks, MIPS instructions a round (the difference of two runs, repeatable to the instruction), and a whole
hello world. Fails when one has risen by more than 2 %. --update writes FILE anew: for a rise that is meant, and for
gains. The last line is "N passed, N failed". Environment as for bench.py.
"""
import concurrent.futures
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True
import engines
import guests
import measure

MEASURED = [("dhrystone", "mips-auto"), ("integer", "mips-auto"), ("medley", "mips-auto"), ("whetstone", "mips-auto"),
            ("linpack", "mips-auto"), ("whetstone", "mips-auto-double"), ("linpack", "mips-auto-double")]
LIMIT = 1.02


def even_out():
    """Counts of whole processes depend on the environment: each run gets the same small one."""
    for name in list(os.environ):
        if name not in ("PATH", "HOME"):
            del os.environ[name]


def counts(machine):
    """{"guest engine": MIPS instructions}; None where a run went wrong."""
    even_out()
    known = {guest.name: guest for guest in guests.plan(machine.build + "/bench")[0]}
    of = {engine.ident: engine for engine in engines.engines(machine)}
    cpu = measure.References(machine, of["cpu"])
    hello = guests.UsersOwn(machine.build + "/bench/hello", [])

    def count(name, ident):
        guest = hello if name == "hello" else known[name]
        command, _ = of[ident].run(guest)
        record = measure.count_mips(machine, guest, of[ident], command, cpu, [None]) if command else {}
        return record.get("mips_per_round", record.get("mips_process"))

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        jobs = {"%s %s" % pair: pool.submit(count, *pair) for pair in [("hello", "mips-auto")] + MEASURED}
        return {key: job.result() for key, job in jobs.items()}


def compare(old, new):
    passed = failed = 0
    for key, value in new.items():
        before = old.get(key)
        if value is None or before is None:
            text, bad = "could not be counted" if value is None else "is not in the baseline", True
        else:
            bad = value > before * LIMIT
            text = "%.0f MIPS instructions, %+.1f %%" % (value, 100 * (value / before - 1))
        print("%s: %s: %s" % ("FAILED" if bad else "ok", key, text))
        failed += bad
        passed += not bad
    if failed:
        print("a rise that is meant, for what it gives elsewhere, is recorded by: make bench-baseline")
    print("%d passed, %d failed" % (passed, failed))
    return failed == 0


def main(argv):
    update = "--update" in argv
    files = [word for word in argv if not word.startswith("--")]
    if len(files) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    machine = engines.Machine(os.environ)
    try:
        new = counts(machine)
    finally:
        shutil.rmtree(machine.scratch, ignore_errors=True)
    if update and None not in new.values():
        with open(files[0], "w", encoding="utf-8") as out:
            json.dump({key: round(value) for key, value in new.items()}, out, indent=1)
            out.write("\n")
        return 0
    with open(files[0], encoding="utf-8") as lines:
        return 0 if compare(json.load(lines), new) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
