// SPDX-License-Identifier: MIT
//
// A child of fork(2): a wait for a runtime of the parent ends the child with a message. The child may begin a runtime
// of its own, and may exit.
#include <support/green.hpp>

#include <green/blocking.hpp>
#include <green/offload.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

using green::Pool;
using test::must;
namespace thread = green::thread;

namespace {

constexpr const char* in_child_of_fork = "in a child of fork(2), where no thread of the runtime is left";

/// Whether the child ended because of `what`, with a message.
bool died_for(const test::ChildEnd& end, const std::string& what) {
    INFO(end.said);
    CHECK(end.died_of(SIGABRT));
    return end.said.find("green: " + what + " " + in_child_of_fork) != std::string::npos;
}

/// The wait status of a child of fork that runs `body`, for 20 seconds at most.
template <class Body>
int end_of_fork(Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(20);
        body();
        ::_exit(0);
    }
    int status = -1;
    (void)::waitpid(child, &status, 0);
    return status;
}

}  // namespace

TEST_CASE("join of a task of the parent's pool ends a child of fork with a message") {
    const auto pool = must(Pool::start({.workers = 1}));
    auto task = must(pool.spawn([] {
        thread::park();
        return 5;
    }));
    CHECK(died_for(test::in_child([&] { return std::move(task).join(); }), "a task was joined"));
    task.thread().unpark();
    CHECK(std::move(task).join() == 5);
}

TEST_CASE("join of the parent's finished task works in a child of fork") {
    const auto pool = must(Pool::start({.workers = 1}));
    auto task = must(pool.spawn([] { return 5; }));
    CHECK(test::eventually([&] { return task.is_finished(); }));
    CHECK(test::in_child([&] { return std::move(task).join(); }).exited_with(5));
    CHECK(std::move(task).join() == 5);
}

TEST_CASE("other waits for the parent's pool end a child of fork with a message") {
    auto pool = must(Pool::start({.workers = 1}));
    auto task = must(pool.spawn([] { thread::park(); }));
    CHECK(died_for(test::in_child([&] {
                       std::move(pool).shutdown();
                       return 0;
                   }),
                   "a Pool was shut down"));
    CHECK(died_for(test::in_child([&] { return pool.shutdown_until(std::chrono::steady_clock::now()) ? 0 : 1; }),
                   "a shutdown was awaited"));
    CHECK(died_for(test::in_child([&] { return pool.set_workers(2) ? 0 : 1; }), "set_workers was called"));
    CHECK(test::in_child([&] {
              (void)pool.metrics();
              (void)pool.workers();
              return 3;
          }).exited_with(3));
    task.thread().unpark();
    std::move(task).join();
}

TEST_CASE("a wait of the forked task ends the child with a message") {
    const auto end = test::in_child([] {
        return must(green::run({.workers = 1}, [] {
            auto other = must(thread::spawn([] { thread::park(); }));
            const int joins = end_of_fork([&] { std::move(other).join(); });
            const int scopes =
                end_of_fork([&] { thread::scope([&](thread::Scope& scope) { (void)scope.spawn([] {}); }); });
            const int offloads = end_of_fork([] { (void)green::offload([] {}); });
            other.thread().unpark();
            std::move(other).join();
            const auto aborted = [](int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT; };
            return (aborted(joins) ? 1 : 0) + (aborted(scopes) ? 2 : 0) + (aborted(offloads) ? 4 : 0);
        }));
    });
    INFO(end.said);
    CHECK(end.exited_with(7));
    CHECK(end.said.find(std::string("green: a task was joined ") + in_child_of_fork) != std::string::npos);
    CHECK(end.said.find(std::string("green: green::offload ") + in_child_of_fork) != std::string::npos);
}

// Under a sanitizer a child of a process with threads can start no thread, and exit looks for leaks.
#if TEST_ADDRESS_SANITIZER != 1 && TEST_THREAD_SANITIZER != 1

TEST_CASE("join of the parent's task by a task of the child's own runtime ends the child with a message") {
    const auto pool = must(Pool::start({.workers = 1}));
    auto task = must(pool.spawn([] { thread::park(); }));
    CHECK(died_for(test::in_child([&] {
                       (void)green::run({.workers = 1}, [&] { std::move(task).join(); });
                       return 0;
                   }),
                   "a task was joined"));
    task.thread().unpark();
    std::move(task).join();
}

TEST_CASE("a child of fork can exit after the parent's offload, during the runtime and after it") {
    const auto end = test::in_child([] {
        const int inside = must(green::run({.workers = 1}, [] {
            must(green::offload([] {}));
            return end_of_fork([] { std::exit(0); });
        }));
        return inside == 0 && end_of_fork([] { std::exit(0); }) == 0 ? 0 : 1;
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

TEST_CASE("a child of fork can exit from a task, an offloaded or blocking call, and with pools of the parent") {
    const auto end = test::in_child([] {
        static std::optional<Pool> pool;  // destroyed by exit
        pool.emplace(must(Pool::start({.workers = 2})));
        auto parked = must(pool->spawn([] { thread::park(); }));
        const auto forks = [] { return end_of_fork([] { std::exit(0); }); };
        const int by_task = must(pool->spawn(forks)).join();
        const int by_call = must(pool->spawn([&] { return must(green::offload(forks)); })).join();
        const int by_blocking = must(pool->spawn([&] { return green::blocking(forks); })).join();
        const int anew = end_of_fork([] {
            *pool = must(Pool::start({.workers = 1}));
            std::exit(must(pool->spawn([] { return 3; })).join() - 3);
        });
        auto hosted = must(Pool::start_hosted({.workers = 1}));
        auto waits = must(hosted.spawn([] { thread::park(); }));
        (void)hosted.pump(std::chrono::milliseconds(0));
        const int with_hosted = end_of_fork([&] {
            {
                const Pool dropped = std::move(hosted);
            }
            std::exit(0);
        });
        waits.thread().unpark();
        parked.thread().unpark();
        std::move(parked).join();
        return (by_task == 0 ? 0 : 1) | (by_call == 0 ? 0 : 2) | (by_blocking == 0 ? 0 : 4) | (anew == 0 ? 0 : 8) |
               (with_hosted == 0 ? 0 : 16) | (forks() == 0 ? 0 : 32);
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

TEST_CASE("a child of fork can offload in a runtime of its own, and exit") {
    const auto end = test::in_child([] {
        const auto offloads = [] {
            return must(green::run({.workers = 1}, [] { return must(green::offload([] { return 7; })); }));
        };
        if (offloads() != 7) {
            return 1;
        }
        return end_of_fork([&] { std::exit(offloads() == 7 ? 0 : 1); });
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

#endif
