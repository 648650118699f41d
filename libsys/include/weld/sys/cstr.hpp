// SPDX-License-Identifier: MIT
//
// CStr: text that ends in NUL, borrowed.
//
// The parameter type for text that the system reads up to a NUL. The signature states the
// terminator, which a `const char*` only assumes. A CStr is valid as long as the text it borrows.
#pragma once

#include <cassert>
#include <string_view>

namespace weld::sys {

class CStr {
public:
    /// Borrows `terminated`, which is not null and ends in NUL.
    explicit constexpr CStr(const char* terminated) noexcept : text_(terminated) { assert(terminated != nullptr); }

    [[nodiscard]] constexpr const char* c_str() const noexcept { return text_; }

    /// The text without its NUL. Counts the bytes on each call, as strlen(3).
    [[nodiscard]] constexpr std::string_view view() const noexcept { return text_; }

private:
    const char* text_;
};

}  // namespace weld::sys
