// SPDX-License-Identifier: MIT
//
// green: the handoff race with tasks on one worker; one of them makes a call that keeps the native thread.
//
// With all-blocked there are two workers and two such calls, and the gap is the time from a native thread's unpark of a
// third task until that task runs; everything else has been asleep for a while by then, the monitor too. `--unwatched`
// has no monitor; `--blocking` wraps the call in green::blocking.

#include <green/blocking.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "must.hpp"
#include "setting.hpp"

namespace {

constexpr std::uint64_t quiet_ns = 20'000'000;  // after this time an idle runtime is fully asleep

struct Gaps {
    std::uint64_t tasks = 0;
    std::uint64_t native = 0;
};

void sleep_as_task(std::uint64_t ns) { must(green::thread::sleep(std::chrono::nanoseconds(ns))); }

/// A native thread that beats during the lifetime of this object.
class NativeHeart {
public:
    explicit NativeHeart(const Window& window)
        : thread_([this, &window] { gap_ = longest_gap(window, [] { sleep_natively(beat_ns); }); }) {}

    std::uint64_t gap() {
        thread_.join();
        return gap_;
    }

private:
    std::uint64_t gap_ = 0;
    std::thread thread_;
};

template <class F>
void keep_thread(bool blocking, F call) {
    blocking ? green::blocking(call) : call();
}

Gaps race_one(const Setting& setting, Window& window) {
    const auto call = setting.make_call();
    NativeHeart native(window);
    std::vector<green::thread::JoinHandle<std::uint64_t>> hearts;
    for (std::size_t i = 0; i < setting.beats; ++i) {
        hearts.push_back(
            must(green::thread::spawn([&window] { return longest_gap(window, [] { sleep_as_task(beat_ns); }); })));
    }
    sleep_as_task(warming_ns);
    keep_thread(setting.blocking, [&] { stay(*call, window, setting.stuck_ns); });
    sleep_as_task(after_ns);
    window.close();

    Gaps gaps;
    for (auto& heart : hearts) {
        gaps.tasks = std::max(gaps.tasks, std::move(heart).join());
    }
    gaps.native = native.gap();
    return gaps;
}

Gaps race_all(const Setting& setting, Window& window) {
    const std::array calls = {setting.make_call(), setting.make_call()};
    NativeHeart native(window);
    sleep_as_task(warming_ns);
    std::atomic<unsigned> about_to_block = 0;
    auto next = must(green::thread::spawn([&window] {
        green::thread::park();
        window.end();
    }));
    std::thread waker([&about_to_block, &window, task = next.thread()] {
        while (about_to_block < 2) {
            sleep_natively(beat_ns);
        }
        sleep_natively(quiet_ns);
        window.begin();
        task.unpark();
    });
    std::vector<green::thread::JoinHandle<void>> blocked;
    for (const auto& call : calls) {
        blocked.push_back(must(green::thread::spawn([&setting, &about_to_block, &call] {
            keep_thread(setting.blocking, [&] {
                ++about_to_block;
                (*call)();
            });
        })));
    }
    std::move(next).join();
    window.close();
    for (auto& task : blocked) {
        std::move(task).join();
    }
    waker.join();
    return {window.length(), native.gap()};
}

}  // namespace

int main(int argc, char** argv) {
    const Setting setting(argc, argv);
    const bool all = setting.call == all_blocked;
    green::Runtime runtime{.workers = all ? 2U : 1U};
    if (!setting.watched) {
        runtime.spare_carriers = 0;
    }
    Window window;
    const auto gaps =
        must(green::run(runtime, [&] { return all ? race_all(setting, window) : race_one(setting, window); }));
    print_gaps(window, gaps.tasks, gaps.native);
}
