// SPDX-License-Identifier: MIT
//
// cxx_std: the copy race with std::filesystem::copy_file.

#include <filesystem>

#include "target.h"

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    const char* const target = target_path(options.input);

    const auto start = contender_now();
    std::filesystem::copy_file(options.input, target);
    const auto ns = contender_now() - start;

    target_print(target, std::filesystem::file_size(options.input), ns);
}
