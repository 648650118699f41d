// SPDX-License-Identifier: MIT
//
// A task that loses its worker keeps what belongs to its native thread until the next call that parks; and the timers,
// sockets and scopes of that worker are served meanwhile.
#include <support/green_io.hpp>
#include <support/net.hpp>

#include <green/blocking.hpp>
#include <green/net.hpp>
#include <green/thread/local.hpp>

#include <weld/io.hpp>

#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::Pool;
using test::eventually;
using test::must;
namespace net = green::net;
namespace thread = green::thread;

namespace {

thread_local int of_thread = 0;

/// Stays in user code for up to some tens of microseconds, so that its worker can be taken.
void dawdle(std::uint64_t& random) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    for (std::uint64_t i = 0; i >> ((random >> 33) % 16) == 0; ++i) {
        asm volatile("" ::: "memory");
    }
}

/// Whether a native lock, a thread_local, errno and the thread stay the same between two calls that park.
bool keeps_all(std::mutex& mutex, int& guarded, int value, std::uint64_t& random) {
    const std::lock_guard lock(mutex);
    const int before = guarded;
    const pid_t here = ::gettid();
    of_thread = value;
    errno = value;
    guarded = value;
    dawdle(random);
    const bool kept = errno == value && of_thread == value && guarded == value && ::gettid() == here;
    guarded = before + 1;
    return kept;
}

thread::Local<int> of_task;

/// Blocks the native thread until `ended`, and returns whether that came.
bool block_until(const std::atomic<bool>& ended) {
    return eventually([&] {
        std::this_thread::sleep_for(1ms);
        return ended.load();
    });
}

}  // namespace

TEST_CASE("a task keeps its native lock, its thread_local and errno until it parks") {
    constexpr int rounds = test::is_slow ? 2'000 : 25'000;  // of each of four tasks
    for (const std::size_t workers : {1U, 2U}) {
        const auto pool = test::pool_of(workers);
        std::mutex mutex;
        int guarded = 0;
        std::vector<thread::JoinHandle<bool>> handles;
        for (int task = 0; task < 4; ++task) {
            handles.push_back(must(pool.spawn([&, task] {
                std::uint64_t random = static_cast<std::uint64_t>(task) + 1;
                bool kept = true;
                for (int round = 0; round < rounds; ++round) {
                    kept = keeps_all(mutex, guarded, 4 * round + task + 1, random) && kept;
                    thread::yield_now();
                }
                return kept;
            })));
        }
        for (auto& handle : handles) {
            CHECK(std::move(handle).join());
        }
        CHECK(guarded == 4 * rounds);
    }
}

GREEN_TEST("a task keeps its task-locals, name and id while its worker is taken") {
    of_task.get() = 7;
    const auto id = thread::current().id();
    std::atomic<bool> ended{false};
    auto other = must(thread::spawn([&] {
        const bool fresh = of_task.get() == 0;
        of_task.get() = 8;
        ended = true;
        return fresh;
    }));
    CHECK(block_until(ended));
    CHECK(of_task.get() == 7);
    CHECK(thread::current().id() == id);
    CHECK(std::move(other).join());
    CHECK(of_task.get() == 7);
}

GREEN_TEST("a task may block in a NoSwitch scope: others run, and it stays on its thread") {
    std::atomic<bool> ended{false};
    auto other = must(thread::spawn([&] { ended = true; }));
    const pid_t before = ::gettid();
    {
        const thread::NoSwitch scope;
        CHECK(block_until(ended));
        CHECK(::gettid() == before);
    }
    std::move(other).join();
}

GREEN_TEST("tasks pinned to a blocked thread wait for it, and others do not") {
    const thread::Pinned here;
    const pid_t before = ::gettid();
    std::atomic<bool> ended{false};
    auto pinned = must(thread::spawn([&] { return std::pair(::gettid(), ended.load()); }, {.pin = green::Pin::Here}));
    auto other = must(thread::spawn([&] { ended = true; }));
    CHECK(block_until(ended));
    thread::yield_now();
    CHECK(::gettid() == before);
    CHECK(std::move(pinned).join() == std::pair(before, true));
    std::move(other).join();
}

GREEN_TEST("the children of a scope run while its task blocks") {
    std::atomic<int> ran{0};
    std::atomic<bool> all{false};
    thread::scope([&](thread::Scope& scope) {
        for (int i = 0; i < 10; ++i) {
            (void)must(scope.spawn([&] {
                thread::yield_now();
                must(thread::sleep(1ms));
                all = ++ran == 10;
            }));
        }
        CHECK(block_until(all));
    });
    CHECK(ran == 10);
}

GREEN_TEST("a worker's sockets are served while its task blocks") {
    auto listener = must(net::TcpListener::bind(test::loopback()));
    auto client = must(net::TcpStream::connect(must(listener.local_addr())));
    auto served = must(listener.accept()).stream;
    std::atomic<bool> ended{false};
    auto echo = must(thread::spawn([&] {
        std::array<std::byte, 16> buffer{};
        int count = 0;
        for (; count < 50; ++count) {  // each waits for a socket whose home is this worker
            const auto n = must(served.read(buffer));
            must(weld::write_all(served, std::span(buffer).first(n)));
        }
        return count;
    }));
    auto plays = must(thread::spawn([&] {
        std::array<std::byte, 4> buffer{};
        int right = 0;
        for (int i = 0; i < 50; ++i) {
            must(weld::write_all(client, test::bytes("ping")));
            right += must(client.read(buffer)) == 4 ? 1 : 0;
        }
        ended = true;
        return right;
    }));
    thread::yield_now();
    CHECK(block_until(ended));
    CHECK(std::move(echo).join() == 50);
    CHECK(std::move(plays).join() == 50);
}

TEST_CASE("shutdown waits for blocked tasks, and shutdown_until returns at its deadline") {
    std::binary_semaphore semaphore(0);
    auto pool = test::pool_of(1);
    std::atomic<int> ended{0};
    for (int i = 0; i < 3; ++i) {
        (void)must(pool.spawn([&] {
            semaphore.acquire();
            ++ended;
            semaphore.release();
        }));
    }
    CHECK_FALSE(pool.shutdown_until(std::chrono::steady_clock::now() + 20ms));
    semaphore.release();
    std::move(pool).shutdown();
    CHECK(ended == 3);
}

TEST_CASE("workers can be added and removed while tasks block") {
    const auto pool = test::pool_of(1);
    std::atomic<bool> stop{false};
    std::vector<thread::JoinHandle<void>> handles;
    for (int i = 0; i < 8; ++i) {
        handles.push_back(must(pool.spawn([&] {
            while (!stop) {
                std::this_thread::sleep_for(300us);
                green::blocking([] { std::this_thread::sleep_for(100us); });
                thread::yield_now();
            }
        })));
    }
    for (int i = 0; i < (test::is_slow ? 20 : 100); ++i) {
        must(pool.set_workers(static_cast<std::size_t>(1 + i % 4)));
        must(pool.spawn([] { must(thread::sleep(100us)); })).join();
    }
    stop = true;
    for (auto& handle : handles) {
        std::move(handle).join();
    }
    CHECK(pool.metrics().handoffs > 0);
}
