// SPDX-License-Identifier: MIT
//
// Gate: blocks native threads until it is opened.
#pragma once

#include <support/words.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <utility>

namespace test {

/// A pipe whose readers block until `open`.
class Gate {
public:
    Gate() {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
            FAIL("pipe2");
        }
    }
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;
    ~Gate() {
        open();
        (void)::close(ends_[0]);
    }

    /// Blocks the native thread. Any number of threads may call.
    void wait() const {
        char byte = 0;
        (void)!::read(ends_[0], &byte, 1);
    }
    void open() {
        if (const int end = std::exchange(ends_[1], -1); end >= 0) {
            (void)::close(end);
        }
    }

private:
    std::array<int, 2> ends_{};
};

}  // namespace test
