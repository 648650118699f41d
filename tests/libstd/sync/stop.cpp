// SPDX-License-Identifier: MIT
//
// stop: waiting for a condition until a std::stop_token cancels the wait.
#include <support/words.hpp>

#include <weld/sync/mutex.hpp>
#include <weld/sync/stop.hpp>
#include <weld/thread.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <utility>

namespace ws = weld::sync;
namespace thread = weld::thread;
using namespace std::chrono_literals;
using test::must;
using weld::time::Instant;

namespace {

constexpr auto is_empty = [](const std::deque<int>& queue) { return queue.empty(); };

}  // namespace

TEST_CASE("a stop request ends a wait, also one made before the wait") {
    ws::Mutex<std::deque<int>> queue;
    ws::Condvar added;
    std::stop_source source;
    auto waiter = must(thread::spawn([&] {
        auto locked = queue.lock();
        return ws::wait_while(added, locked, source.get_token(), is_empty);
    }));
    source.request_stop();
    CHECK_FALSE(std::move(waiter).join());
    auto locked = queue.lock();
    CHECK_FALSE(ws::wait_while(added, locked, source.get_token(), is_empty));
    CHECK_FALSE(ws::wait_while_for(added, locked, source.get_token(), 1h, is_empty));
    CHECK_FALSE(ws::wait_while_until(added, locked, source.get_token(), Instant::max(), is_empty));
    locked->push_back(1);
    CHECK(ws::wait_while(added, locked, source.get_token(), is_empty));
}

TEST_CASE("a wait with a stop token ends when its condition holds or its deadline passes") {
    ws::Mutex<std::deque<int>> queue;
    ws::Condvar added;
    const std::stop_source source;
    auto waiter = must(thread::spawn([&] {
        auto locked = queue.lock();
        return ws::wait_while(added, locked, source.get_token(), is_empty) && locked->front() == 5;
    }));
    queue.lock()->push_back(5);
    added.notify_one();
    CHECK(std::move(waiter).join());
    auto locked = queue.lock();
    locked->clear();
    CHECK_FALSE(ws::wait_while_for(added, locked, source.get_token(), 5ms, is_empty));
    CHECK_FALSE(ws::wait_while_until(added, locked, std::stop_token(), Instant::min(), is_empty));
}

TEST_CASE("a wait with a stop token takes any lock, and a condition without a parameter") {
    std::mutex mutex;
    ws::Condvar changed;
    std::stop_source source;
    bool ready = false;
    auto waiter = must(thread::spawn([&] {
        std::unique_lock lock(mutex);
        const bool met = ws::wait_while(changed, lock, source.get_token(), [&] { return !ready; });
        return met && lock.owns_lock();
    }));
    {
        const std::lock_guard lock(mutex);
        ready = true;
    }
    changed.notify_all();
    CHECK(std::move(waiter).join());
}

TEST_CASE("a condition that throws leaves the lock and the token as they were") {
    ws::Mutex<int> value(1);
    ws::Condvar changed;
    std::stop_source source;
    auto locked = value.lock();
    CHECK_THROWS_AS(
        ws::wait_while(changed, locked, source.get_token(), [](int) -> bool { throw std::runtime_error("no"); }),
        std::runtime_error);
    CHECK(*locked == 1);
    source.request_stop();  // calls nothing that is gone
}

TEST_CASE("no stop request is lost, whenever it is made") {
    const int rounds = test::is_slow ? 200 : 2000;
    ws::Mutex<int> value(0);
    ws::Condvar changed;
    int stopped = 0;
    for (int round = 0; round < rounds; ++round) {
        std::stop_source source;
        std::atomic<int> waiting{0};
        auto waiter = must(thread::spawn([&] {
            auto locked = value.lock();
            return ws::wait_while(changed, locked, source.get_token(), [&](int) {
                waiting.fetch_add(1);
                return true;
            });
        }));
        while (waiting.load() == 0) {
            thread::yield_now();
        }
        source.request_stop();  // about when the waiter begins to wait
        stopped += std::move(waiter).join() ? 0 : 1;
    }
    CHECK(stopped == rounds);
}

TEST_CASE("a stop of one waiter does not end the waits of others") {
    ws::Mutex<bool> ready(false);
    ws::Condvar changed;
    std::stop_source source;
    const std::stop_source other;
    const auto wait = [&](const std::stop_token& stop) {
        auto locked = ready.lock();
        return ws::wait_while(changed, locked, stop, [](bool is) { return !is; });
    };
    auto first = must(thread::spawn([&] { return wait(source.get_token()); }));
    auto second = must(thread::spawn([&] { return wait(other.get_token()); }));
    source.request_stop();
    CHECK_FALSE(std::move(first).join());
    CHECK_FALSE(second.is_finished());
    *ready.lock() = true;
    changed.notify_all();
    CHECK(std::move(second).join());
}
