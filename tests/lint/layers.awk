# Who may include whom. Input: our sources. An include of ours names its folder and is in the table's row.
BEGIN {
    may["mm"]       = "mm"
    may["fpu"]      = "fpu"
    may["simd"]     = "simd fpu"
    may["interp"]   = "interp mm fpu simd"
    may["jit"]      = "jit interp mm fpu simd"
    may["syscalls"] = "syscalls interp mm"
    may["profile"]  = "profile interp jit"
    may["tier"]     = "tier mm fpu simd interp jit syscalls profile"
    may["tests"]    = "tests tier mm fpu simd interp jit syscalls profile"
    may["bench"]    = "bench"
}
/^#[ \t]*include[ \t]*"/ {
    n = split(FILENAME, path, "/")
    from = n == 1 ? "tier" : path[1]
    split($0, part, "\"")
    slash = index(part[2], "/")
    to = substr(part[2], 1, slash - 1)
    if (!slash)
        printf "%s:%d: include \"%s\" does not name its folder\n", FILENAME, FNR, part[2]
    else if (index(" " may[from] " ", " " to " ") == 0)
        printf "%s:%d: %s may not include %s\n", FILENAME, FNR, from, to
}
