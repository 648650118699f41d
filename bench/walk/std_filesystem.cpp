// SPDX-License-Identifier: MIT
//
// std_filesystem: the walk race with recursive_directory_iterator.
//
// It reads the status of each entry without following symbolic links, and the size of each regular file too: two calls
// where one would do, because the library has no metadata record. It has neither st_ino nor the size of anything but
// a regular file; and skip_permission_denied hides the directories that it could not open, so it cannot count `failed`.
// It must agree on count and sum_file_size.

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
            contender_die(error.message().c_str());  // the iterator is at its end, and the rest is lost
        }
    }
    const auto ns = contender_now() - start;

    contender_print(&totals, totals.count, ns, 0);
}
