// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/sync.md: a channel that distributes work, and another that collects the results.
#include <weld/print.hpp>
#include <weld/sync/mpmc.hpp>
#include <weld/sync/mpsc.hpp>
#include <weld/thread.hpp>
#include <weld/try.hpp>

#include <cstdint>
#include <string>

namespace {

// [readme]
/// The sum of the squares of 1 to `last`, each computed by one of three threads.
weld::Result<std::uint64_t> sum_of_squares(std::uint64_t last) {
    auto [numbers, to_square] = weld::sync::mpmc::sync_channel<std::uint64_t>(16);
    auto [squares, to_add] = weld::sync::mpsc::channel<std::uint64_t>();
    for (int thread = 0; thread < 3; ++thread) {
        WELD_TRY(weld::thread::spawn([numbers = to_square, squares = squares] {
            for (const std::uint64_t number : numbers) {  // until all senders are gone
                if (!squares.send(number * number)) {
                    return;  // the receiver is gone
                }
            }
        }));
    }
    to_square.close();  // the threads hold copies: once all have ended, send fails instead of waiting
    for (std::uint64_t number = 1; number <= last; ++number) {
        if (!numbers.send(number)) {  // waits while the channel holds sixteen
            return std::unexpected(weld::Error("send", weld::Fault::Cancelled));
        }
    }
    numbers.close();
    squares.close();
    std::uint64_t sum = 0;
    for (const std::uint64_t square : to_add) {
        sum += square;
    }
    return sum;
}
// [/readme]

}  // namespace

int main() {
    const auto sum = sum_of_squares(100);
    weld::print((sum ? std::to_string(*sum) : sum.error().message()) + "\n");
    return sum ? 0 : 1;
}
