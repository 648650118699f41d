// SPDX-License-Identifier: MIT
//
// Thread, where the system shows: threads that weld did not start, signals, affinity. The rest is in tests/conformance.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <pthread.h>
#include <sched.h>
#include <sys/time.h>
#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <set>
#include <type_traits>

namespace thread = weld::thread;
using namespace std::chrono_literals;
using test::must;
using thread::Thread;
using weld::time::Duration;
using weld::time::Instant;

static_assert(std::is_nothrow_copy_constructible_v<Thread> && sizeof(Thread) == sizeof(void*));

namespace {

Instant now() { return Instant(std::chrono::steady_clock::now()); }

/// Runs `body` in a thread that weld does not know of, and waits for its end.
template <class Body>
void in_foreign_thread(Body body) {
    pthread_t thread;
    REQUIRE(::pthread_create(
                &thread, nullptr,
                [](void* argument) -> void* {
                    (*static_cast<Body*>(argument))();
                    return nullptr;
                },
                &body) == 0);
    REQUIRE(::pthread_join(thread, nullptr) == 0);
}

}  // namespace

TEST_CASE("each thread has its own id") {
    std::set<thread::ThreadId> ids = {thread::current().id()};
    for (int number = 0; number < 100; ++number) {
        CHECK(ids.insert(must(thread::spawn([] { return thread::current().id(); })).join()).second);
        in_foreign_thread([&] { ids.insert(thread::current().id()); });
    }
    CHECK(ids.size() == 201);
}

TEST_CASE("a thread that weld did not start has a Thread without a name, destroyed with the thread") {
    std::optional<Thread> kept;
    bool empty = false;
    bool same = false;
    bool parked = false;
    in_foreign_thread([&] {
        kept = thread::current();
        empty = kept->name().empty();
        same = thread::current().id() == kept->id();
        kept->unpark();
        thread::park();
        parked = must(thread::park_for(0ns));
    });
    CHECK(empty);
    CHECK(same);
    CHECK_FALSE(parked);
    REQUIRE(kept.has_value());
    CHECK(kept->id() != thread::current().id());
    kept->unpark();  // harmless: the thread is gone, its record is not
}

TEST_CASE("a thread that weld did not start can be unparked") {
    std::atomic<const Thread*> self{nullptr};
    std::atomic<bool> woken{false};
    pthread_t foreign;
    struct Shared {
        std::atomic<const Thread*>& self;
        std::atomic<bool>& woken;
    } shared{self, woken};
    REQUIRE(::pthread_create(
                &foreign, nullptr,
                [](void* argument) -> void* {
                    auto& [own, done] = *static_cast<Shared*>(argument);
                    const Thread current = thread::current();
                    own.store(&current);
                    thread::park();
                    done.store(true);
                    while (own.load() != nullptr) {
                        thread::yield_now();
                    }
                    return nullptr;
                },
                &shared) == 0);
    REQUIRE(test::eventually([&] { return self.load() != nullptr; }));
    self.load()->unpark();
    CHECK(test::eventually([&] { return woken.load(); }));
    self.store(nullptr);
    ::pthread_join(foreign, nullptr);
}

TEST_CASE("a destructor of a thread-local may call current and park") {
    struct Late {
        std::atomic<int>* calls = nullptr;
        ~Late() {
            if (calls != nullptr) {
                const Thread self = thread::current();
                calls->fetch_add(self.name().empty() ? 1 : 100);
                self.unpark();
                (void)thread::park_for(1ns).has_value();
            }
        }
    };
    static std::atomic<int> calls{0};
    const auto body = [] {
        static thread_local Late before;  // made before the thread's record, so destroyed after it
        before.calls = &calls;
        (void)thread::current().id();
        static thread_local Late after;
        after.calls = &calls;
    };
    in_foreign_thread(body);
    CHECK(calls.load() == 2);
    must(thread::spawn(body)).join();
    CHECK(calls.load() == 4);
}

TEST_CASE("a sleep lasts its whole time in spite of signals", "[promise:2.28]") {
    static volatile std::sig_atomic_t signals = 0;
    struct sigaction counted{};
    struct sigaction before{};
    counted.sa_handler = [](int) { signals = signals + 1; };  // without SA_RESTART
    REQUIRE(::sigaction(SIGALRM, &counted, &before) == 0);
    const itimerval every_millisecond{.it_interval = {0, 1000}, .it_value = {0, 1000}};
    REQUIRE(::setitimer(ITIMER_REAL, &every_millisecond, nullptr) == 0);
    const Instant start = now();
    const auto slept = thread::sleep(100ms);
    const Duration by_sleep = now() - start;
    const bool token = must(thread::park_for(50ms));
    const Duration in_all = now() - start;
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK(slept.has_value());
    CHECK(by_sleep >= 100ms);
    CHECK_FALSE(token);
    CHECK(in_all >= 150ms);
    CHECK(signals > (test::under_thread_sanitizer ? 0 : 5));  // it delivers them late
}

TEST_CASE("available_parallelism counts the CPUs of the thread's affinity", "[promise:2.45]") {
    CHECK(thread::available_parallelism() >= 1);
    const auto seen = must(thread::spawn([] {
                          cpu_set_t cpus;
                          cpu_set_t one;
                          ::sched_getaffinity(0, sizeof cpus, &cpus);
                          CPU_ZERO(&one);
                          for (std::size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
                              if (CPU_ISSET(cpu, &cpus)) {
                                  CPU_SET(cpu, &one);
                              }
                          }
                          return ::sched_setaffinity(0, sizeof one, &one) == 0 ? thread::available_parallelism() : 0;
                      })).join();
    CHECK(seen == 1);
}
