// SPDX-License-Identifier: MIT
//
// child: starts the program of child.cpp (see there for what it can do), and checks its output.
#pragma once

#include <support/words.hpp>

#include <weld/io.hpp>
#include <weld/process.hpp>

#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace test {

inline const std::string child_program = TEST_CHILD;

/// A Command that runs it with these arguments.
template <class... Words>
weld::process::Command child(const Words&... words) {
    weld::process::Command command(child_program);
    (command.arg(words), ...);
    return command;
}

/// Its output; checks that it exited with zero and wrote nothing to standard error.
inline std::string said_by(const weld::process::Command& command) {
    const weld::process::Output output = must(command.output());
    CHECK(output.status.success());
    CHECK(output.err == "");
    return output.out;
}

inline std::set<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::set<std::string> all;
    for (std::string line; std::getline(stream, line);) {
        all.insert(line);
    }
    return all;
}

/// Reads as many bytes as `expected` has, and compares.
inline bool hears(const weld::io::PipeReader& reader, std::string_view expected) {
    std::string heard(expected.size(), '\0');
    return weld::read_exact(reader, std::as_writable_bytes(std::span(heard))).has_value() && heard == expected;
}

}  // namespace test
