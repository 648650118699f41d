// SPDX-License-Identifier: MIT
//
// print, eprint, flush: text to the standard streams.
//
// They write through libc's streams, so the order with printf is kept, and buffered text is written at exit without a
// hook of weld's. The rules are libc's, too. Standard output is buffered, by lines on a terminal, so an error may be
// reported by a later call, at the latest by `flush`. A signal whose handler was set without SA_RESTART makes a call
// that is writing fail with Interrupted, and the buffered text is lost. Writing to a pipe without a reader raises
// SIGPIPE, as with printf. io::Stdout has neither problem and is meant for libraries. A call waits while a pipe is
// full, also where another process made it non-blocking, which printf reports as an error. Any thread may call; the
// text of one call stays together.
#pragma once

#include <weld/error.hpp>

#include <string_view>

namespace weld {

/// Writes `text` to the buffer of standard output, and writes the buffer out when it is full.
WELD_API Result<void> print(std::string_view text) noexcept;

/// Writes `text` to standard error, which has no buffer.
WELD_API Result<void> eprint(std::string_view text) noexcept;

/// Writes out the buffer of standard output.
[[nodiscard]] WELD_API Result<void> flush() noexcept;

}  // namespace weld
