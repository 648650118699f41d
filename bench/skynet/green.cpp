// SPDX-License-Identifier: MIT
//
// green: the skynet race with tasks and join handles: a node spawns ten tasks and adds up their results.

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <array>
#include <optional>
#include <utility>

#include "must.hpp"
#include "work.h"

using Node = green::thread::JoinHandle<std::uint64_t>;

/// The sum of the numbers of `leaves` leaves, from `first`.
static std::uint64_t node(std::uint64_t first, std::uint64_t leaves) {
    if (leaves == 1) {
        return first;
    }
    std::array<std::optional<Node>, 10> children;
    const std::uint64_t share = leaves / children.size();
    for (auto& child : children) {
        child.emplace(must(green::thread::spawn([first, share] { return node(first, share); })));
        first += share;
    }
    std::uint64_t sum = 0;
    for (auto& child : children) {
        sum += (*std::move(child)).join();
    }
    return sum;
}

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    const auto leaves = work.ops;  // a power of ten
    std::uint64_t ns = 0;
    const auto sum = must(green::run({.workers = work.workers}, [&] {
        const auto start = contender_now();
        const auto result = must(green::thread::spawn([leaves] { return node(0, leaves); })).join();
        ns = contender_now() - start;
        return result;
    }));
    if (sum != leaves * (leaves - 1) / 2) {
        std::fprintf(stderr, "the leaves add up to %" PRIu64 ", which is wrong\n", sum);
        return 1;
    }
    work_print_sum((10 * leaves - 1) / 9, ns, sum);  // all nodes of the tree
}
