// SPDX-License-Identifier: MIT
//
// Semaphore: as many threads get in as there are permits, and each released permit wakes a sleeper.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync/mutex.hpp>
#include <weld/sync/semaphore.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using namespace std::chrono_literals;
using test::must;
using test::Sleeper;
using weld::time::Instant;

namespace {

Instant now() { return Instant(std::chrono::steady_clock::now()); }

constinit sync::Semaphore at_start(1);

using AnySleeper = Sleeper<std::function<bool()>>;

/// `count` threads that sleep for a permit each.
std::vector<std::unique_ptr<AnySleeper>> sleepers_for(sync::Semaphore& semaphore, int count) {
    std::vector<std::unique_ptr<AnySleeper>> sleepers;
    for (int index = 0; index < count; ++index) {
        sleepers.push_back(std::make_unique<AnySleeper>([&] {
            semaphore.acquire();
            return true;
        }));
        CHECK(sleepers.back()->is_asleep());
    }
    return sleepers;
}

long finished(const std::vector<std::unique_ptr<AnySleeper>>& sleepers) {
    return std::ranges::count_if(sleepers, [](const auto& sleeper) { return sleeper->is_finished(); });
}

}  // namespace

static_assert(sizeof(sync::Semaphore) == 4 && std::is_trivially_destructible_v<sync::Semaphore>);
static_assert(!std::is_copy_constructible_v<sync::Semaphore> && !std::is_move_constructible_v<sync::Semaphore>);

TEST_CASE("a permit is acquired, released, and acquired again",
          "[rust2014:test_sem_acquire_release][rust2014:test_sem_basic]") {
    at_start.acquire();
    CHECK_FALSE(at_start.try_acquire());
    CHECK(at_start.available() == 0);
    at_start.release();
    {
        const auto permit = at_start.access();
        CHECK_FALSE(at_start.try_acquire());
    }
    CHECK(at_start.try_acquire());
    at_start.release();
    CHECK(at_start.available() == 1);
}

TEST_CASE("a Permit is released once after moves and assignments") {
    sync::Semaphore semaphore(2);
    {
        auto permit = semaphore.access();
        auto moved = std::move(permit);
        CHECK(semaphore.available() == 1);
        moved = semaphore.access();
        CHECK(semaphore.available() == 1);
    }
    CHECK(semaphore.available() == 2);
}

TEST_CASE("one permit is mutual exclusion", "[rust2014:test_sem_as_mutex]") {
    constexpr int each = test::is_slow ? 2'000 : 10'000;
    sync::Semaphore semaphore(1);
    int count = 0;
    std::vector<thread::JoinHandle<void>> running;
    for (int index = 0; index < 4; ++index) {
        running.push_back(must(thread::spawn([&] {
            for (int round = 0; round < each; ++round) {
                const auto permit = semaphore.access();
                ++count;
            }
        })));
    }
    for (auto& handle : running) {
        std::move(handle).join();
    }
    CHECK(count == 4 * each);
    CHECK(semaphore.available() == 1);
}

TEST_CASE("a waiter acquires a permit that is released later, and sees what was done before",
          "[rust2014:test_sem_as_cvar]") {
    sync::Semaphore semaphore(0);
    int plain = 0;
    Sleeper waiter([&] {
        semaphore.acquire();
        return plain;
    });
    CHECK(waiter.is_asleep());
    plain = 7;
    semaphore.release();
    CHECK(waiter.join() == 7);
    CHECK(semaphore.available() == 0);
}

TEST_CASE("two permits let two threads in at the same time", "[rust2014:test_sem_multi_resource]") {
    sync::Semaphore semaphore(2);
    std::atomic<int> inside{0};
    const auto meet = [&] {
        const auto permit = semaphore.access();
        ++inside;
        return test::eventually([&] { return inside == 2; });
    };
    auto other = must(thread::spawn(meet));
    CHECK(meet());
    CHECK(std::move(other).join());
}

TEST_CASE("two permits released in succession wake two sleepers") {
    for (int times = 0; times < (test::is_slow ? 10 : 100); ++times) {
        sync::Semaphore semaphore(0);
        const auto sleepers = sleepers_for(semaphore, 2);
        semaphore.release();
        semaphore.release();
        CHECK(sleepers[0]->ends());
        CHECK(sleepers[1]->ends());
        CHECK(semaphore.available() == 0);
    }
}

TEST_CASE("releasing several permits wakes as many sleepers, and no more continue") {
    sync::Semaphore semaphore(0);
    const auto sleepers = sleepers_for(semaphore, 5);
    semaphore.release(3);
    CHECK(test::eventually([&] { return finished(sleepers) == 3; }));
    CHECK(semaphore.available() == 0);
    CHECK(finished(sleepers) == 3);
    semaphore.release(4);
    CHECK(test::eventually([&] { return finished(sleepers) == 5; }));
    CHECK(semaphore.available() == 2);
}

TEST_CASE("try_acquire_until times out, and the semaphore works afterwards") {
    sync::Semaphore semaphore(0);
    for (const Instant deadline : {now() + 20ms, now() - 1h, Instant(-5ns), Instant::min()}) {
        CHECK_FALSE(semaphore.try_acquire_until(deadline));
        CHECK(now() >= deadline);
    }
    CHECK_FALSE(semaphore.try_acquire_for(1us));
    semaphore.release(2);
    CHECK(semaphore.try_acquire_until(Instant::min()));
    CHECK(semaphore.try_acquire_for(-1s));
    CHECK_FALSE(semaphore.try_acquire());
    Sleeper patient([&] { return semaphore.try_acquire_until(Instant::max()); });
    CHECK(patient.is_asleep());
    semaphore.release();
    CHECK(patient.join());
}

TEST_CASE("a waiter that times out takes no permit, and no wake-up from another waiter") {
    for (const bool earlier_gives_up : {true, false}) {
        sync::Semaphore semaphore(0);
        const std::function<bool()> wait = [&] { return semaphore.try_acquire_until(Instant::max()); };
        const std::function<bool()> give_up = [&] { return semaphore.try_acquire_for(50ms); };
        Sleeper first(earlier_gives_up ? give_up : wait);
        CHECK(first.has_slept());
        Sleeper second(earlier_gives_up ? wait : give_up);
        CHECK(second.has_slept());
        auto& impatient = earlier_gives_up ? first : second;
        auto& patient = earlier_gives_up ? second : first;
        CHECK_FALSE(impatient.join());
        CHECK(patient.is_asleep());
        semaphore.release();
        CHECK(patient.ends());
        CHECK(patient.join());
        CHECK(semaphore.available() == 0);
    }
}

TEST_CASE("a semaphore holds up to max_permits permits") {
    sync::Semaphore semaphore(sync::Semaphore::max_permits);
    CHECK(semaphore.available() == sync::Semaphore::max_permits);
    semaphore.acquire();
    semaphore.release();
    CHECK(semaphore.available() == sync::Semaphore::max_permits);
}
