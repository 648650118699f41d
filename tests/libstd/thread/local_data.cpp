// SPDX-License-Identifier: MIT
//
// Local, as the task-local data of 2014 was used, by the names of its tests.
#include "local_words.hpp"

#include <support/words.hpp>

#include <weld/thread.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using test::Counted;
using test::in_thread;
using test::must;
using thread::Local;

TEST_CASE("a value of one thread is not visible to another", "[rust2014:test_tls_multitask]") {
    static constinit thread_local Local<std::string> local;
    local.set("parent data");
    in_thread([] {
        CHECK_FALSE(local.take().has_value());
        local.set("child data");
        CHECK(local.get() == "child data");
    });
    CHECK(local.get() == "parent data");
    CHECK(local.take() == "parent data");
    CHECK_FALSE(local.has_value());
}

TEST_CASE("set destroys the old value, and makes no first value", "[rust2014:test_tls_overwrite]") {
    static std::atomic<int> made{0};
    static constinit thread_local Local<Counted> local([] {
        made.fetch_add(1);
        return Counted();
    });
    made = 0;
    std::atomic<int> ends{0};
    in_thread([&] {
        local.set(Counted(ends));
        CHECK(made.load() == 0);
        local.set(Counted(ends));
        CHECK(ends.load() == 1);
    });
    CHECK(ends.load() == 2);
    CHECK(made.load() == 0);
}

TEST_CASE("take moves the value out, and replace returns the old one", "[rust2014:test_tls_pop]") {
    static constinit thread_local Local<Counted> local;
    std::atomic<int> ends{0};
    in_thread([&] {
        local.set(Counted(ends));
        {
            const auto taken = local.take();
            REQUIRE(taken.has_value());
            CHECK_FALSE(local.has_value());
            CHECK(ends.load() == 0);
        }
        CHECK(ends.load() == 1);
        CHECK_FALSE(local.take().has_value());
        {
            const Counted before = local.replace(Counted(ends));
            CHECK(before.ends == nullptr);
        }
        CHECK(ends.load() == 1);
        local.reset();
        CHECK(ends.load() == 2);
        local.reset();
    });
    CHECK(ends.load() == 2);
}

TEST_CASE("a large value works, also on a small stack", "[rust2014:test_tls_crust_automorestack_memorial_bug]") {
    static constinit thread_local Local<std::array<std::uint8_t, 100'000>> local;
    must(thread::spawn(
             [] {
                 CHECK(std::accumulate(local.get().begin(), local.get().end(), 0) == 0);
                 local.get().back() = 5;
                 CHECK(local.get().back() == 5);
             },
             {.stack_size = test::under_sanitizer ? std::size_t{1} << 20 : 65536}))
        .join();
    CHECK(local.get().back() == 0);
}

TEST_CASE(
    "several Locals keep their values apart",
    "[rust2014:test_tls_multiple_types][rust2014:test_tls_overwrite_multiple_types][rust2014:test_same_key_type]") {
    static constinit thread_local Local<std::string> text;
    static constinit thread_local Local<std::vector<int>> numbers;
    static constinit thread_local Local<int> left;
    static constinit thread_local Local<int> right;
    in_thread([] {
        text.set("hax");
        numbers.set({1, 2});
        left.set(1);
        right.set(2);
        text.set("again");
        CHECK(text.get() == "again");
        CHECK(numbers.get() == std::vector<int>{1, 2});
        CHECK((left.get() == 1 && right.get() == 2));
    });
}

TEST_CASE("values are destroyed also when the thread throws", "[rust2014:test_tls_cleanup_on_failure]") {
    static constinit thread_local Local<Counted> local;
    std::atomic<int> ends{0};
    auto handle = must(thread::spawn([&] {
        local.set(Counted(ends));
        throw std::runtime_error("failure");
    }));
    CHECK_THROWS_AS(std::move(handle).join(), std::runtime_error);
    CHECK(ends.load() == 1);
}

TEST_CASE("values may be pointers, owning or not", "[rust2014:test_static_pointer][rust2014:test_owned]") {
    static constinit thread_local Local<const int*> pointer;
    static constinit thread_local Local<std::unique_ptr<int>> owner;
    static const int variable = 3;
    in_thread([] {
        CHECK(pointer.get() == nullptr);
        pointer.set(&variable);
        CHECK(pointer.replace(nullptr) == &variable);
        CHECK(owner.get() == nullptr);
        owner.set(std::make_unique<int>(4));
        CHECK(*owner.get() == 4);
    });
}

TEST_CASE("replacing a value during its use sets the new one in the same place", "[rust2014:test_nested_get_set1]") {
    static constinit thread_local Local<std::string> local;
    in_thread([] {
        local.set("first");
        local.with([](std::string& value) {
            CHECK(local.replace("second") == "first");
            CHECK(value == "second");
        });
    });
}
