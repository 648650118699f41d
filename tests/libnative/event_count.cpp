// SPDX-License-Identifier: MIT
//
// native::EventCount: notices that come before, between and after a wait, and those that go to another.
#include <support/words.hpp>

#include <weld/native/event_count.hpp>
#include <weld/native/futex.hpp>

#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

using namespace std::chrono_literals;
using test::must;
using weld::native::EventCount;
using weld::native::FutexWord;
using weld::native::Instant;

namespace {

constinit EventCount at_start;

constexpr bool is_little = std::endian::native == std::endian::little;

/// The word that `event`'s waiters sleep on.
const FutexWord& word_of(const EventCount& event) {
    return reinterpret_cast<const FutexWord*>(&event)[is_little ? 1 : 0];
}

/// How many prepared and were not noticed.
std::uint32_t waiters_of(const EventCount& event) {
    return reinterpret_cast<const FutexWord*>(&event)[is_little ? 0 : 1].load();
}

template <class Body>
auto spawn(Body body) {
    return must(weld::thread::spawn(std::move(body)));
}

}  // namespace

static_assert(sizeof(EventCount) == 8 && std::is_trivially_destructible_v<EventCount>);

TEST_CASE("a notice after prepare ends the wait at once, one before does not count", "[sync]") {
    at_start.notify_one();
    at_start.notify_all();
    auto ticket = at_start.prepare();
    CHECK_FALSE(at_start.wait_until(ticket, Instant()));
    ticket = at_start.prepare();
    at_start.notify_one();
    at_start.wait(ticket);
    ticket = at_start.prepare();
    at_start.notify_all();
    CHECK(at_start.wait_until(ticket, Instant()));
    CHECK(waiters_of(at_start) == 0);
}

TEST_CASE("who cancels is not counted any more, whatever came between", "[sync]") {
    EventCount event;
    event.cancel(event.prepare());
    CHECK(waiters_of(event) == 0);
    const auto ticket = event.prepare();
    event.notify_one();
    event.cancel(ticket);
    CHECK(waiters_of(event) == 0);
    const auto first = event.prepare();
    const auto second = event.prepare();
    event.cancel(first);
    CHECK(waiters_of(event) == 1);
    event.notify_one();
    event.wait(second);
    CHECK(waiters_of(event) == 0);
}

TEST_CASE("a deadline in the past does not wait, and a late one is waited for", "[sync]") {
    EventCount event;
    for (const Instant past : {Instant::min(), Instant()}) {
        CHECK_FALSE(event.wait_until(event.prepare(), past));
    }
    CHECK(waiters_of(event) == 0);
    const Instant deadline = Instant(weld::native::now(weld::native::Clock::Monotonic)) + 2ms;
    CHECK_FALSE(event.wait_until(event.prepare(), deadline));
    CHECK(Instant(weld::native::now(weld::native::Clock::Monotonic)) >= deadline);
}

TEST_CASE("notify_one wakes one of three sleepers for each call, notify_all the rest", "[sync]") {
    EventCount event;
    std::atomic<int> awake{0};
    std::vector<weld::thread::JoinHandle<void>> sleeping;
    for (int index = 0; index < 3; ++index) {
        sleeping.push_back(spawn([&] {
            event.wait(event.prepare());
            awake.fetch_add(1);
        }));
    }
    CHECK(test::eventually([&] { return waiters_of(event) == 3; }));
    event.notify_one();
    CHECK(test::eventually([&] { return awake.load() >= 1; }));
    event.notify_all();
    for (auto& thread : sleeping) {
        std::move(thread).join();
    }
    CHECK(awake.load() == 3);
    CHECK(waiters_of(event) == 0);
}

// The kernel prefers real-time threads: the wake of a notice can reach one who prepared after it. Were that one to
// sleep on, who slept before would never be woken.
TEST_CASE("a wake that was meant for another ends a wait all the same, and its sleeper stays counted", "[sync]") {
    for (const bool timed : {false, true}) {
        EventCount event;
        auto sleeping = spawn([&event, timed] {
            const auto ticket = event.prepare();
            if (timed) {
                return event.wait_until(ticket, Instant::max());
            }
            event.wait(ticket);
            return true;
        });
        CHECK(test::eventually([&] { return weld::native::futex_wake(&word_of(event), 1) == 1; }));
        CHECK(test::eventually([&] { return sleeping.is_finished(); }));
        event.notify_all();  // lets go of it even when the wake did not
        CHECK(std::move(sleeping).join());
    }
}

TEST_CASE("nothing is lost between four who notify and four who wait", "[sync]") {
    constexpr int threads = 4;
    const int each = test::is_slow ? 2'000 : 20'000;
    EventCount event;
    std::atomic<int> tokens{0};
    const auto take = [&tokens] {
        int seen = tokens.load();
        while (seen > 0 && !tokens.compare_exchange_weak(seen, seen - 1)) {
        }
        return seen > 0;
    };
    std::vector<weld::thread::JoinHandle<void>> running;
    for (int thread = 0; thread < threads; ++thread) {
        running.push_back(spawn([&, thread] {
            for (int taken = 0; taken < each;) {
                if (take()) {
                    ++taken;
                    continue;
                }
                const auto ticket = event.prepare();
                if (take()) {
                    event.cancel(ticket);
                    ++taken;
                } else if (thread % 2 == 0) {
                    event.wait(ticket);
                } else {
                    const Instant soon = Instant(weld::native::now(weld::native::Clock::Monotonic)) + 20us;
                    (void)event.wait_until(ticket, soon);
                }
            }
        }));
        running.push_back(spawn([&] {
            for (int given = 0; given < each; ++given) {
                tokens.fetch_add(1);
                event.notify_one();
            }
        }));
    }
    for (auto& thread : running) {
        std::move(thread).join();
    }
    CHECK(tokens.load() == 0);
}

TEST_CASE("who was noticed may free the event at once", "[sync]") {
    for (int round = 0; round < (test::is_slow ? 100 : 2'000); ++round) {
        struct Shared {
            EventCount event;
            std::atomic<bool> done{false};
        };
        auto shared = std::make_unique<Shared>();
        auto notifying = spawn([shared = shared.get()] {
            while (waiters_of(shared->event) == 0) {
                weld::thread::yield_now();
            }
            shared->event.notify_one();
        });
        shared->event.wait(shared->event.prepare());
        shared.reset();
        std::move(notifying).join();
    }
}
