// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/env.md: the folder of a program's settings.
#include <weld/print.hpp>

#include <string>
#include <string_view>
// [readme]
#include <weld/env.hpp>
#include <weld/fs.hpp>

/// Keeps `settings` for `program`, where this user's programs keep theirs, and returns where that is.
weld::Result<std::string> save(std::string_view program, std::string_view settings) {
    const auto config = weld::env::config_dir();  // $XDG_CONFIG_HOME, else ~/.config
    if (!config) {
        return std::unexpected(weld::Error("save", weld::Fault::Unsupported));  // nobody is at home
    }
    std::string path = *config + "/";
    path.append(program);
    if (const auto made = weld::fs::create_dir_all(path, 0700); !made) {
        return std::unexpected(made.error());
    }
    path.append("/settings");
    const auto written = weld::fs::write_atomic(path, settings);
    return written ? weld::Result<std::string>(path) : std::unexpected(written.error());
}
// [/readme]

int main() {
    const auto saved = save("readme-tool", "colour = blue\n");
    weld::print((saved ? *saved : saved.error().message()) + "\n");
    return saved ? 0 : 1;
}
