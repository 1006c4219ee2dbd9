#!/usr/bin/env python3
"""Malformed profiles: each is understood, or refused by one sentence and status 125; as --profile-in it does not change what
the program does. mutate.py TIMES SEED PROFILE PROGRAM TIERRUN…; the program prints `done`."""
import json
import random
import subprocess
import sys

BLOCKS = 20  # of the profile, so that changes hit what matters
VALUES = [b"-1", b"1e300", b"-1e300", b"1e-300", b"18446744073709551616", b"null", b"true", b"{}", b"[]", b'""', b'"0x"', b"[" * 40,
          b'"\\u0000"', b'"\\ud800"', b'"0xffffffffffffffffff"', b'"' + b"%s" * 50 + b'"', b'"' + b"A" * 5000 + b'"', b"0x10", b"nan", b"\xff"]
REPORTS = [["--profile-top=3"], ["--profile-top=0"], ["--html", "mutated.html"], ["--profile-format=json"],
           ["--profile-format=folded"], ["--profile-format=callgrind"], ["--why", "main"], ["--diff", "mutated.prof"]]


def smaller(path):
    with open(path, encoding="utf-8") as text:
        profile = json.load(text)
    for member in ("blocks", "edges", "hot", "timeline"):
        profile[member] = profile[member][:BLOCKS]
    return json.dumps(profile, indent=1).encode()


def literals(text):
    """Where numbers and strings are: (begin, end)."""
    found, at = [], 0
    while at < len(text):
        if text[at:at + 1] == b'"':
            end = text.index(b'"', at + 1) + 1
            found.append((at, end))
        else:
            end = at + 1
            while text[at:at + 1].isdigit() and text[end:end + 1].isdigit():
                end += 1
            if text[at:at + 1].isdigit():
                found.append((at, end))
        at = end
    return found


def mutate(text, places, dice):
    out = bytearray(text)
    for _ in range(dice.choice([1, 1, 2, 5])):
        at = dice.randrange(len(out))
        kind = dice.randrange(6)
        if kind == 0:
            out[at] = dice.randrange(256)
        elif kind == 1:
            del out[at:at + dice.choice([1, 3, 50])]
        elif kind == 2:
            out[at:at] = out[at:at + dice.choice([1, 20, 300])]
        elif kind == 3 and dice.randrange(3) == 0:
            del out[at:]
            if not out:
                out = bytearray(text)
        else:
            begin, end = dice.choice(places)
            out[begin:end] = dice.choice(VALUES)
    return bytes(out)


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def is_refusal(status, said):
    return status == 125 and said.startswith(b"tierrun: ") and said.count(b"\n") == 1


def main(times, seed, profile, program, *tierrun):
    text = smaller(profile)
    places, dice, bad, refused = literals(text), random.Random(int(seed)), 0, 0
    for turn in range(int(times)):
        with open("mutated.prof", "wb") as out:
            out.write(mutate(text, places, dice))
        report = list(tierrun) + ["--profile-report", "mutated.prof"] + REPORTS[turn % len(REPORTS)]
        status, _, said = run(report)
        right = (status == 0 and not said) or is_refusal(status, said)
        refused += status != 0
        status, printed, more = run(list(tierrun) + ["--profile-in=mutated.prof", program, "1000"])
        right = right and ((status == 0 and printed == b"done\n" and more.count(b"\n") <= 1) or is_refusal(status, more))
        if not right:
            bad += 1
            name = "mutated-%s-%d.prof" % (seed, turn)
            subprocess.run(["cp", "mutated.prof", name], check=False)
            print("%s: %s\n%s%s" % (name, " ".join(report), said.decode(errors="replace")[:600], more.decode(errors="replace")[:600]))
    print("%d profiles, %d of them refused, %d did harm" % (int(times), refused, bad))
    return bad != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
