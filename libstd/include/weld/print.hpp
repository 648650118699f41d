// SPDX-License-Identifier: MIT
//
// print, eprint, flush: text to the standard streams.
//
// Through libc's own streams, so that the order with printf holds and what is buffered is written at
// exit without a hook of weld's. Their rules are libc's, too: standard output is buffered, by lines on a
// terminal, so an error may come with a later call, at last with `flush`; and a signal whose handler was
// set without SA_RESTART makes a call that was writing fail as Interrupted, with what was buffered lost. A
// pipe that nobody reads raises SIGPIPE, as under printf; io::Stdout has neither, and is for libraries. A full pipe is
// waited for, also where another process made it non-blocking, which printf takes for an error.
// Any thread may call; one call's text stays together.
#pragma once

#include <weld/error.hpp>

#include <string_view>

namespace weld {

/// Writes `text` to standard output's buffer, and the buffer when it is full.
WELD_API Result<void> print(std::string_view text) noexcept;

/// Writes `text` to standard error, which has no buffer.
WELD_API Result<void> eprint(std::string_view text) noexcept;

/// Writes what standard output has buffered.
[[nodiscard]] WELD_API Result<void> flush() noexcept;

}  // namespace weld
