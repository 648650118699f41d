// SPDX-License-Identifier: MIT
//
// Line: a message of the runtime to standard error.
//
// It is put together on the stack, and written past stdio in one call that does not block. A task may hold stdio's lock
// and block in it, and a pipe behind descriptor 2 may be full for ever: neither holds up the runtime. A line for which
// there is no room is lost. Async-signal-safe.
#pragma once

#include <weld/sys/repr.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace green {

/// Between two lines about the same lack, such as a limit that stays reached.
inline constexpr std::chrono::minutes between_warnings{1};

/// How long the last words of a process wait for a slow reader of standard error.
inline constexpr std::chrono::milliseconds last_words_patience{100};

class Line {
public:
    /// Appends `text`, truncated where it is too long.
    Line& add(std::string_view text) noexcept;
    Line& add(std::size_t number) noexcept;

    /// Writes the line to standard error if it has room, or has within `patience`. False when the line is lost.
    bool say(std::chrono::milliseconds patience = {}) const noexcept;

private:
    [[nodiscard]] bool write(weld::sys::BorrowedFd target) const noexcept;

    std::array<char, 1024> text_;
    std::size_t size_ = 0;
};

}  // namespace green
