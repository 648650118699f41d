// SPDX-License-Identifier: MIT
//
// stealing: is_stolen, Hold: a test has a task stolen, or checks that it is not.
//
// A task that stays in user code holds its worker: a task behind it in the queue runs only if another worker steals it.
#pragma once

#include <support/words.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <unistd.h>
#include <atomic>
#include <utility>

namespace test {

/// Lets the idle workers of `pool` look for work, many times.
inline void let_look(const green::Pool& pool) {
    for (int i = 0; i < 50; ++i) {
        must(pool.spawn([] {})).join();
    }
}

/// Puts the calling task behind one that holds its worker, until it is stolen; false when it was not. Another worker
/// has to be idle.
inline bool is_stolen() {
    std::atomic<bool> gone{false};
    std::atomic<pid_t> held{0};  // the holder's thread: the spawn may resume on another than it began on
    auto holder = must(green::thread::spawn(
        [&] {
            held = ::gettid();
            return eventually([&] { return gone.load(); });
        },
        {.run_now = true}));
    const bool moved = eventually([&] { return held != 0; }) && ::gettid() != held;
    gone = true;
    return std::move(holder).join() && moved;
}

/// Puts a task behind one that holds its worker, until the other workers have looked for work and not stolen it.
class Hold {
public:
    /// The task calls it: false when it was stolen after all.
    bool stays() {
        const pid_t before = ::gettid();
        auto holder = must(green::thread::spawn(
            [&] {
                holds_ = true;
                return eventually([&] { return looked_.load(); }) && !went_on_;
            },
            {.run_now = true}));
        went_on_ = true;
        const bool stayed = ::gettid() == before;
        return std::move(holder).join() && stayed;
    }

    /// A native thread calls it; false when the task does not come.
    bool let_look_in_vain(const green::Pool& pool) {
        const bool held = eventually([&] { return holds_.load(); });
        let_look(pool);
        looked_ = true;
        return held;
    }

private:
    std::atomic<bool> holds_{false};
    std::atomic<bool> looked_{false};
    std::atomic<bool> went_on_{false};
};

}  // namespace test
