// SPDX-License-Identifier: MIT
//
// spawn: the system's view of a thread: its name, its stack, its thread-locals. The rest is in tests/conformance.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <pthread.h>
#include <array>
#include <atomic>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace thread = weld::thread;
using test::must;
using weld::Kind;

namespace {

std::string comm() {
    std::ifstream file("/proc/thread-self/comm");
    std::string name;
    std::getline(file, name);
    return name;
}

std::size_t own_stack_size() {
    pthread_attr_t own;
    std::size_t size = 0;
    ::pthread_getattr_np(::pthread_self(), &own);
    ::pthread_attr_getstacksize(&own, &size);
    ::pthread_attr_destroy(&own);
    return size;
}

}  // namespace

// A program's own names, beside what it calls.
namespace app {

struct Job {
    int operator()() const { return 5; }
};

template <class Function>
auto start(Function&& function) {
    return must(thread::spawn(std::forward<Function>(function)));
}

}  // namespace app

TEST_CASE("a program may have a function named start that spawns") {
    CHECK(app::start(app::Job()).join() == 5);
    CHECK(must(thread::spawn(app::Job())).join() == 5);
    thread::scope([](thread::Scope& scope) { CHECK(must(scope.spawn(app::Job())).join() == 5); });
}

TEST_CASE("join returns after the destructors of thread-locals", "[promise:2.44]") {
    struct Local {
        std::atomic<int>* target = nullptr;
        ~Local() {
            for (int turn = 0; turn < 100; ++turn) {
                thread::yield_now();
            }
            target->store(1);
        }
    };
    static std::atomic<int> destroyed{0};
    must(thread::spawn([] {
        static thread_local Local local;
        local.target = &destroyed;
    })).join();
    CHECK(destroyed.load() == 1);
}

TEST_CASE("a name is cut for the system and whole for the program",
          "[promise:2.44][rust:test_named_thread_truncation]") {
    struct Names {
        std::string system;
        std::string own;
    };
    const auto names = [](std::string_view name) {
        auto handle =
            must(thread::spawn([] { return Names{comm(), std::string(thread::current().name())}; }, {.name = name}));
        CHECK(handle.thread().name() == name);
        return std::move(handle).join();
    };
    CHECK(names("short").system == "short");
    CHECK(names("short").own == "short");
    CHECK(names("exactly-15-byte").system == "exactly-15-byte");
    const std::string_view longer = "a name of more than fifteen bytes";
    CHECK(names(longer).system == "a name of more ");
    CHECK(names(longer).own == longer);
    CHECK(names("").own.empty());
    CHECK(names("").system == comm());
}

TEST_CASE("a stack has the requested size, rounded up",
          "[promise:2.44][rust:test_minimal_thread_stack][rust2014:small_stacks]") {
    const auto with = [](std::size_t size) { return must(thread::spawn(own_stack_size, {.stack_size = size})).join(); };
    CHECK(with(1 << 20) >= (1 << 20));
    CHECK(with(1 << 20) < (2 << 20));
    CHECK(with((1 << 20) + 1) > (1 << 20));
    CHECK(with(1) >= 16384);
    CHECK(with(20'000) >= 20'000);
    CHECK(with(0) > 65536);
}

TEST_CASE("the whole stack that was asked for can be used") {
    if (test::under_sanitizer) {
        return;  // frames are larger there
    }
    const int sum = must(thread::spawn(
                             [] {
                                 std::array<volatile char, 12 << 20> deep;
                                 for (std::size_t at = 0; at < deep.size(); at += 4096) {
                                     deep[at] = 1;
                                 }
                                 return deep[0] + deep[deep.size() - 4096];
                             },
                             {.stack_size = 16 << 20}))
                        .join();
    CHECK(sum == 2);
}

TEST_CASE("an impossible stack size is an error value", "[promise:2.44]") {
    bool ran = false;
    for (const std::size_t size :
         {std::size_t{1} << 60, std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max() / 2}) {
        INFO(size);
        const auto handle = thread::spawn([&] { ran = true; }, {.stack_size = size});
        REQUIRE_FALSE(handle.has_value());
        const Kind kind = handle.error().kind();
        CHECK((kind == Kind::WouldBlock || kind == Kind::OutOfMemory || kind == Kind::InvalidInput));
        CHECK(std::string_view(handle.error().operation()) == "spawn");
    }
    CHECK_FALSE(ran);
}
