// SPDX-License-Identifier: MIT
//
// weld: the walk race with weld::fs::walk, as a user would write it.

#include <weld/fs.hpp>
#include <weld/os/unix.hpp>

#include "contender.h"

static void visit(const char* root, contender_totals& totals) {
    auto walk = weld::fs::walk(root);
    if (!walk) {
        totals.failed += 1;
        return;
    }
    while (const auto* item = walk->next()) {
        if (!*item) {
            totals.failed += 1;
            continue;
        }
        if (const auto metadata = (*item)->metadata()) {
            contender_add(&totals, metadata->len(), weld::os::ino(*metadata), metadata->is_file());
        } else {
            totals.failed += 1;
        }
    }
}

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    contender_totals totals{};

    const auto start = contender_now();
    for (std::size_t pass = 0; pass < options.repeat; ++pass) {
        visit(options.input, totals);
    }
    const auto ns = contender_now() - start;

    contender_print(&totals, totals.count, ns, CONTENDER_GIVES_ALL);
}
