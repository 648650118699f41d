// SPDX-License-Identifier: MIT
//
// peer_boost_context: the switch race on Boost.Context: a fiber and main, each resuming the other.

#include <boost/context/fiber.hpp>
#include <utility>

#include "work.h"

namespace context = boost::context;

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    bool ends = false;
    context::fiber other([&ends](context::fiber&& back) {
        while (!ends) {
            back = std::move(back).resume();
        }
        return std::move(back);
    });

    const auto start = contender_now();
    for (std::uint64_t done = 0; done < work.ops; done += 2) {
        other = std::move(other).resume();
    }
    const auto ns = contender_now() - start;

    ends = true;
    other = std::move(other).resume();
    work_print((work.ops + 1) / 2 * 2, ns);
}
