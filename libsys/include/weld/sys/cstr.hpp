// SPDX-License-Identifier: MIT
//
// CStr: text that ends in NUL, borrowed.
//
// The parameter type of every call that the system reads up to a NUL. It says in the signature
// what a `const char*` only hopes. It lives as long as what it borrows.
#pragma once

#include <cassert>
#include <string_view>

namespace weld::sys {

class CStr {
public:
    /// Borrows `terminated`, which is not null and ends in NUL.
    explicit constexpr CStr(const char* terminated) noexcept : text_(terminated) { assert(terminated != nullptr); }

    [[nodiscard]] constexpr const char* c_str() const noexcept { return text_; }

    /// The text without its NUL; counts the bytes.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return text_; }

private:
    const char* text_;
};

}  // namespace weld::sys
