// SPDX-License-Identifier: MIT
//
// Window, longest_gap: the longest time between two beats of a task or thread that beats every millisecond, while a
// call keeps a thread.
//
// To beat is to sleep a millisecond, repeatedly. A gap is the time from one beat to the next, the millisecond of sleep
// included. It counts, as a whole, if a part of it lies in the window. Any thread may open, end and close a window.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "contender.h"

inline constexpr std::uint64_t beat_ns = 1'000'000;  // the sleep between two beats

/// The time in which the call keeps its thread, and some time after that until it is closed.
class Window {
public:
    void begin() { begin_ = contender_now(); }
    void end() { end_ = contender_now(); }
    [[nodiscard]] std::uint64_t length() const { return end_ - begin_; }
    [[nodiscard]] bool touches(std::uint64_t from, std::uint64_t to) const { return to >= begin_ && from <= end_; }

    /// Stops all that beat.
    void close() { closed_ = true; }
    [[nodiscard]] bool closed() const { return closed_; }

private:
    std::atomic<std::uint64_t> begin_ = UINT64_MAX;
    std::atomic<std::uint64_t> end_ = UINT64_MAX;
    std::atomic<bool> closed_ = false;
};

/// Beats by `sleep()`, which sleeps `beat_ns`, until the window is closed; returns the longest gap.
template <class F>
std::uint64_t longest_gap(const Window& window, F sleep) {
    std::uint64_t longest = 0;
    for (auto last = contender_now(); !window.closed();) {
        sleep();
        const auto now = contender_now();
        if (window.touches(last, now)) {
            longest = std::max(longest, now - last);
        }
        last = now;
    }
    return longest;
}
