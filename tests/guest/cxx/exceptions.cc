// C++ exceptions: through many frames, rethrown, nested, from constructors, with destructors run in order; RTTI and
// virtual inheritance.
// @variants: O0 O2 O3 Os
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

struct Trace {
    std::string name;
    explicit Trace(std::string n) : name(std::move(n)) { std::printf("+%s ", name.c_str()); }
    ~Trace() { std::printf("-%s ", name.c_str()); }
};

struct Base {
    virtual ~Base() = default;
    virtual int value() const { return 1; }
};
struct Left : virtual Base {
    int value() const override { return 2; }
};
struct Right : virtual Base {};
struct Both : Left, Right {
    int value() const override { return Left::value() + 40; }
};

static int dive(int depth)
{
    Trace t("d" + std::to_string(depth));
    if (depth == 0) throw std::out_of_range("bottom");
    return dive(depth - 1) + 1;
}

struct Throws {
    Trace member{"member"};
    Throws() { throw 42; }
};

static void nested()
{
    try {
        try {
            dive(3);
        } catch (const std::logic_error &e) {
            std::printf("[%s] ", e.what());
            std::throw_with_nested(std::runtime_error("outer"));
        }
    } catch (const std::exception &e) {
        std::printf("[%s", e.what());
        try {
            std::rethrow_if_nested(e);
        } catch (const std::exception &inner) {
            std::printf(" of %s]\n", inner.what());
        }
    }
}

int main()
{
    nested();
    try {
        Throws t;
    } catch (int n) {
        std::printf("int %d\n", n);
    }
    std::unique_ptr<Base> b = std::make_unique<Both>();
    std::printf("%d %d %d %s\n", b->value(), dynamic_cast<Right *>(b.get()) != nullptr,
                dynamic_cast<Trace *>((Trace *)nullptr) == nullptr, typeid(*b).name());
    try {
        std::vector<int> v(3);
        v.at(7) = 1;
    } catch (const std::out_of_range &) {
        std::puts("out of range");
    }
    try {
        Base plain;
        dynamic_cast<Both &>(plain).value();
    } catch (const std::bad_cast &) {
        std::puts("bad cast");
    }
    int caught = 0;
    for (int i = 0; i < 500; i++)
        try {
            if (i % 3 == 0) throw i;
            if (i % 3 == 1) throw std::string("text");
            throw 1.5 * i;
        } catch (int n) {
            caught += n;
        } catch (const std::string &s) {
            caught += s.size();
        } catch (...) {
            caught++;
        }
    std::printf("%d\n", caught);
    return 0;
}
