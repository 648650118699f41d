// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/env.md: the types that are accepted as a path.
#include <weld/fs.hpp>

#include <filesystem>
#include <string>
#include <string_view>

int main() {
    using namespace std::literals;
    // [readme]
    const std::string owned = "/usr";
    const std::filesystem::path joined = std::filesystem::path(owned) / "bin" / "..";  // lexical: no system call
    const std::string_view part = "/usr:/bin"sv.substr(0, 4);
    const bool all_there = weld::fs::exists("/usr").value_or(false) &&  // borrowed
                           weld::fs::exists(owned).value_or(false) &&   // borrowed
                           weld::fs::exists(joined).value_or(false) &&  // borrowed
                           weld::fs::exists(part).value_or(false);      // copied to the stack, for its NUL
    const auto refused = weld::fs::exists("/usr\0/bin"sv);              // InvalidInput, and never "/usr"
    // [/readme]
    return all_there && !refused.has_value() && refused.error() == weld::Kind::InvalidInput ? 0 : 1;
}
