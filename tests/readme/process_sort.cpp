// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/process.md: a child that sorts lines.
#include <weld/print.hpp>

#include <string>
#include <string_view>
#include <utility>
// [readme]
#include <weld/io.hpp>
#include <weld/process.hpp>

/// The lines of `text`, sorted by sort(1).
weld::Result<std::string> sorted(std::string_view text) {
    weld::process::Command sort("sort");
    sort.arg("-n").env("LC_ALL", "C").in(weld::process::Stdio::piped()).out(weld::process::Stdio::piped());
    auto child = sort.spawn();
    if (!child) {
        return std::unexpected(child.error());  // spawn: No such file or directory (ENOENT)
    }
    const auto written = weld::write_all(*child->in, text);
    auto output = std::move(*child).wait_with_output();  // closes the input, so sort ends
    if (!written || !output) {
        return std::unexpected(written ? output.error() : written.error());
    }
    return std::move(output->out);
}
// [/readme]

int main() {
    const auto lines = sorted("10\n9\n1\n");
    weld::print(lines.value_or("nothing\n"));
    return lines ? 0 : 1;
}
