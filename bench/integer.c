/* Integer work of the kinds that embedded programs do: a linked list that is searched, sorted and reversed,
 * a matrix of 16-bit numbers, a state machine that reads numbers, and a CRC over all results. No floats.
 * integer [TIMES]. Every round computes the same CRC from the same seeds; it is printed and checked. */
#include <stdint.h>
#include <string.h>

#include "bench/list.h"
#include "bench/report.h"

enum { ITEMS = 120, SIZE = 16, TEXT = 1000 };

static uint16_t crc16(uint16_t crc, uint32_t value, int bits)
{
    for (int i = 0; i < bits; i++) {
        int carry = (crc ^ value) & 1;

        value >>= 1;
        crc >>= 1;
        if (carry) crc ^= 0xa001;
    }
    return crc;
}

/* --- the list --- */

struct item {
    struct item *next;
    int16_t key, value;
};

static struct item items[ITEMS];

static struct item *make_list(uint32_t seed)
{
    for (int i = 0; i < ITEMS; i++) {
        seed = seed * 1103515245 + 12345;
        items[i].key = (int16_t)(seed >> 16 & 0x3ff);
        items[i].value = (int16_t)i;
        items[i].next = i + 1 < ITEMS ? &items[i + 1] : NULL;
    }
    return items;
}

DEFINE_REVERSE(item)

static __attribute__((noinline)) struct item *find(struct item *list, int key)
{
    while (list != NULL && list->key != key)
        list = list->next;
    return list;
}

static struct item *merge(struct item *a, struct item *b)
{
    struct item *head = NULL, **end = &head;

    while (a != NULL && b != NULL) {
        struct item **least = b->key < a->key ? &b : &a;

        *end = *least;
        end = &(*least)->next;
        *least = (*least)->next;
    }
    *end = a != NULL ? a : b;
    return head;
}

static struct item *sort(struct item *list)
{
    struct item *slow = list, *half;

    if (list == NULL || list->next == NULL) return list;
    for (struct item *fast = list->next; fast != NULL && fast->next != NULL; fast = fast->next->next)
        slow = slow->next;
    half = slow->next;
    slow->next = NULL;
    return merge(sort(list), sort(half));
}

static uint16_t list_work(uint16_t crc, uint32_t seed)
{
    struct item *list = make_list(seed);
    int found = 0;

    for (int key = 0; key < 64; key++) {
        found += find(list, key) != NULL;
        list = reverse(list);
    }
    list = sort(list);
    for (struct item *i = list; i != NULL; i = i->next)
        crc = crc16(crc, (uint16_t)i->key ^ (uint32_t)i->value << 4, 16);
    return crc16(crc, (uint32_t)found, 16);
}

/* --- the matrix --- */

static int16_t left[SIZE][SIZE], right[SIZE][SIZE];
static int32_t product[SIZE][SIZE];

static __attribute__((noinline)) void multiply(void)
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            int32_t sum = 0;

            for (int k = 0; k < SIZE; k++)
                sum += left[i][k] * right[k][j];
            product[i][j] = sum;
        }
}

static __attribute__((noinline)) void multiply_bits(void)
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            int32_t sum = 0;

            for (int k = 0; k < SIZE; k++) {
                int32_t p = left[i][k] * right[k][j];

                sum += (p >> 2 & 0xf) * (p >> 5 & 0x7f);
            }
            product[i][j] += sum;
        }
}

static uint16_t matrix_work(uint16_t crc, uint32_t seed)
{
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++) {
            seed = seed * 69069 + 1;
            left[i][j] = (int16_t)(seed >> 20);
            right[i][j] = (int16_t)((seed >> 8 & 0xff) - 128);
        }
    multiply();
    multiply_bits();
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++)
            crc = crc16(crc, (uint32_t)product[i][j], 32);
    return crc;
}

/* --- the state machine --- */

enum state {
    START,
    SIGN,
    DIGITS,
    POINT,
    FRACTION,
    EXPONENT,
    EXPONENT_SIGN,
    EXPONENT_DIGITS,
    INVALID,
    STATES
};

static enum state step(enum state s, char c)
{
    int digit = c >= '0' && c <= '9', sign = c == '+' || c == '-';

    switch (s) {
    case START: return digit ? DIGITS : sign ? SIGN : c == '.' ? POINT : INVALID;
    case SIGN: return digit ? DIGITS : c == '.' ? POINT : INVALID;
    case DIGITS: return digit ? DIGITS : c == '.' ? POINT : c == 'e' ? EXPONENT : INVALID;
    case POINT: return digit ? FRACTION : INVALID;
    case FRACTION: return digit ? FRACTION : c == 'e' ? EXPONENT : INVALID;
    case EXPONENT: return digit ? EXPONENT_DIGITS : sign ? EXPONENT_SIGN : INVALID;
    case EXPONENT_SIGN: return digit ? EXPONENT_DIGITS : INVALID;
    case EXPONENT_DIGITS: return digit ? EXPONENT_DIGITS : INVALID;
    default: return INVALID;
    }
}

static uint16_t state_work(uint16_t crc, uint32_t seed)
{
    static const char *const word[] = {"5012",     "-874",     "+122",     "35.54400", ".1234500",
                                       "5.500e+3", "-.123e-2", "T0.3e-1F", "-T.T++Tq", "1T3.4e4z"};
    static char text[TEXT + 16];
    uint32_t ended[STATES] = {0};
    int length = 0;

    while (length < TEXT) {
        seed = seed * 1103515245 + 12345;
        const char *w = word[(seed >> 16) % 10];

        while (*w != 0)
            text[length++] = *w++;
        text[length++] = ',';
    }
    text[length] = 0;

    enum state s = START;
    for (const char *c = text; *c != 0; c++) {
        if (*c == ',') {
            ended[s]++;
            s = START;
        } else {
            s = step(s, *c);
        }
    }
    for (int i = 0; i < STATES; i++)
        crc = crc16(crc, ended[i], 32);
    return crc;
}

int main(int argc, char **argv)
{
    enum { LIST_CRC = 0x0baa, MATRIX_CRC = 0xb8ac, STATE_CRC = 0xf267 };
    long times = iterations(argc, argv, 4000), differing = 0;
    uint16_t list = 0, matrix = 0, state = 0;
    double start = seconds();

    for (long i = 0; i < times; i++) {
        list = list_work(0, 0x3415);
        matrix = matrix_work(0, 0x3415);
        state = state_work(0, 0x66);
        differing += list != LIST_CRC || matrix != MATRIX_CRC || state != STATE_CRC;
    }
    double spent = seconds() - start;

    printf("Integer work, %ld rounds\n", times);
    printf("list   crc %04x\nmatrix crc %04x\nstate  crc %04x\n", list, matrix, state);
    printf("time: %.3f s, %.1f rounds a second\n", spent, (double)times / spent);
    return verdict(differing != 0);
}
