// SPDX-License-Identifier: MIT
//
// native clocks, and sleeping until one shows a time.
#include <support/words.hpp>

#include <weld/native/clock.hpp>

#include <sys/time.h>
#include <chrono>
#include <csignal>

namespace native = weld::native;
using namespace std::chrono_literals;
using native::Clock;
using native::Instant;
using native::now;

TEST_CASE("no clock goes back") {
    for (const Clock clock : {Clock::Realtime, Clock::Monotonic, Clock::Boot, Clock::ProcessCpu, Clock::ThreadCpu}) {
        INFO(static_cast<int>(clock));
        auto last = now(clock);
        CHECK(last > 0ns);
        bool back = false;
        for (int look = 0; look < 1000; ++look) {
            const auto next = now(clock);
            back = back || next < last;
            last = next;
        }
        CHECK_FALSE(back);
    }
}

TEST_CASE("the monotonic clock is std::chrono's steady one, and the realtime clock its system one") {
    const auto before = std::chrono::steady_clock::now();
    const Instant shown{now(Clock::Monotonic)};
    const auto after = std::chrono::steady_clock::now();
    CHECK(before <= shown);
    CHECK(shown <= after);

    const auto calendar = std::chrono::system_clock::now().time_since_epoch();
    CHECK(std::chrono::abs(now(Clock::Realtime) - calendar) < 60s);
    CHECK(now(Clock::Boot) + 1ms >= now(Clock::Monotonic));
    CHECK(now(Clock::ProcessCpu) + 1ms >= now(Clock::ThreadCpu));
}

TEST_CASE("CPU clocks move by work") {
    const auto thread = now(Clock::ThreadCpu);
    const auto process = now(Clock::ProcessCpu);
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (now(Clock::ThreadCpu) < thread + 2ms && std::chrono::steady_clock::now() < deadline) {
    }
    CHECK(now(Clock::ThreadCpu) >= thread + 2ms);
    CHECK(now(Clock::ProcessCpu) >= process + 2ms);
}

TEST_CASE("a sleep until the past does not wait") {
    const Instant start{now(Clock::Monotonic)};
    native::sleep_until(start - 1h);
    native::sleep_until(Instant(-1ns));
    native::sleep_until(Instant::min());
    CHECK(Instant{now(Clock::Monotonic)} - start < 5s);
}

TEST_CASE("a sleep lasts until its deadline, through signals") {
    static volatile std::sig_atomic_t signals = 0;
    struct sigaction counted{};
    struct sigaction before{};
    counted.sa_handler = [](int) { signals = signals + 1; };  // without SA_RESTART
    REQUIRE(::sigaction(SIGALRM, &counted, &before) == 0);
    const itimerval every_millisecond{.it_interval = {0, 1000}, .it_value = {0, 1000}};
    REQUIRE(::setitimer(ITIMER_REAL, &every_millisecond, nullptr) == 0);
    const Instant deadline = Instant{now(Clock::Monotonic)} + 100ms;
    native::sleep_until(deadline);
    const Instant woken{now(Clock::Monotonic)};
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK(woken >= deadline);
    CHECK(signals > (test::under_thread_sanitizer ? 0 : 3));  // it delivers them late
}
