// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/fs.md: an atomic change of a file, in a temporary directory.
#include <weld/env.hpp>
#include <weld/print.hpp>

#include <string>
#include <string_view>
// [readme]
#include <weld/fs.hpp>

/// Adds `line` to the settings `path`. Every reader sees them with the line or without it, and whole.
weld::Result<void> add_setting(weld::PathRef path, std::string_view line) {
    auto text = weld::fs::read_to_string(path);
    if (!text && text.error() != weld::Kind::NotFound) {
        return std::unexpected(text.error());
    }
    return weld::fs::write_atomic(path, text.value_or("").append(line).append("\n"));
}
// [/readme]

int main() {
    const auto directory = weld::fs::TempDir::create(weld::env::temp_dir());
    if (!directory) {
        return 1;
    }
    const std::string path = directory->path() + "/settings";
    for (const char* line : {"colour = blue", "size = 12"}) {
        if (!add_setting(path, line)) {
            return 1;
        }
    }
    return weld::print(weld::fs::read_to_string(path).value_or("nothing\n")) ? 0 : 1;
}
