// SPDX-License-Identifier: MIT
//
// with_unique_name: a name that does not exist and cannot be guessed.
#pragma once

#include "../during.hpp"

#include <weld/native/random.hpp>
#include <weld/sys/try.hpp>

#include <string>
#include <string_view>

namespace weld::fs {

inline constexpr std::size_t unique_size = 13;  // of five bits each

/// Calls `make(name)`, which returns a Result, with `prefix` and thirteen random letters and digits, which are left in
/// `name`; retries while the result is AlreadyExists.
template <class Make>
[[nodiscard]] auto with_unique_name(const char* operation, std::string_view prefix, std::string& name, Make make)
    -> decltype(make(name)) {
    constexpr std::string_view symbols = "0123456789abcdefghijklmnopqrstuv";
    for (;;) {
        std::uint64_t bits = WELD_TRY(during(operation, native::random_bits()));
        name = prefix;
        for (std::size_t i = 0; i < unique_size; ++i, bits >>= 5) {
            name.push_back(symbols[bits % symbols.size()]);
        }
        auto made = make(name);
        if (made || made.error() != Kind::AlreadyExists) {
            return made;
        }
    }
}

}  // namespace weld::fs
