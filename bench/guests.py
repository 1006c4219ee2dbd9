"""The guests: the programs and builds of bench/plan, or a program of the user's own."""
import os


class Guest:
    """One program in one build. few and many: its two iteration counts; a user's own program has none."""

    def __init__(self, name, build, few, many, floating, folder):
        self.name, self.build = name, build
        self.few, self.many, self.floating = few, many, floating
        self.path = "%s/%s" % (folder, name)
        self.mips64_path = self.path.replace("-sse2", "") + ".mips64"
        self.arguments, self.users_own = [], False

    def shorten(self, times):
        """Fewer iterations: for a first look."""
        if not self.users_own:
            self.few = max(1, self.few // times)
            self.many = max(2 * self.few, self.many // times)


class UsersOwn(Guest):
    """Whatever i386 program: it runs once to its end in each engine, and every run must do the same."""

    def __init__(self, path, arguments):
        super().__init__(os.path.basename(path), "", None, None, True, os.path.dirname(os.path.abspath(path)))
        self.arguments, self.users_own = arguments, True


SUFFIX = {"O2": "", "O0": "-O0", "sse2": "-sse2", "sse2-O0": "-sse2-O0"}


def plan(folder, path=os.path.join(os.path.dirname(__file__), "plan")):
    """Every guest of the plan, and the names of those that are measured without being asked for."""
    guests, always = [], set()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if not words:
                continue
            name, few, many, floating, builds = words[0], int(words[1]), int(words[2]), words[3] == "float", words[4:]
            for build in builds:
                plain = build.strip("()")
                counts = (few // 2 + 1, many // 2 + 1) if plain.endswith("O0") else (few, many)
                guest = Guest(name + SUFFIX[plain], plain, *counts, floating and "sse2" not in plain, folder)
                guests.append(guest)
                if plain == build:
                    always.add(guest.name)
    return guests, always


def choose(guests, always, wanted):
    """Those whose names begin with a wanted word, an exact name alone; without words those of always."""
    if not wanted:
        return [guest for guest in guests if guest.name in always], None
    chosen = []
    for word in wanted:
        exact = [guest for guest in guests if guest.name == word]
        found = exact or [guest for guest in guests if guest.name.startswith(word) and guest.name in always] \
            or [guest for guest in guests if guest.name.startswith(word)]
        if not found:
            return None, word
        chosen += [guest for guest in found if guest not in chosen]
    return chosen, None
