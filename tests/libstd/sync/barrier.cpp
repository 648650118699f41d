// SPDX-License-Identifier: MIT
//
// Barrier: no thread continues before all have arrived, one is the leader, and the next round begins at once.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync/barrier.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using test::must;
using test::Sleeper;

namespace {

constinit sync::Barrier at_start(2);

}  // namespace

static_assert(sizeof(sync::Barrier) == 16 && std::is_trivially_destructible_v<sync::Barrier>);
static_assert(!std::is_copy_constructible_v<sync::Barrier> && !std::is_move_constructible_v<sync::Barrier>);

TEST_CASE("wait returns in no thread before the last one arrives, and is true in one", "[rust:test_barrier]") {
    constexpr int others = 9;
    sync::Barrier barrier(others + 1);
    std::atomic<int> past{0};
    std::vector<std::unique_ptr<Sleeper<std::function<bool()>>>> sleepers;
    for (int index = 0; index < others; ++index) {
        sleepers.push_back(std::make_unique<Sleeper<std::function<bool()>>>([&] {
            const bool leads = barrier.wait();
            ++past;
            return leads;
        }));
        CHECK(sleepers.back()->is_asleep());
    }
    CHECK(past == 0);
    int leaders = barrier.wait() ? 1 : 0;
    for (auto& sleeper : sleepers) {
        leaders += sleeper->join() ? 1 : 0;
    }
    CHECK(leaders == 1);
}

TEST_CASE("a barrier of one or of zero lets each thread through as leader") {
    for (const std::uint32_t threads : {0U, 1U}) {
        sync::Barrier barrier(threads);
        CHECK(barrier.wait());
        CHECK(barrier.wait());
    }
}

TEST_CASE("in each round every thread sees what the others did before, and one is the leader",
          "[libuv:barrier_2][libuv:barrier_3]") {
    constexpr std::size_t threads = 4;
    constexpr int rounds = test::is_slow ? 300 : 3'000;
    struct Shared {
        sync::Barrier barrier{threads};
        std::array<int, threads> plain{};  // each its own, guarded by the barrier alone
        std::atomic<int> leads{0};
        std::atomic<int> wrong{0};
    } shared;
    std::vector<thread::JoinHandle<void>> running;
    for (std::size_t index = 0; index < threads; ++index) {
        running.push_back(must(thread::spawn([&, index] {
            for (int round = 1; round <= rounds; ++round) {
                shared.plain[index] = round;
                shared.leads += shared.barrier.wait() ? 1 : 0;
                for (const int seen : shared.plain) {
                    shared.wrong += seen == round ? 0 : 1;
                }
                (void)shared.barrier.wait();
            }
        })));
    }
    for (auto& handle : running) {
        std::move(handle).join();
    }
    CHECK(shared.wrong == 0);
    CHECK(shared.leads == rounds);
}

TEST_CASE("more threads than the barrier's number pass it in groups") {
    constexpr int passes = test::is_slow ? 600 : 6'000;  // of all together, and even
    std::atomic<int> begun{0};
    std::atomic<int> leads{0};
    std::vector<thread::JoinHandle<void>> running;
    for (int index = 0; index < 4; ++index) {
        running.push_back(must(thread::spawn([&] {
            while (begun++ < passes) {
                leads += at_start.wait() ? 1 : 0;
            }
        })));
    }
    for (auto& handle : running) {
        std::move(handle).join();
    }
    CHECK(leads == passes / 2);
}
