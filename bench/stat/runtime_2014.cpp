// SPDX-License-Identifier: MIT
//
// runtime_2014: the stat race through the virtual runtime that the RFC removed (bench/runtime_2014).
//
// In 2014 a caller held Path objects, so these are made before the clock starts. Every call converted its path to a C
// string, so the conversion is timed.

#include "runtime_2014/fs.hpp"

#include <utility>
#include <vector>

#include "contender.h"
#include "runtime_2014/native/task.hpp"
#include "runtime_2014/task.hpp"

namespace io = runtime_2014;

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    const auto list = contender_list(options.input);
    const std::vector<io::Path> paths(list.paths, list.paths + list.len);
    contender_totals totals{};
    io::local::put(io::native::new_task());

    const auto start = contender_now();
    for (std::size_t pass = 0; pass < options.repeat; ++pass) {
        for (const auto& path : paths) {
            if (const auto stat = io::fs::lstat(path)) {
                contender_add(&totals, stat->size, stat->unstable.inode, stat->kind == io::fs::FileType::File);
            } else {
                totals.failed += 1;
            }
        }
    }
    const auto ns = contender_now() - start;

    contender_print(&totals, paths.size() * options.repeat, ns, CONTENDER_GIVES_ALL);
}
