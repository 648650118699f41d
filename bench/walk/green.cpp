// SPDX-License-Identifier: MIT
//
// green: the walk race in a task, inline; or, with --in-flight 1, with each call that may block on the runtime's pool.

#include <green/fs.hpp>
#include <green/runtime.hpp>
#include <weld/os/unix.hpp>

#include <cstdio>

#include "contender.h"

using green::fs::Mode;

static void visit(const char* root, Mode mode, contender_totals& totals) {
    auto walk = green::fs::walk(root, mode);
    if (!walk) {
        totals.failed += 1;
        return;
    }
    while (const auto* item = walk->next()) {
        if (!*item) {
            totals.failed += 1;
            continue;
        }
        const auto ask = [&] { return (*item)->metadata(); };
        if (const auto metadata = mode == Mode::Inline ? ask() : green::offload(ask)) {
            contender_add(&totals, metadata->len(), weld::os::ino(*metadata), metadata->is_file());
        } else {
            totals.failed += 1;
        }
    }
}

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    const auto done = green::run({.workers = 1}, [&] {
        contender_totals totals{};
        const auto start = contender_now();
        for (std::size_t pass = 0; pass < options.repeat; ++pass) {
            visit(options.input, options.in_flight == 0 ? Mode::Inline : Mode::Offload, totals);
        }
        const auto ns = contender_now() - start;
        contender_print(&totals, totals.count, ns, CONTENDER_GIVES_ALL);
    });
    if (!done) {
        std::fprintf(stderr, "%s\n", done.error().message().c_str());
        return 1;
    }
}
