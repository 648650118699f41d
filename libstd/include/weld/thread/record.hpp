// SPDX-License-Identifier: MIT
//
// Record: the shared state of a thread.
//
// It is the head of the one block of memory that a spawn takes (`packet.hpp`). The block is reference-counted: the
// thread, its handle, its scope and every `Thread` hold one reference each. For the implementation of
// `<weld/thread.hpp>`; programs do not need it.
#pragma once

#include <weld/error.hpp>
#include <weld/native/mutex.hpp>
#include <weld/native/parker.hpp>
#include <weld/native/thread.hpp>
#include <weld/thread/packet.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace weld::thread {

using native::Priority;

/// Options of a new thread.
struct Options {
    /// Shown by debuggers, which see as much as the system has room for (Linux: 15 bytes). No NUL inside.
    std::string_view name{};
    /// Bytes, rounded up to whole pages and to the system's minimum; zero for the system's default.
    std::size_t stack_size = 0;
    /// The CPUs that the thread may run on, by number; empty for those of the spawner. InvalidInput if one does not
    /// exist or the process may not use it.
    std::span<const std::uint32_t> cpus{};
    /// The thread's share of a busy CPU; the spawner's by default. A higher one needs a privilege: PermissionDenied.
    std::optional<Priority> priority{};
};

class Record {
public:
    /// The operations of the block of a record.
    struct Operations {
        void (*run)(Record& self);                 ///< runs the closure and keeps its result
        void (*end_value)(Record& self) noexcept;  ///< ends the result, if there is one
        void (*destroy)(Record& self) noexcept;    ///< ends the block
    };

    explicit Record(const Operations& operations) noexcept : operations_(operations) {}
    Record(const Record&) = delete;
    Record& operator=(const Record&) = delete;

    /// Memory of `size` bytes for a record: from weld's store if it has a free block that is large enough.
    [[nodiscard]] static WELD_API Block take_block(std::size_t size) noexcept;
    [[nodiscard]] Store* store() const noexcept { return store_; }
    void set_store(Store* store) noexcept { store_ = store; }

    void acquire() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }

    /// Gives up a reference; the last one frees the block.
    void release() noexcept {
        // Release orders this holder's uses before the end of the block, acquire orders the end after all other uses.
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            operations_.destroy(*this);
        }
    }

    /// Starts the thread, which takes a reference of its own.
    [[nodiscard]] WELD_API sys::Result<void> start() noexcept;

    /// The same with options.
    [[nodiscard]] WELD_API Result<void> start(const Options& options) noexcept;

    /// The system's handle of a thread that was started and neither joined nor abandoned.
    [[nodiscard]] native::ThreadHandle as_handle() const noexcept { return thread_.as_handle(); }

    /// Waits until the thread has ended and its thread-locals are destroyed. Thread-safe.
    WELD_API void join() noexcept;

    /// Whether the thread has ended, its thread-locals destroyed, and the caller holds the only reference. If so, the
    /// thread is joined. Does not wait.
    [[nodiscard]] WELD_API bool is_over() noexcept;

    /// Whether the thread threw and the exception was not taken. After `is_over`.
    [[nodiscard]] bool has_failure() const noexcept { return failure_ != nullptr; }

    /// Says that no one will join the thread. If the thread threw, or will throw, the process ends.
    WELD_API void abandon() noexcept;

    /// Joins, and rethrows what the thread threw, to the first caller only. Returns only if there is a result; a thread
    /// with neither a result nor an exception, because it called pthread_exit, ends the process.
    WELD_API void await_value();

    /// Says that no one will take the result. It is then destroyed as soon as it exists.
    void disown() noexcept {
        if ((set(disowned) & finished) != 0) {
            operations_.end_value(*this);
        }
    }

    /// The exception of the thread, if it was not taken before. After `join`.
    [[nodiscard]] WELD_API std::exception_ptr take_failure() noexcept;

    /// Whether there is a result. After `join`.
    [[nodiscard]] bool has_value() const noexcept { return has_value_; }
    void set_has_value(bool has) noexcept { has_value_ = has; }

    [[nodiscard]] bool is_finished() const noexcept { return (state_.load(std::memory_order_acquire) & finished) != 0; }

    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    void set_name(std::string_view name) noexcept { name_ = name; }
    [[nodiscard]] native::Parker& parker() noexcept { return parker_; }

    /// The next thread of the same scope, in the order of their spawning.
    Record* next_in_scope = nullptr;

protected:
    void take_id() noexcept;

private:
    static constexpr std::uint32_t finished = 1;   // the thread is past its closure
    static constexpr std::uint32_t abandoned = 2;  // no one will join
    static constexpr std::uint32_t disowned = 4;   // no one will take the result

    /// Sets a bit that is set only once; returns the bits that were set before. An addition, since that returns the old
    /// value in one instruction.
    std::uint32_t set(std::uint32_t state) noexcept { return state_.fetch_add(state, std::memory_order_acq_rel); }

    [[nodiscard]] sys::Result<void> keep(sys::Result<native::Thread> thread) noexcept;
    static void* main(void* self);
    void finish() noexcept;
    void refuse_self_join() const noexcept;
    void join_locked() noexcept;

    std::atomic<std::uint32_t> references_{1};
    std::atomic<std::uint32_t> state_{0};
    native::Parker parker_;
    native::Mutex joining_;
    bool has_value_ = false;
    std::uint64_t id_ = 0;
    std::string_view name_;
    const Operations& operations_;
    Store* store_ = nullptr;
    native::Thread thread_;
    std::exception_ptr failure_;
};

}  // namespace weld::thread
