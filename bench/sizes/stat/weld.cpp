// SPDX-License-Identifier: MIT
//
// weld: stat with weld::fs.

#include <weld/fs.hpp>
#include <weld/print.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <string>

static std::string octal(unsigned number) {
    std::array<char, 16> digits;
    return {digits.data(), std::to_chars(digits.begin(), digits.end(), number, 8).ptr};
}

static bool show(const char* path) {
    const auto metadata = weld::fs::metadata(path);
    if (!metadata) {
        weld::eprint("stat: " + metadata.error().at(path).message() + "\n");
        return false;
    }
    const auto modified = std::chrono::floor<std::chrono::seconds>(metadata->modified()).time_since_epoch().count();
    return weld::print(std::to_string(metadata->len()) + ' ' + octal(metadata->permissions().mode() & 0777U) + ' ' +
                       std::to_string(modified) + ' ' + path + '\n')
        .has_value();
}

int main(int argc, char** argv) {
    int status = 0;
    for (int i = 1; i < argc; ++i) {
        status |= show(argv[i]) ? 0 : 1;
    }
    return status;
}
