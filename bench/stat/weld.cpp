// SPDX-License-Identifier: MIT
//
// weld: the stat race with weld::fs::symlink_metadata, as a user would write it.

#include <weld/fs.hpp>
#include <weld/os/unix.hpp>

#include "contender.h"

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    const auto list = contender_list(options.input);
    contender_totals totals{};

    const auto start = contender_now();
    for (std::size_t pass = 0; pass < options.repeat; ++pass) {
        for (std::size_t i = 0; i < list.len; ++i) {
            if (const auto metadata = weld::fs::symlink_metadata(list.paths[i])) {
                contender_add(&totals, metadata->len(), weld::os::ino(*metadata), metadata->is_file());
            } else {
                totals.failed += 1;
            }
        }
    }
    const auto ns = contender_now() - start;

    contender_print(&totals, list.len * options.repeat, ns, CONTENDER_GIVES_ALL);
}
