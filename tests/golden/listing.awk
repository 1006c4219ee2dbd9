# From -d out_asm: the translations of the guest's block, without what differs from run to run. Branches go to
# .+N words from themselves, those to ways out `aside`, jumps out of the translation `away`; host addresses of
# tierrun's own data are one line. What comes back for the block's last instruction, `jmp [back]`, belongs to no test,
# but for the guest registers that got their values only there.
function hex(s,    n, i) {
    n = 0
    for (i = s ~ /^0x/ ? 3 : 1; i <= length(s); i++)
        n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
    return n
}

function target(at, to) {
    if (to < first || to >= first + 4 * words) return "away"
    return sprintf("%s:%d:%.0f:", aside ? "@" : "@main", (to - at) / 4, to)
}

# Where the ways out begin is known only at the end.
function resolve(line, outside,    part) {
    if (line !~ /@/) return line
    split(line, part, ":")
    if (part[1] ~ /@main$/ && part[3] + 0 >= outside) {
        sub(/@.*/, "aside", line)
        return line
    }
    sub(/@.*/, sprintf(".%+d", part[2]), line)
    return line
}

function print_lines(name,    n, line, k) {
    n = split(text[name], line, "\n")
    for (k = 1; k < n; k++) print resolve(line[k], outside[name])
}

function add(line) {
    text[name] = text[name] line "\n"
}

# A host address in a register: its loading is of as many instructions as the address happens to need. In $a3 it is one
# of tierrun's functions, which lie from 0x10000000 on.
function loads_pointer(op, args,    r) {
    r = args
    sub(/,.*/, "", r)
    if (op == "lui" && args ~ /, (0x)?[0-9a-f]+$/ && (r ~ /^.a[01]$/ || (r == "$a3" && args ~ /0x1[0-9a-f][0-9a-f][0-9a-f]$/))) {
        pointer = r
        return 2
    }
    if (r == pointer && op ~ /^(ori|dsll|dsll32|daddiu)$/ && index(args, r ", " r ", ") == 1) return 1
    pointer = ""
    return 0
}

function host(at, op, args,    what) {
    what = loads_pointer(op, args)
    if (what == 1) return
    if (what == 2) {
        op = "li"
        args = pointer ", POINTER"
    } else if (op ~ /^(j|jal|b.*)$/ && match(args, /0x[0-9a-f]+$/)) {
        args = substr(args, 1, RSTART - 1) target(at, hex(substr(args, RSTART)))
    }
    add(args == "" ? "    " op : sprintf("    %-8s %s", op, args))
    if (!aside) hosts[name]++
}

/^OUT: / {
    name = $2
    sub(/:$/, "", name)
    inside = name ~ /^block/
    if (!inside) next
    words = $NF
    first = 0
    ended = aside = 0
    text[name] = ""
    outside[name] = 0
    guests[name] = hosts[name] = 0
    if (!(name in seen)) order[++names] = name
    seen[name] = 1
    next
}
!inside { next }
/^0x/ {
    ended = aside = 0
    line = substr($0, 12)
    sub(/^ *([0-9a-f][0-9a-f] )+ */, "", line)
    if (line ~ /^jmp DWORD PTR ds:0x9000000$/) {
        ended = 1
        next
    }
    add(line)
    guests[name]++
    pointer = ""
    next
}
/^  ways in and out/ {
    ended = 0
    aside = 1
    outside[name] = 0
    add("ways out")
    next
}
/^      0x/ {
    at = $1
    sub(/:$/, "", at)
    at = hex(at)
    if (!first) {
        first = at
        if (!guests[name]) { # before the entry
            aside = 1
            add("before the entry")
            outside[name] = 4e18
        }
    }
    if (aside && !outside[name]) outside[name] = at
    op = $3
    args = $0
    sub(/^ *0x[0-9a-f]+: [0-9a-f]+  [^ ]+ */, "", args)
    sub(/ +$/, "", args)
    if (ended) {
        if (op ~ /^s[bhwd]/ && op !~ /^sllv?$/ || args !~ /^\$s[0-35-7],/) next
        if (ended++ == 1) add("on leaving")
    }
    host(at, op, args)
}

END {
    for (k = 1; k <= names; k++) {
        n = order[k]
        if (!guests[n]) continue # only what ends a test
        if (names > 1) print "at " n
        print_lines(n)
        printf "= %d guest, %d host\n", guests[n], hosts[n]
    }
}
