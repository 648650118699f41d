// SPDX-License-Identifier: MIT
//
// stop: waits that a std::stop_token cancels, and threads that can be asked to stop.
//
//     auto worker = thread::spawn_stoppable([](std::stop_token stop) {
//         while (thread::sleep(1s, stop)) { … }   // the request ends the sleep: Cancelled
//     });
//
// A stop request ends a wait at once, also a request that was made before the wait. Waiting for it allocates nothing.
// For locks: `sync/stop.hpp`. A scope needs no stoppable threads: a std::stop_source in its body outlives its threads.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/thread/spawn.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <functional>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace weld::thread {

/// Sleeps until `deadline`. Cancelled as soon as `stop` is requested, also if the deadline has passed.
WELD_API Result<void> sleep_until(time::Instant deadline, const std::stop_token& stop) noexcept;

/// Sleeps for `wait`. Cancelled as soon as `stop` is requested.
template <class Rep, class Period>
Result<void> sleep(std::chrono::duration<Rep, Period> wait, const std::stop_token& stop) noexcept {
    return sleep_until(time::deadline_after(wait), stop);
}

/// Waits for a token of `Thread::unpark` and takes it. Cancelled as soon as `stop` is requested; then a token that was
/// left before is taken, too.
[[nodiscard]] WELD_API Result<void> park(const std::stop_token& stop);

/// As `park`, at most until `deadline`; false when no token came.
[[nodiscard]] WELD_API Answer<bool> park_until(time::Instant deadline, const std::stop_token& stop);

/// As `park_until`, `wait` from now.
template <class Rep, class Period>
[[nodiscard]] Answer<bool> park_for(std::chrono::duration<Rep, Period> wait, const std::stop_token& stop) {
    return park_until(time::deadline_after(wait), stop);
}

/// The handle of a thread that returns a `T` and can be asked to stop. A handle that was moved from or joined can only
/// be destroyed or assigned to.
template <class T>
class StoppableJoinHandle {
public:
    StoppableJoinHandle(JoinHandle<T> handle, std::stop_source source) noexcept
        : source_(std::move(source)), handle_(std::move(handle)) {}

    StoppableJoinHandle(StoppableJoinHandle&&) noexcept = default;
    StoppableJoinHandle& operator=(StoppableJoinHandle&& other) noexcept {
        StoppableJoinHandle taken(std::move(other));
        std::swap(source_, taken.source_);
        std::swap(handle_, taken.handle_);
        return *this;
    }

    /// Requests a stop, since no one else may be left who can, and detaches. Does not wait, unlike std::jthread. A
    /// handle that was joined has nothing to stop.
    ~StoppableJoinHandle() { (void)source_.request_stop(); }

    /// Asks the thread to stop. False when that was done before.
    bool request_stop() noexcept { return source_.request_stop(); }

    /// The stop_source of the thread, for others that ask it to stop.
    [[nodiscard]] std::stop_source stop_source() const noexcept { return source_; }

    /// As `JoinHandle::join`. Requests no stop: call `request_stop` before, or it waits until the thread ends by
    /// itself.
    T join() && {
        source_ = std::stop_source(std::nostopstate);
        return std::move(handle_).join();
    }
    void join() const& = delete;  // joining consumes: std::move(handle).join(), std::move(*result).join()

    [[nodiscard]] bool is_finished() const noexcept { return handle_.is_finished(); }

    [[nodiscard]] Thread thread() const noexcept { return handle_.thread(); }

private:
    // In this order: the destructor requests the stop before the thread is detached.
    std::stop_source source_;
    JoinHandle<T> handle_;
};

/// As `spawn`, but the thread runs `function(stop)`, where `stop` is a std::stop_token of the handle's stop source.
/// Allocates: two blocks; the one of the std::stop_source throws std::bad_alloc when out of memory.
template <class F>
[[nodiscard]] auto spawn_stoppable(F&& function, const Options& options = {})
    -> Result<StoppableJoinHandle<std::invoke_result_t<std::decay_t<F>, std::stop_token>>> {
    using Value = std::invoke_result_t<std::decay_t<F>, std::stop_token>;
    std::stop_source source;
    auto started = spawn(
        [function = std::decay_t<F>(std::forward<F>(function)), stop = source.get_token()]() mutable -> Value {
            return std::invoke(std::move(function), std::move(stop));
        },
        options);
    if (!started) {
        return std::unexpected(started.error());
    }
    return StoppableJoinHandle<Value>(*std::move(started), std::move(source));
}

}  // namespace weld::thread
