// SPDX-License-Identifier: MIT
//
// Handoff: a task that stays in user code loses its worker, the others run, and the task can still do all that it could
// before.
#include <libgreen/inner.hpp>

#include <weld/sys/linux/membarrier.hpp>

#include <unistd.h>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using test::eventually;
using test::Inner;
using test::must;
using test::Taker;
namespace thread = green::thread;

namespace {

/// Whether the calling task's carrier holds a worker. Does not enter the runtime.
bool has_worker() {
    green::Carrier& carrier = *green::this_carrier();
    const std::lock_guard lock(carrier.mutex);
    return carrier.worker != nullptr;
}

/// Runs `body` on one worker, with a taker and two spares: one is still there while the task keeps its own thread.
template <class Body>
auto run_with_taker(Body body) {
    Inner inner(1, 2);
    return inner.run([&] {
        Taker taker(inner);
        return body(taker);
    });
}

/// Whether `wait`, which parks, returns true and resumes with a worker after the task has lost its own. If what it
/// waits for is there already, it needs no worker; that must not be so each time.
template <class Wait>
bool returns_with_a_worker(Wait wait) {
    return run_with_taker([&](Taker& taker) {
        int with_worker = 0;
        for (int round = 0; round < 5; ++round) {
            const pid_t before = ::gettid();
            if (!taker.take_mine() || has_worker()) {
                return false;
            }
            // Until it parks, it changes neither thread nor worker.
            thread::current().unpark();
            thread::park();
            if (has_worker() || ::gettid() != before || !wait()) {
                return false;
            }
            with_worker += has_worker() ? 1 : 0;
            thread::yield_now();
        }
        return with_worker > 0;
    });
}

}  // namespace

TEST_CASE("membarrier is used, unless the test runs where the kernel refuses it") {
    const bool refuses = std::getenv("WITHOUT_MEMBARRIER") != nullptr;
    CHECK(weld::sys::membarrier_register().has_value() == !refuses);
}

TEST_CASE("the other tasks of a worker run while one task stays in user code") {
    const bool all_went_on = run_with_taker([](Taker& taker) {
        std::atomic<int> went_on{0};
        std::vector<thread::JoinHandle<void>> handles;
        for (int i = 0; i < 5; ++i) {
            handles.push_back(must(thread::spawn([&] {
                thread::yield_now();
                must(thread::sleep(1ms));
                ++went_on;
            })));
        }
        const bool waited = went_on == 0 && taker.take_mine();
        const bool went = eventually([&] { return went_on == 5; });
        for (auto& handle : handles) {
            std::move(handle).join();
        }
        return waited && went;
    });
    CHECK(all_went_on);
}

TEST_CASE("a task that has lost its worker wakes others") {
    const bool woke = run_with_taker([](Taker& taker) {
        std::atomic<bool> parks{false};
        std::atomic<bool> woken{false};
        auto other = must(thread::spawn([&] {
            parks = true;
            thread::park();
            woken = true;
        }));
        while (!parks) {
            thread::yield_now();
        }
        const bool lost = taker.take_mine();
        other.thread().unpark();
        const bool ran = eventually([&] { return woken.load(); }) && !has_worker();
        std::move(other).join();
        return lost && ran;
    });
    CHECK(woke);
}

TEST_CASE("a task that has lost its worker spawns others") {
    const bool spawned = run_with_taker([](Taker& taker) {
        std::atomic<int> ran{0};
        const bool lost = taker.take_mine();
        std::vector<thread::JoinHandle<int>> handles;
        for (int i = 0; i < 300; ++i) {  // more than a ring holds
            handles.push_back(must(thread::spawn([&ran, i] {
                ++ran;
                return i;
            })));
        }
        const bool all = eventually([&] { return ran == 300; }) && !has_worker();
        int sum = 0;
        for (auto& handle : handles) {
            sum += std::move(handle).join();
        }
        return lost && all && sum == 299 * 300 / 2;
    });
    CHECK(spawned);
}

TEST_CASE("a task that has lost its worker returns from each wait, with a worker") {
    CHECK(returns_with_a_worker([] {
        thread::yield_now();
        return true;
    }));
    CHECK(returns_with_a_worker([] {
        const auto start = std::chrono::steady_clock::now();
        return thread::sleep(1ms).has_value() && std::chrono::steady_clock::now() - start >= 1ms;
    }));
    CHECK(returns_with_a_worker([] {
        const auto start = std::chrono::steady_clock::now();
        return !must(thread::park_for(1ms)) && std::chrono::steady_clock::now() - start >= 1ms;
    }));
    CHECK(returns_with_a_worker([] {
        const auto self = thread::current();
        (void)must(thread::spawn([self] {
            must(thread::sleep(2ms));
            self.unpark();
        }));
        thread::park();
        return true;
    }));
    CHECK(returns_with_a_worker([] {
        const auto self = thread::current();
        (void)must(thread::spawn([self] {
            must(thread::sleep(2ms));
            self.unpark();
        }));
        return must(thread::park_for(10s));
    }));
    CHECK(returns_with_a_worker([] {
        auto other = must(thread::spawn([] {
            must(thread::sleep(2ms));
            return 7;
        }));
        return std::move(other).join() == 7;
    }));
}

TEST_CASE("a task that has lost its worker may return or throw") {
    const bool ended = run_with_taker([](Taker& taker) {
        for (int round = 0; round < 3; ++round) {
            auto returns = must(thread::spawn([&] { return taker.take_mine() && !has_worker(); }));
            if (!std::move(returns).join()) {
                return false;
            }
            auto throws = must(thread::spawn([&]() -> bool {
                throw taker.take_mine() && !has_worker() ? std::runtime_error("lost") : std::runtime_error("kept");
            }));
            try {
                (void)std::move(throws).join();
                return false;
            } catch (const std::runtime_error& error) {
                if (std::string_view(error.what()) != "lost") {
                    return false;
                }
            }
        }
        return true;
    });
    CHECK(ended);
}

TEST_CASE("a task keeps the exception that it is handling when its worker is taken") {
    const bool kept = run_with_taker([](Taker& taker) {
        auto other = must(thread::spawn([&] {
            try {
                throw 1;
            } catch (int) {
                if (!taker.take_mine()) {
                    return 0;
                }
                thread::yield_now();
                try {
                    throw;
                } catch (int same) {
                    return same;
                }
            }
        }));
        try {
            throw 2;
        } catch (int) {
            const int others = std::move(other).join();
            try {
                throw;
            } catch (int same) {
                return others == 1 && same == 2;
            }
        }
    });
    CHECK(kept);
}

TEST_CASE("other tasks run after all workers were taken at once") {
    constexpr int workers = 3;
    Inner inner(workers, workers);
    const bool lost = inner.run([&] {
        std::atomic<int> without{0};
        std::atomic<bool> ran{false};
        const auto stay = [&] {
            const bool gone = eventually([&] { return !has_worker(); });
            ++without;
            return eventually([&] { return without == workers && ran; }) && gone;
        };
        std::vector<thread::JoinHandle<bool>> handles;
        for (int i = 0; i < workers - 1; ++i) {
            handles.push_back(must(thread::spawn(stay)));
        }
        std::atomic<bool> stop{false};
        std::thread taker([&] {
            while (!stop) {
                (void)inner.take_any();
                std::this_thread::yield();
            }
        });
        bool all = eventually([&] { return !has_worker(); });
        ++without;
        all = eventually([&] { return without == workers; }) && all;
        (void)must(thread::spawn([&] { ran = true; }));
        all = eventually([&] { return ran.load(); }) && all;
        stop = true;
        taker.join();
        for (auto& handle : handles) {
            all = std::move(handle).join() && all;
        }
        return all;
    });
    CHECK(lost);
}

TEST_CASE("a carrier keeps its worker inside the runtime, and when there is no spare carrier") {
    Inner asleep(2, 1);
    const int taken_asleep = asleep.run([&] {
        int taken = 0;
        const auto self = thread::current();
        std::atomic<bool> parks{false};
        std::thread native([&] {
            while (!parks) {
                std::this_thread::yield();
            }
            // It may not have entered the runtime yet: so one worker may be taken, and is.
            for (int i = 0; i < 10'000; ++i) {
                taken += asleep.take_any() ? 1 : 0;
            }
            self.unpark();
        });
        parks = true;
        thread::park();
        native.join();
        return taken;
    });
    CHECK(taken_asleep <= 1);

    Inner spareless(1, 0);
    const bool taken_without_spare = spareless.run([&] {
        bool taken = false;
        std::thread native([&] {
            for (int i = 0; i < 1000; ++i) {
                taken = spareless.take_any() || taken;
            }
        });
        native.join();
        return taken || !has_worker();
    });
    CHECK_FALSE(taken_without_spare);
}

TEST_CASE("no worker is taken from a carrier that does not exist") {
    Inner inner(1, 1);
    CHECK_FALSE(inner.run([&] { return inner.scheduler.hand_off(2) || inner.scheduler.hand_off(SIZE_MAX); }));
}
