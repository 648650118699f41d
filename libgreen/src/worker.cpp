// SPDX-License-Identifier: MIT
#include "worker.hpp"

#include <algorithm>
#include <chrono>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_before_loop = 1024;  // turns
constexpr auto long_turn = 64us;                // two epoll_ctl are negligible in comparison

}  // namespace

void Worker::restart(Instant present) noexcept {
    measured = present;
    measured_turns = turns.get();
    timers.tell(present);
}

void Worker::choose_kind(bool others_wait) noexcept {
    const auto served = measured - served_since;
    const bool urgent_waits = urgent.size() != 0;
    if (serves_urgent && (!urgent_waits || (others_wait && served >= TimeSlice::length))) {
        serves_urgent = false;
        owed = std::min<std::chrono::nanoseconds>(served, TimeSlice::length);
        served_since = measured;
    } else if (!serves_urgent && urgent_waits && (!others_wait || served >= owed)) {
        serves_urgent = true;
        served_since = measured;
    }
}

void Worker::measure(Instant present, std::uint64_t limit) noexcept {
    slices[serves_urgent ? 1 : 0].learn(turns.get() - measured_turns, present - measured, limit);
    restart(present);
}

/// Whether the loop may be polled again: the tasks that it made runnable have run, or take long.
bool Worker::may_ask_loop(Instant present) const noexcept {
    const auto left = static_cast<std::int32_t>(loop_mark - urgent.taken());
    if (left <= 0 && turns.get() >= loop_end) {
        return true;
    }
    const auto waited = present - loop_looked;
    return waited >= TimeSlice::length && waited >= long_turn * (turns.get() - loop_turns);
}

void Worker::look_at_loop(Instant present) noexcept {
    if (may_ask_loop(present)) {
        const std::size_t before = queue.size() + overflow.size();
        loop.load(std::memory_order_relaxed)->look();
        mark_loop(present, before);
    }
}

void Worker::mark_loop(Instant present, std::size_t before) noexcept {
    loop_looked = present;
    loop_turns = turns.get();
    loop_mark = urgent.pushed();
    const bool has_spilled = queue.size() + overflow.size() > before;
    loop_end = has_spilled ? loop_turns + std::min(queued(), most_before_loop) : 0;
}

}  // namespace green
