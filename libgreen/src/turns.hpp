// SPDX-License-Identifier: MIT
//
// TimeSlice: how many turns a worker gives to tasks of one kind before it looks around.
//
// A yield only counts a turn. The worker reads the clock when it looks around, and measures how long a turn has
// taken lately: the next budget is the number of turns that take `length`. A budget at most doubles, so a worker
// without a measurement looks soon. docs/scheduler.md, "Turns", says what bounds a budget whose turns become long.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace green {

class TimeSlice {
public:
    static constexpr std::chrono::nanoseconds length = std::chrono::microseconds(500);
    static constexpr std::uint64_t most = 64;           // turns
    static constexpr std::uint64_t most_watched = 256;  // where the monitor ends a budget that takes too long

    /// Records that `count` turns have taken `time`; a budget is at most `limit` turns from now on.
    void learn(std::uint64_t count, std::chrono::nanoseconds time, std::uint64_t limit) noexcept {
        if (count == 0) {
            return;
        }
        std::uint64_t next = turns_;
        if (time > length) {
            // In floating point: the product of the two integers might overflow.
            const double share = static_cast<double>(length.count()) / static_cast<double>(time.count());
            next = std::min(next, static_cast<std::uint64_t>(static_cast<double>(count) * share));
        } else if (2 * time <= length) {
            next = 2 * turns_;
        }
        turns_ = std::clamp<std::uint64_t>(next, 1, limit);
    }

    /// The budget; at least one.
    [[nodiscard]] std::uint64_t turns() const noexcept { return turns_; }

private:
    std::uint64_t turns_ = 1;
};

}  // namespace green
