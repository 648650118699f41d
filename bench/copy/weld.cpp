// SPDX-License-Identifier: MIT
//
// weld: the copy race with weld::fs::copy.

#include <weld/fs.hpp>

#include "must.hpp"
#include "target.h"

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    const char* const target = target_path(options.input);

    const auto start = contender_now();
    const std::uint64_t size = must(weld::fs::copy(options.input, target));
    const auto ns = contender_now() - start;

    target_print(target, size, ns);
}
