// SPDX-License-Identifier: MIT
//
// Mutex: mutual exclusion, guards, timed forms; an exception unlocks and does no more.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync/condvar.hpp>
#include <weld/sync/mutex.hpp>
#include <weld/sync/poison.hpp>
#include <weld/sync/reentrant_lock.hpp>
#include <weld/sync/rw_lock.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
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

constinit sync::Mutex<> static_mutex;
constinit sync::Mutex<int> static_number(40);

/// Runs `body` in a thread, and whether it left by an exception.
template <class Body>
bool throws_in_a_thread(Body body) {
    try {
        must(thread::spawn(body)).join();
    } catch (const std::runtime_error&) {
        return true;
    }
    return false;
}

}  // namespace

static_assert(sizeof(sync::Mutex<>) == 4 && std::is_trivially_destructible_v<sync::Mutex<>>);
static_assert(sizeof(sync::Mutex<int>) == 8 && std::is_trivially_destructible_v<sync::Mutex<int>>);
static_assert(!std::is_copy_constructible_v<sync::Mutex<int>> && !std::is_move_constructible_v<sync::Mutex<int>>);
static_assert(std::is_nothrow_move_constructible_v<sync::MutexGuard<int>>);
template <class Guard>
concept Lends = requires(Guard&& guard) { *std::forward<Guard>(guard); };
// A loop over a value lent by a temporary guard would run after unlocking.
static_assert(Lends<sync::MutexGuard<int>> && Lends<sync::MutexGuard<std::vector<int>>&>);
static_assert(!Lends<sync::MutexGuard<std::vector<int>>> && !Lends<sync::MutexGuard<std::array<int, 3>>>);
static_assert(Lends<const sync::MutexGuard<std::string>&> && !Lends<const sync::MutexGuard<std::string>>);
static_assert(Lends<sync::RwLockReadGuard<int>> && Lends<sync::RwLockReadGuard<std::string>&>);
static_assert(!Lends<sync::RwLockReadGuard<std::string>> && !Lends<sync::RwLockWriteGuard<std::string>>);
static_assert(Lends<sync::ReentrantLockGuard<int>> && !Lends<sync::ReentrantLockGuard<std::string>>);
static_assert(Lends<sync::PoisonGuard<int>> && !Lends<sync::PoisonGuard<std::string>>);

static_assert(!std::is_copy_constructible_v<sync::MutexGuard<int>>);

TEST_CASE("a mutex is locked repeatedly, also a static one", "[rust:mutex.smoke][rust2014:smoke_static]") {
    sync::Mutex<> mutex;
    for (int times = 0; times < 2; ++times) {
        const std::lock_guard guard(mutex);
        const std::lock_guard of_static(static_mutex);
    }
    CHECK(*static_number.lock() == 40);
}

TEST_CASE("threads that count under a mutex lose no increment", "[rust:lots_and_lots]") {
    static sync::Mutex<std::uint32_t> count;
    constexpr std::uint32_t each = test::is_slow ? 10'000 : 100'000;
    std::vector<thread::JoinHandle<void>> threads;
    for (int index = 0; index < 6; ++index) {
        threads.push_back(must(thread::spawn([] {
            for (std::uint32_t round = 0; round < each; ++round) {
                ++*count.lock();
            }
        })));
    }
    for (auto& handle : threads) {
        std::move(handle).join();
    }
    CHECK(*count.lock() == 6 * each);
}

TEST_CASE("try_lock takes a free mutex and not a held one", "[rust:mutex.try_lock][rust2014:trylock]") {
    sync::Mutex<int> mutex(3);
    {
        auto guard = mutex.try_lock();
        REQUIRE(guard);
        CHECK(**guard == 3);
        CHECK_FALSE(mutex.try_lock());
        CHECK_FALSE(must(thread::spawn([&] { return mutex.try_lock().has_value(); })).join());
    }
    CHECK(mutex.try_lock());
}

TEST_CASE("into_inner moves out a value that cannot be copied", "[rust:mutex.test_into_inner]") {
    sync::Mutex<std::unique_ptr<int>> mutex(std::make_unique<int>(10));
    CHECK(*std::move(mutex).into_inner() == 10);
}

TEST_CASE("the value moved out by into_inner is destroyed once", "[rust:mutex.test_into_inner_drop]") {
    auto value = std::make_shared<int>(1);
    {
        sync::Mutex<std::shared_ptr<int>> mutex(value);
        CHECK(value.use_count() == 2);
        const std::shared_ptr<int> inner = std::move(mutex).into_inner();
        CHECK(value.use_count() == 2);
    }
    CHECK(value.use_count() == 1);
}

TEST_CASE("get_mut changes the value without locking", "[rust:mutex.test_get_mut]") {
    sync::Mutex<std::unique_ptr<int>> mutex(std::make_unique<int>(10));
    mutex.get_mut() = std::make_unique<int>(20);
    CHECK(*std::move(mutex).into_inner() == 20);
}

TEST_CASE("with runs a closure under the lock and returns its result", "[rust:test_mutex_with_mut]") {
    sync::Mutex<int> mutex(2);
    const int result = mutex.with([&](int& value) {
        CHECK_FALSE(mutex.try_lock());
        value += 3;
        return value * 10;
    });
    CHECK(result == 50);
    CHECK(*mutex.lock() == 5);
}

TEST_CASE("a thread waits on a condvar for what another sets", "[rust:mutex.test_mutex_arc_condvar]") {
    struct Packet {
        sync::Mutex<bool> ready;
        sync::Condvar condvar;
    };
    const auto packet = std::make_shared<Packet>();
    auto guard = packet->ready.lock();
    CHECK_FALSE(*guard);
    auto other = must(thread::spawn([packet] {
        *packet->ready.lock() = true;
        packet->condvar.notify_one();
    }));
    while (!*guard) {
        packet->condvar.wait(guard);
    }
    CHECK(*guard);
    std::move(other).join();
}

TEST_CASE("a mutex inside the value of a mutex works", "[rust:test_mutex_arc_nested]") {
    const auto inner = std::make_shared<sync::Mutex<int>>(1);
    const auto outer = std::make_shared<sync::Mutex<std::shared_ptr<sync::Mutex<int>>>>(inner);
    CHECK(must(thread::spawn([outer] { return *(*outer->lock())->lock(); })).join() == 1);
}

TEST_CASE("a destructor that an exception runs may lock", "[rust:test_mutex_arc_access_in_unwind]") {
    struct Unwinder {
        std::shared_ptr<sync::Mutex<int>> mutex;
        ~Unwinder() { ++*mutex->lock(); }
    };
    const auto mutex = std::make_shared<sync::Mutex<int>>(1);
    CHECK(throws_in_a_thread([mutex] {
        const Unwinder unwinder{mutex};
        throw std::runtime_error("");
    }));
    CHECK(*mutex->lock() == 2);
}

TEST_CASE("an exception unlocks, and does not poison", "[rust2014:test_mutex_killed_simple]") {
    sync::Mutex<int> mutex(1);
    CHECK(throws_in_a_thread([&] {
        const auto guard = mutex.lock();
        *guard = 2;
        throw std::runtime_error("");
    }));
    const auto guard = mutex.try_lock();
    REQUIRE(guard);
    CHECK(**guard == 2);
}

TEST_CASE("a waiter gets the value with the changes of the holder before it",
          "[rust2014:test_mutex_lock][rust2014:test_sem_as_mutex]") {
    sync::Mutex<std::vector<int>> mutex;
    auto guard = mutex.lock();
    Sleeper waiter([&] {
        const auto mine = mutex.lock();
        mine->push_back(2);
        return mine->size();
    });
    CHECK(waiter.is_asleep());
    guard->push_back(1);
    guard.unlock();
    CHECK(waiter.join() == 2);
    guard = mutex.lock();
    CHECK(*guard == std::vector{1, 2});
}

TEST_CASE("a guard unlocks once: when it is moved, when it is assigned, and when it has unlocked before") {
    sync::Mutex<int> one(1);
    sync::Mutex<int> other(2);
    {
        auto guard = one.lock();
        auto moved = std::move(guard);
        CHECK_FALSE(one.try_lock());
        moved = other.lock();
        CHECK(one.try_lock());
        CHECK(*moved == 2);
        auto& self = moved;
        moved = std::move(self);
        CHECK_FALSE(other.try_lock());
    }
    CHECK(other.try_lock());

    std::optional<sync::MutexGuard<int>> guard = one.lock();
    guard->unlock();
    auto others = must(thread::spawn([&] { return one.lock(); })).join();
    guard.reset();  // it holds nothing that it could unlock
    CHECK_FALSE(one.try_lock());
    *others = 5;
    others.unlock();
    CHECK(**one.try_lock() == 5);
}

TEST_CASE("mutexes are constructed in place: from no or several arguments, in arrays and aggregates") {
    struct Pair {
        sync::Mutex<int> number;
        sync::Mutex<> alone;
    };
    Pair pair{};
    std::array<sync::Mutex<int>, 4> several{};
    CHECK(*pair.number.lock() == 0);
    CHECK(*several[3].lock() == 0);
    sync::Mutex<std::vector<int>> vector(3U, 7);
    CHECK(vector.with([](const auto& value) { return value == std::vector{7, 7, 7}; }));
    sync::Mutex deduced(1.5);
    static_assert(std::is_same_v<decltype(deduced), sync::Mutex<double>>);
    sync::Mutex nothing;
    static_assert(std::is_same_v<decltype(nothing), sync::Mutex<>>);
}

TEST_CASE("try_lock_until times out at its deadline, and the mutex works afterwards", "[promise:2.42]") {
    sync::Mutex<int> mutex(1);
    sync::Mutex<> alone;
    std::optional guard = mutex.lock();
    alone.lock();
    for (const Instant deadline : {now() + 20ms, now() - 1h, Instant(-5ns), Instant::min()}) {
        CHECK_FALSE(mutex.try_lock_until(deadline));
        CHECK_FALSE(alone.try_lock_until(deadline));
        CHECK(now() >= deadline);
    }
    CHECK_FALSE(mutex.try_lock_for(1us));
    CHECK_FALSE(alone.try_lock_for(-1s));
    Sleeper patient([&] { return mutex.try_lock_until(Instant::max()).has_value(); });
    Sleeper other([&] { return mutex.try_lock_for(std::chrono::hours::max()).has_value(); });
    CHECK(patient.is_asleep());
    CHECK(other.is_asleep());
    guard.reset();
    CHECK(patient.join());
    CHECK(other.join());
    alone.unlock();
    CHECK(mutex.try_lock_until(Instant::min()));
    CHECK(alone.try_lock_for(-1s));
}

TEST_CASE("of two sleepers one times out, and the other is woken", "[promise:2.42]") {
    for (const bool earlier_gives_up : {true, false}) {
        sync::Mutex<int> mutex;
        std::optional guard = mutex.lock();
        const std::function<bool()> wait = [&] { return mutex.try_lock_until(Instant::max()).has_value(); };
        const std::function<bool()> give_up = [&] { return mutex.try_lock_for(50ms).has_value(); };
        Sleeper first(earlier_gives_up ? give_up : wait);
        CHECK(first.has_slept());
        Sleeper second(earlier_gives_up ? wait : give_up);
        CHECK(second.has_slept());
        auto& impatient = earlier_gives_up ? first : second;
        auto& patient = earlier_gives_up ? second : first;
        CHECK_FALSE(impatient.join());
        CHECK(patient.is_asleep());
        guard.reset();
        CHECK(patient.ends());
        CHECK(patient.join());
        CHECK(mutex.try_lock());
    }
}

TEST_CASE("the standard's guards take mutexes, several at once without a deadlock") {
    sync::Mutex<> one;
    sync::Mutex<> other;
    int both = 0;
    constexpr int rounds = test::is_slow ? 2'000 : 20'000;
    auto reverse = must(thread::spawn([&] {
        for (int round = 0; round < rounds; ++round) {
            std::lock(other, one);
            const std::scoped_lock guard(std::adopt_lock, one, other);
            ++both;
        }
    }));
    for (int round = 0; round < rounds; ++round) {
        const std::scoped_lock guard(one, other);
        ++both;
    }
    std::move(reverse).join();
    CHECK(both == 2 * rounds);

    std::unique_lock lock(one, std::defer_lock);
    CHECK(lock.try_lock());
    CHECK_FALSE(std::unique_lock(one, std::try_to_lock).owns_lock());
    lock.unlock();
    CHECK(std::unique_lock(one, 1ms).owns_lock());
    CHECK(std::unique_lock(one, std::chrono::steady_clock::now()).owns_lock());
}

TEST_CASE("all threads that contend for one mutex get turns") {
    for (const std::size_t threads : {2U, 4U}) {
        sync::Mutex<int> mutex;
        std::vector<std::atomic<int>> turns(threads);
        std::atomic<bool> done{false};
        std::vector<thread::JoinHandle<void>> running;
        for (auto& mine : turns) {
            running.push_back(must(thread::spawn([&] {
                while (!done) {
                    const auto guard = mutex.lock();
                    ++*guard;
                    ++mine;
                }
            })));
        }
        CHECK(test::eventually(
            [&] { return std::ranges::all_of(turns, [](const auto& count) { return count.load() > 100; }); }));
        done = true;
        int sum = 0;
        for (std::size_t index = 0; index < threads; ++index) {
            std::move(running[index]).join();
            sum += turns[index];
        }
        CHECK(*mutex.lock() == sum);
    }
}
