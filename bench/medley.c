/* A medley of what embedded programs do, after the published description of EEMBC's CoreMark (not its text):
 * a list whose items are found, reversed and merge-sorted through a function pointer, where the comparison
 * itself may start the other two kinds of work; products of small matrices of 16-bit numbers; a state machine
 * over a text of numbers that is damaged and repaired; a CRC-16 of everything. 2000 bytes of data, no floats.
 * medley [ITERATIONS]. Every iteration gives the same CRCs; they are printed and checked. */
#include <stdint.h>
#include <string.h>

#include "bench/list.h"
#include "bench/report.h"

enum { ITEMS = 33, SIDE = 9, TEXT = 666, TO_FIND = 12 };

/* --- the CRC ------------------------------------------------------------------------------------------ */

static uint16_t crc_byte(uint8_t byte, uint16_t crc)
{
    for (int bit = 0; bit < 8; bit++) {
        uint8_t differ = (uint8_t)((byte ^ crc) & 1);

        byte >>= 1;
        crc >>= 1;
        if (differ) crc = (uint16_t)(crc ^ 0xa001);
    }
    return crc;
}

static uint16_t crc_16(uint16_t value, uint16_t crc)
{
    return crc_byte((uint8_t)(value >> 8), crc_byte((uint8_t)value, crc));
}

static uint16_t crc_32(uint32_t value, uint16_t crc)
{
    return crc_16((uint16_t)(value >> 16), crc_16((uint16_t)value, crc));
}

/* --- matrices ----------------------------------------------------------------------------------------- */

struct matrices {
    int16_t a[SIDE * SIDE], b[SIDE * SIDE];
    int32_t c[SIDE * SIDE];
};

static void fill_matrices(struct matrices *m, uint32_t seed)
{
    for (int i = 0; i < SIDE * SIDE; i++) {
        seed = (uint32_t)(i + 1) * seed % 65536;
        m->b[i] = (int16_t)((seed + (uint32_t)i) & 0x7fff);
        m->a[i] = (int16_t)(((uint32_t)m->b[i] + (uint32_t)i + seed) & 0xff);
        if (seed == 0) seed = 1;
    }
}

static void add_number(int16_t *a, int16_t number)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            a[i * SIDE + j] = (int16_t)(a[i * SIDE + j] + number);
}

static void times_number(int32_t *c, const int16_t *a, int16_t number)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            c[i * SIDE + j] = (int32_t)a[i * SIDE + j] * number;
}

static void times_vector(int32_t *c, const int16_t *a, const int16_t *b)
{
    for (int i = 0; i < SIDE; i++) {
        c[i] = 0;
        for (int j = 0; j < SIDE; j++)
            c[i] += (int32_t)a[i * SIDE + j] * b[j];
    }
}

static void times_matrix(int32_t *c, const int16_t *a, const int16_t *b)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            uint32_t sum = 0;

            for (int k = 0; k < SIDE; k++)
                sum += (uint32_t)((int32_t)a[i * SIDE + k] * b[k * SIDE + j]);
            c[i * SIDE + j] = (int32_t)sum;
        }
}

static void times_matrix_bits(int32_t *c, const int16_t *a, const int16_t *b)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            c[i * SIDE + j] = 0;
            for (int k = 0; k < SIDE; k++) {
                int32_t product = (int32_t)a[i * SIDE + k] * b[k * SIDE + j];

                c[i * SIDE + j] += (product >> 2 & 0xf) * (product >> 5 & 0x7f);
            }
        }
}

/* Walks over the products: how often do sums reach the limit, and how often do they rise? */
static int16_t summary(const int32_t *c, int32_t limit)
{
    int32_t sum = 0, last = 0;
    int16_t points = 0;

    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            int32_t now = c[i * SIDE + j];

            sum = (int32_t)((uint32_t)sum + (uint32_t)now);
            if (sum > limit) {
                points = (int16_t)(points + 10);
                sum = 0;
            } else {
                points = (int16_t)(points + (now > last));
            }
            last = now;
        }
    return points;
}

static uint16_t matrix_work(struct matrices *m, int16_t number, uint16_t crc)
{
    int32_t limit = (int32_t)(0xf000u | (uint16_t)number);

    add_number(m->a, number);
    times_number(m->c, m->a, number);
    crc = crc_16((uint16_t)summary(m->c, limit), crc);
    times_vector(m->c, m->a, m->b);
    crc = crc_16((uint16_t)summary(m->c, limit), crc);
    times_matrix(m->c, m->a, m->b);
    crc = crc_16((uint16_t)summary(m->c, limit), crc);
    times_matrix_bits(m->c, m->a, m->b);
    crc = crc_16((uint16_t)summary(m->c, limit), crc);
    add_number(m->a, (int16_t)-number);
    return crc;
}

/* --- the text ----------------------------------------------------------------------------------------- */

enum state { START, INVALID, SIGNED, INTEGER, FRACTION, EXPONENT, SIGNED_EXPONENT, SCIENTIFIC, STATES };

static void fill_text(char *text, uint32_t seed)
{
    static const char *const words[16] = {
        "5012",     "1234",     "-874",     "+122",     "35.54400", ".1234500", "-110.700", "+0.64400",
        "5.500e+3", "-.123e-2", "-87e+832", "+0.6e-12", "T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^"};
    int length = 0;

    for (;;) {
        const char *word = words[++seed % 16];
        int n = (int)strlen(word);

        if (length + n + 2 > TEXT) break;
        memcpy(text + length, word, (size_t)n);
        text[length + n] = ',';
        length += n + 1;
    }
    memset(text + length, 0, (size_t)(TEXT - length));
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_sign(char c)
{
    return c == '+' || c == '-';
}

/* The state after the next word; *text moves behind it. Counts each state that was entered. */
static __attribute__((noinline)) enum state scan(const char **text, uint32_t *entered)
{
    enum state state = START;
    const char *p = *text;

    for (; *p != 0 && state != INVALID; p++) {
        enum state before = state;

        if (*p == ',') {
            p++;
            break;
        }
        switch (state) {
        case START:
            state = is_digit(*p) ? INTEGER : is_sign(*p) ? SIGNED : *p == '.' ? FRACTION : INVALID;
            break;
        case SIGNED: state = is_digit(*p) ? INTEGER : *p == '.' ? FRACTION : INVALID; break;
        case INTEGER:
            if (*p == '.')
                state = FRACTION;
            else if (!is_digit(*p))
                state = INVALID;
            break;
        case FRACTION:
            if (*p == 'e' || *p == 'E')
                state = EXPONENT;
            else if (!is_digit(*p))
                state = INVALID;
            break;
        case EXPONENT: state = is_sign(*p) ? SIGNED_EXPONENT : INVALID; break;
        case SIGNED_EXPONENT: state = is_digit(*p) ? SCIENTIFIC : INVALID; break;
        default:
            if (!is_digit(*p)) state = INVALID;
            break;
        }
        if (state != before) entered[state]++;
    }
    *text = p;
    return state;
}

static void scan_all(const char *text, uint32_t *ended, uint32_t *entered)
{
    while (*text != 0)
        ended[scan(&text, entered)]++;
}

/* Every `step` bytes one is changed; changing it again repairs it. */
static void damage(char *text, uint8_t with, int step)
{
    for (int i = 0; i < TEXT && text[i] != 0; i += step)
        if (text[i] != ',' && (text[i] ^ with) != ',') text[i] = (char)(text[i] ^ with);
}

static uint16_t text_work(char *text, uint8_t with, int step, uint16_t crc)
{
    uint32_t ended[STATES] = {0}, entered[STATES] = {0};

    scan_all(text, ended, entered);
    damage(text, with, step);
    scan_all(text, ended, entered);
    damage(text, with, step);
    for (int i = 0; i < STATES; i++) {
        crc = crc_32(ended[i], crc);
        crc = crc_32(entered[i], crc);
    }
    return crc;
}

/* --- the list ----------------------------------------------------------------------------------------- */

struct content {
    int16_t data, index;
};

struct item {
    struct item *next;
    struct content *content;
};

struct all {
    struct item items[ITEMS];
    struct content contents[ITEMS];
    struct matrices matrices;
    char text[TEXT];
    uint16_t crc, matrix_crc, text_crc;
};

typedef int compare(struct content *a, struct content *b, struct all *all);

/* An item's value is worked out once; bit 7 says that it was. The low bits choose the work. */
static int16_t value_of(struct content *c, struct all *all)
{
    uint16_t data = (uint16_t)c->data;
    int16_t amount = (int16_t)(data >> 3 & 0xf), result;

    if (data & 0x80) return (int16_t)(data & 0x7f);
    amount = (int16_t)(amount | amount << 4);
    switch (data & 7) {
    case 0:
        result = (int16_t)text_work(all->text, 1, amount < 0x22 ? 0x22 : amount, all->crc);
        if (all->text_crc == 0) all->text_crc = (uint16_t)result;
        break;
    case 1:
        result = (int16_t)matrix_work(&all->matrices, amount, all->crc);
        if (all->matrix_crc == 0) all->matrix_crc = (uint16_t)result;
        break;
    default: result = (int16_t)data; break;
    }
    all->crc = crc_16((uint16_t)result, all->crc);
    result = (int16_t)(result & 0x7f);
    c->data = (int16_t)((data & 0xff00) | 0x80 | (uint16_t)result);
    return result;
}

static int by_value(struct content *a, struct content *b, struct all *all)
{
    int first = value_of(a, all); /* which also changes *all */

    return first - value_of(b, all);
}

/* Also takes back what by_value() left in the data. */
static int by_index(struct content *a, struct content *b, struct all *all)
{
    (void)all;
    a->data = (int16_t)((a->data & 0xff00) | (0xff & a->data >> 8));
    b->data = (int16_t)((b->data & 0xff00) | (0xff & b->data >> 8));
    return a->index - b->index;
}

static struct item *fill_list(struct all *all, uint16_t seed)
{
    for (int i = 0; i < ITEMS; i++) {
        uint16_t low = (uint16_t)(((seed ^ i) & 0xf) << 3 | (i & 7));

        all->contents[i].data = (int16_t)(low << 8 | low);
        all->contents[i].index = (int16_t)(i * 7 % ITEMS);
        all->items[i].content = &all->contents[i];
        all->items[i].next = i + 1 < ITEMS ? &all->items[i + 1] : NULL;
    }
    return all->items;
}

static __attribute__((noinline)) struct item *find(struct item *list, const struct content *wanted)
{
    if (wanted->index >= 0)
        while (list != NULL && list->content->index != wanted->index)
            list = list->next;
    else
        while (list != NULL && (list->content->data & 0xff) != wanted->data)
            list = list->next;
    return list;
}

DEFINE_REVERSE(item)

/* Merge sort from the bottom up: runs of 1, 2, 4, … items until one merge makes the whole list. */
static __attribute__((noinline)) struct item *sort(struct item *list, compare *order, struct all *all)
{
    for (int length = 1;; length *= 2) {
        struct item *p = list, *tail = NULL;
        int merges = 0;

        list = NULL;
        while (p != NULL) {
            struct item *q = p;
            int from_p = 0, from_q = length;

            merges++;
            while (q != NULL && from_p < length) {
                q = q->next;
                from_p++;
            }
            while (from_p > 0 || (from_q > 0 && q != NULL)) {
                struct item *taken;

                if (from_p > 0 && (from_q == 0 || q == NULL || order(p->content, q->content, all) <= 0)) {
                    taken = p;
                    p = p->next;
                    from_p--;
                } else {
                    taken = q;
                    q = q->next;
                    from_q--;
                }
                if (tail != NULL)
                    tail->next = taken;
                else
                    list = taken;
                tail = taken;
            }
            p = q;
        }
        tail->next = NULL;
        if (merges <= 1) return list;
    }
}

static uint16_t list_work(struct all *all, struct item **list, int16_t wanted_index)
{
    struct content wanted = {0, wanted_index};
    uint16_t found = 0, missed = 0, points = 0, crc;

    for (int i = 0; i < TO_FIND; i++) {
        wanted.data = (int16_t)(i & 0xff);
        struct item *item = find(*list, &wanted);

        *list = reverse(*list);
        if (item == NULL) {
            missed++;
            points = (uint16_t)(points + ((*list)->next->content->data >> 8 & 1));
        } else {
            found++;
            if (item->content->data & 1) points = (uint16_t)(points + (item->content->data >> 9 & 1));
            if (item->next != NULL) { /* the item behind it goes to the front */
                struct item *moved = item->next;

                item->next = moved->next;
                moved->next = (*list)->next;
                (*list)->next = moved;
            }
        }
        if (wanted.index >= 0) wanted.index++;
    }
    points = (uint16_t)(points + 4 * found - missed);
    *list = sort(*list, by_value, all);
    crc = points;
    for (const struct item *i = *list; i != NULL; i = i->next)
        crc = crc_16((uint16_t)i->content->data, crc);
    *list = sort(*list, by_index, all);
    for (const struct item *i = *list; i != NULL; i = i->next)
        crc = crc_16((uint16_t)i->content->data, crc);
    return crc;
}

int main(int argc, char **argv)
{
    enum { MATRIX_CRC = 0xdbb5, TEXT_CRC = 0xa6e2, CRC = 0x911b };
    static struct all all;
    long times = iterations(argc, argv, 2000), differing = 0;
    double start = seconds();

    fill_matrices(&all.matrices, 0x3415);
    fill_text(all.text, 0x66);
    for (long i = 0; i < times; i++) {
        struct item *list = fill_list(&all, 0x3415);

        all.crc = all.matrix_crc = all.text_crc = 0;
        for (int16_t wanted = 1; wanted >= -1; wanted = (int16_t)(wanted - 2)) {
            uint16_t found = list_work(&all, &list, wanted);

            all.crc = crc_16(found, all.crc);
        }
        differing += all.crc != CRC || all.matrix_crc != MATRIX_CRC || all.text_crc != TEXT_CRC;
    }
    double spent = seconds() - start;

    printf("Medley of list, matrix and text, %ld iterations\n", times);
    printf("matrix crc %04x\ntext   crc %04x\nall    crc %04x\n", all.matrix_crc, all.text_crc, all.crc);
    printf("time: %.3f s, %.1f iterations a second\n", spent, (double)times / spent);
    return verdict(differing != 0);
}
