// SPDX-License-Identifier: MIT
//
// Fairness in time: beside tasks whose turns are long, a due task runs at the next turn. Time is counted in turns that
// others began meanwhile, so that a slow machine does not matter. Without spare carriers, so that no monitor helps.
#include <support/words.hpp>

#include <turns.hpp>

#include <green/net/tcp_listener.hpp>
#include <green/net/tcp_stream.hpp>
#include <green/pool.hpp>
#include <green/thread.hpp>

#include <weld/net/tcp_stream.hpp>
#include <weld/time.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

using namespace std::chrono_literals;
using green::TimeSlice;
using test::must;
using weld::time::Instant;
using weld::time::now;
namespace thread = green::thread;

namespace {

constexpr int many = 16;  // busy tasks: a full round of the queue has this many turns

void compute(std::chrono::microseconds time) {
    const auto end = now() + time;
    while (now() < end) {
    }
}

/// Busy tasks, each of whose turns takes at least a millisecond; and how many turns began between two events.
class Busy {
public:
    /// An event is due from `when` on.
    void expect(Instant when) { from_ = when; }
    void expect_now() { from_ = Instant::min(); }

    /// The event has happened. Returns the turns that began in between.
    int happened() {
        from_ = Instant::max();
        return late_.exchange(0);
    }

    /// The body of one of the tasks; it calls `at_turn` in each turn.
    void run(const std::function<void()>& at_turn = [] {}) {
        while (!stop_) {
            late_ += now() >= from_.load() ? 1 : 0;
            ++turns_;
            compute(1ms);
            at_turn();
            thread::yield_now();
        }
    }

    void stop() { stop_ = true; }

    /// The number of turns so far.
    [[nodiscard]] int turns() const { return turns_; }

private:
    std::atomic<int> turns_{0};
    std::atomic<Instant> from_{Instant::max()};
    std::atomic<int> late_{0};
    std::atomic<bool> stop_{false};
};

/// Runs `body` as a task beside `many` busy ones on one worker, and returns its value.
template <class Body>
int beside_busy_tasks(Busy& busy, Body body) {
    return must(green::run({.workers = 1, .spare_carriers = 0}, [&] {
        std::vector<thread::JoinHandle<void>> tasks;
        for (int i = 0; i < many; ++i) {
            tasks.push_back(must(thread::spawn([&] { busy.run(); })));
        }
        const int result = body();
        busy.stop();
        for (auto& task : tasks) {
            std::move(task).join();
        }
        return result;
    }));
}

}  // namespace

TEST_CASE("a time slice is as many turns as took half a millisecond") {
    TimeSlice slice;
    CHECK(slice.turns() == 1);
    for (const std::uint64_t expected : {2U, 4U, 8U, 16U, 32U, 64U, 64U}) {
        slice.learn(slice.turns(), 1us, TimeSlice::most);
        CHECK(slice.turns() == expected);
    }
    slice.learn(64, 64ms, TimeSlice::most);
    CHECK(slice.turns() == 1);  // of a millisecond each
    slice.learn(1, 5ms, TimeSlice::most);
    CHECK(slice.turns() == 1);
    slice.learn(1, 250us, TimeSlice::most);
    CHECK(slice.turns() == 2);
    slice.learn(2, 400us, TimeSlice::most);
    CHECK(slice.turns() == 2);
    slice.learn(0, 1h, TimeSlice::most);  // no turn, nothing learned
    CHECK(slice.turns() == 2);
}

TEST_CASE("a time slice shrinks with the length of its turns, and never grows for long turns") {
    TimeSlice slice;
    for (int i = 0; i < 10; ++i) {
        slice.learn(1, 1ns, TimeSlice::most_watched);
    }
    CHECK(slice.turns() == 256);
    slice.learn(256, 1ms, TimeSlice::most_watched);
    CHECK(slice.turns() == 128);
    slice.learn(1000, 1ms, TimeSlice::most_watched);
    CHECK(slice.turns() == 128);
    slice.learn(std::uint64_t{1} << 40, std::chrono::hours(24 * 365), TimeSlice::most_watched);
    CHECK(slice.turns() == 17);
    slice.learn(1, 1ns, 16);
    CHECK(slice.turns() == 16);
}

TEST_CASE("a due timer's task runs at the next turn beside any number of tasks that yield each millisecond") {
    Busy busy;
    const int worst = beside_busy_tasks(busy, [&] {
        int most = 0;
        for (int i = 0; i < 10; ++i) {
            const auto deadline = now() + 2ms;
            busy.expect(deadline);
            must(thread::sleep_until(deadline));
            most = std::max(most, busy.happened());
        }
        return most;
    });
    CHECK(worst <= 1);  // the turn that had begun when the clock was read
}

TEST_CASE("a task whose park reached its deadline runs at the next turn") {
    Busy busy;
    const int worst = beside_busy_tasks(busy, [&] {
        int most = 0;
        for (int i = 0; i < 10; ++i) {
            const auto deadline = now() + 2ms;
            busy.expect(deadline);
            (void)must(thread::park_until(deadline));
            most = std::max(most, busy.happened());
        }
        return most;
    });
    CHECK(worst <= 1);
}

TEST_CASE("all tasks that a native thread spawns run within two turns of other tasks") {
    Busy busy;
    auto pool = must(green::Pool::start({.workers = 1, .spare_carriers = 0}));
    std::vector<thread::JoinHandle<void>> tasks;
    for (int i = 0; i < many; ++i) {
        tasks.push_back(must(pool.spawn([&] { busy.run(); })));
    }
    while (busy.turns() < 2 * many) {  // they were injected, too
    }
    std::atomic<int> left{30};
    std::atomic<int> late{0};
    for (int i = 0; i < 30; ++i) {
        tasks.push_back(must(pool.spawn([&] {
            if (--left == 0) {
                late = busy.happened();
            }
        })));
    }
    busy.expect_now();
    while (left != 0) {
    }
    // Short tasks share a turn. Where the start of a task is slow, each may have a turn of its own.
    CHECK(late <= (test::is_slow ? 30 : 3));
    busy.stop();
    for (auto& task : tasks) {
        std::move(task).join();
    }
}

TEST_CASE("a task whose socket becomes ready runs before the whole queue has") {
    Busy busy;
    std::atomic<bool> send{false};
    const int worst = must(green::run({.workers = 1, .spare_carriers = 0}, [&] {
        auto listener = must(green::net::TcpListener::bind(weld::net::SocketAddr(weld::net::Ipv4Addr::localhost(), 0)));
        auto client = must(weld::net::TcpStream::connect(must(listener.local_addr())));
        auto [stream, peer] = must(listener.accept());
        std::vector<thread::JoinHandle<void>> tasks;
        for (int i = 0; i < many; ++i) {
            tasks.push_back(must(thread::spawn([&] {
                busy.run([&] {
                    if (send.exchange(false)) {
                        const std::byte one{1};
                        (void)must(client.write({&one, 1}));
                        busy.expect_now();
                    }
                });
            })));
        }
        int most = 0;
        for (int i = 0; i < 10; ++i) {
            std::array<std::byte, 1> buffer;
            send = true;
            CHECK(must(stream.read(buffer)) == 1);
            most = std::max(most, busy.happened());
        }
        busy.stop();
        for (auto& task : tasks) {
            std::move(task).join();
        }
        return most;
    }));
    CHECK(worst <= many / 2);  // the kernel may deliver it late; usually it is one
}

TEST_CASE("a chain of tasks spawned with run_now lets other tasks run") {
    constexpr int links = test::is_slow ? 2'000 : 20'000;
    struct Chain {
        int left = links;
        int alive = 0;
        int most_alive = 0;

        void link() {
            most_alive = std::max(most_alive, ++alive);
            if (--left > 0) {
                must(thread::spawn([this] { link(); }, {.run_now = true}));
            }
            --alive;
        }
    } chain;
    int turns = 0;
    must(green::run({.workers = 1, .spare_carriers = 0}, [&] {
        auto other = must(thread::spawn([&] {
            while (chain.left > 0) {
                ++turns;
                thread::yield_now();
            }
        }));
        chain.link();
        std::move(other).join();
    }));
    CHECK(turns >= links / 128);
    CHECK(chain.most_alive <= 128);
}

TEST_CASE("a child spawned with run_now has run before spawn returns, also when the time slice is used up") {
    const int wrong = must(green::run({.workers = 1, .spare_carriers = 0}, [] {
        int not_run = 0;
        std::atomic<bool> stop{false};
        auto other = must(thread::spawn([&] {
            while (!stop) {
                thread::yield_now();
            }
        }));
        for (int i = 0; i < 1000; ++i) {
            bool ran = false;
            must(thread::spawn([&] { ran = true; }, {.run_now = true})).join();
            bool first = false;
            auto child = must(thread::spawn(
                [&] {
                    first = true;
                    thread::yield_now();
                },
                {.run_now = true}));
            not_run += ran && first ? 0 : 1;
            std::move(child).join();
        }
        stop = true;
        std::move(other).join();
        return not_run;
    }));
    CHECK(wrong == 0);
}

TEST_CASE("thousands of timers that come due at once do not hold up a timer of a millisecond") {
    constexpr int herd = test::is_slow ? 2'000 : 10'000;
    std::atomic<Instant> from{Instant::max()};
    std::atomic<int> late{0};
    std::atomic<int> ran{0};
    const int worst = must(green::run({.workers = 1, .stack_size = 16 * 1024, .spare_carriers = 0}, [&] {
        std::atomic<bool> all_sleep{false};
        std::vector<thread::JoinHandle<void>> tasks;
        std::atomic<Instant> herd_due{Instant::max()};
        for (int i = 0; i < herd; ++i) {
            tasks.push_back(must(thread::spawn([&] {
                while (!all_sleep) {
                    thread::park();
                }
                must(thread::sleep_until(herd_due));
                late += now() >= from.load() ? 1 : 0;
                ++ran;
            })));
        }
        thread::yield_now();
        herd_due = now() + 400ms;
        all_sleep = true;
        for (auto& task : tasks) {
            task.thread().unpark();
        }
        int most = 0;
        while (ran < herd) {
            const auto deadline = now() + 1ms;
            from = deadline;
            must(thread::sleep_until(deadline));
            from = Instant::max();
            most = std::max(most, late.exchange(0));
        }
        for (auto& task : tasks) {
            std::move(task).join();
        }
        return most;
    }));
    CHECK(worst <= herd / (test::is_slow ? 2 : 4));
}
