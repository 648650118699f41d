// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/error.md: errors returned to the caller by WELD_TRY.
// [readme]
#include <weld/fs.hpp>
#include <weld/print.hpp>
#include <weld/try.hpp>

#include <string>

/// Appends what `from` holds to `to`, and removes `from`.
weld::Result<void> merge(weld::PathRef from, weld::PathRef to) {
    const std::string text = WELD_TRY(weld::fs::read_to_string(from));
    WELD_TRY(weld::fs::append(to, text));
    WELD_TRY(weld::fs::remove_file(from));
    return {};
}

int main() {
    const auto merged = merge("/nowhere/new", "/nowhere/all");
    if (!merged) {
        weld::eprint(merged.error().at("/nowhere/new").message() + "\n");
    }
    return merged ? 1 : 0;
}
// [/readme]
