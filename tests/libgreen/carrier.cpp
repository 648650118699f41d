// SPDX-License-Identifier: MIT
//
// Carrier: enter, leave and take, without a scheduler: a worker never has two holders.
#include <support/soak.hpp>
#include <support/words.hpp>

#include <carrier.hpp>
#include <worker.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

namespace {

/// Detects two holders of the worker. None of its operations is a fence, so it hides no missing one.
class Claim {
public:
    /// Holds for a moment; false when another thread does at the same time.
    bool hold(int who, int moment) {
        bool alone = owner_.load(std::memory_order_relaxed) == nobody;
        owner_.store(who, std::memory_order_relaxed);
        for (int i = 0; i < moment; ++i) {
            alone = owner_.load(std::memory_order_relaxed) == who && alone;
        }
        owner_.store(nobody, std::memory_order_relaxed);
        return alone;
    }

private:
    static constexpr int nobody = 0;
    std::atomic<int> owner_{nobody};
};

/// Spins for up to 2^`longest` turns, most often few.
void pause(std::uint64_t& random, std::uint64_t longest) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    for (std::uint64_t i = 0; i >> ((random >> 33) % longest) == 0; ++i) {
        asm volatile("" ::: "memory");
    }
}

/// Takes the worker as the scheduler does; null when the carrier has entered the runtime, or has no worker.
green::Worker* take(green::Carrier& carrier) {
    green::Worker* taken = nullptr;
    (void)carrier.while_outside(green::Carrier::any_stretch, [&] { taken = std::exchange(carrier.worker, nullptr); });
    return taken;
}

}  // namespace

TEST_CASE("a worker belongs to its carrier or to the thread that took it, never to both", "[soak]") {
    green::Worker worker;
    green::Carrier carrier;
    Claim claim;
    std::uint64_t plain = 0;  // not atomic, and only the holder's: the thread sanitizer sees a race
    std::atomic<bool> stop{false};
    std::atomic<bool> carries{false};
    std::atomic<bool> waits{false};
    bool alone = true;
    carrier.worker = &worker;

    std::thread thread([&] {
        green::set_this_carrier(&carrier);
        carries = true;
        std::uint64_t random = 1;
        while (!stop.load(std::memory_order_relaxed)) {
            carrier.leave();
            pause(random, 15);  // now and then in user code for longer than membarrier(2) takes
            carrier.enter();
            if (carrier.worker != nullptr) {
                alone = claim.hold(1, 30) && alone;
                ++plain;
            } else {
                waits.store(true, std::memory_order_relaxed);
                for (bool again = false; !again;) {
                    std::this_thread::yield();
                    const std::lock_guard lock(carrier.mutex);
                    again = carrier.worker != nullptr;
                }
                waits.store(false, std::memory_order_relaxed);
            }
        }
        green::set_this_carrier(nullptr);
    });

    while (!carries) {
        std::this_thread::yield();
    }
    const auto end = std::chrono::steady_clock::now() + std::max<std::chrono::milliseconds>(test::soak_time(), 500ms);
    const auto latest = end + 60s;  // on a busy processor each take may cost a time slice
    constexpr std::uint64_t enough = 20;
    std::uint64_t taken = 0;
    std::uint64_t in_vain = 0;
    const auto goes_on = [&] {
        const auto now = std::chrono::steady_clock::now();
        return now < end || ((taken <= enough || in_vain <= enough) && now < latest);
    };
    bool taker_alone = true;
    std::uint64_t random = 2;
    for (std::uint64_t i = 0; i % 64 != 0 || goes_on(); ++i) {
        green::Worker* got = take(carrier);
        if (got == nullptr) {
            ++in_vain;
            pause(random, 10);  // the mutex is not fair
            if (in_vain % 16 == 0) {
                std::this_thread::yield();  // both threads may be on one processor
            }
            continue;
        }
        ++taken;
        taker_alone = got == &worker && claim.hold(2, 30) && taker_alone;
        ++plain;
        // As the scheduler does: only a carrier that waits for a worker gets one.
        while (!waits.load(std::memory_order_relaxed)) {
            std::this_thread::yield();
        }
        const std::lock_guard lock(carrier.mutex);
        carrier.worker = got;
    }
    stop = true;
    thread.join();
    INFO("taken " << taken << " times, tried in vain " << in_vain << " times");
    CHECK(alone);
    CHECK(taker_alone);
    CHECK(taken > enough);
    CHECK(in_vain > enough);
    CHECK(plain >= taken);
}

TEST_CASE("no worker is taken from a carrier inside the runtime, from one without a worker, or twice") {
    green::Worker worker;
    green::Carrier carrier;
    CHECK(take(carrier) == nullptr);
    carrier.worker = &worker;
    CHECK(take(carrier) == nullptr);
    carrier.leave();
    CHECK(carrier.is_outside());
    CHECK(take(carrier) == &worker);
    CHECK(take(carrier) == nullptr);
    carrier.enter();
    CHECK_FALSE(carrier.is_outside());
    CHECK(carrier.worker == nullptr);
    carrier.worker = &worker;
    CHECK(take(carrier) == nullptr);
    carrier.leave();
    CHECK(take(carrier) == &worker);
}
