// SPDX-License-Identifier: MIT
//
// green: the monitor race: the processor time of the thread that watches the tasks, while two workers have work, or
// none.
//
//     green --switching | --computing | --idle | --stuck --ops MILLISECONDS
//
// Four tasks yield; a thousand compute for five milliseconds each; ten thousand are parked; or one is in read(2) of an
// empty pipe, and nothing else. A native thread measures for that long, after a short time that is not measured. The
// line has `cpu_ns` and `wakes` of the monitor; `carriers`, the largest number at once; `handoffs`.

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "monitor_thread.hpp"
#include "must.hpp"
#include "work.h"

namespace {

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t settling = 100 * ms;
constexpr std::uint64_t between_looks = 10 * ms;
constexpr unsigned life_seconds = 60;

void sleep_natively(std::uint64_t ns) {
    const timespec wait = {static_cast<time_t>(ns / (1000 * ms)), static_cast<long>(ns % (1000 * ms))};
    nanosleep(&wait, nullptr);
}

/// The tasks of one variant, from its construction to end().
class Load {
public:
    Load(green::Pool& pool, std::string_view name) {
        if (pipe2(pipe_, O_CLOEXEC) != 0) {
            contender_die("pipe2");
        }
        if (name == "switching") {
            start(pool, 4, [this] { give_way(); });
        } else if (name == "computing") {
            start(pool, 1000, [this] { compute(5 * ms); });
        } else if (name == "idle") {
            start(pool, 10'000, [] { green::thread::park(); });
        } else if (name == "stuck") {
            start(pool, 1, [this] { read_natively(); });
        } else {
            work_usage("green --switching | --computing | --idle | --stuck");
        }
    }

    void end() {
        ended_ = true;
        if (write(pipe_[1], "", 1) != 1) {
            contender_die("write");
        }
        for (auto& task : tasks_) {
            task.thread().unpark();
            std::move(task).join();
        }
    }

private:
    template <class F>
    void start(green::Pool& pool, std::size_t number, F body) {
        for (std::size_t i = 0; i < number; ++i) {
            tasks_.push_back(must(pool.spawn(body)));
        }
    }

    void give_way() const {
        while (!ended_) {
            green::thread::yield_now();
        }
    }

    /// Computes for `ns`, yields to all others, and repeats.
    void compute(std::uint64_t ns) const {
        while (!ended_) {
            for (const auto end = contender_now() + ns; contender_now() < end;) {
            }
            green::thread::yield_now();
        }
    }

    void read_natively() const {
        char byte;
        if (read(pipe_[0], &byte, 1) != 1) {
            contender_die("read");
        }
    }

    int pipe_[2];
    std::atomic<bool> ended_ = false;
    std::vector<green::thread::JoinHandle<void>> tasks_;
};

}  // namespace

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    alarm(life_seconds);
    auto pool = must(green::Pool::start({.workers = 2}));
    Load load(pool, work.flag);
    sleep_natively(settling);
    const MonitorThread monitor;

    const auto start = contender_now();
    const auto handoffs = pool.metrics().handoffs;
    const auto cpu_ns = monitor.cpu_ns();
    const auto sleeps = monitor.sleeps();
    std::size_t carriers = 0;
    for (const auto end = start + work.ops * ms; contender_now() < end; sleep_natively(between_looks)) {
        carriers = std::max(carriers, pool.metrics().carriers);
    }
    std::printf("{\"ops\": %" PRIu64 ", \"ns\": %" PRIu64 ", \"cpu_ns\": %" PRIu64 ", \"wakes\": %" PRIu64
                ", \"carriers\": %zu, \"handoffs\": %" PRIu64 "}\n",
                work.ops, contender_now() - start, monitor.cpu_ns() - cpu_ns, monitor.sleeps() - sleeps, carriers,
                pool.metrics().handoffs - handoffs);
    load.end();
    std::move(pool).shutdown();
}
