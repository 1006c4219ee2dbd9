"""What can run a benchmark: this CPU, tierrun in its forms, qemu-i386, and the guest compiled for MIPS64.

Owns the list of engines, the command of each, and the reason why one is not there. MIPS64 programs run under
qemu-mips64el, on a MIPS64 machine by themselves.
"""
import os
import shlex
import shutil
import struct
import subprocess
import tempfile

# Of qemu-i386's CPUs the one that promises what tierrun's CPUID does by default, since glibc picks its functions by it.
QEMU_I386_CPU = "Conroe,-syscall,-lm"


class Engine:
    """One line of measurements. mips: it executes MIPS64 instructions, so they can be counted. scale: how many times
    as many iterations its counted runs take, so that what is translated first is not in the difference."""

    def __init__(self, ident, title, command, mips=False, double=False, scale=1, why=None):
        self.ident, self.title, self.command = ident, title, command
        self.mips, self.double, self.scale, self.why = mips, double, scale, why

    def run(self, guest):
        """The command for a guest, and the reason why there is none: one of them is None."""
        if self.why:
            return None, self.why
        if self.double and guest.build.startswith("sse2"):
            return None, "SSE's numbers are the same in both x87 models: see the exact one"
        if self.double and not guest.floating:
            return None, "no floating-point numbers in it: see the exact model"
        return self.command(guest)


def interpreter(path):
    """The dynamic linker that a 32-bit program names (PT_INTERP); None: it is static, or no such program."""
    with open(path, "rb") as program:
        image = program.read()
    if image[:5] != b"\x7fELF\x01":
        return None
    table, size, count = struct.unpack_from("<I", image, 28)[0], *struct.unpack_from("<HH", image, 42)
    for k in range(count):
        kind, offset, _, _, length = struct.unpack_from("<5I", image, table + k * size)
        if kind == 3:
            return image[offset:offset + length].rstrip(b"\0").decode()
    return None


class Machine:
    """Where the programs are. host is "x86_64", "mips64", or another machine, which runs neither by itself."""

    def __init__(self, env):
        self.build = env.get("BUILD", "build")
        self.host = env.get("BENCH_HOST") or os.uname().machine
        on_mips = self.host == "mips64"
        self.native = env.get("TIERRUN_NATIVE", self.build + "/native/tierrun")
        self.mips64 = env.get("TIERRUN_MIPS64", self.build + "/mips64/tierrun")
        self.mips_runner = shlex.split(env.get("QEMU_MIPS64", "" if on_mips else "qemu-mips64el"))
        self.plugin = None if on_mips else self.build + "/bench/insncount.so"
        self.qemu = env.get("QEMU_I386", "qemu-i386")
        unpacked = self.build + "/sysroot-qemu/usr/bin/qemu-i386-static"
        own = on_mips and not os.path.exists(unpacked) and shutil.which("qemu-i386")
        self.qemu_mips = env.get("QEMU_I386_MIPS64", own or unpacked)
        self.sysroot = None
        self.scratch = tempfile.mkdtemp(prefix="tierrun-bench.")

    def use_sysroot(self, sysroot):
        """Programs find their libraries there: what each engine must be told, and how this CPU runs them."""
        if not sysroot:
            return
        os.environ["TIERRUN_LD_PREFIX"] = os.environ["QEMU_LD_PREFIX"] = sysroot
        self.sysroot = sysroot

    def loaded(self, program):
        """The words before a program that has this CPU run it, with the sysroot's libraries if it has any."""
        loader = self.sysroot and interpreter(program)
        if not loader:
            return []
        folders = [self.sysroot + folder + "/" + machine for folder in ("/lib", "/usr/lib") for machine in ("", "i386-linux-gnu")]
        return [self.sysroot + loader, "--library-path", ":".join(folders)]

    def no_i386(self):
        """Why this machine's own CPU runs no i386 program, or None."""
        hello = self.build + "/bench/hello"
        try:
            done = subprocess.run([hello], capture_output=True, timeout=10, check=False)
            return None if done.stdout == b"hello, world\n" else "this kernel runs no i386 programs"
        except OSError:
            return "this machine (%s) runs no i386 programs" % self.host

    def absent(self, path, hint):
        return None if shutil.which(path) else "there is no %s: %s" % (path, hint)

    def no_mips(self, path, hint):
        if self.mips_runner and not shutil.which(self.mips_runner[0]):
            return "there is no %s to run MIPS64 programs with: make setup" % self.mips_runner[0]
        return self.absent(path, hint)


def engines(machine):
    """All engines in the order of the tables."""
    def tierrun(*options):
        return lambda guest: ([machine.native, *options, guest.path, *guest.arguments], None)

    def tierrun_mips(*options):
        return lambda guest: (machine.mips_runner + [machine.mips64, *options, guest.path, *guest.arguments], None)

    def qemu(*prefix):
        def command(guest):
            cpu = [] if guest.users_own else ["-cpu", QEMU_I386_CPU]
            return [*prefix, *cpu, guest.path, *guest.arguments], None
        return command

    def compiled(guest):
        if guest.users_own:
            return None, "only the programs of bench/ are compiled for MIPS64 as well"
        if not os.path.exists(guest.mips64_path):
            return None, "it is not compiled for MIPS64: make %s" % guest.mips64_path
        return machine.mips_runner + [guest.mips64_path], None

    no_native = machine.absent(machine.native, "make native")
    if machine.host == "mips64":
        no_native = "this machine's own build is the MIPS64 one"
    no_mips64 = machine.no_mips(machine.mips64, "make mips64")
    no_qemu = machine.absent(machine.qemu, "make setup")
    if machine.host == "mips64":
        no_qemu = "this machine's own qemu-i386 is the MIPS64 one"
    return [
        Engine("cpu", "this CPU", lambda guest: ([*machine.loaded(guest.path), guest.path, *guest.arguments], None), why=machine.no_i386()),
        Engine("qemu", "qemu-i386 here", qemu(machine.qemu), why=no_qemu),
        Engine("interp", "tierrun here, interpreted", tierrun("--tier=interp"), why=no_native),
        Engine("mips", "MIPS64: compiled", compiled, mips=True, why=machine.no_mips("true", "")),
        Engine("qemu-mips", "MIPS64: qemu-i386", qemu(*machine.mips_runner, machine.qemu_mips), mips=True,
               why=machine.no_mips(machine.qemu_mips, "sh scripts/sysroots.sh qemu")),
        Engine("mips-interp", "MIPS64: interpreted", tierrun_mips("--tier=interp"), mips=True,
               why=no_mips64),
        Engine("mips-interp-double", "  with --x87=double", tierrun_mips("--tier=interp", "--x87=double"),
               mips=True, double=True, why=no_mips64),
        Engine("mips-auto", "MIPS64: translated", tierrun_mips("--tier=auto"), mips=True, scale=4,
               why=no_mips64),
        Engine("mips-auto-double", "  with --x87=double", tierrun_mips("--tier=auto", "--x87=double"),
               mips=True, double=True, scale=4, why=no_mips64),
    ]
