// SPDX-License-Identifier: MIT
//
// green: the local race with green::thread::Local, from inside a task.
//
// With --plain on the thread-locals of the language from inside a task, which is correct while the task does not park;
// with --beside on those of a native thread while a runtime works in the process.

#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <green/thread/local.hpp>

#include <weld/thread.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

#include "local/lookup.hpp"
#include "must.hpp"

using Times = std::pair<std::uint64_t, std::uint64_t>;  // nanoseconds, and the sum of the values

static green::thread::Local<std::uint64_t> locals[LOCAL_ACCESSES];

static Times on_task_locals(const work& work) {
    for (unsigned i = 0; i < work.tasks && i < LOCAL_ACCESSES; ++i) {
        locals[i].get() = 0;
    }
    const auto ns = lookup_race(work, [](unsigned key) -> std::uint64_t& { return locals[key].get(); });
    std::uint64_t sum = 0;
    for (unsigned i = 0; i < work.tasks; ++i) {
        sum += locals[i].get();
    }
    return {ns, sum};
}

static Times on_thread_locals(const work& work) {
    const auto ns = local_race(&work);
    return {ns, local_sum()};
}

static Times run(const work& work) {
    const std::string_view flag = work.flag;
    if (flag == "beside") {
        auto thread = must(weld::thread::spawn([&work] { return on_thread_locals(work); }));
        return std::move(thread).join();
    }
    return flag == "plain" ? on_thread_locals(work) : on_task_locals(work);
}

int main(int argc, char** argv) {
    const work work = work_options(argc, argv);
    const auto [ns, sum] = must(green::run(green::Runtime{.workers = 1}, [&work] { return run(work); }));
    work_print_sum(local_rounds_of(&work) * LOCAL_ACCESSES, ns, sum);
}
