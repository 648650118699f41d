// SPDX-License-Identifier: MIT
//
// weld: the lines race with weld::io::lines over a BufReader, as a user would write it.

#include <weld/fs.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/lines.hpp>

#include "must.hpp"
#include "work.h"

int main(int argc, char** argv) {
    const auto options = contender_options(argc, argv);
    std::uint64_t lines = 0;
    std::uint64_t sum = 0;

    const auto start = contender_now();
    for (std::size_t pass = 0; pass < options.repeat; ++pass) {
        weld::io::BufReader reader(must(weld::fs::File::open(options.input)));
        for (const auto& line : weld::io::lines(reader)) {
            lines += 1;
            sum += must(line).size();
        }
    }
    const auto ns = contender_now() - start;

    work_print_sum(lines, ns, sum);
}
