// SPDX-License-Identifier: MIT
//
// native clocks, and sleeping until a deadline.
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

TEST_CASE("no clock goes back", "[promise:2.28]") {
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
    const auto monotonic = now(Clock::Monotonic);
    CHECK(now(Clock::Boot) >= monotonic);
    const auto thread = now(Clock::ThreadCpu);
    CHECK(now(Clock::ProcessCpu) + 1ms >= thread);  // the kernel computes the two in different ways
}

TEST_CASE("CPU clocks advance with work") {
    const auto process = now(Clock::ProcessCpu);
    const auto thread = now(Clock::ThreadCpu);
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (now(Clock::ThreadCpu) < thread + 2ms && std::chrono::steady_clock::now() < deadline) {
    }
    CHECK(now(Clock::ThreadCpu) >= thread + 2ms);
    CHECK(now(Clock::ProcessCpu) >= process + 2ms);
}

TEST_CASE("a sleep until a deadline in the past returns at once") {
    const Instant start{now(Clock::Monotonic)};
    native::sleep_until(start - 1h);
    native::sleep_until(Instant(-1ns));
    native::sleep_until(Instant::min());
    CHECK(Instant{now(Clock::Monotonic)} - start < 5s);
}

TEST_CASE("signals do not end a sleep before its deadline", "[promise:2.28]") {
    static volatile std::sig_atomic_t signals = 0;
    struct sigaction counted{};
    struct sigaction before{};
    counted.sa_handler = [](int) { signals = signals + 1; };  // without SA_RESTART
    REQUIRE(::sigaction(SIGALRM, &counted, &before) == 0);
    const itimerval every_millisecond{.it_interval = {0, 1000}, .it_value = {0, 1000}};
    REQUIRE(::setitimer(ITIMER_REAL, &every_millisecond, nullptr) == 0);
    const int enough = test::under_thread_sanitizer ? 0 : 4;  // the sanitizer delivers signals late
    bool early = false;
    int sleeps = 0;
    do {  // a stopped process gets all signals of that time as one
        const Instant deadline = Instant{now(Clock::Monotonic)} + 100ms;
        native::sleep_until(deadline);
        early = early || Instant{now(Clock::Monotonic)} < deadline;
    } while (signals < enough && ++sleeps < 100);
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK_FALSE(early);
    CHECK(signals >= enough);
}
