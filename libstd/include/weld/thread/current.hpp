// SPDX-License-Identifier: MIT
//
// Thread, and what a thread does to itself: park, sleep, yield.
//
// Every thread has a Thread, also one that weld did not start: the first use in it makes one, and its
// end ends it. This record is the only thing of weld that runs a destructor at the end of a thread.
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

/// Tells threads apart. Never given twice in a process.
enum class ThreadId : std::uint64_t {};

/// A thread, for asking who it is and for waking it. Copies are cheap and outlive the thread.
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

    /// The whole name, valid as long as this Thread; "main" for the first thread, empty when it has none.
    [[nodiscard]] std::string_view name() const noexcept { return record_->name(); }

    /// Leaves the thread a token, waking it if it is parked. What happened before is visible to it then.
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

/// The calling thread. In the destructor of a thread-local, which runs when the thread's closure has ended, it is
/// another Thread than before. Allocates: the first time in a thread that weld did not start.
[[nodiscard]] WELD_API Thread current();

/// Waits for a token and takes it; a token left before makes it return at once.
WELD_API void park();

/// As `park`, at most until `deadline`; false when no token came.
[[nodiscard]] WELD_API Answer<bool> park_until(time::Instant deadline);

/// As `park_until`, `wait` from now.
template <class Rep, class Period>
[[nodiscard]] Answer<bool> park_for(std::chrono::duration<Rep, Period> wait) {
    return park_until(time::deadline_after(wait));
}

/// Sleeps until `deadline`, through signals. Fails only in a model that can cancel.
WELD_API Result<void> sleep_until(time::Instant deadline) noexcept;

/// Sleeps for `wait`.
template <class Rep, class Period>
Result<void> sleep(std::chrono::duration<Rep, Period> wait) noexcept {
    return sleep_until(time::deadline_after(wait));
}

/// Lets another thread run first.
WELD_API void yield_now() noexcept;

/// The threads that can run at once: the CPUs of this thread's affinity, or what the control group's quota
/// pays for, whichever is fewer. At least one. Reads files: ask once, not in a loop.
[[nodiscard]] WELD_API std::size_t available_parallelism() noexcept;

}  // namespace weld::thread
