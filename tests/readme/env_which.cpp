// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/env.md: the search of a program in PATH.
#include <weld/print.hpp>

#include <optional>
#include <string>
#include <string_view>
// [readme]
#include <weld/env.hpp>
#include <weld/fs.hpp>

/// The file that a shell would run as `program`.
std::optional<std::string> which(std::string_view program) {
    const std::string list = weld::env::var("PATH").value_or("/usr/bin:/bin");
    for (const std::string_view directory : weld::env::split_paths(list)) {
        std::string path(directory.empty() ? "." : directory);
        path.append("/").append(program);
        const auto found = weld::fs::metadata(path);
        if (found && found->is_file() && (found->permissions().mode() & 0111U) != 0) {
            return path;
        }
    }
    return std::nullopt;
}
// [/readme]

int main() {
    const auto shell = which("sh");
    weld::print(shell.value_or("no shell") + "\n");
    return shell ? 0 : 1;
}
