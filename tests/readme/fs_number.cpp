// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/fs.md: a file that several processes change under a lock.
#include <weld/env.hpp>
#include <weld/print.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
// [readme]
#include <weld/fs.hpp>
#include <weld/io.hpp>

/// Counts up the number in the file `path`, one process at a time, and returns it.
weld::Result<std::uint64_t> next_number(weld::PathRef path) {
    auto file = weld::fs::File::open(path, {.read = true, .write = true, .create = true});
    const auto locked = file ? file->lock() : std::unexpected(file.error());  // waits; closing unlocks
    if (!locked) {
        return std::unexpected(locked.error());
    }
    std::uint64_t number = 0;
    const auto bytes = std::as_writable_bytes(std::span(&number, 1));
    if (const auto read = weld::read_exact_at(*file, bytes, 0); !read && read.error().count != 0) {
        return std::unexpected(read.error());  // a part of a number; none at all is a new file
    }
    ++number;
    if (const auto written = weld::write_all_at(*file, bytes, 0); !written) {
        return std::unexpected(written.error());
    }
    const auto closed = std::move(*file).close();  // says what a destructor cannot: that the number was lost
    return closed ? weld::Result<std::uint64_t>(number) : std::unexpected(closed.error());
}
// [/readme]

int main() {
    const auto directory = weld::fs::TempDir::create(weld::env::temp_dir());
    if (!directory) {
        return 1;
    }
    for (int turn = 0; turn < 3; ++turn) {
        const auto number = next_number(directory->path() + "/number");
        weld::print(number ? std::to_string(*number) + "\n" : number.error().message() + "\n");
    }
}
