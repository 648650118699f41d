// SPDX-License-Identifier: MIT
//
// Promise 2.41: locks are constant-initialised, have no destructor, allocate nothing, work at the end of a thread, and
// their memory may be freed as soon as no thread waits for them or holds them.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/sync.hpp>

#include <pthread.h>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <type_traits>
#include <utility>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using namespace std::chrono_literals;
using test::must;
using test::Sleeper;

namespace {

thread_local int allocations = 0;  // of this thread; none are seen where a sanitizer has an operator new of its own

/// One of each, which nothing constructs and nothing destroys.
struct Locks {
    sync::Mutex<> mutex;
    sync::Mutex<int> number;
    sync::RwLock<> rw_lock;
    sync::RwLock<int> read_number;
    sync::RawReentrantLock reentrant;
    sync::ReentrantLock<int> reentrant_number;
    sync::Condvar condvar;
    sync::Once once;
    sync::OnceLock<int> once_lock;
    sync::LazyLock<int> lazy_lock{[] { return 1; }};
    sync::Barrier barrier{1};
    sync::Latch latch{1};
    sync::Semaphore semaphore{1};
};
static_assert(std::is_trivially_destructible_v<Locks>);

constinit Locks at_start;
constinit Locks at_exit;

/// Whether all of `locks`, which no thread holds, work.
bool use(Locks& locks) {
    const std::scoped_lock all(locks.mutex, locks.rw_lock, locks.reentrant);
    auto number = locks.number.lock();
    const bool timed_out = !locks.condvar.wait_for(number, 1us) && !locks.mutex.try_lock_for(1us) &&
                           !locks.rw_lock.try_lock_shared_for(1us);
    locks.condvar.notify_all();
    ++*number;
    ++*locks.read_number.write();
    ++*locks.reentrant_number.lock();
    const bool read = *locks.read_number.read() == *number;
    locks.once.call_once([] {});
    const bool made = locks.once_lock.get_or_init([] { return 1; }) + *locks.lazy_lock == 2;
    const bool led = locks.barrier.wait();
    if (!locks.latch.try_wait()) {
        locks.latch.count_down();
    }
    locks.latch.wait();
    const auto permit = locks.semaphore.access();
    return timed_out && read && made && led && !locks.semaphore.try_acquire_for(1us);
}

/// What came of using the locks of `at_exit` when a thread ended.
std::atomic<int> used_at_exit{0};

void use_at_exit() { used_at_exit += use(at_exit) ? 1 : 0; }

struct UsesLocksAtExit {
    ~UsesLocksAtExit() { use_at_exit(); }
};

/// Many times: one thread does `first` with an Object, another one `last`, and frees it as soon as that returns.
template <class Object, class First, class Last>
void free_after(First first, Last last) {
    constexpr std::size_t rounds = test::is_slow ? 500 : 3'000;
    std::array<std::atomic<Object*>, 64> mailbox{};
    auto other = must(thread::spawn([&] {
        for (std::size_t round = 0; round < rounds; ++round) {
            auto& slot = mailbox[round % mailbox.size()];
            Object* object = nullptr;
            while ((object = slot.exchange(nullptr)) == nullptr) {
                thread::yield_now();
            }
            first(*object);
        }
    }));
    for (std::size_t round = 0; round < rounds; ++round) {
        auto object = std::make_unique<Object>();
        mailbox[round % mailbox.size()].store(object.get());
        last(*object);
    }
    std::move(other).join();
}

}  // namespace

#if TEST_ADDRESS_SANITIZER != 1 && TEST_THREAD_SANITIZER != 1

namespace {

void* count_and_allocate(std::size_t size) noexcept {
    ++allocations;
    return std::malloc(size);
}

}  // namespace

// The other forms call these.
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (void* block = count_and_allocate(size)) {
        return block;
    }
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return count_and_allocate(size);
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t /*size*/) noexcept { std::free(block); }

#endif

TEST_CASE("each lock has the size that the documentation names", "[promise:2.41]") {
    STATIC_REQUIRE(sizeof(sync::Mutex<>) == 4);
    STATIC_REQUIRE(sizeof(sync::RwLock<>) == 4);
    STATIC_REQUIRE(sizeof(sync::Condvar) == 8);
    STATIC_REQUIRE(sizeof(sync::Once) == 4);
    STATIC_REQUIRE(sizeof(sync::Semaphore) == 4);
    STATIC_REQUIRE(sizeof(sync::Latch) == 4);
}

TEST_CASE("constant-initialised locks work and never allocate", "[promise:2.41]") {
    const int before = allocations;
    const bool works = use(at_start) && use(at_start);
    CHECK(allocations == before);
    CHECK(works);
    ::operator delete(::operator new(1));
    CHECK(allocations == before + (test::under_sanitizer ? 0 : 1));
}

TEST_CASE("neither sleeping on a lock nor waking allocates", "[promise:2.41]") {
    Locks locks;
    const auto allocates = [](auto wait, auto wake) {
        Sleeper sleeper([&] {
            const int before = allocations;
            wait();
            return allocations - before;
        });
        CHECK(sleeper.is_asleep());
        const int before = allocations;
        wake();
        const int woken = allocations - before;
        return sleeper.join() + woken;
    };
    locks.mutex.lock();
    CHECK(allocates([&] { const std::scoped_lock lock(locks.mutex); }, [&] { locks.mutex.unlock(); }) == 0);
    locks.rw_lock.lock();
    CHECK(allocates([&] { const std::shared_lock lock(locks.rw_lock); }, [&] { locks.rw_lock.unlock(); }) == 0);
    locks.rw_lock.lock_shared();
    CHECK(allocates([&] { const std::scoped_lock lock(locks.rw_lock); }, [&] { locks.rw_lock.unlock_shared(); }) == 0);
    locks.reentrant.lock();
    CHECK(allocates([&] { const std::scoped_lock lock(locks.reentrant); }, [&] { locks.reentrant.unlock(); }) == 0);
    locks.semaphore.acquire();
    CHECK(allocates([&] { locks.semaphore.acquire(); }, [&] { locks.semaphore.release(); }) == 0);
    CHECK(allocates([&] { locks.latch.wait(); }, [&] { locks.latch.count_down(); }) == 0);
    CHECK(allocates([&] { locks.once.wait(); }, [&] { locks.once.call_once([] {}); }) == 0);
    CHECK(allocates([&] { (void)locks.once_lock.wait(); }, [&] { (void)locks.once_lock.set(1); }) == 0);
    sync::Barrier barrier(2);
    CHECK(allocates([&] { (void)barrier.wait(); }, [&] { (void)barrier.wait(); }) == 0);
    CHECK(allocates(
              [&] {
                  auto number = locks.number.lock();
                  locks.condvar.wait_while(number, [](int value) { return value == 0; });
              },
              [&] {
                  *locks.number.lock() = 1;
                  locks.condvar.notify_one();
              }) == 0);
}

TEST_CASE("locks work in destructors of thread-locals, and in those of pthread keys after them", "[promise:2.41]") {
    static pthread_key_t key;
    REQUIRE(::pthread_key_create(&key, [](void*) { use_at_exit(); }) == 0);
    must(thread::spawn([] {
        static thread_local UsesLocksAtExit at_end;
        (void)&at_end;
        (void)::pthread_setspecific(key, &key);
    })).join();
    CHECK(used_at_exit == 2);
    REQUIRE(::pthread_key_delete(key) == 0);
}

TEST_CASE("the memory of a lock may be freed by the last thread that locks it", "[promise:2.41]") {
    struct Object {
        sync::Mutex<> mutex;
        sync::RwLock<> rw_lock;
        sync::RawReentrantLock reentrant;
        std::atomic<bool> is_left{false};
    };
    const auto leave = [](auto lock, auto unlock) {
        return [=](Object& object) {
            lock(object);
            object.is_left = true;
            unlock(object);
        };
    };
    const auto come_after = [](auto lock, auto unlock) {
        return [=](Object& object) {
            for (bool is_left = false; !is_left;) {
                lock(object);
                is_left = object.is_left;
                unlock(object);
                if (!is_left) {
                    thread::yield_now();
                }
            }
        };
    };
    const auto lock = [](Object& object) { object.mutex.lock(); };
    const auto unlock = [](Object& object) { object.mutex.unlock(); };
    free_after<Object>(leave(lock, unlock), come_after(lock, unlock));

    const auto lock_again = [](Object& object) {
        object.reentrant.lock();
        object.reentrant.lock();
    };
    const auto unlock_again = [](Object& object) {
        object.reentrant.unlock();
        object.reentrant.unlock();
    };
    free_after<Object>(leave(lock_again, unlock_again), come_after(lock_again, unlock_again));

    const auto read = [](Object& object) { object.rw_lock.lock_shared(); };
    const auto end_reading = [](Object& object) { object.rw_lock.unlock_shared(); };
    const auto write = [](Object& object) { object.rw_lock.lock(); };
    const auto end_writing = [](Object& object) { object.rw_lock.unlock(); };
    const auto downgrade = [](Object& object) {
        object.rw_lock.downgrade();
        object.rw_lock.unlock_shared();
    };
    free_after<Object>(leave(read, end_reading), come_after(write, end_writing));
    free_after<Object>(leave(write, end_writing), come_after(write, end_writing));
    free_after<Object>(leave(write, end_writing), come_after(read, end_reading));
    free_after<Object>(leave(write, downgrade), come_after(write, end_writing));
}

TEST_CASE("the memory of a condvar may be freed by the notified thread", "[promise:2.41]") {
    struct Object {
        sync::Mutex<bool> is_waiting;
        sync::Condvar condvar;
    };
    free_after<Object>(
        [](Object& object) {
            for (bool is_waiting = false; !is_waiting;) {
                thread::yield_now();
                is_waiting = *object.is_waiting.lock();
            }
            object.condvar.notify_one();  // after unlocking: the waiter continues because of the notification alone
        },
        [](Object& object) {
            auto is_waiting = object.is_waiting.lock();
            *is_waiting = true;
            while (!object.condvar.wait_until(is_waiting, time::Instant::max())) {
            }
        });
}

TEST_CASE("the memory of what is waited for may be freed by a waiter that has returned", "[promise:2.41]") {
    free_after<sync::OnceLock<int>>([](auto& once_lock) { (void)once_lock.set(1); },
                                    [](auto& once_lock) { (void)once_lock.wait(); });
    free_after<sync::Once>([](auto& once) { once.call_once([] {}); }, [](auto& once) { once.wait(); });
    struct OneLeft : sync::Latch {
        OneLeft() : Latch(1) {}
    };
    free_after<OneLeft>([](auto& latch) { latch.count_down(); }, [](auto& latch) { latch.wait(); });
    struct NoPermit : sync::Semaphore {
        NoPermit() : Semaphore(0) {}
    };
    free_after<NoPermit>([](auto& semaphore) { semaphore.release(); }, [](auto& semaphore) { semaphore.acquire(); });
    struct ForTwo {
        sync::Barrier barrier{2};
        std::atomic<int> inside{2};
    };
    const auto meet = [](ForTwo& two) {
        (void)two.barrier.wait();
        --two.inside;
    };
    free_after<ForTwo>(meet, [&](ForTwo& two) {
        meet(two);
        while (two.inside != 0) {
            thread::yield_now();
        }
    });
}
