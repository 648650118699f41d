// SPDX-License-Identifier: MIT
//
// LazyLock: a value that is made when it is first asked for, once.
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

TEST_CASE("sync_lazy_new: a global is made when it is first asked for, by whichever thread") {
    CHECK(called == 0);
    CHECK(at_start.get() == nullptr);
    CHECK(must(thread::spawn([] { return *at_start - 30; })).join() == 62);
    CHECK(*at_start - 30 == 62);
    CHECK(*std::as_const(at_start).get() == 92);
    CHECK(called == 1);
}

TEST_CASE("sync_lazy_default: (lazy_default) a value that is changed stays what it was made for") {
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

TEST_CASE("static_sync_lazy: all threads see the same value") {
    CHECK(must(thread::spawn([] { return &*numbers; })).join() == &numbers.force());
    CHECK(*numbers == std::vector{1, 2, 3});
    CHECK(numbers->size() == 3);
}

TEST_CASE("static_sync_lazy_via_fn: a static in a function") {
    const auto values = []() -> const std::vector<int>& {
        static constinit sync::LazyLock<std::vector<int>> lazy([] { return std::vector{1, 2, 3}; });
        return *lazy;
    };
    CHECK(values() == std::vector{1, 2, 3});
    CHECK(&values() == &values());
}

TEST_CASE("lazy_type_inference: what the closure gives is what the value is") {
    sync::LazyLock lazy([text = std::string("abc")] { return text + "d"; });
    static_assert(std::is_same_v<decltype(lazy.force()), std::string&>);
    CHECK(*lazy == "abcd");
}

TEST_CASE("lazy_force_mut: a value that was made may be changed") {
    sync::LazyLock lazy([text = std::string("abc")] { return text; });
    lazy.force().clear();
    CHECK(lazy.force().empty());
}

TEST_CASE("sync_lazy_poisoning: (lazy_poisoning) a closure that throws is called again, and its exception is seen") {
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

TEST_CASE("of many who ask at once one makes the value, and the others wait") {
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

TEST_CASE("a value that nobody asked for is neither made nor destroyed") {
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
