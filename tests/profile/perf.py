"""What perf sees of a process whose translated code is described by the two files: perf.py PERFMAP JITDUMP. Both
become this process's own, and x86-64 code, which spends some time, lies where spin_loop's translation was."""
import ctypes
import mmap
import os
import shutil
import sys

LOOP = b"\xb9\x00\x00\x00\x10\xff\xc9\x75\xfc\xc3"  # mov ecx, 0x10000000; dec ecx; jnz; ret
PROTECTION = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
FLAGS = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x100000  # MAP_FIXED_NOREPLACE

shutil.copy(sys.argv[1], "/tmp/perf-%d.map" % os.getpid())
shutil.copy(sys.argv[2], "jit-%d.dump" % os.getpid())
with open("jit-%d.dump" % os.getpid(), "rb") as dump:
    seen = mmap.mmap(dump.fileno(), 64, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC)
with open(sys.argv[1], encoding="ascii") as lines:
    at = [int(line.split()[0], 16) for line in lines if line.split()[2] == "spin_loop"][0]
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
if libc.mmap(at & -4096, 8192, PROTECTION, FLAGS, -1, 0) != at & -4096:
    sys.exit("there is something else where spin_loop was")
ctypes.memmove(at, LOOP, len(LOOP))
ctypes.CFUNCTYPE(None)(at)()
