// The C++ library: containers, algorithms, strings, streams, regular expressions, random numbers, function objects.
// @variants: O0 O2
#include <algorithm>
#include <complex>
#include <deque>
#include <functional>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <list>
#include <map>
#include <numeric>
#include <queue>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <unordered_map>
#include <valarray>
#include <vector>

template <class C> static void show(const char *name, const C &c)
{
    std::cout << name << ':';
    for (const auto &v : c)
        std::cout << ' ' << v;
    std::cout << '\n';
}

static void containers()
{
    std::mt19937 engine(12345);
    std::vector<unsigned> v(20);
    std::generate(v.begin(), v.end(), [&] { return engine() % 1000; });
    show("random", v);
    std::sort(v.begin(), v.end());
    show("sorted", v);
    std::partial_sum(v.begin(), v.end(), v.begin());
    show("sums", v);
    std::map<std::string, int> count;
    std::istringstream words("the cat and the dog and the bird");
    for (std::string w; words >> w;)
        count[w]++;
    for (const auto &[word, n] : count)
        std::cout << word << '=' << n << ' ';
    std::set<int> s{5, 3, 9, 1};
    s.insert(4), s.erase(9);
    show("set", s);
    std::deque<int> d(5, 7);
    d.push_front(1), d.push_back(2);
    show("deque", d);
    std::list<std::string> l{"c", "a", "b"};
    l.sort(), l.reverse();
    show("list", l);
    std::priority_queue<int> q;
    for (int i = 0; i < 50; i++)
        q.push(i * 37 % 101);
    std::cout << q.top() << '\n';
    std::unordered_map<int, int> u;
    for (int i = 0; i < 2000; i++)
        u[i * 7919 % 503] += i;
    long sum = 0;
    for (const auto &[k, n] : u)
        sum += (long)k * n % 1009;
    std::cout << u.size() << ' ' << sum << '\n';
}

static void streams()
{
    std::cout << std::hex << std::showbase << 255 << ' ' << std::dec << std::setw(8) << std::setfill('*') << 42 << ' '
              << std::fixed << std::setprecision(3) << 3.14159 << ' ' << std::scientific << 12345.678 << ' '
              << std::boolalpha << true << '\n';
    std::cout << std::defaultfloat << std::setprecision(17) << 0.1 << ' ' << 1.0L / 3 << ' ' << 1e300 * 10 << '\n';
    std::istringstream in("12 3.5 word 0x1f");
    int i;
    double d;
    std::string w;
    in >> i >> d >> w;
    std::cout << i << ' ' << d << ' ' << w << ' ' << in.good() << '\n';
    std::cerr << "on standard error\n";
}

int main()
{
    containers();
    streams();
    std::regex re("(\\w+)@(\\w+)\\.org");
    std::string text = "mail a@b.org and someone@example.org";
    for (std::sregex_iterator m(text.begin(), text.end(), re), end; m != end; ++m)
        std::cout << (*m)[1] << '/' << (*m)[2] << ' ';
    std::complex<double> z(1, 2);
    std::cout << z * z << ' ' << std::abs(z) << '\n';
    std::valarray<double> a{1, 2, 3, 4};
    std::cout << (a * a).sum() << ' ' << std::function<int(int)>([](int x) { return x * x; })(12) << '\n';
    std::normal_distribution<> normal;
    std::mt19937_64 engine(99);
    double sum = 0;
    for (int i = 0; i < 300; i++)
        sum += normal(engine);
    std::cout << std::setprecision(10) << sum << '\n';
}
