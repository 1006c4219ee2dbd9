/* The program whose file loader_fuzz mutates: it has each kind of segment. */
int data = 1;
int bss[3000];
__thread int tls = 2;
const char text[] = "read only";

int main(void)
{
    return data + bss[0] + tls + text[0];
}
