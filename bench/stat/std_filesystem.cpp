// SPDX-License-Identifier: MIT
//
// std_filesystem: the stat race with what the C++ standard library offers.
//
// No call returns both type and size of a path without following a symbolic link, so this makes two calls for a regular
// file: symlink_status, then file_size. It has neither st_ino nor the size of anything but a regular file; it must
// agree on count and sum_file_size. The path objects are made before the clock starts, and it uses the overloads that
// do not throw: the race measures the calls.

#include <filesystem>
#include <system_error>
#include <vector>

#include "contender.h"

namespace fs = std::filesystem;

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    const auto list = contender_list(options.input);
    const std::vector<fs::path> paths(list.paths, list.paths + list.len);
    contender_totals totals{};

    const auto start = contender_now();
    for (std::size_t pass = 0; pass < options.repeat; ++pass) {
        for (const auto& path : paths) {
            std::error_code error;
            const auto status = fs::symlink_status(path, error);
            if (!fs::exists(status)) {
                totals.failed += 1;
                continue;
            }
            const bool regular = fs::is_regular_file(status);
            const auto size = regular ? fs::file_size(path, error) : 0;
            contender_add(&totals, size, 0, regular);
        }
    }
    const auto ns = contender_now() - start;

    contender_print(&totals, paths.size() * options.repeat, ns, CONTENDER_GIVES_FAILED);
}
