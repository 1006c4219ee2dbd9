/* Lists of guest code: what is one, what they cover. */
#include "tests/unit/mm_kit.h"
#include "tier/ranges.h"

static struct ranges list;
static char why[200];

static bool read_into(const char *text, bool symbols)
{
    list = (struct ranges){0};
    return (symbols ? ranges_read_symbols : ranges_read)(&list, text, "x=", why, sizeof why);
}

Test(ranges, three_ways_to_say_it)
{
    cr_assert(read_into("0x100+0x10,0x2ff-0x100,1024..1025", false));
    cr_assert_eq(list.n, 3);
    cr_assert(ranges_cover(&list, 0x100) && ranges_cover(&list, 0x10f));
    cr_assert(!ranges_cover(&list, 0xff) && !ranges_cover(&list, 0x110));
    cr_assert(ranges_cover(&list, 0x200) && ranges_cover(&list, 0x2ff) && !ranges_cover(&list, 0x1ff));
    cr_assert(ranges_cover(&list, 1024) && ranges_cover(&list, 1025) && !ranges_cover(&list, 1026));
}

Test(ranges, ends_of_the_address_space)
{
    cr_assert(read_into("0xffffffff+1,0-1", false));
    cr_assert(ranges_cover(&list, 0xffffffff) && ranges_cover(&list, 0) && !ranges_cover(&list, 1));
    cr_assert(!read_into("0xffffffff+2", false) && !read_into("1-3", false) &&
              !read_into("0x100000000+1", false));
}

Test(ranges, what_is_none_is_named)
{
    static const char *const wrong[] = {"",     "x",   "1",    "1+",    "1+0", "1..",
                                        "2..1", "1.2", "1+1;", "1+1,x", "-1+1"};
    for (unsigned k = 1; k < sizeof wrong / sizeof *wrong; k++) {
        cr_assert(!read_into(wrong[k], false), "%s", wrong[k]);
        cr_assert_str_not_empty(why);
    }
    cr_assert(read_into(NULL, false) && list.n == 0);
}

Test(ranges, symbols_only_where_they_are_asked_for)
{
    cr_assert(read_into("main,strlen+0x10,5+1,_x.part.0", true));
    cr_assert_eq(list.n, 4);
    cr_assert_str_eq(list.range[0].symbol, "main");
    cr_assert_eq(list.range[1].length, 0x10);
    cr_assert_null(list.range[2].symbol);
    cr_assert_str_eq(list.range[3].symbol, "_x.part.0");
    cr_assert(!read_into("main", false) && !read_into("main+", true) && !read_into("main+0", true));
    cr_assert(!read_into("+1", true) && !read_into("main+x", true));
}

Test(ranges, not_too_many)
{
    char text[4 * RANGES + 4] = "";
    for (unsigned k = 0; k <= RANGES; k++)
        strcat(text, k ? ",1+1" : "1+1");
    cr_assert(!read_into(text, false));
    cr_assert(strstr(why, "more than"));
}

Test(ranges, touching_means_any_byte)
{
    cr_assert(read_into("0x100+0x10", true));
    cr_assert(ranges_touch(&list, NULL, 0xf0, 0x100) && ranges_touch(&list, NULL, 0x10f, 0x200));
    cr_assert(ranges_touch(&list, NULL, 0xf0, 0x200) && ranges_touch(&list, NULL, 0x104, 0x105));
    cr_assert(!ranges_touch(&list, NULL, 0xf0, 0xff) && !ranges_touch(&list, NULL, 0x110, 0x110));
}
