/* String functions of the C library: a text of words is made, searched, split, copied, compared, turned into
 * numbers and back. strings [ROUNDS]: all counts of a round are compared with how the text was made. */
#include <ctype.h>
#include <string.h>

#include "bench/random.h"
#include "bench/report.h"

enum { WORDS = 200, LONGEST = 12, TEXT = WORDS * (LONGEST + 1) + 1 };

struct made {
    int needles, letters, sum;
};

/* Words, numbers and needles, a space behind each. */
static struct made make_text(char *text, uint32_t *seed)
{
    struct made made = {0, 0, 0};
    char *end = text;

    for (int i = 0; i < WORDS; i++) {
        int kind = (int)next_random(seed, 10);

        if (kind == 0) {
            end = stpcpy(end, "needle");
            made.needles++;
            made.letters += 6;
        } else if (kind < 3) {
            int number = (int)next_random(seed, 60000);

            end += sprintf(end, "%d", number);
            made.sum += number;
        } else {
            for (int n = 1 + (int)next_random(seed, LONGEST - 1); n > 0; n--, made.letters++)
                *end++ = (char)('a' + next_random(seed, 12)); /* no n, so no needle */
        }
        *end++ = ' ';
    }
    *end = 0;
    return made;
}

static int count_needles(const char *text)
{
    int count = 0;

    for (; (text = strstr(text, "needle")) != NULL; text++)
        count++;
    return count;
}

/* Splits a copy, adds up numbers and letters. The second way to the words, by strcspn, must find the same
 * ones. */
static int check_words(const char *text, const struct made *made)
{
    static char copy[TEXT];
    int letters = 0, sum = 0, words = 0, wrong = 0;
    const char *second = text;

    strcpy(copy, text);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        size_t length = strcspn(second, " ");

        wrong += length != strlen(word) || strncmp(word, second, length) != 0;
        second += length + 1;
        words++;
        if (isdigit((unsigned char)word[0]))
            sum += (int)strtol(word, NULL, 10);
        else
            letters += (int)length;
    }
    return wrong + (letters != made->letters) + (sum != made->sum) + (words != WORDS);
}

static int check_copies(const char *text)
{
    static char moved[TEXT + 16];
    size_t size = strlen(text) + 1;
    int wrong = 0;

    for (size_t shift = 1; shift < 16; shift += 5) {
        memset(moved, '#', shift);
        memcpy(moved + shift, text, size);
        wrong += memchr(moved, text[0], shift + 1) != moved + shift;
        memmove(moved, moved + shift, size);
        wrong += strcmp(moved, text) != 0;
        moved[size / 2]++;
        wrong += memcmp(moved, text, size) <= 0 || strrchr(moved, ' ') != moved + size - 2;
    }
    return wrong;
}

int main(int argc, char **argv)
{
    static char text[TEXT];
    long rounds = iterations(argc, argv, 5000);
    uint32_t seed = 7, sum = 0;
    int wrong = 0;
    double start = seconds();

    for (long i = 0; i < rounds; i++) {
        struct made made = make_text(text, &seed);

        wrong += count_needles(text) != made.needles;
        wrong += check_words(text, &made);
        wrong += check_copies(text);
        sum = sum * 31 + (uint32_t)made.sum;
    }
    double spent = seconds() - start;

    printf("Strings, %ld rounds\nsum %08x\n", rounds, sum);
    return finish(spent, (double)rounds, "rounds", wrong);
}
