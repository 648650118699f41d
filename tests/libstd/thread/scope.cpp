// SPDX-License-Identifier: MIT
//
// scope: a failed spawn. The rest is in tests/conformance.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <atomic>
#include <string_view>

namespace thread = weld::thread;
using test::kind_of;
using test::must;
using thread::Scope;
using weld::Kind;

TEST_CASE("a failed spawn in a scope is an error value, and the scope continues") {
    std::atomic<int> ended{0};
    thread::scope([&](Scope& scope) {
        (void)must(scope.spawn([&] { ended.fetch_add(1); }));
        CHECK_FALSE(scope.spawn([&] { ended.fetch_add(100); }, {.stack_size = std::size_t{1} << 60}).has_value());
        CHECK(kind_of(scope.spawn([&] { ended.fetch_add(100); }, {.name = std::string_view("a\0b", 3)})) ==
              Kind::InvalidInput);
        (void)must(scope.spawn([&] { ended.fetch_add(1); }));
    });
    CHECK(ended.load() == 2);
}
