// SPDX-License-Identifier: MIT
//
// LazyLock: a value that is initialised once, on first use.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync/lazy_lock.hpp>
#include <weld/sync/mutex.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using test::must;
using test::Sleeper;

namespace {

std::atomic<int> called{0};

constinit sync::LazyLock<int> at_start([] {
    ++called;
    return 92;
});

constinit sync::LazyLock<std::vector<int>> numbers([] { return std::vector{1, 2, 3}; });

}  // namespace

TEST_CASE("a global LazyLock is initialised on first use, by any thread", "[rust:sync_lazy_new]") {
    CHECK(called == 0);
    CHECK(at_start.get() == nullptr);
    CHECK(must(thread::spawn([] { return *at_start - 30; })).join() == 62);
    CHECK(*at_start - 30 == 62);
    CHECK(*std::as_const(at_start).get() == 92);
    CHECK(called == 1);
}

TEST_CASE("a LazyLock is initialised once, and keeps a changed value", "[rust:sync_lazy_default][rust:lazy_default]") {
    std::atomic<int> made{0};
    sync::LazyLock lazy([&] {
        ++made;
        return std::make_unique<sync::Mutex<int>>(42);
    });
    CHECK(made == 0);
    CHECK(*(*lazy)->lock() == 42);
    *(*lazy)->lock() = 21;
    CHECK(*(*lazy)->lock() == 21);
    CHECK(made == 1);
}

TEST_CASE("all threads see the same value", "[rust:static_sync_lazy]") {
    CHECK(must(thread::spawn([] { return &*numbers; })).join() == &numbers.force());
    CHECK(*numbers == std::vector{1, 2, 3});
    CHECK(numbers->size() == 3);
}

TEST_CASE("a LazyLock works as a static in a function", "[rust:static_sync_lazy_via_fn]") {
    const auto values = []() -> const std::vector<int>& {
        static constinit sync::LazyLock<std::vector<int>> lazy([] { return std::vector{1, 2, 3}; });
        return *lazy;
    };
    CHECK(values() == std::vector{1, 2, 3});
    CHECK(&values() == &values());
}

TEST_CASE("the value type is deduced from the closure", "[rust:lazy_type_inference]") {
    sync::LazyLock lazy([text = std::string("abc")] { return text + "d"; });
    static_assert(std::is_same_v<decltype(lazy.force()), std::string&>);
    CHECK(*lazy == "abcd");
}

TEST_CASE("a value that was made may be changed", "[rust:lazy_force_mut]") {
    sync::LazyLock lazy([text = std::string("abc")] { return text; });
    lazy.force().clear();
    CHECK(lazy.force().empty());
}

TEST_CASE("a closure that throws is called again by the next use, and its exception is passed on",
          "[rust:sync_lazy_poisoning][rust:lazy_poisoning]") {
    int calls = 0;
    sync::LazyLock lazy([&]() -> std::string {
        if (++calls < 3) {
            throw calls;
        }
        return "at last";
    });
    CHECK_THROWS_AS(lazy->size(), int);
    CHECK_THROWS_AS(lazy.force(), int);
    CHECK(lazy.get() == nullptr);
    CHECK(*lazy == "at last");
    CHECK(calls == 3);
}

TEST_CASE("of many concurrent uses one initialises the value, and the others wait") {
    std::atomic<int> makers{0};
    std::atomic<bool> may_end{false};
    sync::LazyLock lazy([&] {
        ++makers;
        (void)test::eventually([&] { return may_end.load(); });
        return makers.load();
    });
    const auto ask = [&] { return *lazy; };
    auto maker = must(thread::spawn(ask));
    CHECK(test::eventually([&] { return makers == 1; }));
    Sleeper one(ask);
    CHECK(one.is_asleep());
    may_end = true;
    CHECK(one.join() == 1);
    CHECK(std::move(maker).join() == 1);
    CHECK(makers == 1);
}

TEST_CASE("a value that is never used is neither made nor destroyed") {
    auto counted = std::make_shared<int>(1);
    {
        const sync::LazyLock lazy([counted] { return counted; });
        CHECK(counted.use_count() == 2);
    }
    CHECK(counted.use_count() == 1);
    {
        sync::LazyLock lazy([counted] { return counted; });
        CHECK(lazy->use_count() == 3);
    }
    CHECK(counted.use_count() == 1);
}
