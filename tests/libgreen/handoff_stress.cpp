// SPDX-License-Identifier: MIT
//
// Handoff under stress: workers are taken at random moments while tasks do everything that a task can do.
#include <libgreen/inner.hpp>
#include <support/soak.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using test::Inner;
using test::must;
namespace thread = green::thread;

namespace {

/// The bodies of the tasks, which run until `stop`; each returns how often it did its work.
struct Chores {
    std::atomic<bool> stop{false};

    /// Stays in user code for nanoseconds to tens of microseconds, so that the worker can be taken: a stretch shorter
    /// than membarrier(2) never loses it.
    static void dawdle(std::uint64_t& random) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        for (std::uint64_t i = 0; i >> ((random >> 33) % 18) == 0; ++i) {
            asm volatile("" ::: "memory");
        }
    }

    std::uint64_t yield(std::uint64_t random) const {
        std::uint64_t count = 0;
        for (; count == 0 || !stop; ++count) {
            dawdle(random);
            thread::yield_now();
        }
        return count;
    }

    std::uint64_t sleep(std::uint64_t random) const {
        std::uint64_t count = 0;
        for (; count == 0 || !stop; ++count) {
            dawdle(random);
            must(thread::sleep(50us));
        }
        return count;
    }

    std::uint64_t spawn(std::uint64_t random) const {
        std::uint64_t sum = 0;
        for (std::uint64_t count = 0; count == 0 || !stop; ++count) {
            dawdle(random);
            sum += must(thread::spawn([count] { return count - count + 1; })).join();
        }
        return sum;
    }

    std::uint64_t time_out(std::uint64_t random) const {
        std::uint64_t count = 0;
        for (; count == 0 || !stop; ++count) {
            dawdle(random);
            if (must(thread::park_for(20us))) {
                return 0;  // no task wakes it
            }
        }
        return count;
    }
};

/// Two tasks pass a number that is not atomic to and fro, and each must see what the other has written. Returns how
/// often both did, or nothing.
std::optional<std::uint64_t> play(const Chores& chores, std::uint64_t random) {
    struct Ball {
        std::uint64_t touched = 0;
        bool out = false;
    } ball;
    const auto self = thread::current();
    auto other = must(thread::spawn([&ball, &chores, self, random]() mutable {
        std::uint64_t returned = 0;
        for (;;) {
            thread::park();
            if (ball.out) {
                return returned;
            }
            ++ball.touched;
            ++returned;
            chores.dawdle(random);
            self.unpark();
        }
    }));
    const auto peer = other.thread();
    std::uint64_t served = 0;
    while (served == 0 || !chores.stop) {
        ++ball.touched;
        ++served;
        peer.unpark();
        thread::park();
        Chores::dawdle(random);
    }
    ball.out = true;
    peer.unpark();
    const std::uint64_t returned = std::move(other).join();
    if (ball.touched != served + returned || served != returned) {
        return std::nullopt;
    }
    return served;
}

}  // namespace

TEST_CASE("tasks yield, sleep, spawn and wake each other while their workers are taken again and again", "[soak]") {
    // Each take needs the system to run two threads, so on a busy machine the time runs out first.
    const std::uint64_t most = test::soak_time() > 0s ? UINT64_MAX : 100'000;
    const auto longest = test::soak_time() > 0s ? test::soak_time() / 2 : 1s;
    constexpr std::uint64_t enough = 20;
    for (const std::size_t workers : {std::size_t{1}, std::size_t{2}}) {
        Inner inner(workers, 3);
        Chores chores;
        std::uint64_t tried = 0;
        std::uint64_t taken = 0;
        const auto counts = inner.run([&] {
            std::vector<thread::JoinHandle<std::optional<std::uint64_t>>> handles;
            const auto start = [&](auto chore) {
                handles.push_back(must(thread::spawn(
                    [chore, seed = handles.size() + 1]() -> std::optional<std::uint64_t> { return chore(seed); })));
            };
            for (int i = 0; i < 3; ++i) {
                start([&](std::uint64_t seed) { return chores.yield(seed); });
                start([&](std::uint64_t seed) { return chores.sleep(seed); });
                start([&](std::uint64_t seed) { return chores.spawn(seed); });
                start([&](std::uint64_t seed) { return chores.time_out(seed); });
                start([&](std::uint64_t seed) { return play(chores, seed); });
            }
            std::thread native([&] {
                std::minstd_rand random(1);
                std::uint64_t pause = 1;
                const auto end = std::chrono::steady_clock::now() + longest;
                const auto goes_on = [&] {
                    const auto now = std::chrono::steady_clock::now();
                    return now < end || (taken <= enough && now < end + 60s);
                };
                while (taken < most && (++tried % 16 != 0 || goes_on())) {
                    if (inner.scheduler.hand_off(std::size_t{random()} % inner.carriers())) {
                        ++taken;
                    }
                    // The mutexes are not fair: without a pause a carrier would hardly get them.
                    Chores::dawdle(pause);
                }
                chores.stop = true;
            });
            native.join();  // blocks the thread: the others run because this worker is taken, too
            std::vector<std::uint64_t> all;
            for (auto& handle : handles) {
                all.push_back(std::move(handle).join().value_or(0));
            }
            return all;
        });
        INFO(workers << " workers, taken " << taken << " times of " << tried);
        CHECK(taken > enough);
        for (const std::uint64_t count : counts) {
            CHECK(count > 0);
        }
    }
}
