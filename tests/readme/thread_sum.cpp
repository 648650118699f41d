// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/thread.md: the sum of numbers, by a thread of a scope.
#include <weld/print.hpp>

#include <array>
#include <string>
#include <utility>
// [readme]
#include <weld/thread.hpp>

#include <numeric>
#include <span>

/// The sum of `numbers`, each half added up by its own thread.
weld::Result<long> sum(std::span<const long> numbers) {
    const auto add = [](std::span<const long> part) { return std::accumulate(part.begin(), part.end(), 0L); };
    return weld::thread::scope([&](weld::thread::Scope& scope) -> weld::Result<long> {
        const auto half = numbers.size() / 2;
        auto first = scope.spawn([&] { return add(numbers.first(half)); }, {.name = "first half"});
        if (!first) {
            return std::unexpected(first.error());  // the system has no room for a thread
        }
        const long second = add(numbers.subspan(half));
        return std::move(*first).join() + second;
    });
}
// [/readme]

int main() {
    const std::array numbers{1L, 2L, 3L, 4L, 5L};
    const auto total = sum(numbers);
    weld::print(total ? std::to_string(*total) + "\n" : total.error().message() + "\n");
}
