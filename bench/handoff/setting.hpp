// SPDX-License-Identifier: MIT
//
// setting: the arguments of a contender of the handoff race, its blocking call, and the line that it prints.
//
// A contender is called as
//     contender [--unwatched | --blocking] [--beats N] --call NAME --ms N
// and makes one of its tasks, or threads, stuck for that many milliseconds in pipe, flock, fault, resolver or loop; for
// 50 in stat, which strace delays; or two of them in all-blocked. The 50 ms before are not measured: by their end all
// threads have started. The line has `ns`, the duration of the call; `gap_ns`, the longest gap of the tasks that sleep
// and wake; and `native_gap_ns`, that of one native thread that does so at the same time.
#pragma once

#include <unistd.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "call.hpp"
#include "fault.hpp"
#include "resolver.hpp"
#include "window.hpp"

inline constexpr std::uint64_t warming_ns = 50'000'000;
inline constexpr std::uint64_t after_ns = 20'000'000;  // how long the tasks still sleep and wake after the call
inline constexpr std::uint64_t stat_ns = 50'000'000;
inline constexpr unsigned life_seconds = 60;
inline constexpr std::string_view all_blocked = "all-blocked";

struct Setting {
    std::string_view call;
    std::uint64_t stuck_ns = 0;
    std::size_t beats = 100;
    bool watched = true;
    bool blocking = false;

    Setting(int argc, char** argv) {
        for (int i = 1; i < argc; ++i) {
            const std::string_view name = argv[i];
            if (name == "--unwatched") {
                watched = false;
            } else if (name == "--blocking") {
                blocking = true;
            } else if (i + 1 == argc) {
                usage(argv[0]);
            } else if (name == "--call") {
                call = argv[++i];
            } else if (name == "--beats") {
                beats = std::strtoul(argv[++i], nullptr, 10);
            } else if (name == "--ms") {
                stuck_ns = std::strtoul(argv[++i], nullptr, 10) * 1'000'000;
            } else {
                usage(argv[0]);
            }
        }
        if (call.empty() || stuck_ns == 0 || beats == 0) {
            usage(argv[0]);
        }
        stuck_ns = call == "stat" ? stat_ns : stuck_ns;
        alarm(life_seconds);
    }

    [[nodiscard]] std::unique_ptr<Call> make_call() const {
        if (call == "pipe" || call == all_blocked) {
            return std::make_unique<PipeCall>(stuck_ns);
        }
        if (call == "flock") {
            return std::make_unique<FlockCall>(stuck_ns);
        }
        if (call == "fault") {
            return std::make_unique<FaultCall>(stuck_ns);
        }
        if (call == "resolver") {
            return std::make_unique<ResolverCall>(stuck_ns);
        }
        if (call == "loop") {
            return std::make_unique<LoopCall>(stuck_ns);
        }
        if (call == "stat") {
            return std::make_unique<StatCall>();
        }
        std::fprintf(stderr, "there is no call '%.*s'\n", static_cast<int>(call.size()), call.data());
        std::exit(2);
    }

private:
    [[noreturn]] static void usage(const char* program) {
        std::fprintf(stderr, "usage: %s [--unwatched | --blocking] [--beats N] --call NAME --ms N\n", program);
        std::exit(2);
    }
};

/// Makes the call inside the window, and checks that it took its time.
inline void stay(Call& call, Window& window, std::uint64_t least_ns) {
    window.begin();
    call();
    window.end();
    if (window.length() < least_ns) {
        std::fprintf(stderr, "the call was back after %.1f ms, not %.1f\n", 1e-6 * static_cast<double>(window.length()),
                     1e-6 * static_cast<double>(least_ns));
        _exit(1);
    }
}

inline void print_gaps(const Window& window, std::uint64_t gap_ns, std::uint64_t native_gap_ns) {
    std::printf("{\"ops\": 1, \"ns\": %" PRIu64 ", \"gap_ns\": %" PRIu64 ", \"native_gap_ns\": %" PRIu64 "}\n",
                window.length(), gap_ns, native_gap_ns);
}
