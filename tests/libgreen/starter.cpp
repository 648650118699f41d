// SPDX-License-Identifier: MIT
//
// Threads that a runtime starts later inherit the same as those that it began with, whatever a task has done to its own
// thread; and no child process dies because a spare thread ends.
#include <libgreen/gate.hpp>
#include <support/green.hpp>

#include <green/offload.hpp>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

using green::Pin;
using green::Pool;
using test::eventually;
using test::Gate;
using test::must;
namespace thread = green::thread;

namespace {

/// What a thread inherits from the one that starts it.
struct Inherited {
    bool blocks_usr1 = false;
    int processors = 0;
    int nice = 0;
    int slack = 0;  // timer slack

    bool operator==(const Inherited&) const = default;

    static Inherited of_this_thread() {
        sigset_t blocked;
        (void)::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
        cpu_set_t processors;
        (void)::sched_getaffinity(0, sizeof processors, &processors);
        return {.blocks_usr1 = sigismember(&blocked, SIGUSR1) == 1,
                .processors = CPU_COUNT(&processors),
                .nice = ::getpriority(PRIO_PROCESS, 0),
                .slack = ::prctl(PR_GET_TIMERSLACK)};
    }
};

/// Changes all that a thread inherits, for the calling thread.
void change_this_thread() {
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    (void)::pthread_sigmask(SIG_BLOCK, &usr1, nullptr);
    cpu_set_t processors;
    (void)::sched_getaffinity(0, sizeof processors, &processors);
    for (std::size_t processor = 0, kept = 0; processor < CPU_SETSIZE; ++processor) {
        if (CPU_ISSET(processor, &processors) && kept++ != 0) {
            CPU_CLR(processor, &processors);
        }
    }
    (void)::sched_setaffinity(0, sizeof processors, &processors);
    (void)::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + 3);
    (void)::prctl(PR_SET_TIMERSLACK, 77'000);
}

/// A bit for each of `starts` whose new thread did not inherit what the runtime began with. A task that has changed its
/// own thread calls them, in a child process, since a nice value cannot be lowered again.
template <class... Starts>
int differing(std::size_t spares, Starts... starts) {
    const auto end = test::in_child([&] {
        const Inherited begun = Inherited::of_this_thread();
        return must(green::run({.workers = 1, .spare_carriers = spares}, [&] {
            change_this_thread();
            if (Inherited::of_this_thread() == begun) {
                return 100;
            }
            int bits = 0;
            int bit = 1;
            ((bits |= starts() == begun ? 0 : bit, bit *= 2), ...);
            return bits;
        }));
    });
    INFO(end.said);
    CHECK(WIFEXITED(end.status));
    return WEXITSTATUS(end.status);
}

Inherited on_own_thread() { return must(thread::spawn(&Inherited::of_this_thread, {.pin = Pin::Own})).join(); }

Inherited on_thread_of_pool() { return must(green::offload(&Inherited::of_this_thread)); }

Inherited on_another_worker() {
    must(green::set_workers(green::workers() + 1));
    auto elsewhere = must(thread::spawn(&Inherited::of_this_thread));
    while (!elsewhere.is_finished()) {
        std::this_thread::yield();  // so that this worker does not run it
    }
    return std::move(elsewhere).join();
}

}  // namespace

TEST_CASE("carriers started because of a task inherit what the runtime's first carriers do") {
    CHECK(differing(0, on_own_thread, on_thread_of_pool, on_another_worker) == 0);
    CHECK(differing(8, on_own_thread, on_thread_of_pool, on_another_worker) == 0);
}

TEST_CASE("threads for added workers and for Pin::Own inherit what the pool's first threads do") {
    const auto end = test::in_child([] {
        const Inherited begun = Inherited::of_this_thread();
        const auto pool = must(Pool::start({.workers = 1, .spare_carriers = 0}));
        change_this_thread();
        auto own = must(pool.spawn(&Inherited::of_this_thread, {.pin = Pin::Own}));
        if (std::move(own).join() != begun) {
            return 1;
        }
        must(pool.set_workers(2));
        std::array<std::atomic<bool>, 2> there{};
        std::array<thread::JoinHandle<Inherited>, 2> both{
            must(pool.spawn([&] {
                for (there[0] = true; !there[1];) {
                    std::this_thread::yield();  // each keeps its worker until the other runs
                }
                return Inherited::of_this_thread();
            })),
            must(pool.spawn([&] {
                for (there[1] = true; !there[0];) {
                    std::this_thread::yield();
                }
                return Inherited::of_this_thread();
            }))};
        const bool first = std::move(both[0]).join() == begun;
        return std::move(both[1]).join() == begun && first ? 0 : 2;
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

TEST_CASE("an idle spare carrier whose thread has a child with a death signal stays, and others end") {
    constexpr int with_child = 3;
    constexpr int all = 6;
    const auto pool = test::pool_of(1);
    Gate gate;
    std::array<std::atomic<pid_t>, with_child> children{};
    std::vector<thread::JoinHandle<void>> tasks;
    for (int i = 0; i < all; ++i) {
        tasks.push_back(must(pool.spawn([&, i] {
            gate.wait();  // each on a thread of its own
            if (i < with_child) {
                const pid_t child = ::fork();
                if (child == 0) {
                    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
                    for (;;) {
                        ::pause();
                    }
                }
                children[static_cast<std::size_t>(i)] = child;
            }
        })));
    }
    CHECK(eventually([&] { return pool.metrics().carriers >= all; }));
    gate.open();
    for (auto& task : tasks) {
        std::move(task).join();
    }
    // Besides those three: the holder of the worker, and the last spare.
    CHECK(eventually([&] { return pool.metrics().carriers <= with_child + 2; }));
    CHECK(pool.metrics().carriers >= with_child);
    for (const auto& child : children) {
        CHECK(::waitpid(child, nullptr, WNOHANG) == 0);
    }
    for (const auto& child : children) {
        (void)::kill(child, SIGKILL);
        (void)::waitpid(child, nullptr, 0);
    }
    CHECK(eventually([&] { return pool.metrics().carriers <= 2; }));
}
