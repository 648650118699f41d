// SPDX-License-Identifier: MIT
//
// Makes each call in a task of its own. For each it writes a line to standard output: the task, the call that the
// report has to name, whether the call had the right result, and errno. For lint.py.
//
//   calls [NAME]   all calls, or only those of that task
#include "calls.hpp"
#include "cases.hpp"

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <cstdio>
#include <string_view>

namespace {

/// Functions with known names for a backtrace to go through.
extern "C" [[gnu::noinline, gnu::visibility("default")]] bool lint_case(const Case& what) {
    set_errno(4242);
    const bool right = what.run();
    const int error = get_errno();
    std::printf("%s|%s|%s|%s|%d\n", what.name, what.call, what.kind, right ? "right" : "wrong", error);
    return right;
}

bool spawn_and_join(const Case& what, std::size_t stack_size) {
    auto task = green::thread::spawn([&] { return lint_case(what); }, {.name = what.name, .stack_size = stack_size});
    return task.has_value() && std::move(*task).join();
}

/// One call site, three times, and another call site.
bool again() {
    bool right = true;
    const volatile int times = 3;  // unknown to the compiler, which would make three call sites of one
    for (int time = 0; time < times; ++time) {
        right = right && ::nanosleep(&short_time, nullptr) == 0;
    }
    return right && ::nanosleep(&short_time, nullptr) == 0;
}

bool reads_file() {
    char byte = 0;
    const Descriptor file(opened_file());
    return ::write(file, "w", 1) == 1 && ::fsync(file) == 0 && ::pread(file, &byte, 1, 0) == 1 && byte == 'w';
}

// Run only by name: how often they are reported depends on the environment.
constexpr Case by_name[] = {
    {"again", "nanosleep", "", &again},
    {"file", "", "", &reads_file},
    {"little stack", "nanosleep", "", &again},
};

bool run(std::string_view wanted) {
    bool right = true;
    for (const auto cases : {descriptor_cases, waiting_cases, thread_cases, quiet_cases}) {
        for (const Case& what : cases) {
            right = right && (!(wanted.empty() || wanted == what.name) || spawn_and_join(what, 0));
        }
    }
    for (const Case& what : by_name) {
        right = right && (wanted != what.name || spawn_and_join(what, wanted == "little stack" ? 16 * 1024 : 0));
    }
    return right;
}

}  // namespace

int main(int argc, char** argv) {
    // Calls of threads that run no task are not reported: before, during and after the runtime.
    const auto pause = [] { return ::nanosleep(&short_time, nullptr) == 0; };
    bool right = pause();
    std::thread native([&] { right = right && pause(); });
    const auto ran = green::run({.workers = 2}, [&] { return run(argc > 1 ? argv[1] : ""); });
    native.join();
    return right && ran.value_or(false) && pause() ? 0 : 1;
}
