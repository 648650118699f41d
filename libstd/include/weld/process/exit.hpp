// SPDX-License-Identifier: MIT
//
// exit, abort, id: the end and the ID of this process.
#pragma once

#include <weld/sys/api.hpp>

#include <cstdint>

namespace weld::process {

/// Ends the process with `code`, of which Unix keeps eight bits. Like a return from main, it calls the functions
/// registered with atexit(3) and flushes libc's buffers. It does not call the destructors of this thread's local
/// variables. A second thread that calls it waits for the end (C leaves exit(3) by two threads undefined). A call from
/// a function that the first call runs ends the process at once.
[[noreturn]] WELD_API void exit(std::int32_t code) noexcept;

/// Ends the process at once, by SIGABRT.
[[noreturn]] WELD_API void abort() noexcept;

/// The process ID of this process.
[[nodiscard]] WELD_API std::uint32_t id() noexcept;

}  // namespace weld::process
