// SPDX-License-Identifier: MIT
//
// said_until: the standard error of a process that may never end.
#pragma once

#include <support/words.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cstddef>
#include <string>
#include <thread>

namespace test {

/// Runs `body` in a child process, and returns its standard error up to `last`. `body` need not return; if it does, the
/// child writes `last` itself.
template <class Body>
std::string said_until(const std::string& last, Body body) {
    const auto end = in_child([&] {
        std::array<int, 2> ends{};
        const int standard_error = ::dup(STDERR_FILENO);
        if (::pipe2(ends.data(), O_CLOEXEC) != 0 || ::dup2(ends[1], STDERR_FILENO) < 0) {
            return 2;
        }
        std::thread reads([&] {
            std::array<char, 1024> buffer{};
            for (std::string heard; heard.find(last) == std::string::npos;) {
                const ssize_t count = ::read(ends[0], buffer.data(), buffer.size());
                const auto size = static_cast<std::size_t>(count < 0 ? 0 : count);
                heard.append(buffer.data(), size);
                (void)!::write(standard_error, buffer.data(), size);
            }
            ::_exit(0);
        });
        body();
        (void)!::write(STDERR_FILENO, last.data(), last.size());
        reads.join();
        return 1;
    });
    CHECK(end.exited_with(0));
    return end.said;
}

}  // namespace test
