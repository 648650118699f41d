// SPDX-License-Identifier: MIT
//
// Times: sums without overflow, and the clocks that std::chrono lacks.
#include <support/words.hpp>

#include <weld/time.hpp>

#include <chrono>
#include <type_traits>

namespace wt = weld::time;
using namespace std::chrono_literals;
using wt::Duration;
using wt::Instant;
using wt::saturating_add;

static_assert(std::is_same_v<Instant::clock, std::chrono::steady_clock>);
static_assert(std::is_same_v<wt::SystemTime::clock, std::chrono::system_clock>);

TEST_CASE("a sum in range is exact", "[promise:2.28]") {
    constexpr Instant start(1000ns);
    static_assert(saturating_add(start, 5ns) == Instant(1005ns));
    static_assert(saturating_add(start, -5ns) == Instant(995ns));
    static_assert(saturating_add(start, 0ns) == start);
    static_assert(saturating_add(start, -2000ns) == Instant(-1000ns));
    static_assert(saturating_add(Instant::max() - 5ns, 5ns) == Instant::max());
    static_assert(saturating_add(Instant::max() - 5ns, 4ns) == Instant::max() - 1ns);
    static_assert(saturating_add(Instant::min() + 5ns, -5ns) == Instant::min());
    static_assert(saturating_add(Instant::min(), Duration::max()) == Instant(-1ns));
    static_assert(saturating_add(Instant::max(), Duration::min()) == Instant(-1ns));
    static_assert(saturating_add(Instant(0ns), Duration::min()) == Instant::min());
    static_assert(saturating_add(Instant(0ns), Duration::max()) == Instant::max());
    SUCCEED();
}

TEST_CASE("a sum out of range saturates", "[promise:2.28]") {
    static_assert(saturating_add(Instant::max(), 1ns) == Instant::max());
    static_assert(saturating_add(Instant::max() - 5ns, 6ns) == Instant::max());
    static_assert(saturating_add(Instant::max(), Duration::max()) == Instant::max());
    static_assert(saturating_add(Instant(1ns), Duration::max()) == Instant::max());
    static_assert(saturating_add(Instant::min(), -1ns) == Instant::min());
    static_assert(saturating_add(Instant::min(), Duration::min()) == Instant::min());
    static_assert(saturating_add(Instant(-1ns), Duration::min()) == Instant::min());
    SUCCEED();
}

TEST_CASE("a sum of Durations out of range is nothing, or saturates", "[promise:2.28]") {
    static_assert(wt::checked_add(2ns, 3ms) == 3'000'002ns);
    static_assert(wt::checked_add(Duration::max(), 0ns) == Duration::max());
    static_assert(!wt::checked_add(Duration::max(), 1ns));
    static_assert(!wt::checked_add(Duration::min(), -1ns));
    static_assert(wt::checked_sub(2ns, 3ns) == -1ns);
    static_assert(!wt::checked_sub(Duration::min(), 1ns));
    static_assert(!wt::checked_sub(0ns, Duration::min()));
    static_assert(wt::checked_sub(-1ns, Duration::min()) == Duration::max());
    static_assert(wt::checked_mul(2s, 3) == 6s);
    static_assert(wt::checked_mul(2s, -3) == -6s);
    static_assert(!wt::checked_mul(Duration::max(), 2));
    static_assert(!wt::checked_mul(Duration::min(), -1));
    static_assert(saturating_add(Duration::max(), 1ns) == Duration::max());
    static_assert(saturating_add(Duration::min(), -1ns) == Duration::min());
    static_assert(saturating_add(1s, -2s) == -1s);
    static_assert(wt::saturating_sub(Duration::min(), 1ns) == Duration::min());
    static_assert(wt::saturating_sub(0ns, Duration::min()) == Duration::max());
    static_assert(wt::saturating_sub(1s, 3s) == -2s);
    static_assert(wt::saturating_mul(Duration::max(), 2) == Duration::max());
    static_assert(wt::saturating_mul(Duration::max(), -2) == Duration::min());
    static_assert(wt::saturating_mul(Duration::min(), -1) == Duration::max());
    static_assert(wt::saturating_mul(Duration::min(), 2) == Duration::min());
    static_assert(wt::saturating_mul(0ns, -5) == 0ns);
    SUCCEED();
}

TEST_CASE("time points of any clock are added and subtracted without overflow", "[promise:2.28]") {
    constexpr Instant start(1000ns);
    constexpr wt::SystemTime epoch{};
    static_assert(wt::checked_add(start, 5ns) == Instant(1005ns));
    static_assert(!wt::checked_add(Instant::max(), 1ns));
    static_assert(wt::checked_sub(start, 1us) == Instant(0ns));
    static_assert(!wt::checked_sub(Instant::min(), 1ns));
    static_assert(wt::saturating_sub(start, Duration::min()) == Instant::max());
    static_assert(wt::saturating_sub(Instant::min(), 1h) == Instant::min());
    static_assert(wt::checked_add(epoch, 24h) == wt::SystemTime(24h));
    static_assert(wt::checked_add(epoch, Duration::max()) == wt::SystemTime::max());
    static_assert(saturating_add(epoch + 1ns, Duration::max()) == wt::SystemTime::max());
    static_assert(wt::checked_since(start, Instant(0ns)) == 1us);
    static_assert(!wt::checked_since(Instant(0ns), start));
    static_assert(!wt::checked_since(Instant::max(), Instant::min()));
    static_assert(wt::saturating_since(start, Instant(0ns)) == 1us);
    static_assert(wt::saturating_since(Instant(0ns), start) == 0ns);
    static_assert(wt::saturating_since(Instant::max(), Instant::min()) == Duration::max());
    SUCCEED();
}

TEST_CASE("an elapsed time is never negative", "[promise:2.28]") {
    const Instant start = wt::now();
    CHECK(wt::elapsed(start) >= 0ns);
    CHECK(wt::elapsed(start + 1h) == 0ns);
    CHECK(wt::elapsed(Instant::max()) == 0ns);
    CHECK(wt::elapsed(Instant::min()) == Duration::max());
    CHECK(wt::now() >= start);
}

TEST_CASE("deadline_after is that far from now, and saturates at the last Instant") {
    const Instant before = std::chrono::steady_clock::now();
    const Instant deadline = wt::deadline_after(1h);
    const Instant after = std::chrono::steady_clock::now();
    CHECK(deadline >= before + 1h);
    CHECK(deadline <= after + 1h);
    CHECK(wt::deadline_after(Duration::max()) == Instant::max());
    CHECK(wt::deadline_after(Duration::min()) < before);
    CHECK(wt::deadline_after(-1h) < before);
}

TEST_CASE("a wait of any unit converts to a Duration, rounded up and saturated") {
    static_assert(wt::saturating_cast(5ns) == 5ns);
    static_assert(wt::saturating_cast(2h) == 2h);
    static_assert(wt::saturating_cast(std::chrono::duration<double, std::nano>(0.25)) == 1ns);
    static_assert(wt::saturating_cast(std::chrono::duration<double, std::nano>(-0.25)) == 0ns);
    static_assert(wt::saturating_cast(std::chrono::duration<long, std::pico>(1)) == 1ns);
    static_assert(wt::saturating_cast(std::chrono::duration<long, std::pico>(1000)) == 1ns);
    static_assert(wt::saturating_cast(std::chrono::duration<long, std::pico>(1001)) == 2ns);
    static_assert(wt::saturating_cast(std::chrono::hours::max()) == Duration::max());
    static_assert(wt::saturating_cast(std::chrono::hours::min()) == Duration::min());
    static_assert(wt::saturating_cast(std::chrono::duration<double>(1e30)) == Duration::max());
    static_assert(wt::saturating_cast(std::chrono::duration<double>(-1e30)) == Duration::min());
    static_assert(wt::saturating_cast(Duration::max()) == Duration::max());
    static_assert(wt::saturating_cast(Duration::min()) == Duration::min());
    CHECK(wt::deadline_after(std::chrono::hours::max()) == Instant::max());
    CHECK(wt::deadline_after(std::chrono::years(1000)) == Instant::max());
}

namespace {

template <class Clock>
void never_goes_back() {
    static_assert(std::chrono::is_clock_v<Clock>);
    static_assert(std::is_same_v<typename Clock::time_point::clock, Clock>);
    auto last = Clock::now();
    bool back = false;
    for (int look = 0; look < 1000; ++look) {
        const auto next = Clock::now();
        back = back || next < last;
        last = next;
    }
    CHECK_FALSE(back);
    CHECK(last.time_since_epoch() > 0ns);
}

}  // namespace

TEST_CASE("no clock goes backwards", "[promise:2.28]") {
    never_goes_back<Instant::clock>();
    never_goes_back<wt::BootClock>();
    never_goes_back<wt::ProcessCpuClock>();
    never_goes_back<wt::ThreadCpuClock>();
}

TEST_CASE("a clock that can be set is not called steady") {
    static_assert(!wt::ClockOf<weld::native::Clock::Realtime>::is_steady);
    static_assert(wt::BootClock::is_steady);
    SUCCEED();
}

TEST_CASE("the CPU clock of a thread counts that thread alone, and the process's counts all") {
    const auto process = wt::ProcessCpuClock::now();
    const auto own = wt::ThreadCpuClock::now();
    const auto used =
        test::must(weld::thread::spawn([] {
            const auto begin = wt::ThreadCpuClock::now();
            const auto give_up = std::chrono::steady_clock::now() + 10s;
            while (wt::ThreadCpuClock::now() - begin < 20ms && std::chrono::steady_clock::now() < give_up) {
            }
            return wt::ThreadCpuClock::now() - begin;
        })).join();
    CHECK(used >= 20ms);
    CHECK(wt::ProcessCpuClock::now() - process >= 20ms);
    CHECK(wt::ThreadCpuClock::now() - own < used);
}
