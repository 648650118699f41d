// SPDX-License-Identifier: MIT
//
// RwLock: a downgraded writer continues as reader, and no writer gets in between.
#include <support/words.hpp>

#include <weld/sync/barrier.hpp>
#include <weld/sync/rw_lock.hpp>

#include <atomic>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using test::must;

TEST_CASE("an exception after a downgrade gives up the read lock", "[rust2014:test_rwlock_kill_downgrader]") {
    sync::RwLock<int> lock(1);
    try {
        const auto reader = lock.write().downgrade();
        throw 7;
    } catch (int) {
    }
    CHECK(lock.try_write());
}

TEST_CASE("a downgraded writer continues as reader",
          "[rust:test_downgrade_basic][rust2014:test_rw_downgrade][rust2014:test_rwlock_downgrade_unlock]") {
    sync::RwLock<int> lock(1);
    auto writer = lock.write();
    *writer = 2;
    auto reader = std::move(writer).downgrade();
    CHECK(*reader == 2);
    CHECK(lock.try_read());
    CHECK_FALSE(lock.try_write());
    const auto moved = std::move(reader);
    CHECK_FALSE(lock.try_write());
}

TEST_CASE("readers see only what was written last, before each writer reads it itself",
          "[rust:test_downgrade_observe]") {
    constexpr int readers = 4;
    constexpr int rounds = test::is_slow ? 30 : 100;
    sync::RwLock<int> lock(0);
    sync::Barrier barrier(readers + 1);
    std::vector<thread::JoinHandle<int>> running;
    for (int index = 0; index < readers; ++index) {
        running.push_back(must(thread::spawn([&] {
            int wrong = 0;
            for (int round = 1; round <= rounds; ++round) {
                (void)barrier.wait();
                const auto reader = lock.read();
                wrong += *reader == round ? 0 : 1;
                (void)barrier.wait();
            }
            return wrong;
        })));
    }
    for (int round = 1; round <= rounds; ++round) {
        auto writer = lock.write();
        (void)barrier.wait();  // the readers wait for what is written, and see it while this one reads on
        *writer = round;
        const auto reader = std::move(writer).downgrade();
        CHECK(*reader == round);
        (void)barrier.wait();
    }
    for (auto& handle : running) {
        CHECK(std::move(handle).join() == 0);
    }
}

TEST_CASE("no writer gets in during a downgrade", "[rust:test_downgrade_atomic][promise:2.42]") {
    constexpr int rounds = test::is_slow ? 300 : 3'000;
    sync::RwLock<int> lock(0);
    std::atomic<bool> done{false};
    std::vector<thread::JoinHandle<void>> evils;
    for (int index = 0; index < 3; ++index) {
        evils.push_back(must(thread::spawn([&] {
            while (!done) {
                *lock.write() = -1;
            }
        })));
    }
    int wrong = 0;
    for (int round = 1; round <= rounds; ++round) {
        auto writer = lock.write();
        *writer = round;
        const auto reader = std::move(writer).downgrade();
        wrong += *reader == round ? 0 : 1;
    }
    done = true;
    for (auto& handle : evils) {
        std::move(handle).join();
    }
    CHECK(wrong == 0);
}

TEST_CASE("a downgraded writer reads what it wrote", "[rust2014:test_rw_write_cond_downgrade_read_race]") {
    constexpr int rounds = test::is_slow ? 200 : 2'000;
    sync::RwLock<int> lock(0);
    std::atomic<int> read_as_zero{0};
    auto other = must(thread::spawn([&] {
        for (int round = 0; round < rounds; ++round) {
            auto writer = lock.write();
            ++*writer;
            const auto reader = std::move(writer).downgrade();
            read_as_zero += *reader == 0 ? 1 : 0;
        }
    }));
    int last = 0;
    while (last < rounds) {
        const auto reader = lock.read();
        CHECK(*reader >= last);
        last = *reader;
    }
    std::move(other).join();
    CHECK(read_as_zero == 0);
}
