// SPDX-License-Identifier: MIT
//
// start: a Command as the platform takes it; src/<platform>/start.cpp.
#pragma once

#include <weld/process/command.hpp>

#include <optional>

namespace weld::process {

/// The child's ends of its standard streams; what is not there stays as it is.
struct ChildStreams {
    std::optional<sys::BorrowedHandle> in;
    std::optional<sys::BorrowedHandle> out;
    std::optional<sys::BorrowedHandle> err;
};

/// Sets the streams of `streams` that `command` wants to be another's. InvalidInput where that is nothing.
[[nodiscard]] Result<void> join_streams(const Command& command, ChildStreams& streams) noexcept;

/// Starts a child.
[[nodiscard]] Result<native::Process> start(const Command& command, const ChildStreams& streams) noexcept;

/// Runs the program in place of this one; why not.
[[nodiscard]] Error replace(const Command& command, const ChildStreams& streams) noexcept;

}  // namespace weld::process
