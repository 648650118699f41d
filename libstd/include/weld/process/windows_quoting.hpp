// SPDX-License-Identifier: MIT
//
// Windows: one command line of several arguments, and back; pure functions over UTF-8, on every platform.
//
// A program there gets one text, and takes it apart itself. Most do it as Microsoft's C library does, which
// `make_command_line` is for and `parse_command_line` is; cmd.exe, which runs batch files, reads it first and in
// another way, and expands what looks like a variable.
#pragma once

#include <weld/error.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weld::process::windows {

/// The line that gives `args` to `program`. InvalidInput for a NUL inside, or a quote in `program`, which no file has
/// in its name and nothing can quote.
[[nodiscard]] WELD_API Result<std::string> make_command_line(std::string_view program,
                                                             std::span<const std::string> args) noexcept;

/// What a program finds in `line`, its name first.
[[nodiscard]] WELD_API std::vector<std::string> parse_command_line(std::string_view line);

/// Whether `program` is run by cmd.exe: its name ends in .bat or .cmd, in any case, behind which the system ignores
/// dots and spaces.
[[nodiscard]] WELD_API bool is_batch_file(std::string_view program) noexcept;

/// The line by which cmd.exe gives `args` to the batch file `script`, none of them expanded or taken for a command.
/// InvalidInput for what cannot be given: a carriage return, line feed or NUL, and a script with a quote in its name or
/// a backslash at its end.
[[nodiscard]] WELD_API Result<std::string> make_batch_command_line(std::string_view script,
                                                                   std::span<const std::string> args) noexcept;

}  // namespace weld::process::windows
