// SPDX-License-Identifier: MIT
//
// native::Thread: spawn, join, detach, stacks, names.
#include <support/words.hpp>

#include <weld/native/thread.hpp>

#include <pthread.h>
#include <array>
#include <atomic>
#include <fstream>
#include <limits>
#include <string>

namespace native = weld::native;
using native::Thread;
using test::errno_of;
using test::must;
using weld::sys::Errno;

namespace {

void* add_one(void* count) {
    static_cast<std::atomic<int>*>(count)->fetch_add(1);
    return nullptr;
}

void* measure_stack(void* size) {
    pthread_attr_t own;
    ::pthread_getattr_np(::pthread_self(), &own);
    ::pthread_attr_getstacksize(&own, static_cast<std::size_t*>(size));
    ::pthread_attr_destroy(&own);
    return nullptr;
}

std::size_t stack_with(std::size_t wanted) {
    std::size_t size = 0;
    must(must(Thread::spawn(measure_stack, &size, {.stack_size = wanted})).join());
    return size;
}

std::string comm_of_a_thread_named(std::string_view name) {
    struct Named {
        std::string_view name;
        std::string comm;
    } named{name, {}};
    must(must(Thread::spawn(
                  [](void* argument) -> void* {
                      auto& self = *static_cast<Named*>(argument);
                      native::set_current_thread_name(self.name);
                      std::ifstream comm("/proc/self/task/" + std::to_string(native::current_thread_id()) + "/comm");
                      std::getline(comm, self.comm);
                      return nullptr;
                  },
                  &named))
             .join());
    return named.comm;
}

}  // namespace

TEST_CASE("a thread runs its entry once and is joined") {
    std::atomic<int> count{0};
    must(must(Thread::spawn(add_one, &count)).join());
    CHECK(count.load() == 1);
}

TEST_CASE("join waits for the destructors of thread-locals") {
    static std::atomic<int> destroyed{0};
    struct Local {
        ~Local() { destroyed.fetch_add(1); }
        int touched = 0;
    };
    must(must(Thread::spawn(
                  [](void*) -> void* {
                      static thread_local Local local;
                      local.touched = 1;
                      return nullptr;
                  },
                  nullptr))
             .join());
    CHECK(destroyed.load() == 1);
}

TEST_CASE("the destructor of a Thread detaches it") {
    static std::atomic<int> count{0};
    {
        const Thread dropped = must(Thread::spawn(add_one, &count));
    }
    CHECK(test::eventually([] { return count.load() == 1; }));
}

TEST_CASE("the new owner joins a moved Thread, and assignment detaches the old one") {
    static std::atomic<int> count{0};
    count = 0;
    Thread first = must(Thread::spawn(add_one, &count));
    const auto handle = first.as_handle();
    Thread second(std::move(first));
    CHECK(second.as_handle() == handle);
    second = must(Thread::spawn(add_one, &count));
    CHECK((second.joinable() && !Thread().joinable()));
    must(std::move(second).join());
    CHECK_FALSE(second.joinable());
    CHECK(test::eventually([] { return count.load() == 2; }));
}

TEST_CASE("a thread that joins itself gets Deadlk and can still be joined") {
    if (test::under_thread_sanitizer) {
        return;  // the sanitizer ends the process for that
    }
    struct Self {
        std::atomic<Thread*> thread{nullptr};
        std::atomic<bool> tried{false};
        weld::sys::Result<void> joined;
    } self;
    Thread thread = must(Thread::spawn(
        [](void* argument) -> void* {
            auto& shared = *static_cast<Self*>(argument);
            while (shared.thread.load() == nullptr) {
                native::yield_now();
            }
            shared.joined = std::move(*shared.thread.load()).join();
            shared.tried = true;
            return nullptr;
        },
        &self));
    self.thread = &thread;
    REQUIRE(test::eventually([&] { return self.tried.load(); }));
    CHECK(errno_of(self.joined) == Errno::Deadlk);
    CHECK(std::move(thread).join());
}

TEST_CASE("a Thread that is moved to itself keeps its thread") {
    std::atomic<int> count{0};
    Thread thread = must(Thread::spawn(add_one, &count));
    Thread& same = thread;
    thread = std::move(same);
    must(std::move(thread).join());
    CHECK(count.load() == 1);
}

TEST_CASE("a stack has the requested size, in whole pages") {
    CHECK(stack_with(1 << 20) >= (1 << 20));
    CHECK(stack_with(1 << 20) < (2 << 20));
    const std::size_t odd = stack_with((1 << 20) + 1);
    CHECK(odd > (1 << 20));
    CHECK(odd % 4096 == 0);
    CHECK(stack_with(0) >= 65536);
}

TEST_CASE("a tiny stack size is rounded up to the minimum") {
    for (const std::size_t wanted : {std::size_t{1}, std::size_t{100}, std::size_t{4096}, std::size_t{16385}}) {
        CHECK(stack_with(wanted) >= wanted);
    }
    CHECK(stack_with(1) >= 16384);
}

namespace {

constinit thread_local std::array<char, 200'000> large_local{};

}  // namespace

TEST_CASE("a small stack has space for the program's large thread-locals and is usable") {
    for (const std::size_t wanted : {std::size_t{1}, std::size_t{65536}, std::size_t{150'000}}) {
        int sum = 1;
        must(must(Thread::spawn(
                      [](void* argument) -> void* {
                          large_local.back() = 5;
                          *static_cast<int*>(argument) = large_local.back() + large_local.front();
                          return nullptr;
                      },
                      &sum, {.stack_size = wanted}))
                 .join());
        CHECK(sum == 5);
    }
}

TEST_CASE("an absurd stack size is an error") {
    for (const std::size_t wanted :
         {std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max() - 4096,
          std::numeric_limits<std::size_t>::max() / 2, std::size_t{1} << 60}) {
        INFO(wanted);
        std::atomic<int> count{0};
        const Errno error = errno_of(Thread::spawn(add_one, &count, {.stack_size = wanted}));
        CHECK((error == Errno::Again || error == Errno::Nomem || error == Errno::Inval));
        CHECK(count.load() == 0);
    }
}

TEST_CASE("the system sees a thread's name, cut to fifteen bytes") {
    CHECK(comm_of_a_thread_named("short") == "short");
    CHECK(comm_of_a_thread_named("exactly-15-byte") == "exactly-15-byte");
    CHECK(comm_of_a_thread_named("a name of more than fifteen bytes") == "a name of more ");
}

TEST_CASE("is_main_thread is true only on the first thread of the process", "[rust:test_thread_os_id_not_equal]") {
    CHECK(native::is_main_thread());
    struct Seen {
        bool main = true;
        std::uint64_t id = 0;
    } seen;
    must(must(Thread::spawn(
                  [](void* argument) -> void* {
                      auto& target = *static_cast<Seen*>(argument);
                      target.main = native::is_main_thread();
                      target.id = native::current_thread_id();
                      return nullptr;
                  },
                  &seen))
             .join());
    CHECK_FALSE(seen.main);
    CHECK(seen.id != 0);
    CHECK(seen.id != native::current_thread_id());
}
