# Malformed and random packets: fuzz.py TIERRUN PROGRAM. The server answers the next sound one, or the program
# has ended as the packets wanted; it never ends by a bug.
import os
import random
import signal
import socket
import subprocess
import sys
import time

GOOD = [b"?", b"g", b"p0", b"p20", b"P0=00000000", b"P10=00", b"m8048000,10", b"mffffffff,4", b"m0,ffffffff",
        b"M0,1:00", b"X8049000,0:", b"Hg0", b"Hg-1", b"Hc1", b"T1", b"vCont?", b"vCont;c", b"vCont;s:1;c", b"vCont;r1,2",
        b"vCont;C0b", b"vFile:open:2f,0,0", b"vFile:pread:0,10,0", b"vFile:fstat:0", b"vFile:close:0", b"vFile:readlink:2f",
        b"qSupported:swbreak+", b"qXfer:auxv:read::0,1000", b"qXfer:features:read:target.xml:0,ffffffffffffffff",
        b"qXfer:exec-file:read::0,10", b"qXfer:libraries-svr4:read::0,100", b"qXfer:threads:read::fff,1", b"qfThreadInfo",
        b"qC", b"QPassSignals:e;10", b"QCatchSyscalls:1;4", b"QCatchSyscalls:0", b"Z0,8049000,1", b"z0,8049000,1", b"Z2,ffffffff,ffffffff", b"Z4,8049000,4",
        b"z4,8049000,4", b"s", b"c", b"C05", b"S05;0", b"QStartNoAckMode", b"vMustReplyEmpty", b"G00", b"k1"[:0]]


def framed(body):
    return b"$" + body + b"#%02x" % (sum(body) & 255)


def mutated(r):
    body = bytearray(r.choice(GOOD))
    for _ in range(r.randrange(4)):
        what = r.randrange(4)
        where = r.randrange(len(body) + 1)
        if what == 0:
            body[where:where] = bytes([r.randrange(256)])
        elif what == 1:
            del body[where:where + 1]
        elif what == 2:
            body[where:where] = r.choice([b",", b":", b";", b"}", b"-1", b"ffffffff", b"*", b"=", b"0" * 40])
        else:
            body[where:where] = body[: r.randrange(9)]
    if r.randrange(50) == 0:
        body = body * r.randrange(1000)
    # What ends the session is tried once, at the end.
    if body[:1] in (b"k", b"D") or body.startswith(b"vKill"):
        body[:1] = b"x"
    return bytes(body)


def talk(r, s):
    """A burst of packets; then it must answer."""
    for _ in range(150):
        body = mutated(r)
        packet = framed(body)
        if r.randrange(12) == 0:
            packet = packet[: r.randrange(len(packet))] + bytes(r.randrange(256) for _ in range(r.randrange(5)))
        s.sendall(packet.replace(b"\x03", b""))
    s.sendall(b"#00")  # ends what was left open


def answers(s):
    s.settimeout(0.3)
    end = time.time() + 60
    seen = b""
    while time.time() < end:
        s.sendall(b"\x03" + framed(b"qAttached"))
        try:
            part = s.recv(65536)
        except socket.timeout:
            continue
        if not part:
            return False
        seen = (seen + part)[-4096:]
        if b"$0#30" in seen:
            return True
    return None


def session(command, program, seed):
    r = random.Random(seed)
    path = "fuzz.socket"
    if os.path.exists(path):
        os.unlink(path)
    guest = subprocess.Popen(command.split() + ["-g", path, program], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    guest.stderr.readline()
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    s.settimeout(60)
    good = None
    try:
        talk(r, s)
        good = answers(s)
        s.sendall(framed(b"k"))
    except OSError:
        good = False  # it has ended
    try:
        said = guest.communicate(timeout=60)[1]
    except subprocess.TimeoutExpired:
        guest.kill()
        said = guest.communicate()[1] + b" it does not end"
        good = None
    status = guest.returncode
    # Ended by the packets: by a signal that they sent, or an instruction that they changed.
    bug = good is None or b"internal error" in said or b"Sanitizer" in said or status in (1, 125, -signal.SIGABRT)
    if bug:
        print("seed %d: answered %s, status %s: %s" % (seed, good, status, said[-2000:].decode("latin1")))
    return not bug


sys.exit(0 if all([session(sys.argv[1], sys.argv[2], seed) for seed in range(6)]) else 1)
