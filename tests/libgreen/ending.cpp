// SPDX-License-Identifier: MIT
//
// The end of a runtime while a native thread is still in the call that woke the last task; and a task that ends the
// thread below it.
#include <support/words.hpp>

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <pthread.h>
#include <atomic>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

using test::must;
namespace thread = green::thread;

TEST_CASE("a native thread may still be inside unpark when the runtime of the woken task has ended") {
    constexpr int rounds = test::under_sanitizer ? 1'000 : 2'000;
    std::optional<thread::Thread> parked;
    std::atomic<int> turn{0};
    std::thread native([&] {
        for (int round = 1; round <= rounds; ++round) {
            while (turn.load(std::memory_order_acquire) != round) {
                std::this_thread::yield();
            }
            parked->unpark();
        }
    });
    std::atomic<int> woken{0};
    for (int round = 1; round <= rounds; ++round) {
        must(green::run({.workers = 1, .stack_size = 16 * 1024}, [&] {
            parked = thread::current();
            // Keeps the worker awake, so that the woken task does not wait for the bell, which `unpark` rings at its
            // very end.
            (void)must(thread::spawn([&, round] {
                while (woken != round) {
                    thread::yield_now();
                }
            }));
            turn.store(round, std::memory_order_release);
            thread::park();
            woken = round;
        }));
    }
    native.join();
    CHECK(woken == rounds);
}

TEST_CASE("a task that calls pthread_exit, or whose thread is cancelled, ends the process with the task's name") {
    const auto named = [](auto leave) {
        const auto end = test::in_child([&] {
            (void)green::run({.workers = 2}, [&] {
                must(thread::spawn(
                         [&] {
                             try {
                                 const std::string cleans_up(100, 'x');
                                 leave();
                             } catch (const std::exception&) {
                             }
                         },
                         {.name = "leaves"}))
                    .join();
            });
            return 0;
        });
        INFO(end.said);
        CHECK(end.died_of(SIGABRT));
        return end.said.find("green: task 'leaves' called pthread_exit, or was cancelled") == 0;
    };
    if (!test::under_thread_sanitizer) {  // whose own pthread_exit ends the process when a fiber calls it
        CHECK(named([] { ::pthread_exit(nullptr); }));
    }
    CHECK(named([] {
        (void)::pthread_cancel(::pthread_self());
        ::pthread_testcancel();
    }));
}
