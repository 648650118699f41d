// SPDX-License-Identifier: MIT
#include <weld/thread/stop.hpp>

#include "current_record.hpp"

#include <weld/native/parker.hpp>
#include <weld/sys/try.hpp>

namespace weld::thread {

Result<void> sleep_until(time::Instant deadline, const std::stop_token& stop) noexcept {
    native::Parker stopped;
    // Its destructor waits for a running call of it, so `stopped` outlives every use.
    const std::stop_callback wake(stop, [&stopped]() noexcept { stopped.unpark(); });
    if (stopped.park_until(deadline)) {
        return std::unexpected(Error("sleep", Fault::Cancelled));
    }
    return {};
}

Result<void> park(const std::stop_token& stop) {
    // Without a deadline: until the last Instant.
    (void)WELD_TRY(park_until(time::Instant::max(), stop));
    return {};
}

Answer<bool> park_until(time::Instant deadline, const std::stop_token& stop) {
    Record* record = find_or_make_record();
    if (record == nullptr) {
        // No Thread exists that could be unparked, as in `park_until` without a stop.
        WELD_TRY(sleep_until(deadline, stop));
        return false;
    }
    native::Parker& parker = record->parker();
    bool came = false;
    {
        const std::stop_callback wake(stop, [&parker]() noexcept { parker.unpark(); });
        came = parker.park_until(deadline);
    }
    if (stop.stop_requested()) {
        // The token of the stop request may have come too late to be taken. It must not end the next wait.
        (void)parker.park_until(time::Instant::min());
        return std::unexpected(Error("park", Fault::Cancelled));
    }
    return came;
}

}  // namespace weld::thread
