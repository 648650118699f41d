// SPDX-License-Identifier: MIT
//
// native::futex: what a sleep says of how it ended.
#include <support/words.hpp>

#include <weld/native/futex.hpp>

#include <chrono>

namespace native = weld::native;
using namespace std::chrono_literals;
using native::Instant;
using native::Woken;

namespace {

Instant now() { return Instant(native::now(native::Clock::Monotonic)); }

}  // namespace

TEST_CASE("a sleep on a word that holds something else does not begin") {
    const native::FutexWord word(1);
    CHECK_FALSE(native::futex_wait(word, 0));
    CHECK(native::futex_wait_until(word, 0, now() + 1h) == Woken::No);
}

TEST_CASE("a sleep whose deadline is past is over, whatever the word holds") {
    const native::FutexWord word(1);
    for (const std::uint32_t expected : {1U, 0U}) {
        CHECK(native::futex_wait_until(word, expected, now()) == Woken::TimedOut);
        CHECK(native::futex_wait_until(word, expected, Instant::min()) == Woken::TimedOut);
    }
    const auto deadline = now() + 5ms;
    CHECK(native::futex_wait_until(word, 1, deadline) == Woken::TimedOut);
    CHECK(now() >= deadline);
}
