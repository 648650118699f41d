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

/// The half of it that the kernel sleeps on.
const native::FutexWord* futex_word_of(const EventCount& event) {
    const auto* const halves = reinterpret_cast<const native::FutexWord*>(&event);
    return halves + (std::endian::native == std::endian::little ? 1 : 0);
}

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
    CHECK(earlier.ends());  // at once, or, where the other has priority, as root has it, by its passing the wake on
    CHECK(later.is_asleep());
    event.notify_one();
    CHECK(later.ends());
}

TEST_CASE("waiters that leave after the notification of another are taken off the count") {
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

TEST_CASE("the count is exact whatever waiters and notifications do") {
    EventCount event;
    std::minstd_rand random(1);
    std::vector<std::pair<EventCount::Ticket, bool>> waiting;  // whether it was notified
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

TEST_CASE("timed waits beside notifications leave no waiter behind") {
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
    CHECK(state_of(event) % notification == 0);  // and no claim
}

TEST_CASE("a late wake that nobody waits for any more wakes nobody for long, and goes in no circle") {
    EventCount event;
    const std::uint64_t claims = GENERATE(0U, 1U);
    state_of(event) += notification + claims * claim;  // as of a waiter that has returned, or is on its way
    {
        Sleeper one([&] { event.wait(event.prepare()); });
        CHECK(one.is_asleep());
        Sleeper two([&] { event.wait(event.prepare()); });
        CHECK(two.is_asleep());
        Sleeper three([&] { event.wait(event.prepare()); });
        CHECK(three.is_asleep());
        native::futex_wake(futex_word_of(event), 1);
        // Each passes it on once; nobody takes it, and the claim is a waiter again.
        CHECK(test::eventually([&] { return state_of(event) == notification + 3 + claims; }));
        CHECK((one.is_asleep() && two.is_asleep() && three.is_asleep()));
        for (int count = 0; count < 3; ++count) {
            event.notify_one();
        }
        CHECK((one.ends() && two.ends() && three.ends()));
    }
    CHECK(state_of(event) % claim == claims);
}

TEST_CASE("a count at its limit stays there, and each notification wakes a waiter") {
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
