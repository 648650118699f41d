// SPDX-License-Identifier: MIT
//
// exit, abort, id: of this process.
#pragma once

#include <weld/sys/api.hpp>

#include <cstdint>

namespace weld::process {

/// Ends the process with `code`, of which Unix keeps eight bits, as a return from main does: what was registered with
/// atexit(3) is called, and libc's buffers are written. Destructors of this thread's variables are not called. C leaves
/// open what a second thread in exit(3) does; here it waits for the end. Called from what the first one calls, it ends
/// the process at once.
[[noreturn]] WELD_API void exit(std::int32_t code) noexcept;

/// Ends the process at once, by SIGABRT.
[[noreturn]] WELD_API void abort() noexcept;

/// The system's number of this process.
[[nodiscard]] WELD_API std::uint32_t id() noexcept;

}  // namespace weld::process
