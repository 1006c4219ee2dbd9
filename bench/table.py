"""Tables from the measurements, for a terminal and for the documents."""
import sys


def per(value, other):
    """value / other for a table, None when either is missing."""
    return value / other if value is not None and other else None


def number(value):
    """Three digits, or more in front of the point."""
    if value is None:
        return None
    for digits, least in ((0, 100), (1, 10), (2, 0.1), (3, 0)):
        if abs(value) >= least:
            return "%.*f" % (digits, value)
    return "0"


def seconds(value):
    return None if value is None else "%.3f" % value


def large(value):
    """With a unit: 3.2 k, 45.6 M."""
    if value is None:
        return None
    for factor, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= factor:
            return number(value / factor) + unit
    return number(value)


def rate(record):
    if "rate" not in record:
        return None
    rates = record["rates"]
    return "%s (%s-%s)" % (large(record["rate"]), large(rates[0]).split()[0], large(rates[-1]))


def speed_against(record, other):
    """Time for one round, as a share of the other's: by the clock."""
    return number(per(other.get("rate"), record.get("rate"))) if "rate" in record else None


def rows(guest, titles):
    """One row an engine: title and cells, None for what is missing; and the reasons, by cell."""
    of = guest["engines"]
    for engine in titles:
        record = of[engine["id"]]
        rival = of["qemu-mips" if engine["mips"] else "qemu"]
        count = record.get("mips_per_round", record.get("mips_process"))

        def share(ident, count=count):
            other = of[ident]
            return number(per(count, other.get("mips_per_round", other.get("mips_process"))))

        why = record["why"]
        yield engine["title"], record.get("absent"), [
            (record.get("results"), why.get("results") or why.get("rate")),
            (number(record.get("mips_per_x86")), why.get("mips") or why.get("mips_per_x86")),
            (share("qemu-mips"), why.get("mips") or of["qemu-mips"].get("absent")),
            (share("mips"), why.get("mips") or of["mips"].get("absent")),
            (rate(record), why.get("rate")),
            (speed_against(record, rival), why.get("rate") or rival.get("absent") or rival["why"].get("rate")),
            (number(per(record.get("kilobytes"), 1024)), why.get("rate")),
            (large(record.get("startup_mips")), why.get("startup") or why.get("mips")),
            (seconds(record.get("startup_seconds")), why.get("startup") or why.get("rate")),
        ]


# MIPS instructions for each x86 instruction, and as a share of qemu-i386's and of the compiled program's; the rate by
# the clock, and the time as a share of qemu-i386's; peak memory; what comes before the steady state.
HEADS = ["results", "MIPS/x86", "/qemu", "/compiled", "rounds a second", "time/qemu", "MB", "start-up", "seconds"]


class Notes:
    """Reasons, each said once below the table."""

    def __init__(self):
        self.texts = []

    def mark(self, reason):
        if not reason:
            return "-"
        if reason not in self.texts:
            self.texts.append(reason)
        return "- [%d]" % (self.texts.index(reason) + 1)


def lay_out(lines, out):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        print("  ".join(cells).rstrip(), file=out)


def show_guest(guest, titles, out):
    notes = Notes()
    lines = [["", *HEADS]]
    for title, absent, cells in rows(guest, titles):
        if absent:
            lines.append([title] + [notes.mark(absent)] + ["-"] * (len(HEADS) - 1))
        else:
            lines.append([title] + [text or notes.mark(why) for text, why in cells])
    x86 = guest.get("x86_per_round")
    print("\n=== %s%s ===" % (guest["name"], ": %s x86 instructions a round" % large(x86) if x86 else ""), file=out)
    lay_out(lines, out)
    for n, text in enumerate(notes.texts):
        print("  [%d] %s" % (n + 1, text), file=out)


SUMMARY = [("mips", "compiled"), ("qemu-mips", "qemu-i386"), ("mips-interp", "interpreted"), ("mips-auto", "translated"),
           ("mips-interp-double", "interpreted, double"), ("mips-auto-double", "translated, double")]


def summary(results):
    """MIPS instructions for each x86 instruction: a line a guest, a column an engine."""
    lines = [["program", *(title for _, title in SUMMARY)]]
    for guest in results["guests"]:
        lines.append([guest["name"]] + [number(guest["engines"][ident].get("mips_per_x86")) or "-"
                                        for ident, _ in SUMMARY])
    return lines


def hello(results):
    """What a whole hello world takes, in words."""
    counts = [(engine["title"].split(": ")[-1].strip(), results["hello"].get(engine["id"])) for engine in results["engines"]]
    return "hello world, whole process: %s MIPS instructions" % ", ".join(
        "%s %s" % (title, large(count)) for title, count in counts if count)


def show(results, out=sys.stdout):
    print("%s, %s, %d processors, %s; %d timed rounds in turn" %
          (results["machine"], results["cpu"], results["processors"], results["date"], results["rounds"]), file=out)
    for guest in results["guests"]:
        show_guest(guest, results["engines"], out)
    print("\n=== MIPS instructions for each x86 instruction, all programs ===", file=out)
    lay_out(summary(results), out)
    if results["hello"]:
        print("\n" + hello(results), file=out)
