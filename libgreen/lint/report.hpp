// SPDX-License-Identifier: MIT
//
// report: how a call is reported, and the environment variables that choose the reports.
#pragma once

namespace green::lint {

/// Whether files, which wait only for the disk, are reported too.
[[nodiscard]] bool reports_files() noexcept;

/// Reports that the running task calls `call`, on `descriptor`, which is a `kind`, unless it is negative; with the
/// backtrace, if this chain of calls was not reported before. Keeps errno.
void report(const char* call, int descriptor, const char* kind) noexcept;

}  // namespace green::lint
