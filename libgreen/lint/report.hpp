// SPDX-License-Identifier: MIT
//
// report: what is said of a call, and the environment that says of which.
#pragma once

namespace green::lint {

/// Whether files are to be reported too, which only the disk makes wait.
[[nodiscard]] bool reports_files() noexcept;

/// Writes that the running task calls `call`, on `descriptor`, which is a `kind`, unless it is negative; with the
/// backtrace, if this chain of calls was not reported before. Keeps errno.
void report(const char* call, int descriptor, const char* kind) noexcept;

}  // namespace green::lint
