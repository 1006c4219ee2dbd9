# What became of each mutant: compare.awk KERNEL GUEST GUEST.SAID SELF SELF.SAID. Lines of the first kind are those of
# launch.c, of the second "mN.err:TEXT".
FILENAME ~ /\.said$/ {
    at = index($0, ":")
    name = substr($0, 1, at - 5)
    who = substr(FILENAME, 1, length(FILENAME) - 5)
    text = substr($0, at + 1)
    if (text ~ /internal error|runtime error|AddressSanitizer|CHECK failed/) broken[name] = text
    lines[who, name]++
    said[who, name] = text
    next
}
{ became[FILENAME, $1] = $2 " " $3; all[$1]; seen[FILENAME]++ }

# One sentence, and the status for it.
function refused(who, name)
{
    return became[who, name] ~ /^exit 12[67]$/ && lines[who, name] == 1 && said[who, name] ~ /^tierrun: [mi\/]/
}

# The kernel has executed it: it ran or was killed. By which signal depends on what lies about the program.
function ran(who, name, kernel)
{
    if (became[who, name] ~ /^signal (4|5|7|8|11)$/ && kernel ~ /^signal (4|5|7|8|11)$/) return 1
    return became[who, name] == kernel || refused(who, name) &&
        said[who, name] ~ /: (broken|truncated|an ELF file|its addresses|no memory for segment)/
}

function wrong(name, kernel, guest, self)
{
    if (name in broken) return broken[name]
    if (kernel == "late" || self == "" && guest == "") return ""
    if (self == "" || guest == "") return "no word of it"
    if (kernel == "") return ""
    if (kernel ~ /^error/) {
        if (guest != kernel) return "the kernel said " kernel ", the guest got " guest
        return refused(SELF, name) ? "" : "the kernel said " kernel ", tierrun " self " " said[SELF, name]
    }
    if (guest == "error 8" && said[SELF, name] ~ /broken ELF header/) return ""
    if (!ran(GUEST, name, kernel)) return "the kernel: " kernel ", in a guest: " guest " " said[GUEST, name]
    return ran(SELF, name, kernel) ? "" : "the kernel: " kernel ", tierrun: " self " " said[SELF, name]
}

END {
    KERNEL = ARGV[1]; GUEST = ARGV[2]; SELF = ARGV[4]
    for (name in all) {
        why = wrong(name, became[KERNEL, name], became[GUEST, name], became[SELF, name])
        if (why == "") { passed++; continue }
        failed++
        if (failed <= 20) printf "FAILED: seed %s, %s: %s\n", seed, name, why
    }
    if (!seen[KERNEL]) print "this machine runs no i386 programs: nothing to compare with"
    if (!seen[GUEST] || !seen[SELF]) failed++
    printf "%d passed, %d failed\n", passed, failed
    exit failed != 0
}
