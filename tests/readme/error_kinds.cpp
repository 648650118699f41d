// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/error.md: the kind and the message of an error.
// [readme]
#include <weld/fs.hpp>
#include <weld/print.hpp>

#include <string>
#include <system_error>

/// The text of the file `path`; none where there is no such file.
weld::Result<std::string> load(weld::PathRef path) {
    auto text = weld::fs::read_to_string(path);
    if (!text && text.error() == weld::Kind::NotFound) {
        return std::string();
    }
    return text;
}

int main() {
    const auto missing = load("/nowhere/at/all");
    const auto refused = load("/");
    if (!missing || refused) {
        return 1;
    }
    const weld::Error error = refused.error();
    weld::print(error.at("/").message() + "\n");  // read /: Is a directory (EISDIR)
    const bool is_one_thing = error == weld::Kind::IsADirectory && error == std::errc::is_a_directory &&
                              std::error_code(error).category() == std::system_category();
    return is_one_thing ? 0 : 1;
}
// [/readme]
