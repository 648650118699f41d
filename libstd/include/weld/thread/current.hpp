// SPDX-License-Identifier: MIT
//
// Thread, and what a thread does with itself: park, sleep, yield.
//
// Every thread has a Thread, also one that weld did not start: the first use in such a thread makes its record, and the
// end of the thread destroys it. This record is the only thing of weld that runs a destructor at the end of a thread.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/thread/record.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace weld::thread {

/// Identifies a thread. Never used twice in a process.
enum class ThreadId : std::uint64_t {};

/// A reference to a thread, for its id, its name and for unparking it. Copies are cheap and outlive the thread.
class Thread {
public:
    Thread(const Thread& other) noexcept : record_(other.record_) { record_->acquire(); }
    Thread& operator=(const Thread& other) noexcept {
        Thread copy(other);
        std::swap(record_, copy.record_);
        return *this;
    }
    ~Thread() { record_->release(); }

    [[nodiscard]] ThreadId id() const noexcept { return static_cast<ThreadId>(record_->id()); }

    /// The whole name, valid as long as this Thread. It is "main" for the first thread and empty for a thread without a
    /// name.
    [[nodiscard]] std::string_view name() const noexcept { return record_->name(); }

    /// Leaves the thread a token, and wakes it if it is parked. Everything done before is visible to the thread once it
    /// has taken the token.
    void unpark() const noexcept { record_->parker().unpark(); }

    /// The thread of `record`.
    [[nodiscard]] static Thread of(Record& record) noexcept {
        record.acquire();
        return Thread(record);
    }

    /// Takes over one reference to `record`.
    [[nodiscard]] static Thread adopt(Record& record) noexcept { return Thread(record); }

private:
    explicit Thread(Record& record) noexcept : record_(&record) {}

    Record* record_;
};

/// The calling thread. The destructor of a thread-local, which runs after the thread's closure has ended, gets another
/// Thread than the closure did. Allocates: the first time in a thread that weld did not start.
[[nodiscard]] WELD_API Thread current();

/// Waits for a token and takes it. Returns at once if a token was left before.
WELD_API void park();

/// As `park`, at most until `deadline`; false when no token came.
[[nodiscard]] WELD_API Answer<bool> park_until(time::Instant deadline);

/// As `park_until`, `wait` from now.
template <class Rep, class Period>
[[nodiscard]] Answer<bool> park_for(std::chrono::duration<Rep, Period> wait) {
    return park_until(time::deadline_after(wait));
}

/// Sleeps until `deadline`; signals do not interrupt it. Fails only in a model with cancellation.
WELD_API Result<void> sleep_until(time::Instant deadline) noexcept;

/// Sleeps for `wait`.
template <class Rep, class Period>
Result<void> sleep(std::chrono::duration<Rep, Period> wait) noexcept {
    return sleep_until(time::deadline_after(wait));
}

/// Yields the processor to another thread that is ready.
WELD_API void yield_now() noexcept;

/// The number of threads that can run at once: the CPUs of this thread's affinity, or those that the control group's
/// quota pays for, whichever is fewer. At least one. Reads files: call it once, not in a loop.
[[nodiscard]] WELD_API std::size_t available_parallelism() noexcept;

}  // namespace weld::thread
