// SPDX-License-Identifier: MIT
#include <weld/thread/record.hpp>

#include "current_record.hpp"

#include <weld/print.hpp>
#include <weld/sys/try.hpp>

#include <cxxabi.h>
#include <bit>
#include <mutex>
#include <new>
#include <string>

namespace weld::thread {

namespace {

constinit std::atomic<std::uint64_t> last_id{0};

constinit Store blocks;

// AddressSanitizer tracks heap memory only.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool has_blocks = false;
#elif defined(__has_feature)
constexpr bool has_blocks = !__has_feature(address_sanitizer);
#else
constexpr bool has_blocks = true;
#endif

void say(std::string_view name, std::string_view what) noexcept {
    // Written in pieces, not as one string: a process that is about to end may be out of memory.
    for (const std::string_view part : {std::string_view("weld: thread '"), name, std::string_view("' "), what}) {
        (void)eprint(part);
    }
}

[[noreturn]] void die_of_self_join(std::string_view name) noexcept {
    say(name, "joins itself, and would wait for ever\n");
    std::terminate();
}

[[noreturn]] void die_of(std::string_view name, const std::exception_ptr& failure) noexcept {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
        say(name, "ended with an exception that nobody can join: ");
        (void)eprint(exception.what());
        (void)eprint("\n");
        std::terminate();
    } catch (...) {
        say(name, "ended with an exception that nobody can join\n");
        std::terminate();
    }
}

}  // namespace

Block Record::take_block(std::size_t size) noexcept {
    if (has_blocks && size <= Store::block_size) [[likely]] {
        std::uint32_t taken = blocks.taken.load(std::memory_order_relaxed);
        while (~taken != 0) {
            // Acquire: orders this use after the previous owner's.
            if (blocks.taken.compare_exchange_weak(taken, taken | (taken + 1), std::memory_order_acquire,
                                                   std::memory_order_relaxed)) [[likely]] {
                return {blocks.blocks[static_cast<std::size_t>(std::countr_one(taken))].data(), &blocks};
            }
        }
    }
    return {::operator new(size, std::nothrow), nullptr};
}

void Record::take_id() noexcept { id_ = last_id.fetch_add(1, std::memory_order_relaxed) + 1; }

sys::Result<void> Record::start() noexcept {
    take_id();
    acquire();
    return keep(native::Thread::spawn(&Record::main, this));
}

Result<void> Record::start(const Options& options) noexcept {
    if (options.name.find('\0') != std::string_view::npos) {
        return std::unexpected(Error("spawn", Fault::NulInText));
    }
    take_id();
    acquire();
    const auto kept = keep(native::Thread::spawn(
        &Record::main, this, {.stack_size = options.stack_size, .cpus = options.cpus, .priority = options.priority}));
    return kept ? Result<void>() : std::unexpected(Error("spawn", kept.error()));
}

/// Stores the native thread. The new thread never reads `thread_`; a joiner is ordered after this store by its handle.
inline sys::Result<void> Record::keep(sys::Result<native::Thread> thread) noexcept {
    if (!thread) [[unlikely]] {
        release();
        return std::unexpected(thread.error());
    }
    thread_ = *std::move(thread);
    return {};
}

// Without UBSan's null check: catching pthread_exit's unwinding by reference binds a reference to no object.
__attribute__((no_sanitize("null"))) void* Record::main(void* self) {
    Record& record = *static_cast<Record*>(self);
    // Runs also when the thread leaves by pthread_exit, which unwinds.
    struct End {
        Record& record;
        ~End() { record.finish(); }
    };
    const End end{record};
    record_of_thread = &record;
    if (!record.name_.empty()) {
        native::set_current_thread_name(record.name_);
    }
    try {
        record.operations_.run(record);
    } catch (abi::__forced_unwind&) {
        throw;
    } catch (...) {
        record.failure_ = std::current_exception();
    }
    return nullptr;
}

void Record::finish() noexcept {
    record_of_thread = nullptr;
    // Release publishes the result or the failure; acquire sees what the handle did before.
    const std::uint32_t before = set(finished);
    if ((before & abandoned) != 0 && failure_) {
        die_of(name_, failure_);
    }
    if ((before & disowned) != 0) {
        operations_.end_value(*this);
    }
    release();
}

void Record::abandon() noexcept {
    if ((set(abandoned) & finished) != 0 && failure_) {
        die_of(name_, failure_);
    }
    const std::lock_guard lock(joining_);
    thread_ = {};  // detaches: the thread is on its own, however long a Thread refers to it
}

// Called before the lock is taken: a joiner from outside holds the lock for the whole join.
inline void Record::refuse_self_join() const noexcept {
    if (record_of_thread == this) [[unlikely]] {
        die_of_self_join(name_);
    }
}

inline void Record::join_locked() noexcept {
    // The join fails in a self-join by the destructor of a thread-local, where there is no record.
    if (thread_.joinable() && !std::move(thread_).join()) [[unlikely]] {
        die_of_self_join(name_);
    }
}

void Record::join() noexcept {
    refuse_self_join();
    const std::lock_guard lock(joining_);
    join_locked();
}

bool Record::is_over() noexcept {
    // Acquire: orders this after the last uses of the other holders.
    return references_.load(std::memory_order_acquire) == 1 && thread_.try_join();
}

void Record::await_value() {
    refuse_self_join();
    bool failed = false;
    {
        const std::lock_guard lock(joining_);
        join_locked();
        failed = static_cast<bool>(failure_);
    }
    if (failed) [[unlikely]] {
        if (std::exception_ptr failure = take_failure()) {
            std::rethrow_exception(std::move(failure));
        }
    }
    if (!has_value_) {
        say(name_, "has no result to join: it called pthread_exit, was cancelled, or its scope has its exception\n");
        std::terminate();
    }
}

std::exception_ptr Record::take_failure() noexcept {
    const std::lock_guard lock(joining_);
    return std::exchange(failure_, nullptr);
}

}  // namespace weld::thread
