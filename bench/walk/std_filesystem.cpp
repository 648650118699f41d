// SPDX-License-Identifier: MIT
//
// std_filesystem: the walk race with recursive_directory_iterator.
//
// Each entry is asked for its status without following symlinks, each regular file for its size as well:
// two calls where one would do, because the library has no metadata record. It cannot give st_ino, nor the
// size of anything but a regular file; and skip_permission_denied hides the directories it could not open,
// so it cannot give `failed`. Count and sum_file_size it must agree on.

#include <filesystem>
#include <system_error>

#include "contender.h"

namespace fs = std::filesystem;

static void add(const fs::directory_entry& entry, contender_totals& totals) {
    std::error_code error;
    const auto status = entry.symlink_status(error);
    if (!fs::exists(status)) {
        totals.failed += 1;
        return;
    }
    const bool regular = fs::is_regular_file(status);
    contender_add(&totals, regular ? entry.file_size(error) : 0, 0, regular);
}

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    contender_totals totals{};

    const auto start = contender_now();
    for (std::size_t pass = 0; pass < options.repeat; ++pass) {
        std::error_code error;
        add(fs::directory_entry(options.input, error), totals);
        fs::recursive_directory_iterator at(options.input, fs::directory_options::skip_permission_denied, error);
        while (!error && at != fs::recursive_directory_iterator{}) {
            add(*at, totals);
            at.increment(error);
        }
        if (error) {
            contender_die(error.message().c_str());  // the iterator is lost, and with it the rest
        }
    }
    const auto ns = contender_now() - start;

    contender_print(&totals, totals.count, ns, 0);
}
