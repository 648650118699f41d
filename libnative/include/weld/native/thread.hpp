// SPDX-License-Identifier: MIT
//
// Thread: a thread of the operating system, owned.
//
// What runs is a plain function and a pointer, so nothing is allocated here; who needs a closure, a
// result or a name keeps them on the other side of the pointer.
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
    /// Bytes, rounded up to whole pages and to the least the system allows; zero for its default.
    std::size_t stack_size = 0;
    /// The CPUs that it may run on; none for those of its spawner.
    std::span<const std::uint32_t> cpus{};
    /// Its priority, if not its spawner's.
    std::optional<Priority> priority{};
};

class Thread {
public:
    /// What a thread runs. An exception that leaves it ends the process.
    using Entry = void* (*)(void* argument);

    /// Starts a thread that runs `entry(argument)`. `Errno::Again` when the system has no room for one.
    [[nodiscard]] static sys::Result<Thread> spawn(Entry entry, void* argument) noexcept {
        const sys::Result<ThreadHandle> created = create(entry, argument);
        if (!created) [[unlikely]] {
            return std::unexpected(created.error());
        }
        return Thread(*created);
    }

    /// The same with options: what `set_affinity` and `set_priority` say to them too, and then `entry` was not called.
    [[nodiscard]] static WELD_API sys::Result<Thread> spawn(Entry entry, void* argument,
                                                            const ThreadOptions& options) noexcept;

    /// None: `joinable` is false.
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

    /// Detaches: the thread goes on, and cleans up after itself.
    ~Thread() {
        if (joinable_) {
            detach();
        }
    }

    /// Whether it is one to be joined or detached.
    [[nodiscard]] bool joinable() const noexcept { return joinable_; }

    /// Waits until the thread has ended, its thread-locals destroyed. `Errno::Deadlk` from itself.
    [[nodiscard]] WELD_API sys::Result<void> join() && noexcept;

    /// Joins the thread if it has ended, its thread-locals destroyed; false while it has not.
    [[nodiscard]] WELD_API bool try_join() noexcept;

    [[nodiscard]] ThreadHandle as_handle() const noexcept { return handle_; }

private:
    explicit Thread(ThreadHandle handle) noexcept : handle_(handle), joinable_(true) {}

    [[nodiscard]] static WELD_API sys::Result<ThreadHandle> create(Entry entry, void* argument) noexcept;
    WELD_API void detach() noexcept;

    ThreadHandle handle_{};
    bool joinable_ = false;
};

/// Names the calling thread for debuggers; what the platform has no room for is cut (Linux: 15 bytes). On Linux
/// the name of the first thread is the name of the process.
WELD_API void set_current_thread_name(std::string_view name) noexcept;

/// The system's number of the calling thread; another thread may get it once this one has ended.
[[nodiscard]] WELD_API std::uint64_t current_thread_id() noexcept;

/// Whether the calling thread is the one that the process began with.
[[nodiscard]] WELD_API bool is_main_thread() noexcept;

/// Lets another thread of the same CPU run first.
WELD_API void yield_now() noexcept;

}  // namespace weld::native
