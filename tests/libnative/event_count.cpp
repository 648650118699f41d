// SPDX-License-Identifier: MIT
//
// native::EventCount: no notice is lost between preparing and waiting, and none is kept for later.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/native/event_count.hpp>
#include <weld/native/futex.hpp>
#include <weld/native/thread.hpp>

#include <pthread.h>
#include <sched.h>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace native = weld::native;
namespace thread = weld::thread;
using namespace std::chrono_literals;
using native::EventCount;
using native::Instant;
using test::must;
using test::Sleeper;

namespace {

Instant now() { return Instant(native::now(native::Clock::Monotonic)); }

constinit EventCount at_start;

}  // namespace

static_assert(sizeof(EventCount) == 8 && std::is_trivially_destructible_v<EventCount>);
static_assert(!std::is_copy_constructible_v<EventCount> && !std::is_move_constructible_v<EventCount>);

TEST_CASE("a notice between preparing and waiting ends the wait before it begins") {
    EventCount event;
    const auto ticket = event.prepare();
    event.notify_one();
    event.wait(ticket);
    const auto other = at_start.prepare();
    at_start.notify_all();
    CHECK(at_start.wait_until(other, Instant::min()));
}

TEST_CASE("a notice that nobody waits for is not kept") {
    EventCount event;
    event.notify_one();
    event.notify_all();
    CHECK_FALSE(event.wait_until(event.prepare(), now() + 2ms));
    const auto cancelled = event.prepare();
    event.cancel(cancelled);
    event.notify_one();
    CHECK_FALSE(event.wait_until(event.prepare(), now()));
}

TEST_CASE("a wait without a notice ends at its deadline and not before") {
    EventCount event;
    for (const Instant deadline : {now() + 20ms, now() - 1h, Instant(-5ns), Instant::min()}) {
        CHECK_FALSE(event.wait_until(event.prepare(), deadline));
        CHECK(now() >= deadline);
    }
}

TEST_CASE("one notice ends the wait of one who sleeps, a notice to all that of all") {
    EventCount event;
    std::atomic<int> returned{0};
    const auto wait = [&] {
        event.wait(event.prepare());
        ++returned;
    };
    {
        Sleeper one(wait);
        CHECK(one.is_asleep());
        Sleeper two(wait);
        CHECK(two.is_asleep());
        Sleeper three(wait);
        CHECK(three.is_asleep());
        event.notify_one();
        CHECK(one.ends());  // who came first
        // Whom a signal wakes meanwhile cannot tell that the notice was another's.
        CHECK((test::is_ticking || (two.is_asleep() && three.is_asleep() && returned == 1)));
        event.notify_all();
    }
    CHECK(returned == 3);
}

TEST_CASE("who gives up takes no notice from those who wait on") {
    EventCount event;
    Sleeper patient([&] { event.wait(event.prepare()); });
    CHECK(patient.is_asleep());
    CHECK_FALSE(event.wait_until(event.prepare(), now() + 2ms));
    event.cancel(event.prepare());
    event.notify_one();
    CHECK(patient.ends());
    patient.join();
}

TEST_CASE("a wake that is not a notice costs nobody a notice") {
    EventCount event;
    // Another's late wake, as of memory that was a lock before: the kernel's half is the upper one.
    const auto* const halves = reinterpret_cast<const native::FutexWord*>(&event);
    Sleeper waiter([&] { event.wait(event.prepare()); });
    for (int times = 0; times < 20; ++times) {
        CHECK(waiter.is_asleep());
        native::futex_wake(halves, 1);
        native::futex_wake(halves + 1, 1);
    }
    CHECK(waiter.is_asleep());
    CHECK_FALSE(waiter.is_finished());
    event.notify_one();
    CHECK(waiter.ends());
    waiter.join();
}

TEST_CASE("a wake that the kernel gives to who came after the notice costs who came before nothing") {
    // The two steps of a notifier, with what happens between them when it is held up there. Wakes go by priority.
    EventCount event;
    auto& state = reinterpret_cast<std::atomic<std::uint64_t>&>(event);
    const auto* const halves = reinterpret_cast<const native::FutexWord*>(&event);
    const auto* const word = halves + (std::endian::native == std::endian::little ? 1 : 0);
    Sleeper earlier([&] { event.wait(event.prepare()); });
    CHECK(earlier.is_asleep());
    state += (std::uint64_t{1} << 32) - 1;  // a notice, and one waiter less
    Sleeper later([&] {
        const sched_param highest{.sched_priority = ::sched_get_priority_max(SCHED_FIFO)};
        (void)::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &highest);
        event.wait(event.prepare());
    });
    CHECK(later.is_asleep());
    native::futex_wake(word, 1);
    CHECK(earlier.ends());  // at once, or, where the other has priority, as root has it, by its passing the wake on
    CHECK(later.is_asleep());
    event.notify_one();
    CHECK(later.ends());
}

TEST_CASE("what is changed before a notice is seen between preparing and waiting, or the notice ends the wait") {
    constexpr int rounds = test::is_slow ? 5'000 : 50'000;
    struct Shared {
        EventCount ping;
        EventCount pong;
        std::atomic<int> sent{0};
        std::atomic<int> answered{0};
    } shared;
    const auto wait_for = [](EventCount& event, const std::atomic<int>& number, int wanted) {
        while (number.load() < wanted) {
            const auto ticket = event.prepare();
            if (number.load() >= wanted) {
                event.cancel(ticket);
                return;
            }
            event.wait(ticket);
        }
    };
    auto other = must(thread::spawn([&] {
        for (int round = 1; round <= rounds; ++round) {
            wait_for(shared.ping, shared.sent, round);
            shared.answered.store(round);
            shared.pong.notify_one();
        }
    }));
    for (int round = 1; round <= rounds; ++round) {
        shared.sent.store(round);
        shared.ping.notify_one();
        wait_for(shared.pong, shared.answered, round);
    }
    std::move(other).join();
    CHECK(shared.answered == rounds);
}

TEST_CASE("many notices to waiters with short deadlines lose none of those without") {
    constexpr int rounds = test::is_slow ? 2'000 : 20'000;
    struct Shared {
        EventCount event;
        std::atomic<int> items{0};
        std::atomic<bool> done{false};
    } shared;
    const auto take = [](std::atomic<int>& items) {
        int seen = items.load();
        while (seen > 0 && !items.compare_exchange_weak(seen, seen - 1)) {
        }
        return seen > 0;
    };
    const auto consume = [&](bool patient) {
        int taken = 0;
        while (!shared.done.load() || shared.items.load() > 0) {
            if (take(shared.items)) {
                ++taken;
                continue;
            }
            const auto ticket = shared.event.prepare();
            if (shared.items.load() > 0 || shared.done.load()) {
                shared.event.cancel(ticket);
            } else if (patient) {
                shared.event.wait(ticket);
            } else {
                (void)shared.event.wait_until(ticket, now() + 20us);
            }
        }
        return taken;
    };
    std::vector<thread::JoinHandle<int>> consumers;
    for (const bool patient : {true, true, false, false}) {
        consumers.push_back(must(thread::spawn([&, patient] { return consume(patient); })));
    }
    for (int round = 0; round < rounds; ++round) {
        ++shared.items;
        shared.event.notify_one();
        if (round % 16 == 0) {
            // Nobody but who was noticed takes it: without that notice this would be waited for without end.
            CHECK(test::eventually([&] { return shared.items.load() == 0; }));
        }
    }
    shared.done = true;
    shared.event.notify_all();
    int taken = 0;
    for (auto& consumer : consumers) {
        taken += std::move(consumer).join();
    }
    CHECK(taken == rounds);
}
