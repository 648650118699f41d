// SPDX-License-Identifier: MIT
//
// runtime_2014: stat in a task of the runtime that was removed.

#include <array>
#include <charconv>
#include <string>

#include "runtime_2014/args.hpp"
#include "runtime_2014/fs.hpp"
#include "runtime_2014/native/task.hpp"
#include "runtime_2014/stdio.hpp"

namespace io = runtime_2014;

static std::string octal(unsigned number) {
    std::array<char, 16> digits;
    return {digits.data(), std::to_chars(digits.begin(), digits.end(), number, 8).ptr};
}

static void run() {
    const auto arguments = io::args::get();
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const auto stat = io::fs::stat(arguments[i].c_str());
        if (stat) {
            io::stdio::println(std::to_string(stat->size) + ' ' + octal(stat->perm) + ' ' +
                               std::to_string(stat->modified / 1000) + ' ' + arguments[i]);
        } else {
            io::stdio::print_err("stat: " + io::to_string(stat.error()) + "\n");
            io::set_exit_status(1);
        }
    }
}

int main(int argc, char** argv) { return io::native::start(argc, argv, run); }
