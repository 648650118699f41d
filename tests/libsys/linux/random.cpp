// SPDX-License-Identifier: MIT
//
// getrandom(2).
#include <support/words.hpp>

#include <weld/sys/linux/random.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

using test::must;

TEST_CASE("getrandom fills up to 256 bytes whole, with different bytes on each call") {
    std::array<std::byte, 256> first{};
    std::array<std::byte, 256> second{};
    CHECK(must(weld::sys::getrandom(first)) == 256);
    CHECK(must(weld::sys::getrandom(second)) == 256);
    CHECK_FALSE(first == second);
    CHECK_FALSE(std::ranges::all_of(first, [](std::byte byte) { return byte == std::byte{0}; }));
}

TEST_CASE("getrandom fills only the target") {
    std::array<std::byte, 64> buffer{};
    CHECK(must(weld::sys::getrandom(std::span(buffer).first(32))) == 32);
    CHECK(std::ranges::all_of(std::span(buffer).last(32), [](std::byte byte) { return byte == std::byte{0}; }));
    CHECK(must(weld::sys::getrandom({})) == 0);
}
