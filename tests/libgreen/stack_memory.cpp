// SPDX-License-Identifier: MIT
//
// The memory of stacks is given back after their tasks have ended.
#include <support/green.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <poll.h>
#include <sys/mman.h>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

using namespace std::chrono_literals;
using test::eventually;
using test::must;
namespace thread = green::thread;

#if TEST_ADDRESS_SANITIZER != 1 && TEST_THREAD_SANITIZER != 1

namespace {

/// Touches the page two below this frame's, and returns it.
[[gnu::noinline]] const std::byte* touch_third_page() {
    volatile char frame[3 * 4096];
    frame[0] = 1;
    return reinterpret_cast<const std::byte*>(reinterpret_cast<std::uintptr_t>(&frame[0]) / 4096 * 4096);
}

/// How many of `pages` are resident in memory. An unmapped page is not.
std::size_t count_resident(const std::vector<const std::byte*>& pages) {
    std::size_t resident = 0;
    for (const std::byte* page : pages) {
        unsigned char is_resident = 0;
        const auto address = reinterpret_cast<std::uintptr_t>(page);
        // NOLINTNEXTLINE(performance-no-int-to-ptr): mincore takes no pointer to const
        resident += ::mincore(reinterpret_cast<void*>(address), 4096, &is_resident) == 0 && (is_resident & 1) != 0;
    }
    return resident;
}

/// Starts `count` tasks that live at the same time and use three pages of stack each. Once they have ended, calls
/// `idle` until their stacks have given the memory back.
bool gives_memory_back(green::Pool& pool, std::size_t count, auto idle) {
    std::mutex mutex;
    std::vector<const std::byte*> pages;
    std::vector<thread::JoinHandle<void>> handles;
    for (std::size_t i = 0; i < count; ++i) {
        handles.push_back(must(pool.spawn([&] {
            const std::byte* page = touch_third_page();
            {
                const std::lock_guard lock(mutex);
                pages.push_back(page);
            }
            thread::park();
        })));
    }
    const bool all_ran = eventually([&] {
        idle();
        const std::lock_guard lock(mutex);
        return pages.size() == count;
    });
    CHECK(all_ran);
    CHECK(count_resident(pages) == count);
    for (auto& handle : handles) {
        handle.thread().unpark();
    }
    CHECK(eventually([&] {
        idle();
        return std::ranges::all_of(handles, [](const auto& handle) { return handle.is_finished(); });
    }));
    // Other memory may have been mapped at an unmapped place.
    return eventually([&] {
        idle();
        return count_resident(pages) <= count / 50;
    });
}

}  // namespace

TEST_CASE("an idle runtime gives the memory of free stacks back, however many there are") {
    for (const std::size_t workers : {1U, 4U}) {
        auto pool = must(green::Pool::start({.workers = workers}));
        CHECK(gives_memory_back(pool, 1000, [] {}));
        CHECK(gives_memory_back(pool, 6000, [] {}));
        CHECK(gives_memory_back(pool, 1000, [] {}));
    }
}

TEST_CASE("pump gives the memory of a hosted pool's free stacks back") {
    auto pool = must(green::Pool::start_hosted());
    CHECK(gives_memory_back(pool, 3000, [&] { (void)pool.pump(0s); }));
    CHECK(gives_memory_back(pool, 1000, [&] { (void)pool.pump(5ms); }));
}

TEST_CASE("the descriptor of a hosted pool becomes readable when there is memory to give back") {
    auto pool = must(green::Pool::start_hosted());
    CHECK(gives_memory_back(pool, 3000, [&] {
        pollfd ready{.fd = pool.as_handle().raw(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 0) == 1) {
            (void)pool.pump(0s);
        }
    }));
}

#endif
