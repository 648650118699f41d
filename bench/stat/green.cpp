// SPDX-License-Identifier: MIT
//
// green: the stat race in a task, inline or through libuv's pool.
//
// Without --in-flight one task reads the metadata of every path, inline. With --in-flight N that many tasks each keep
// one request in the pool.

#include <green/fs.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <weld/os/unix.hpp>

#include <cstdio>

#include "contender.h"

using green::fs::Mode;

static void ask(const struct contender_list& list, std::size_t& next, std::size_t ops, Mode mode,
                contender_totals& totals) {
    while (next < ops) {
        const char* path = list.paths[next++ % list.len];
        const auto metadata =
            mode == Mode::Inline ? green::fs::symlink_metadata(path) : green::fs::symlink_metadata(path, mode);
        if (metadata) {
            contender_add(&totals, metadata->len(), weld::os::ino(*metadata), metadata->is_file());
        } else {
            totals.failed += 1;
        }
    }
}

static weld::Result<void> ask_all(const struct contender_options& options) {
    const auto list = contender_list(options.input);
    const std::size_t ops = list.len * options.repeat;
    contender_totals totals{};
    std::size_t next = 0;  // one worker: no two tasks run concurrently

    const auto start = contender_now();
    if (options.in_flight == 0) {
        ask(list, next, ops, Mode::Inline, totals);
    }
    green::thread::scope([&](green::thread::Scope& scope) {
        for (std::size_t i = 0; i < options.in_flight; ++i) {
            if (!scope.spawn([&] { ask(list, next, ops, Mode::Offload, totals); })) {
                totals.failed += 1;
            }
        }
    });
    const auto ns = contender_now() - start;

    contender_print(&totals, ops, ns, CONTENDER_GIVES_ALL);
    return {};
}

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    if (const auto done = green::run({.workers = 1}, [&] { return ask_all(options); }); !done) {
        std::fprintf(stderr, "%s\n", done.error().message().c_str());
        return 1;
    }
}
