// SPDX-License-Identifier: MIT
//
// membarrier: the barrier also orders a thread that has only a compiler fence.
#include <support/words.hpp>

#include <weld/sys/linux/membarrier.hpp>

#include <atomic>

namespace sys = weld::sys;
using sys::Errno;
using test::must;

TEST_CASE("membarrier_register is idempotent, or returns that the system refuses the call") {
    const auto registered = sys::membarrier_register();
    if (!registered) {
        CHECK((registered.error() == Errno::Nosys || registered.error() == Errno::Perm ||
               registered.error() == Errno::Inval));
        return;
    }
    CHECK(sys::membarrier_register());
    sys::membarrier();
}

TEST_CASE("membarrier on one side and a compiler fence on the other order a store before a load") {
    if (!sys::membarrier_register()) {
        WARN("no membarrier here: skipped");
        return;
    }
    // Only one of the two has a real barrier; without it both would sometimes miss the other's flag.
    constexpr int rounds = 20'000;
    std::atomic<int> cheap{0};
    std::atomic<int> dear{0};
    std::atomic<int> started{0};
    std::atomic<int> finished{0};
    auto peer = must(weld::thread::spawn([&] {
        int blind = 0;
        for (int round = 1; round <= rounds; ++round) {
            while (started.load(std::memory_order_acquire) < round) {
                weld::thread::yield_now();
            }
            cheap.store(round, std::memory_order_relaxed);
            std::atomic_signal_fence(std::memory_order_seq_cst);
            blind = dear.load(std::memory_order_relaxed) < round ? round : blind;
            finished.store(blind == round ? -round : round, std::memory_order_release);
        }
    }));
    int both_blind = 0;
    for (int round = 1; round <= rounds; ++round) {
        started.store(round, std::memory_order_release);
        dear.store(round, std::memory_order_relaxed);
        sys::membarrier();
        const bool blind = cheap.load(std::memory_order_relaxed) < round;
        int said = 0;
        while ((said = finished.load(std::memory_order_acquire)) != round && said != -round) {
            weld::thread::yield_now();
        }
        both_blind += blind && said == -round ? 1 : 0;
    }
    std::move(peer).join();
    CHECK(both_blind == 0);
}
