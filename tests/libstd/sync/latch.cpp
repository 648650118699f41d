// SPDX-License-Identifier: MIT
//
// Latch: waiters continue when the count is zero, and not before.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync/latch.hpp>

#include <chrono>
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

constinit sync::Latch at_start(1);

}  // namespace

static_assert(sizeof(sync::Latch) == 4 && std::is_trivially_destructible_v<sync::Latch>);
static_assert(!std::is_copy_constructible_v<sync::Latch> && !std::is_move_constructible_v<sync::Latch>);

TEST_CASE("a latch opens when its count is zero, and stays open") {
    CHECK_FALSE(at_start.try_wait());
    at_start.count_down();
    for (int times = 0; times < 2; ++times) {
        CHECK(at_start.try_wait());
        at_start.wait();
        CHECK(at_start.wait_until(Instant::min()));
    }
    const sync::Latch open(0);
    open.wait();
}

TEST_CASE("count_down counts several at a time") {
    sync::Latch latch(5);
    latch.count_down(0);
    latch.count_down(3);
    CHECK_FALSE(latch.try_wait());
    latch.count_down(2);
    CHECK(latch.try_wait());
}

TEST_CASE("all waiters continue at zero and see what was done before") {
    sync::Latch latch(3);
    int plain = 0;
    const auto wait = [&] {
        latch.wait();
        return plain;
    };
    Sleeper one(wait);
    Sleeper other(wait);
    CHECK(one.is_asleep());
    CHECK(other.is_asleep());
    latch.count_down(2);
    CHECK(one.is_asleep());
    CHECK(other.is_asleep());
    CHECK_FALSE(one.is_finished());
    plain = 7;
    latch.count_down();
    CHECK(one.join() == 7);
    CHECK(other.join() == 7);
}

TEST_CASE("wait_until times out, and the latch works afterwards") {
    sync::Latch latch(1);
    for (const Instant deadline : {now() + 20ms, now() - 1h, Instant(-5ns), Instant::min()}) {
        CHECK_FALSE(latch.wait_until(deadline));
        CHECK(now() >= deadline);
    }
    CHECK_FALSE(latch.wait_for(1us));
    Sleeper patient([&] { return latch.wait_until(Instant::max()); });
    Sleeper impatient([&] { return latch.wait_for(50ms); });
    CHECK(patient.is_asleep());
    CHECK_FALSE(impatient.join());
    CHECK(patient.is_asleep());
    latch.count_down();
    CHECK(patient.join());
}

TEST_CASE("arrive_and_wait releases all threads together") {
    constexpr int rounds = test::is_slow ? 20 : 300;
    int wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        struct Shared {
            sync::Latch latch{4};
            int plain[4] = {};
        } shared;
        std::vector<thread::JoinHandle<int>> running;
        for (int index = 0; index < 4; ++index) {
            running.push_back(must(thread::spawn([&, index] {
                shared.plain[index] = 1;
                shared.latch.arrive_and_wait();
                return shared.plain[0] + shared.plain[1] + shared.plain[2] + shared.plain[3];
            })));
        }
        for (auto& handle : running) {
            wrong += std::move(handle).join() == 4 ? 0 : 1;
        }
    }
    CHECK(wrong == 0);
}
