// SPDX-License-Identifier: MIT
//
// A program outside of weld that uses files, threads and formatted errors.
#include <weld/fmt.hpp>
#include <weld/fs.hpp>
#include <weld/print.hpp>
#include <weld/thread.hpp>

#include <string>
#include <utility>

int main(int argc, char** argv) {
    const std::string path = argc > 1 ? argv[1] : ".";
    const auto metadata = weld::fs::symlink_metadata(path);
    if (!metadata || !metadata->is_dir()) {
        return 1;
    }
    auto thread = weld::thread::spawn([&] { return weld::fs::symlink_metadata("/nowhere/at/all"); });
    if (!thread) {
        return 2;
    }
    const auto missing = std::move(*thread).join();
    if (missing || missing.error().kind() != weld::Kind::NotFound) {
        return 3;
    }
    const std::string line = fmt::format("{} is a {}\n", missing.error(), missing.error().kind());
    return weld::print(line) ? 0 : 4;
}
