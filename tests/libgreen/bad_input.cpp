// SPDX-License-Identifier: MIT
//
// Bad input, and exhausted resources: the error says what failed, nothing leaks, and the runtime still ends.
#include <support/words.hpp>

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <sys/resource.h>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using test::must;
namespace thread = green::thread;

namespace {

/// Counts its live objects.
struct Counted {
    static inline int alive = 0;
    Counted() { ++alive; }
    Counted(const Counted&) { ++alive; }
    Counted& operator=(const Counted&) = default;
    ~Counted() { --alive; }
};

std::uint64_t address_space() {
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * 4096;
}

/// Limits the process to `more` bytes of mappings from now on.
void limit_address_space(std::uint64_t more) {
    const rlimit limit{.rlim_cur = address_space() + more, .rlim_max = RLIM_INFINITY};
    must(::setrlimit(RLIMIT_AS, &limit) == 0 ? std::expected<void, weld::sys::Errno>{}
                                             : std::unexpected(weld::sys::Errno::Perm));
}

}  // namespace

TEST_CASE("run returns an error and destroys the closure when there is no stack for the first task") {
    for (const std::size_t size : {SIZE_MAX, SIZE_MAX / 2, std::size_t{1} << 50}) {
        bool ran = false;
        const auto result = green::run({.workers = 2, .stack_size = size}, [&, counted = Counted()] { ran = true; });
        REQUIRE_FALSE(result);
        CHECK(result.error().kind() == weld::Kind::OutOfMemory);
        CHECK(result.error().message() ==
              "run: mapping a stack, for which see vm.max_map_count and RLIMIT_AS: "
              "Cannot allocate memory (ENOMEM)");
        CHECK_FALSE(ran);
        CHECK(Counted::alive == 0);
    }
}

// A sanitizer reserves more address space than any limit that would have an effect.
TEST_CASE("spawn returns an error when there is no stack, and tasks spawned before still run") {
    if (test::under_sanitizer) {
        WARN("not tried under a sanitizer");
        return;
    }
    const auto end = test::in_child([] {
        limit_address_space(std::uint64_t{1} << 30);
        bool right = true;
        // 1 GiB holds less than 64 stacks of 16 MiB.
        const auto done = green::run({.workers = 1, .stack_size = 16 * 1024 * 1024}, [&] {
            std::vector<thread::JoinHandle<int>> handles;
            weld::Result<void> refused;
            for (int i = 0; i < 100 && refused; ++i) {
                auto handle = thread::spawn([i, counted = Counted()] { return i; });
                if (handle) {
                    handles.push_back(*std::move(handle));
                } else {
                    refused = std::unexpected(handle.error());
                }
            }
            right = right && !refused && refused.error().kind() == weld::Kind::OutOfMemory &&
                    refused.error().message() ==
                        "spawn: mapping a stack, for which see vm.max_map_count and "
                        "RLIMIT_AS: Cannot allocate memory (ENOMEM)";
            right = right && handles.size() > 20 && Counted::alive == static_cast<int>(handles.size());
            int sum = 0;
            const int count = static_cast<int>(handles.size());
            for (auto& handle : handles) {
                sum += std::move(handle).join();
            }
            right = right && sum == count * (count - 1) / 2 && Counted::alive == 0;
            // Each task that has ended frees one stack, and no more stacks are free.
            for (int i = 0; i < 2 * count; ++i) {
                right = right && must(thread::spawn([i] { return i; })).join() == i;
            }
        });
        return done && right ? 0 : 1;
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

TEST_CASE("run returns an error and leaves no thread when it cannot start all workers") {
    if (test::under_sanitizer) {
        WARN("not tried under a sanitizer");
        return;
    }
    const auto end = test::in_child([] {
        limit_address_space(80 * 1024 * 1024);  // enough for some threads, but not for a hundred
        // Many times, so that at least once the workers that did start are asleep already.
        for (int round = 0; round < 30; ++round) {
            bool ran = false;
            const auto result = green::run({.workers = 100}, [&, counted = Counted()] { ran = true; });
            if (result || ran || Counted::alive != 0) {
                return 1;
            }
            if (result.error().message() != "run: Resource temporarily unavailable (EAGAIN)") {
                return 2;
            }
        }
        const auto threads = std::filesystem::directory_iterator("/proc/self/task");
        if (std::distance(threads, {}) != 1) {
            return 3;
        }
        // The process can still start a runtime.
        return must(green::run({.workers = 2}, [] { return 7; })) == 7 ? 0 : 4;
    });
    INFO(end.said);
    INFO("status " << end.status);
    CHECK(end.exited_with(0));
}

TEST_CASE("run refuses more than 4,096 workers") {
    for (const std::size_t workers : {std::size_t{4097}, SIZE_MAX / 2, SIZE_MAX}) {
        CHECK(test::kind_of(green::run({.workers = workers}, [] {})) == weld::Kind::InvalidInput);
    }
}

TEST_CASE("run returns an error when there is not enough memory for its workers") {
    if (test::under_sanitizer) {
        WARN("not tried under a sanitizer");
        return;
    }
    const auto end = test::in_child([] {
        limit_address_space(4 * 1024 * 1024);
        const auto result = green::run({.workers = 4096}, [] {});
        if (result) {
            return 1;
        }
        // The allocator may have kept enough for the workers; then the stacks of their threads fail.
        const weld::Kind kind = result.error().kind();
        return kind == weld::Kind::OutOfMemory || kind == weld::Kind::WouldBlock ? 0 : 2;
    });
    INFO(end.said);
    INFO("status " << end.status);
    CHECK(end.exited_with(0));
}

TEST_CASE("a task runs on the smallest stack size") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16 * 1024}}) {
        if (test::under_sanitizer && size < 16 * 1024) {
            continue;
        }
        CHECK(must(green::run({.workers = 1, .stack_size = size}, [] {
                  return must(thread::spawn([] {
                             thread::yield_now();
                             return 7;
                         }))
                      .join();
              })) == 7);
    }
}
