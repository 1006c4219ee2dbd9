#!/usr/bin/env python3
"""The documents' charts and tables, from measurements that make bench has left.

    document.py [--check] FOLDER      writes FOLDER's bench-*.svg, and PERFORMANCE.md between its marks, from
                                      FOLDER/bench.json; --check: says whether they are already so
"""
import json
import os
import sys

sys.dont_write_bytecode = True
import plot
import table

BEGIN, END = "<!-- from bench.json: %s -->", "<!-- end -->"

INSTRUCTIONS = [("qemu-i386", "qemu-mips"), ("interpreted", "mips-interp"), ("translated", "mips-auto"),
                ("translated, --x87=double", "mips-auto-double"), ("compiled for MIPS64", "mips")]


def values(guests, ident, field):
    return {guest["name"]: guest["engines"][ident][field] for guest in guests
            if guest["engines"][ident].get(field)}


def fewer(guests, ident):
    """How many times fewer MIPS instructions than qemu-i386 needs."""
    own, other = values(guests, ident, "mips_per_round"), values(guests, "qemu-mips", "mips_per_round")
    return {name: other[name] / own[name] for name in own if name in other}


def charts(results):
    guests = [guest for guest in results["guests"] if guest["build"] == "O2"]
    names = [guest["name"] for guest in guests]
    series = [(title, values(guests, ident, "mips_per_x86")) for title, ident in INSTRUCTIONS]
    most = max((v for _, by_name in series for v in by_name.values()), default=10)
    gain = [("", {}), ("", {}), ("exact x87 (default)", fewer(guests, "mips-auto")),
            ("--x87=double", fewer(guests, "mips-auto-double"))]
    best = max((v for _, by_name in gain for v in by_name.values()), default=10)
    return {
        "bench-instructions.svg": plot.bars(
            "MIPS instructions for each x86 instruction", "Steady state, programs compiled with -O2; fewer is better; "
            "logarithmic", names, series, plot.Scale(most * 1.3, 0.5)),
        "bench-speed.svg": plot.bars(
            "Times fewer MIPS instructions than qemu-i386", "tierrun's translated code on MIPS64 beside Debian's qemu-i386 "
            "7.2, the same programs (-O2); more is better", names, gain, plot.Scale(best * 1.05)),
    }


def markdown(lines):
    head, *rows = lines
    rule = ["---"] * len(head)
    return "".join("| %s |\n" % " | ".join(line) for line in [head, rule, *rows])


def instructions(results):
    return markdown(table.summary(results))


def speed(results):
    """By the clock on this machine, and memory and start-up of the MIPS64 programs."""
    lines = [["program", "this CPU", "qemu-i386", "interpreted", "qemu-i386 on MIPS64", "translated", "…, double"]]
    for guest in results["guests"]:
        if guest["engines"]["cpu"].get("rate"):
            lines.append([guest["name"]] + [table.rate(guest["engines"][ident]) or "-" for ident in
                                            ("cpu", "qemu", "interp", "qemu-mips", "mips-auto", "mips-auto-double")])
    return markdown(lines)


def costs(results):
    lines = [["program", "qemu-i386 MB", "translated MB", "qemu-i386 start-up", "interpreted", "translated"]]
    for guest in results["guests"]:
        of = guest["engines"]
        if of["mips-auto"].get("kilobytes"):
            lines.append([guest["name"]] +
                         [table.number(table.per(of[i].get("kilobytes"), 1024)) or "-" for i in ("qemu-mips", "mips-auto")] +
                         [table.large(of[i].get("startup_mips")) or "-" for i in ("qemu-mips", "mips-interp", "mips-auto")])
    return markdown(lines)


def where(results):
    return "%s, %s, %d processors; %s.\n" % (results["machine"], results["cpu"], results["processors"], results["date"])


def hello(results):
    return table.hello(results) + ".\n"


PARTS = {"hello": hello, "instructions": instructions, "speed": speed, "costs": costs, "machine": where}


def fill(text, results):
    """The document with everything between its marks made anew."""
    for name, make in PARTS.items():
        begin = BEGIN % name
        before, found, rest = text.partition(begin + "\n")
        if found:
            text = before + found + "\n" + make(results) + "\n" + rest[rest.index(END):]
    return text


def main(argv):
    check = "--check" in argv
    folders = [word for word in argv if not word.startswith("--")]
    if len(folders) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = folders[0]
    with open(os.path.join(folder, "bench.json"), encoding="utf-8") as file:
        results = json.load(file)
    document = os.path.join(folder, "PERFORMANCE.md")
    with open(document, encoding="utf-8") as file:
        made = {document: fill(file.read(), results)}
    for name, text in charts(results).items():
        made[os.path.join(folder, name)] = text
    differing = 0
    for path, text in made.items():
        if check:
            with open(path, encoding="utf-8") as file:
                if file.read() != text:
                    print("%s is not what bench.json gives: make bench-plot" % path)
                    differing += 1
            continue
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
