// SPDX-License-Identifier: MIT
//
// Thread: a thread of the operating system, owned.
//
// A thread runs a plain function with a pointer, so nothing is allocated here. A caller that needs a
// closure, a result or a name stores them behind the pointer.
#pragma once

#include <weld/native/repr.hpp>
#include <weld/native/scheduling.hpp>
#include <weld/sys/errno.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace weld::native {

/// Options of a new thread.
struct ThreadOptions {
    /// In bytes, rounded up to whole pages and to the system's minimum; zero for the system's default.
    std::size_t stack_size = 0;
    /// The CPUs that the thread may run on; empty to inherit those of the thread that spawns it.
    std::span<const std::uint32_t> cpus{};
    /// Its priority; nothing to inherit that of the thread that spawns it.
    std::optional<Priority> priority{};
};

class Thread {
public:
    /// The function that a thread runs. An exception that leaves it ends the process.
    using Entry = void* (*)(void* argument);

    /// Starts a thread that runs `entry(argument)`. `Errno::Again` when the system cannot create another thread.
    [[nodiscard]] static sys::Result<Thread> spawn(Entry entry, void* argument) noexcept {
        const sys::Result<ThreadHandle> created = create(entry, argument);
        if (!created) [[unlikely]] {
            return std::unexpected(created.error());
        }
        return Thread(*created);
    }

    /// The same with options. It also returns the errors of `set_affinity` and `set_priority`, and then has not called
    /// `entry`.
    [[nodiscard]] static WELD_API sys::Result<Thread> spawn(Entry entry, void* argument,
                                                            const ThreadOptions& options) noexcept;

    /// No thread: `joinable` is false.
    Thread() noexcept = default;

    Thread(Thread&& other) noexcept : handle_(other.handle_), joinable_(std::exchange(other.joinable_, false)) {}

    Thread& operator=(Thread&& other) noexcept {
        Thread taken(std::move(other));
        std::swap(handle_, taken.handle_);
        std::swap(joinable_, taken.joinable_);
        return *this;
    }

    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;

    /// Detaches: the thread continues, and the system frees it when it ends.
    ~Thread() {
        if (joinable_) {
            detach();
        }
    }

    /// Whether this object owns a thread, which must be joined or detached.
    [[nodiscard]] bool joinable() const noexcept { return joinable_; }

    /// Waits until the thread has ended and its thread-locals are destroyed. `Errno::Deadlk` when it joins itself.
    [[nodiscard]] WELD_API sys::Result<void> join() && noexcept;

    /// Joins the thread if it has ended and its thread-locals are destroyed; false while it runs.
    [[nodiscard]] WELD_API bool try_join() noexcept;

    [[nodiscard]] ThreadHandle as_handle() const noexcept { return handle_; }

private:
    explicit Thread(ThreadHandle handle) noexcept : handle_(handle), joinable_(true) {}

    [[nodiscard]] static WELD_API sys::Result<ThreadHandle> create(Entry entry, void* argument) noexcept;
    WELD_API void detach() noexcept;

    ThreadHandle handle_{};
    bool joinable_ = false;
};

/// Names the calling thread for debuggers. The platform cuts a long name (Linux: after 15 bytes). On Linux the name of
/// the first thread is the name of the process.
WELD_API void set_current_thread_name(std::string_view name) noexcept;

/// The system's id of the calling thread; once this thread has ended, another may get the same id.
[[nodiscard]] WELD_API std::uint64_t current_thread_id() noexcept;

/// Whether the calling thread is the first thread of the process.
[[nodiscard]] WELD_API bool is_main_thread() noexcept;

/// Yields: lets another thread of the same CPU run first.
WELD_API void yield_now() noexcept;

}  // namespace weld::native
