# What the sessions share. They run inside gdb: each check prints a line that run.sh counts.
import os
import re
import threading
import time

import gdb


last = None  # why it stopped, or how it ended


def note(event):
    global last
    last = event


gdb.events.stop.connect(note)
gdb.events.exited.connect(note)


def signal_is(sentence, name, command="continue"):
    text = do(command)
    check(sentence, isinstance(last, gdb.SignalEvent) and last.stop_signal == name, "%s %s" % (text, last))


def watched(sentence, expression, expected):
    """It goes on until a watchpoint stops it."""
    text = do("continue")
    kinds = [b.type for b in last.breakpoints] if isinstance(last, gdb.BreakpointEvent) else []
    good = kinds and kinds[0] in (gdb.BP_HARDWARE_WATCHPOINT, gdb.BP_READ_WATCHPOINT, gdb.BP_ACCESS_WATCHPOINT)
    check(sentence, good and value(expression) == expected, "%s %s, now %s" % (text, last, value(expression)))


def exits(sentence, status):
    text = do("continue")
    got = getattr(last, "exit_code", None) if isinstance(last, gdb.ExitedEvent) else last
    check(sentence, isinstance(last, gdb.ExitedEvent) and got == status, "%s %s" % (text, got))


def check(sentence, good, seen=""):
    print(("ok: " if good else "FAILED: ") + sentence + ("" if good else "  (%s)" % seen), flush=True)


def do(command):
    try:
        return gdb.execute(command, to_string=True) or ""
    except gdb.error as e:
        return "error: %s" % e


def says(sentence, pattern, command):
    text = do(command)
    check(sentence, re.search(pattern, text, re.S), "%s: %s" % (command, text))


def value(expression):
    try:
        return int(gdb.parse_and_eval(expression))
    except gdb.error as e:
        return str(e)


def is_(sentence, expected, expression):
    got = value(expression)
    check(sentence, got == expected, "%s is %s" % (expression, got))


def line(word):
    with open(os.environ["SOURCE"]) as f:
        for number, text in enumerate(f, 1):
            if "/* %s " % word in text:
                return number
    raise KeyError(word)


def at(word):
    try:
        return gdb.newest_frame().find_sal().line == line(word)
    except gdb.error:
        return False


def stops_at(sentence, word, command="continue"):
    text = do(command)
    check(sentence, at(word), text)


def press_soon(event):
    def press():
        time.sleep(0.3)
        os.kill(os.getpid(), 2)  # as Ctrl-C does

    gdb.events.cont.disconnect(press_soon)
    threading.Thread(target=press).start()


def run_and_interrupt(there):
    """It goes on and is interrupted, on a busy machine more than once, until it has come there."""
    for _ in range(100):
        gdb.events.cont.connect(press_soon)
        try:
            text = do("continue")
        except KeyboardInterrupt:
            text = "KeyboardInterrupt"
        if there():
            break
    return text
