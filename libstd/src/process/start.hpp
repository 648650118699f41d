// SPDX-License-Identifier: MIT
//
// start: starts a Command on the platform. Implemented in src/<platform>/start.cpp.
#pragma once

#include <weld/process/command.hpp>

#include <optional>

namespace weld::process {

/// The child's ends of its standard streams. A stream without one is inherited.
struct ChildStreams {
    std::optional<sys::BorrowedHandle> in;
    std::optional<sys::BorrowedHandle> out;
    std::optional<sys::BorrowedHandle> err;
};

/// Sets the streams of `streams` that `command` wants to be the same as another. InvalidInput for `in`, and for a
/// stream that would be the same as itself.
[[nodiscard]] Result<void> join_streams(const Command& command, ChildStreams& streams) noexcept;

/// Starts a child.
[[nodiscard]] Result<native::Process> start(const Command& command, const ChildStreams& streams) noexcept;

/// Replaces the program of this process; returns the error if that failed.
[[nodiscard]] Error replace(const Command& command, const ChildStreams& streams) noexcept;

}  // namespace weld::process
