my $s = 0; for my $i (1..20000) { $s = ($s * 31 + ($i ^ 5)) % 1000003; } print "$s ", join(",", sort map { $_ * 7 % 13 } 1..12), "\n"; print eval "2**10 . ' ' . sprintf('%.3f', sqrt 2)", "\n";
