#!/bin/bash
# The profile lane: run.sh TIERRUN SCRATCH GUEST_CC QEMU TIERRUN_MIPS64.
set -u
t=$(realpath "$1") scratch=$2 guest_cc=$3 m="$4 $(realpath "$5")"
build=$(realpath "${BUILD:-build}")
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$scratch" && cd "$scratch" && rm -rf ./* || exit 1
passed=0 failed=0

# holds SENTENCE COMMAND…: it succeeds
holds()
{
    local sentence=$1
    shift
    if timeout 100 "$@" >out 2>err </dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $sentence"
        sed 's/^/    | /' out err | head -n 20
    fi
}

# says SENTENCE STATUS PATTERN COMMAND…: it ends so, and says that on either stream
says()
{
    local sentence=$1 status=$2 pattern=$3
    shift 3
    # shellcheck disable=SC2016
    holds "$sentence" bash -c '"${@:3}" >said 2>&1; got=$?; cat said; [ $got = $1 ] && grep -Eq -e "$2" said' \
        bash "$status" "$pattern" "$@"
}

# is SENTENCE FILE FILTER: jq finds it true
is()
{
    holds "$1" jq -e "$3" "$2"
}

loop='[.blocks[] | select(.symbol == "spin_loop" and .offset == 0)]'
"$guest_cc" -static -O1 -g -o turns "$here/turns.c" || exit 1

# --- counts, in each tier ---------------------------------------------------------------------------------
i=0
for how in "$t" "$t --x87=double" "$m --tier=interp" "$m --profile-counts=exact" "$m --tier=jit --profile-counts=exact" \
    "$m --wx --profile-counts=exact" "$m --check=1/10 --profile-counts=exact"; do
    i=$((i + 1))
    rm -f "$i.prof"
    # shellcheck disable=SC2086 # commands come as words
    says "a profile changes nothing of the program: $how" 0 '^done$' $how --profile="$i.prof" ./turns 100003
    is "the loop ran 100003 times: $how" $i.prof "$loop | map(.interpreted + .translated) | add == 100003"
    is "step ran 7 times: $how" $i.prof '[.blocks[] | select(.symbol == "step" and .offset == 0)] | map(.interpreted + .translated) | add == 7'
done
is "interpreted only" 3.prof "$loop | map(.translated) | add == 0"
is "translated after --hot-loop turns" 4.prof "$loop | .[0] | .interpreted <= 20 and .translated >= 99983 and .promotions >= 1"
is "translated at once" 5.prof "$loop | map(.interpreted) | add <= 1"
is "the loop leads to itself" 4.prof "${loop}[0].eip as \$l | [.edges[] | select(.[0] == \$l and .[1] == \$l)][0][2] > 99900"
is "totals are the sums of the blocks" 4.prof '([.blocks[] | .translated * .instructions] | add) as $n | (.totals.translated_instructions - $n) | fabs < 2'
is "source lines are known" 4.prof '[.blocks[] | select(.symbol == "step")][0].source | startswith("turns.c:")'
is "modules are known" 4.prof "${loop}[0].module == \"turns\""
is "the code of hot blocks is there, guest and host" 4.prof "${loop}[0].code | map(select(.guest != null and (.guest | startswith(\"dec\")))) | .[0].host | test(\"addiu\")"
is "system calls have counts and times" 4.prof '[.system_calls[] | select(.name == "write" and .times == 1)] | length == 1'
# shellcheck disable=SC2016
holds "each block ran as often as interpreted" jq -es '
    (.[0].blocks | map({key: (.eip + .hash), value: (.interpreted + .translated)}) | from_entries) as $a |
    [.[1].blocks[] | select((.interpreted + .translated) != $a[.eip + .hash])] | length < 4' 3.prof 5.prof
says "translated code is counted in bursts" 0 '^done' $m --profile=s.prof ./turns 150000000
is "… and the estimate is not far away" s.prof "$loop | map(.translated) | add | . > 75000000 and . < 300000000"

# --- names where symbols have been stripped ------------------------------------------------------------------
mkdir -p root/usr/lib/debug
id=$(readelf -n turns | sed -n 's/.*Build ID: //p')
debug=root/usr/lib/debug/.build-id/$(echo "$id" | cut -c1-2)
mkdir -p "$debug"
objcopy --only-keep-debug --compress-debug-sections turns "$debug/$(echo "$id" | cut -c3-).debug"
strip -o bare turns
step=sub_$(nm turns | sed -n 's/^0*\([0-9a-f]*\) t step$/\1/p')
holds "a stripped program" $t --profile=bare.prof ./bare 100
is "… has functions by their unwind records, called by their address" bare.prof \
    "[.blocks[] | select(.symbol == \"$step\" and .offset == 0)] | map(.interpreted) | add == 7"
says "… which --why understands" 0 "Block 0x[0-9a-f]+, $step" $t --profile-report bare.prof --why "$step"
holds "… whose debugging information is installed" $t -L root --profile=named.prof ./bare 100
is "… has names and source lines" named.prof \
    '[.blocks[] | select(.symbol == "step" and .offset == 0)][0].source | startswith("turns.c:")'

# --- cost: at most 5 % of the host's instructions -----------------------------------------------------------
count()
{
    ${m%% *} -plugin "$build/bench/insncount.so,out=count" ${m#* } "$@" >/dev/null 2>&1 </dev/null
    cat count
}
# more OPTION…: instructions of 300000 runs more
more()
{
    local few
    few=$(count "$@" "$build/bench/dhrystone" 100000)
    echo $(($(count "$@" "$build/bench/dhrystone" 400000) - few))
}
plain=$(more)
for _ in $(seq 10); do # a busy machine wakes who switches the counters off late
    profiled=$(more --profile=d.prof)
    [ $((profiled * 100)) -gt $((plain * 105)) ] || break
done
holds "a profile costs at most 5 % ($plain, with it $profiled)" [ $((profiled * 100)) -le $((plain * 105)) ]

# --- formats ------------------------------------------------------------------------------------------------
for format in text callgrind folded json; do
    holds "--profile-format=$format" $t --profile=f.$format --profile-format=$format ./turns 1000
    holds "the report in $format" bash -c "$t --profile-report 4.prof --profile-format=$format >r.$format && [ -s r.$format ]"
done
holds "the report of a profile is the profile" bash -c 'cmp <(jq -S . 4.prof) <(jq -S . r.json)'
says "callgrind_annotate reads it" 0 'turns.c:|\?\?\?:spin_loop' callgrind_annotate r.callgrind
holds "folded stacks are lines of frames and a count" bash -c '! grep -Evq "^[^;]+(;[^;]+)+ [0-9]+$" r.folded && grep -q ";spin_loop;translated " r.folded'
says "the text has functions" 0 '^ +[0-9.]+ +[0-9.]+ +[0-9]+ +[0-9.]+ % +[0-9]+  spin_loop, turns$' cat r.text
says "--profile-top=1 lists one function" 0 '^1$' bash -c "$t --profile-report 4.prof --profile-top=1 | grep -Ec ', turns\$' | awk '{ print \$1 / 2 }'"
says "a comparison" 0 '^ +-1[0-9]{5} .* spin_loop, turns' $t --profile-report 4.prof --diff f.json
holds "a page" $t --profile-report 4.prof --html p.html
holds "… that loads nothing, with the code" bash -c '! grep -Eq "(src|href)=" p.html && grep -q "^<!doctype html>" p.html && grep -q "width=device-width" p.html && grep -q "prefers-color-scheme:dark" p.html && grep -q "addiu" p.html && grep -q "spin_loop" p.html'
# shown WIDTH SCHEME BACKGROUND: in a window so wide nothing is cut off, and the colours are those of the scheme
shown()
{
    cat p.html - >probed.html <<'END'
<script>onload = () => parent.postMessage([[document.documentElement, ...document.querySelectorAll('.wide')].every(
    e => e.scrollWidth <= e.clientWidth) ? 'fits' : 'is cut off',
    innerWidth, getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0] > 127 ? 'light' : 'dark'].join(' '), '*')
</script>
END
    cat >frame.html <<END
<iframe src=probed.html width=$1 height=900 style="border:0"></iframe><p id=said></p>
<script>onmessage = event => said.textContent = event.data</script>
END
    says "… and reads well at $1 pixels in $2 (Chromium)" 0 ">fits $1 $2<" chromium --headless --no-sandbox --disable-gpu \
        --window-size=1400,1000 --blink-settings=preferredColorScheme="$3" --virtual-time-budget=2000 --dump-dom \
        "file://$PWD/frame.html"
}
if command -v chromium >/dev/null; then # where it is installed
    for width in 1280 400; do
        shown $width dark 0
        shown $width light 1
    done
fi
says "--why FUNCTION of a profile" 0 'It became hot after' $t --profile-report 4.prof --why spin_loop
says "--why of a run" 0 'It ran 100 times in the interpreter' $t --why spin_loop ./turns 100
says "--why ADDRESS" 0 'Block 0x[0-9a-f]+, spin_loop' $t --why "$(jq -r "${loop}[0].eip" 4.prof)" ./turns 100
says "--why of nothing" 125 'no block of code ran at nowhere' $t --profile-report 4.prof --why nowhere
says "--stats in ten lines" 0 '^10$' bash -c "$m --stats ./turns 10 2>&1 | grep -vc ^done"

says "--stats of a program that closes its standard error" 0 'guest instructions' $t --stats ./turns 10 closed
says "… which hides no trouble with a profile" 0 'could not be written' $t --profile=nowhere/p ./turns 10 closed

# --- other files ----------------------------------------------------------------------------------------------
says "--coverage" 0 '^never executed: [0-9]+' bash -c "$m --profile-counts=exact --coverage=c.cov ./turns 100003 && cat c.cov"
says "… has rows by tier" 0 '^ +[0-9.]+ +[0-9.]+ +[0-9]+ +[1-9][0-9]+ +0 +[1-9][.0-9]* +native  DEC$' cat c.cov
holds "--perfmap" bash -c "$m --perfmap ./turns 1000 & wait \$!; mv /tmp/perf-\$!.map perf.map && grep -Eq '^[0-9a-f]+ [0-9a-f]+ spin_loop$' perf.map"
holds "--jitdump" bash -c "$m --jitdump ./turns 1000 && mv jit-*.dump jitdump && [ \"\$(head -c 4 jitdump)\" = DTiJ ] && grep -aq spin_loop jitdump"
# perf has no MIPS code to look at here: other code lies where that would be.
if perf record -q -e cpu-clock -o perf.none true 2>/dev/null; then # where it is installed and allowed
    holds "perf records a process with these files" perf record -q -k mono -e cpu-clock -F 99 -o perf.seen python3 "$here/perf.py" perf.map jitdump
    says "perf report names code by --perfmap" 0 '\[\.\] spin_loop' perf report -i perf.seen --stdio --sort symbol
    holds "perf inject --jit takes --jitdump" perf inject --jit -i perf.seen -o perf.jitted
    says "… finds the code of each translation" 0 'PERF_RECORD_MMAP2 .*jitted-.*-0\.so' perf script -i perf.jitted --show-mmap-events
    says "… with its name" 0 ' spin_loop$' bash -c 'nm jitted-*.so'
    rm -f /tmp/perf-"$(basename jit-*.dump .dump | tail -c +5)".map
fi

# --- --profile-in ---------------------------------------------------------------------------------------------
holds "--profile-in translates at once" bash -c "$m --profile-in=4.prof --profile=in.prof --profile-counts=exact ./turns 100003"
is "… what was hot" in.prof "$loop | map(.interpreted) | add <= 1"
# shorter PERCENT PROGRAM ARGUMENT…: with its own profile a process takes at most so much of what it takes without
shorter()
{
    local most=$1 plain again
    shift
    holds "an exact profile of $(basename "$1")" $m --profile-counts=exact --profile=a.prof "$@"
    holds "… helps the next run" $m --profile-in=a.prof --profile-counts=exact --profile=b.prof "$@"
    plain=$(count "$@")
    again=$(count --profile-in=a.prof "$@")
    holds "… which costs at most $most % ($plain, with it $again)" [ $((again * 100)) -le $((plain * most)) ]
}
shorter 75 "$build/bench/dhrystone" 1000
# shellcheck disable=SC2016
holds "… and knows what went wrong then" jq -es '.[0].deopts.MISALIGNED as $a | (.[1].deopts.MISALIGNED // 0) as $b |
    $a > 3 and $b <= 2 and ([.[0].hot[][3].misaligned // empty] | length > 0)' a.prof b.prof
holds "… and where indirect jumps went" jq -e '[.hot[][3].jumps_to // empty] | length > 0' a.prof
shorter 103 "$build/bench/hello"
says "the profile of another program is not used" 0 '^tierrun: .*a.prof: is a profile of another program, or of another build of it \(.*hello\): it is not used$' \
    $t --profile-in=a.prof ./turns 1
holds "… and none where a variable named it is no news" bash -c "TIERRUN_PROFILE_IN=a.prof $t ./turns 1 2>&1 | cmp - <(echo done)"
holds "… nor for a program that is executed" bash -c "$t --profile-in=4.prof ./turns 1 exec '$build/bench/hello' 2>&1 | cmp - <(echo done; echo 'hello, world')"
"$guest_cc" -static -O1 -g -DANOTHER -Wl,--build-id=none -o another "$here/turns.c"
holds "a program without a build ID" $t --profile=another.prof ./another 1000
is "… is known by its headers" another.prof '.program_id | startswith("headers-")'
says "another build of a program is another program" 0 'another build of it' $t --profile-in=another.prof ./turns 1
holds "assumptions that are wrong cost time only" bash -c "jq '.hot |= map(.[0:3] + [{misaligned: [range(64)], by_helper: [range(64)], eager_flags: 1, wrong_guesses: 255, jumps_to: [\"0x0804a000\", 50, 50]}])' 4.prof >assumed.prof; $m --profile-in=assumed.prof ./turns 100003 2>&1 | cmp - <(echo done)"
says "a profile of another version is refused" 125 'version 99; this tierrun reads version 1' bash -c "sed 's/\"version\": 1/\"version\": 99/' 4.prof >v.prof; $t --profile-report v.prof"
says "--profile-in checks its file, too" 125 'not a profile' $t --profile-in=turns ./turns 1

# --- the schema -----------------------------------------------------------------------------------------------
validate='import json, sys, jsonschema
schema = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
for name in sys.argv[2:]:
    schema.validate(json.load(open(name)))'
if python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then
    holds "profiles are as docs/profile.schema.json says" python3 -c "$validate" "$here/../../docs/profile.schema.json" 1.prof 4.prof \
        a.prof b.prof s.prof named.prof in.prof
fi

# --- when it is written ----------------------------------------------------------------------------------------
holds "children have files of their own" bash -c "rm -f k.prof*; $t --profile=k.prof ./turns 10 fork && ls k.prof.[0-9]*"
is "… with their own counts" "$(echo k.prof.[0-9]*)" "$loop | map(.interpreted) | add == 1000"
is "… and the parent's has its" k.prof "$loop | map(.interpreted) | add == 10"
holds "a program that is replaced leaves its profile" bash -c "rm -f x.prof*; $t --profile=x.prof ./turns 10 exec ./turns 20 && ls x.prof.before-exec x.prof.[0-9]*"
is "… with its counts" x.prof.before-exec "$loop | map(.interpreted + .translated) | add | . >= 10 and . < 20"
holds "the default name has the process id" bash -c "rm -f tierrun.*.prof; $t --profile ./turns 10 & wait \$! && [ -s tierrun.\$!.prof ]"
says "a crash leaves a profile" 139 '^done' $t --profile=crash.prof ./turns 10 crash
is "… that says so" crash.prof '.ended == "died by signal 11 (SIGSEGV)"'
mkfifo hold
exec 8<>hold # keeps it open: who reads from it waits until something is written
begun='until grep -q done waits; do sleep 0.05; done'
holds "SIGUSR2 asks for one, and the program goes on" bash -c "rm -f u.prof waits; $t --profile=u.prof ./turns 10 wait >waits <hold & $begun; until [ -e u.prof ]; do kill -USR2 \$!; sleep 0.1; done; jq -e '.ended == null' u.prof && echo >hold && wait \$!"
says "… unless the guest uses it" 0 'its own handler ran' $t --profile=o.prof ./turns 10 own
holds "SIGTERM ends and leaves one" bash -c "rm -f q.prof waits; $t --profile=q.prof ./turns 10 wait >waits <hold & $begun; kill -TERM \$!; wait \$!; [ \$? = 143 ] && jq -e '.ended | test(\"SIGTERM\")' q.prof"
holds "--profile-every" bash -c "rm -f e.prof; $t --profile=e.prof --profile-every=1 ./turns 2000000000 & until [ -e e.prof ]; do sleep 0.1; done; jq -e '.ended == null' e.prof; r=\$?; kill \$!; wait \$!; exit \$r"
exec 8<&-

# --- what goes wrong -------------------------------------------------------------------------------------------
says "a full disk costs the profile only" 0 'profile .* could not be written: File too large' bash -c "ulimit -f 1; $t --profile=full.prof ./turns 10"
holds "… and leaves no half of one" bash -c '! ls full.prof*'
says "… or the code that perf would have read" 0 "^tierrun: --jitdump's file could not be written: File too large" bash -c "ulimit -f 1; $m --jitdump ./turns 10; r=\$?; rm -f jit-*.dump; exit \$r"
says "… or the page" 125 'the page full.html could not be written: (File too large|No space)' bash -c "trap '' XFSZ; ulimit -f 1; exec $t --profile-report 4.prof --html full.html"
holds "… of which there is no half either" bash -c '! ls full.html'
says "a folder that is not there costs the profile only" 0 'could not be written: No such file' $t --profile=nowhere/p ./turns 10
says "/dev/full, too" 0 'could not be written: No space left' $t --profile=/dev/full ./turns 10
says "a missing profile" 125 '^tierrun: nofile: cannot be read: No such file' $t --profile-report nofile
says "one that is no JSON" 125 '^tierrun: turns: is not a profile in JSON: line [0-9]+' $t --profile-report turns
says "JSON that is no profile" 125 'is JSON, but not a profile' bash -c "echo '{\"a\": [1, 2]}' >j.json; $t --profile-report j.json"
says "a page that cannot be written" 125 'could not be written' $t --profile-report 4.prof --html nowhere/p.html
for cut in 100 3000 20000; do
    says "a profile that is cut off after $cut bytes" 125 'is not a profile in JSON' bash -c "head -c $cut 4.prof >cut.prof; $t --profile-report cut.prof"
done
says "profiles of strange values do no harm" 0 'profile of' bash -c "sed -E 's/(\": )[0-9.]+/\\1-1e300/g; s/\"version\": -1e300/\"version\": 1/; s/\"0x[0-9a-f]+\"/5/' 4.prof >w.prof; $t --profile-report w.prof; $t --profile-report w.prof --html w.html; $t --profile-report w.prof --profile-format=callgrind | tail -n 1"
mutated=${LONG:+2000} translated=${LONG:+200}
holds "malformed profiles are understood or refused" python3 "$here/mutate.py" "${mutated:-60}" "${SEED:-1}" 4.prof ./turns "$t"
# shellcheck disable=SC2086
holds "… by translated code, too" python3 "$here/mutate.py" "${translated:-8}" "${SEED:-2}" 4.prof ./turns $m
says "--profile-format=xml is none" 125 'expected json, text, callgrind or folded' $t --profile-format=xml ./turns 1
says "--profile-counts=some is none" 125 'expected sampled or exact' $t --profile-counts=some ./turns 1
says "--profile-every=0 is none" 125 'expected seconds' $t --profile-every=0 ./turns 1
says "--profile-top=few is none" 125 'expected a number' $t --profile-top=few ./turns 1

echo "$passed passed, $failed failed"
[ $failed = 0 ]
