// SPDX-License-Identifier: MIT
//
// native::futex: the return value of a wait tells how it ended.
#include <support/words.hpp>

#include <weld/native/futex.hpp>
#include <weld/native/scheduling.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

namespace native = weld::native;
using namespace std::chrono_literals;
using native::Instant;
using native::Woken;
using test::must;

namespace {

Instant now() { return Instant(native::now(native::Clock::Monotonic)); }

}  // namespace

TEST_CASE("futex_wait returns at once when the word holds another value") {
    const native::FutexWord word(1);
    CHECK_FALSE(native::futex_wait(word, 0));
    CHECK(native::futex_wait_until(word, 0, now() + 1h) == Woken::No);
    CHECK(native::futex_wait_until(word, 0, Instant::min()) == Woken::No);
}

TEST_CASE("futex_wait_until returns at its deadline, at once when it has passed") {
    const native::FutexWord word(1);
    CHECK(native::futex_wait_until(word, 1, now()) == Woken::TimedOut);
    CHECK(native::futex_wait_until(word, 1, Instant::min()) == Woken::TimedOut);
    const auto deadline = now() + 5ms;
    CHECK(native::futex_wait_until(word, 1, deadline) == Woken::TimedOut);
    CHECK(now() >= deadline);
}

TEST_CASE("spin_helps is false only when there is a single CPU") {
    std::array<std::uint32_t, 2> cpus{};
    const std::size_t count = must(native::affinity(cpus));
    const auto alone = test::in_child([&] {
        const bool is_set = native::set_affinity(std::span(cpus).first(1)).has_value();
        return is_set && !native::spin_helps() ? 0 : 1;
    });
    CHECK(alone.exited_with(0));
    CHECK(native::spin_helps() == (count > 1));
}
