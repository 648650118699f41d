// SPDX-License-Identifier: MIT
//
// Local: a value for each thread. The cases that end the process are in local_ends.cpp.
#include "local_words.hpp"

#include <support/words.hpp>

#include <weld/sync/latch.hpp>
#include <weld/thread.hpp>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using test::Counted;
using test::in_thread;
using test::must;
using thread::Local;

// Held by the compiler: no guard is needed to reach one, and nothing is registered for it by itself.
static_assert(std::is_trivially_destructible_v<Local<int>> && std::is_trivially_destructible_v<Local<std::string>>);
static_assert(!std::is_copy_constructible_v<Local<int>> && !std::is_move_constructible_v<Local<int>>);
static_assert(!std::is_default_constructible_v<Local<std::reference_wrapper<int>>>);

namespace {

constinit thread_local int registered = 0;

}  // namespace

// Takes the place of the one that the compiler and at_thread_end call, to count what is registered.
extern "C" int __cxa_thread_atexit_impl(void (*end)(void*), void* object, void* library);       // NOLINT
extern "C" int __cxa_thread_atexit(void (*end)(void*), void* object, void* library) noexcept {  // NOLINT
    ++registered;
    return __cxa_thread_atexit_impl(end, object, library);
}

namespace {

int seven() { return 7; }

}  // namespace

TEST_CASE("each thread has its own value, made by its maker", "[rust:smoke_no_dtor]") {
    static constinit thread_local Local<int> local(seven);
    CHECK_FALSE(local.has_value());
    CHECK(local.get() == 7);
    CHECK(local.has_value());
    local.set(8);
    in_thread([] {
        CHECK_FALSE(local.has_value());
        CHECK(local.get() == 7);
        local.get() = 9;
        in_thread([] { CHECK(local.get() == 7); });
        CHECK(local.get() == 9);
    });
    CHECK(local.get() == 8);
}

TEST_CASE("a value without a destructor registers nothing, and one with a destructor once") {
    static constinit thread_local Local<std::array<int, 100>> trivial;
    static constinit thread_local Local<std::string> text;
    in_thread([] {
        const int before = registered;
        trivial.get()[5] = 1;
        trivial.reset();
        CHECK(trivial.get()[5] == 0);
        CHECK(registered == before);
        CHECK_FALSE(text.has_value());
        CHECK(registered == before);
        text.get() = "made";
        text.reset();
        text.set("again");
        CHECK(registered == before + 1);
    });
}

namespace {

bool states_gone = false;

struct Foo {
    bool armed = false;
    ~Foo();
};

constinit thread_local Local<Foo> foo;

Foo::~Foo() {
    if (armed) {
        states_gone = foo.try_get() == nullptr && !foo.has_value();
    }
}

}  // namespace

TEST_CASE("a value is unavailable in its own destructor", "[rust:states]") {
    in_thread([] {
        REQUIRE(foo.try_get() != nullptr);
        foo.get().armed = true;
    });
    CHECK(states_gone);
    states_gone = false;
    in_thread([] {
        foo.get().armed = true;
        foo.reset();
        CHECK(states_gone);
        CHECK(foo.try_get() != nullptr);
    });
}

namespace {

// The values of the following case, each of whose ends asks for the other.
std::atomic<int> circular_hits{0};
std::atomic<int> circular_wrong{0};

struct First {
    bool armed = false;
    First() = default;
    explicit First(bool arm) : armed(arm) {}
    First(First&& other) noexcept : armed(std::exchange(other.armed, false)) {}
    First& operator=(First&& other) noexcept {
        std::swap(armed, other.armed);
        return *this;
    }
    ~First();
};

struct Second {
    bool armed = false;
    Second() = default;
    explicit Second(bool arm) : armed(arm) {}
    Second(Second&& other) noexcept : armed(std::exchange(other.armed, false)) {}
    Second& operator=(Second&& other) noexcept {
        std::swap(armed, other.armed);
        return *this;
    }
    ~Second();
};

constinit thread_local Local<First> first;
constinit thread_local Local<Second> second;

First::~First() {
    if (!armed) {
        return;
    }
    const int hit = circular_hits.fetch_add(1) + 1;
    if (second.try_get() == nullptr) {
        circular_wrong += hit == 3 ? 0 : 1;
    } else if (hit == 1) {
        second.set(Second(true));
    } else {
        ++circular_wrong;
    }
}

Second::~Second() {
    if (!armed) {
        return;
    }
    circular_wrong += circular_hits.fetch_add(1) + 1 == 2 ? 0 : 1;
    if (first.try_get() == nullptr) {
        ++circular_wrong;
    } else {
        first.set(First(true));
    }
}

}  // namespace

TEST_CASE("a destructor may make another value, whose destructor makes another, and all are destroyed",
          "[rust:circular]") {
    in_thread([] { const First begin(true); });
    CHECK(circular_hits.load() == 3);
    CHECK(circular_wrong.load() == 0);
}

namespace {

std::atomic<int> self_ends{0};

struct Own {
    ~Own();
};

constinit thread_local Local<std::optional<Own>> own;

Own::~Own() { self_ends += own.try_get() == nullptr ? 1 : 100; }

}  // namespace

TEST_CASE("try_get in the value's own destructor returns null", "[rust:self_referential]") {
    in_thread([] { own.get().emplace(); });
    CHECK(self_ends.load() == 1);
}

namespace {

std::atomic<int> nested_ends{0};

struct Deepest {
    bool armed = false;
    ~Deepest() { nested_ends += armed ? 1 : 0; }
};

constinit thread_local Local<Deepest> deepest;

struct Middle {
    bool armed = false;
    ~Middle() {
        if (armed) {
            deepest.get().armed = true;
        }
    }
};

constinit thread_local Local<Middle> middle([] { return Middle(); });

struct Outer {
    bool armed = false;
    ~Outer() {
        if (armed) {
            middle.get().armed = true;
        }
    }
};

constinit thread_local Local<Outer> outer;

}  // namespace

TEST_CASE("values made by destructors during the thread's end are destroyed", "[rust:dtors_in_dtors_in_dtors]") {
    in_thread([] { outer.get().armed = true; });
    CHECK(nested_ends.load() == 1);
}

TEST_CASE("a value is destroyed with its thread, once, before join returns", "[rust:smoke_dtor]") {
    static constinit thread_local Local<Counted> local;
    std::atomic<int> ends{0};
    in_thread([&] {
        local.get().ends = &ends;
        CHECK(ends.load() == 0);
    });
    CHECK(ends.load() == 1);
}

TEST_CASE("join waits for slow destructors of thread-locals", "[rust:join_orders_after_tls_destructors]") {
    struct Slow {
        std::atomic<bool>* done = nullptr;
        ~Slow() {
            if (done != nullptr) {
                for (int turn = 0; turn < 1000; ++turn) {
                    thread::yield_now();
                }
                done->store(true, std::memory_order_relaxed);
            }
        }
    };
    static constinit thread_local Local<Slow> slow;
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> done{false};
        in_thread([&] { slow.get().done = &done; });
        CHECK(done.load(std::memory_order_relaxed));
    }
}

TEST_CASE("a destructor of a value may call current", "[rust:thread_current_in_dtor]") {
    struct Asks {
        std::atomic<int>* asked = nullptr;
        ~Asks() {
            if (asked != nullptr) {
                asked->fetch_add(thread::current().id() == thread::ThreadId{} ? 100 : 1);
            }
        }
    };
    static constinit thread_local Local<Asks> asks;
    std::atomic<int> asked{0};
    in_thread([&] { asks.get().asked = &asked; });
    CHECK(asked.load() == 1);
}

TEST_CASE("a value may own memory", "[rust:hashmap][rust:refcell_vec]") {
    static constinit thread_local Local<std::map<int, int>> map([] { return std::map<int, int>{{1, 2}}; });
    static constinit thread_local Local<std::vector<int>> list([] { return std::vector<int>{1, 2, 3}; });
    in_thread([] {
        CHECK(map.get()[1] == 2);
        map.with([](std::map<int, int>& values) { values[3] = 4; });
        CHECK(map.with([](auto& values) { return values.size(); }) == 2);
        list.get().push_back(4);
        CHECK(list.get() == std::vector<int>{1, 2, 3, 4});
        CHECK(list.replace({1}) == std::vector<int>{1, 2, 3, 4});
        CHECK(list.take() == std::vector<int>{1});
        CHECK(list.get() == std::vector<int>{1, 2, 3});
    });
}

TEST_CASE("a value is made in place: it need not be movable, and a throwing maker leaves none") {
    static constinit thread_local Local<std::atomic<int>> fixed;
    static int calls = 0;
    static constinit thread_local Local<std::string> picky([]() -> std::string {
        if (++calls == 1) {
            throw std::runtime_error("not yet");
        }
        return "made";
    });
    in_thread([] {
        fixed.get().fetch_add(2);
        CHECK(fixed.get().load() == 2);
        CHECK_THROWS_AS(picky.get(), std::runtime_error);
        CHECK_FALSE(picky.has_value());
        REQUIRE(picky.try_get() != nullptr);
        CHECK(*picky.try_get() == "made");
    });
}

TEST_CASE("values are destroyed in LIFO order") {
    static std::string order;
    struct Named {
        char name = '?';
        ~Named() { order += name; }
    };
    static constinit thread_local Local<Named> a;
    static constinit thread_local Local<Named> b;
    static constinit thread_local Local<Named> c;
    order.clear();
    in_thread([] {
        b.get().name = 'b';
        c.get().name = 'c';
        a.get().name = 'a';
    });
    CHECK(order == "acb");
}

TEST_CASE("an over-aligned value is aligned") {
    struct alignas(128) Aligned {
        int value = 7;
    };
    static constinit thread_local Local<Aligned> local;
    in_thread([] { CHECK(reinterpret_cast<std::uintptr_t>(&local.get()) % 128 == 0); });
}

TEST_CASE("many threads make and destroy their values concurrently") {
    static constinit thread_local Local<std::string> local;
    std::atomic<int> right{0};
    thread::scope([&](thread::Scope& scope) {
        for (int number = 0; number < 50; ++number) {
            (void)must(scope.spawn([&right, number] {
                local.set(std::string(100, static_cast<char>('a' + number % 26)));
                thread::yield_now();
                right += local.get() == std::string(100, static_cast<char>('a' + number % 26)) ? 1 : 0;
            }));
        }
    });
    CHECK(right.load() == 50);
}
