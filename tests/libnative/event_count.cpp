// SPDX-License-Identifier: MIT
//
// native::EventCount: no notification is lost between prepare and wait, and none is stored for later.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/native/event_count.hpp>
#include <weld/native/futex.hpp>
#include <weld/native/thread.hpp>

#include <pthread.h>
#include <sched.h>
#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

namespace native = weld::native;
namespace thread = weld::thread;
using namespace std::chrono_literals;
using native::EventCount;
using native::Instant;
using test::must;
using test::Sleeper;

namespace {

// The word of an EventCount: notifications, claims, waiters.
constexpr std::uint64_t notification = std::uint64_t{1} << 36;
constexpr std::uint64_t claim = std::uint64_t{1} << 32;

std::atomic<std::uint64_t>& state_of(EventCount& event) { return reinterpret_cast<std::atomic<std::uint64_t>&>(event); }

/// The half of it that threads sleep on.
const native::FutexWord* futex_word_of(const EventCount& event) {
    const auto* const halves = reinterpret_cast<const native::FutexWord*>(&event);
    return halves + (std::endian::native == std::endian::little ? 1 : 0);
}

Instant now() { return Instant(native::now(native::Clock::Monotonic)); }

constinit EventCount at_start;

}  // namespace

static_assert(sizeof(EventCount) == 8 && std::is_trivially_destructible_v<EventCount>);
static_assert(!std::is_copy_constructible_v<EventCount> && !std::is_move_constructible_v<EventCount>);

TEST_CASE("a notification between prepare and wait ends the wait before it starts") {
    EventCount event;
    const auto ticket = event.prepare();
    event.notify_one();
    event.wait(ticket);
    const auto other = at_start.prepare();
    at_start.notify_all();
    CHECK(at_start.wait_until(other, Instant::min()));
}

TEST_CASE("a notification without waiters is not stored") {
    EventCount event;
    event.notify_one();
    event.notify_all();
    CHECK_FALSE(event.wait_until(event.prepare(), now() + 2ms));
    const auto cancelled = event.prepare();
    event.cancel(cancelled);
    event.notify_one();
    CHECK_FALSE(event.wait_until(event.prepare(), now()));
}

TEST_CASE("wait_until without a notification returns at its deadline and not before") {
    EventCount event;
    for (const Instant deadline : {now() + 20ms, now() - 1h, Instant(-5ns), Instant::min()}) {
        CHECK_FALSE(event.wait_until(event.prepare(), deadline));
        CHECK(now() >= deadline);
    }
}

TEST_CASE("notify_one wakes one sleeper, and notify_all wakes all") {
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
        CHECK(one.ends());  // the first one, FIFO
        // A waiter that a signal wakes meanwhile cannot know that the notification was for another one.
        CHECK((test::is_ticking || (two.is_asleep() && three.is_asleep() && returned == 1)));
        event.notify_all();
    }
    CHECK(returned == 3);
}

TEST_CASE("a waiter that times out or cancels takes no notification from the others") {
    EventCount event;
    Sleeper patient([&] { event.wait(event.prepare()); });
    CHECK(patient.is_asleep());
    CHECK_FALSE(event.wait_until(event.prepare(), now() + 2ms));
    event.cancel(event.prepare());
    event.notify_one();
    CHECK(patient.ends());
    patient.join();
}

TEST_CASE("a spurious wake-up does not cost any waiter its notification") {
    EventCount event;
    // Late wakes, as for memory that held a lock before, of both halves of the word.
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

TEST_CASE("a wake that reaches a newer waiter is passed on to the notified one") {
    // The two steps of a notifier that is preempted between them. The kernel wakes by priority.
    EventCount event;
    Sleeper earlier([&] { event.wait(event.prepare()); });
    CHECK(earlier.is_asleep());
    state_of(event) += notification + claim - 1;
    Sleeper later([&] {
        const sched_param highest{.sched_priority = ::sched_get_priority_max(SCHED_FIFO)};
        (void)::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &highest);
        event.wait(event.prepare());
    });
    CHECK(later.is_asleep());
    native::futex_wake(futex_word_of(event), 1);
    CHECK(earlier.ends());  // at once, or because the other, if it got its priority (as root), passes it on
    CHECK(later.is_asleep());
    event.notify_one();
    CHECK(later.ends());
}

TEST_CASE("waiters that leave after a notification for another are taken off the count") {
    EventCount event;
    const auto first = event.prepare();
    const auto second = event.prepare();
    const auto third = event.prepare();
    event.notify_one();
    const auto fourth = event.prepare();
    CHECK(event.wait_until(first, Instant::min()));
    CHECK(event.wait_until(second, Instant::min()));
    CHECK_FALSE(event.wait_until(fourth, Instant::min()));
    CHECK(event.has_waiters());
    event.cancel(third);
    CHECK_FALSE(event.has_waiters());
    CHECK(state_of(event) == notification);
}

TEST_CASE("the count of waiters is always exact") {
    EventCount event;
    std::minstd_rand random(1);
    std::vector<std::pair<EventCount::Ticket, bool>> waiting;  // true if it was notified
    for (int step = 0; step < 20'000; ++step) {
        const auto choice = random() % 16;
        if (choice < 7 && waiting.size() < 40) {
            waiting.emplace_back(event.prepare(), false);
        } else if (choice < 9) {
            const bool any = event.has_waiters();
            choice == 7 ? event.notify_one() : event.notify_all();
            for (auto& [ticket, is_notified] : waiting) {
                is_notified = is_notified || any;
            }
        } else if (!waiting.empty()) {
            std::swap(waiting[random() % waiting.size()], waiting.back());
            const auto [ticket, is_notified] = waiting.back();
            waiting.pop_back();
            if (choice < 12) {
                event.cancel(ticket);
            } else if (event.wait_until(ticket, Instant::min()) != is_notified) {
                FAIL("step " << step << ": notified " << is_notified);
            }
        }
        const auto state = state_of(event).load();
        const auto counted = static_cast<std::uint32_t>(state) + (state / claim % 16);
        const auto is_new = [](const auto& waiter) { return !waiter.second; };
        if (counted != waiting.size() || (std::ranges::any_of(waiting, is_new) && !event.has_waiters())) {
            FAIL("step " << step << ": counted " << counted << " of " << waiting.size());
        }
    }
}

TEST_CASE("concurrent timed waits and notifications leave no waiter counted") {
    constexpr int rounds = test::is_slow ? 500 : 5'000;
    EventCount event;
    std::atomic<bool> done{false};
    std::vector<thread::JoinHandle<void>> waiters;
    for (int count = 0; count < 4; ++count) {
        waiters.push_back(must(thread::spawn([&] {
            for (int round = 0; round < rounds; ++round) {
                (void)event.wait_until(event.prepare(), now() + 5us);
            }
        })));
    }
    auto notifier = must(thread::spawn([&] {
        for (int round = 0; !done; ++round) {
            round % 16 == 0 ? event.notify_all() : event.notify_one();
        }
    }));
    for (auto& waiter : waiters) {
        std::move(waiter).join();
    }
    done = true;
    std::move(notifier).join();
    CHECK_FALSE(event.has_waiters());
    CHECK(state_of(event) % notification == 0);  // no claim either
}

TEST_CASE("a late wake without its waiter wakes each other waiter at most once") {
    EventCount event;
    const std::uint64_t claims = GENERATE(0U, 1U);
    state_of(event) += notification + claims * claim;  // as left by a waiter that has returned, or is about to
    {
        Sleeper one([&] { event.wait(event.prepare()); });
        CHECK(one.is_asleep());
        Sleeper two([&] { event.wait(event.prepare()); });
        CHECK(two.is_asleep());
        Sleeper three([&] { event.wait(event.prepare()); });
        CHECK(three.is_asleep());
        native::futex_wake(futex_word_of(event), 1);
        // Each passes it on once; nobody takes it, and the claim becomes a waiter again.
        CHECK(test::eventually([&] { return state_of(event) == notification + 3 + claims; }));
        CHECK((one.is_asleep() && two.is_asleep() && three.is_asleep()));
        for (int count = 0; count < 3; ++count) {
            event.notify_one();
        }
        CHECK((one.ends() && two.ends() && three.ends()));
    }
    CHECK(state_of(event) % claim == claims);
}

TEST_CASE("the count saturates, and each notification still wakes a waiter") {
    EventCount event;
    constexpr std::uint64_t limit = 0xfffffff8;
    state_of(event) = limit;
    {
        Sleeper one([&] { event.wait(event.prepare()); });
        CHECK(one.is_asleep());
        Sleeper two([&] { event.wait(event.prepare()); });
        CHECK(two.is_asleep());
        event.cancel(event.prepare());
        event.notify_one();
        CHECK(one.ends());
        event.notify_one();
        CHECK(two.ends());
    }
    CHECK(state_of(event) == 2 * notification + limit);
}

TEST_CASE("a change before a notification is seen between prepare and wait, or the notification ends the wait") {
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

TEST_CASE("waiters with short deadlines lose no notification for waiters without a deadline") {
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
            // Only a notified waiter takes the item: if that notification were lost, this would never become true.
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
