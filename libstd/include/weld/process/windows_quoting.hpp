// SPDX-License-Identifier: MIT
//
// Quoting for Windows: one command line from several arguments, and back. Pure functions over UTF-8, on every platform.
//
// A program on Windows gets one text and splits it itself. Most programs split it as Microsoft's C library does:
// `make_command_line` quotes for it, `parse_command_line` does the same splitting. Before a batch file, cmd.exe reads
// the text first, by other rules, and expands what looks like a variable.
#pragma once

#include <weld/error.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weld::process::windows {

/// The line that gives `args` to `program`. InvalidInput for a NUL inside, or for a quote in `program`: no file name
/// contains one, and it cannot be quoted.
[[nodiscard]] WELD_API Result<std::string> make_command_line(std::string_view program,
                                                             std::span<const std::string> args) noexcept;

/// The arguments that a program finds in `line`, its name first.
[[nodiscard]] WELD_API std::vector<std::string> parse_command_line(std::string_view line);

/// Whether cmd.exe runs `program`: its name ends in .bat or .cmd, in upper or lower case; the system ignores dots and
/// spaces behind that.
[[nodiscard]] WELD_API bool is_batch_file(std::string_view program) noexcept;

/// The line by which cmd.exe gives `args` to the batch file `script`, with none of them expanded or taken for a
/// command. InvalidInput for text that cannot be passed: a carriage return, a line feed or a NUL, and a script with a
/// quote in its name or a backslash at its end.
[[nodiscard]] WELD_API Result<std::string> make_batch_command_line(std::string_view script,
                                                                   std::span<const std::string> args) noexcept;

}  // namespace weld::process::windows
