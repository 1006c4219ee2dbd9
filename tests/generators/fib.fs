: fib ( n -- m ) dup 2 < if exit then dup 1- recurse swap 2 - recurse + ;
18 fib . cr bye
