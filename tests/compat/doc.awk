# Puts rows of a run into their table of docs/COMPATIBILITY.md: doc.awk list=NAME first=COLUMN file=1 LIST file=2 NEW file=3
# DOC >NEWDOC. The table is between two comments that name the list. LIST gives the rows' order, NEW (`| name | cell |…`)
# replaces cells from COLUMN on; what was not run stays, and a row that is not in the list any more goes.
BEGIN { FS = " [|] " }

# A line of a table, as cell[row, column]; its name.
function take(line, from,    n, k, part)
{
    sub(/^[|] /, "", line)
    sub(/ *[|]$/, "", line)
    n = split(line, part, / *[|] */)
    for (k = 2; k <= n; k++)
        cell[part[1], from + k - 2] = part[k]
    return part[1]
}

function put(    r, k, line)
{
    for (r = 1; r <= rows; r++) {
        line = "| " name[r]
        for (k = 2; k <= columns; k++)
            line = line " | " (k == 2 && cell[name[r], k] == "" ? "not run yet" : cell[name[r], k])
        print line " |"
    }
}

file == 1 && !/^#/ && !/^$/ {
    name[++rows] = $1
    sub(/^[*+=]*/, "", name[rows])
}

file == 2 && /^[|] / { fresh[++news] = $0 }

file == 3 && inside && /^<!-- end -->/ {
    for (k = 1; k <= news; k++)
        take(fresh[k], first)
    put()
    inside = 0
}

file == 3 && inside && /^[|]/ && ++heading > 2 {
    take($0, 2)
    next
}

file == 3 {
    if (inside && heading == 1) columns = gsub(/[|]/, "|") - 1
    print
    if ($0 == "<!-- rows of tests/compat/" list " -->") {
        inside = 1
        heading = 0
    }
}
