// SPDX-License-Identifier: MIT
//
// GREEN_TEST: a test whose body is a task, on a runtime with one worker and then again with four.
//
// Only the body asserts; tasks that it spawns return values. After each run there are no more threads and
// descriptors than before, and the runtime itself asserts that no task and no stack is left.
#pragma once

#include <support/words.hpp>

#include <green/pool.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace test {

/// The options of a runtime of the test's own.
inline green::Pool pool_of(std::size_t workers) { return must(green::Pool::start({.workers = workers})); }

/// As `pool_of`, but without spare carriers: no other thread takes over a worker that a task blocks, and the runtime
/// starts no thread (and allocates none) at a time of its own choice.
inline green::Pool pool_without_spares(std::size_t workers) {
    return must(green::Pool::start({.workers = workers, .spare_carriers = 0}));
}

inline std::ptrdiff_t threads_of_process() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

/// Does what a process does only once and keeps, before anything is counted.
inline void (*warm_up)() = nullptr;

template <class Body>
void run_green(Body body) {
    if (warm_up != nullptr) {
        warm_up();
    }
    for (const std::size_t workers : {std::size_t{1}, std::size_t{4}}) {
        INFO("workers: " << workers);
        const std::size_t descriptors = open_descriptors();
        const std::ptrdiff_t threads = threads_of_process();
        must(green::run({.workers = workers}, body));
        CHECK(open_descriptors() == descriptors);
        if constexpr (!under_thread_sanitizer && !is_emulated) {  // both start threads of their own
            // Not exactly as many: /proc may still have listed a joined thread of an earlier run.
            CHECK(eventually([&] { return threads_of_process() <= threads; }));
        }
    }
}

}  // namespace test

#define GREEN_TEST_NAMED(body, ...)                    \
    static void body();                                \
    TEST_CASE(__VA_ARGS__) { test::run_green(&body); } \
    static void body()
#define GREEN_TEST_CONCAT(left, right) left##right
#define GREEN_TEST_LINE(line, ...) GREEN_TEST_NAMED(GREEN_TEST_CONCAT(green_test_, line), __VA_ARGS__)
#define GREEN_TEST(...) GREEN_TEST_LINE(__LINE__, __VA_ARGS__)
