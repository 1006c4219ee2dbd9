/* XMM registers and a signal's record under a debugger. The test finds lines by the words in capitals. */
int main(void)
{
    static const float in[4] = {1.5f, 2.5f, 3.5f, 4.5f};
    volatile int *nowhere = (int *)0x1234;
    int out[4];
    __asm__ volatile("movups %0, %%xmm3" : : "m"(in));
    __asm__ volatile("movups %%xmm3, %0" : "=m"(out)); /* LOADED */
    if (out[3] != 77) return 1;
    return *nowhere; /* CRASH */
}
