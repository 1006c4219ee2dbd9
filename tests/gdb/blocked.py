# A program that is blocked in a read.
do("tbreak main")
do("continue")
run_and_interrupt(lambda: re.search(r"read.*main", do("backtrace"), re.S))
says("Ctrl-C stops it in a system call", r"read.*main", "backtrace")
is_("a function is called there", 8, "twice(4)")
says("and its frames are as before", r"read.*main", "backtrace")
with open(os.environ["FIFO"], "w") as f:
    f.write("x")
exits("the system call is made again", 0)
