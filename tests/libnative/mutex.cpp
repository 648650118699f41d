// SPDX-License-Identifier: MIT
//
// native::Mutex: mutual exclusion, constant initialisation, and freeing its memory right after unlock.
#include <support/words.hpp>

#include <weld/native/mutex.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <vector>

namespace thread = weld::thread;
using test::must;
using weld::native::Mutex;

namespace {

constinit Mutex at_start;

}  // namespace

static_assert(sizeof(Mutex) == 4 && std::is_trivially_destructible_v<Mutex>);
static_assert(!std::is_copy_constructible_v<Mutex> && !std::is_move_constructible_v<Mutex>);

TEST_CASE("only one thread at a time holds a mutex") {
    Mutex mutex;
    CHECK(mutex.try_lock());
    CHECK_FALSE(mutex.try_lock());
    CHECK_FALSE(must(thread::spawn([&] { return mutex.try_lock(); })).join());
    mutex.unlock();
    CHECK(mutex.try_lock());
    mutex.unlock();
}

TEST_CASE("std::lock_guard and std::unique_lock work with a mutex") {
    {
        const std::lock_guard guard(at_start);
        CHECK_FALSE(at_start.try_lock());
    }
    std::unique_lock lock(at_start, std::try_to_lock);
    CHECK(lock.owns_lock());
    lock.unlock();
    const std::scoped_lock again(at_start);
    CHECK_FALSE(lock.try_lock());
}

TEST_CASE("no increment under a mutex is lost") {
    constexpr int each = 100'000;
    for (const int threads : {2, 4}) {
        struct Shared {
            Mutex mutex;
            long count = 0;
        } shared;
        std::vector<thread::JoinHandle<void>> running;
        for (int index = 0; index < threads; ++index) {
            running.push_back(must(thread::spawn([&] {
                for (int round = 0; round < each; ++round) {
                    const std::lock_guard guard(shared.mutex);
                    ++shared.count;
                }
            })));
        }
        for (auto& handle : running) {
            std::move(handle).join();
        }
        CHECK(shared.count == long{threads} * each);
        CHECK(shared.mutex.try_lock());
    }
}

TEST_CASE("a waiter gets the mutex and sees what its holder wrote") {
    Mutex mutex;
    int plain = 0;
    std::atomic<bool> started{false};
    mutex.lock();
    auto waiter = must(thread::spawn([&] {
        started = true;
        const std::lock_guard guard(mutex);
        return plain;
    }));
    CHECK(test::eventually([&] { return started.load(); }));
    plain = 7;
    mutex.unlock();
    CHECK(std::move(waiter).join() == 7);
}

TEST_CASE("the last thread that locks a mutex may free it") {
    struct Counted {
        Mutex mutex;
        int holders = 2;
    };
    const auto leave = [](Counted* counted) {
        counted->mutex.lock();
        const bool last = --counted->holders == 0;
        counted->mutex.unlock();
        if (last) {
            delete counted;
        }
        return last ? 1 : 0;
    };
    constexpr int rounds = 20'000;
    std::array<std::atomic<Counted*>, 64> mailbox{};
    auto other = must(thread::spawn([&] {
        int freed = 0;
        for (std::size_t round = 0; round < rounds; ++round) {
            auto& slot = mailbox[round % mailbox.size()];
            Counted* counted = nullptr;
            while ((counted = slot.exchange(nullptr)) == nullptr) {
                thread::yield_now();
            }
            freed += leave(counted);
        }
        return freed;
    }));
    int freed = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
        auto& slot = mailbox[round % mailbox.size()];
        auto* counted = new Counted;
        while (slot.load() != nullptr) {
            thread::yield_now();
        }
        slot.store(counted);
        freed += leave(counted);
    }
    CHECK(std::move(other).join() + freed == rounds);
}
