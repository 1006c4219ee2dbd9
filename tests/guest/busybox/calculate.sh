# bc and dc, awk as a number cruncher, factor, and dates.
echo '2 100 ^ p' | dc
echo '20 k 2 v p 10 3 / p' | dc
echo 'scale=30; 4*a(1); e(1); sqrt(2); 2^200' | bc -l
printf 'define f(n) { if (n < 2) return (1); return (n * f(n - 1)); }\nf(60)\n' | bc
factor 123456789 1000000007 4294967291 999999999989
awk 'BEGIN { n = 2000; for (i = 2; i <= n; i++) if (!c[i]) { p++; for (j = i * i; j <= n; j += i) c[j] = 1 } print p }'
awk 'BEGIN { srand(1); x = 0.5; for (i = 0; i < 2000; i++) x = 3.9 * x * (1 - x); printf "%.12f\n", x }'
awk 'BEGIN { printf "%s %s %s %d %o %e %g\n", 1e6, 0.1 + 0.2, 1 / 3, 2147483648, 64, 12345.678, 1e-5 }'
date -u -d @1000000000 '+%Y-%m-%d %H:%M:%S %a %j'
date -u -d '2024-02-29 12:00:00' +%s
cal 2 2024
