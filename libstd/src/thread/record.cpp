// SPDX-License-Identifier: MIT
#include <weld/thread/record.hpp>

#include "current_record.hpp"

#include <weld/print.hpp>
#include <weld/sys/try.hpp>

#include <cxxabi.h>
#include <mutex>
#include <string>

namespace weld::thread {

namespace {

std::uint64_t next_id() noexcept {
    static constinit std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

void say(std::string_view name, std::string_view what) noexcept {
    // Pieces, not one string: a process that is about to end may be out of memory.
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

Record::Record(const Operations& operations) noexcept : id_(next_id()), operations_(operations) {}

Result<void> Record::start(const Options& options) noexcept {
    if (options.name.find('\0') != std::string_view::npos) {
        return std::unexpected(Error("spawn", Fault::InvalidInput));
    }
    acquire();
    auto thread = native::Thread::spawn(
        &Record::main, this, {.stack_size = options.stack_size, .cpus = options.cpus, .priority = options.priority});
    if (!thread) {
        release();
        return std::unexpected(Error("spawn", thread.error()));
    }
    // The thread itself never looks at thread_; those who join are ordered after `start` by their handle.
    thread_.emplace(*std::move(thread));
    return {};
}

// Without UBSan's null check: to catch pthread_exit's unwinding by reference binds one to no object.
__attribute__((no_sanitize("null"))) void* Record::main(void* self) {
    Record& record = *static_cast<Record*>(self);
    // Also when the thread leaves by pthread_exit, which unwinds.
    struct End {
        Record& record;
        ~End() { record.finish(); }
    };
    const End end{record};
    set_current_record(&record);
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
    set_current_record(nullptr);
    // Release publishes result and failure; acquire sees what the handle did before.
    const std::uint32_t before = state_.fetch_or(finished, std::memory_order_acq_rel);
    if ((before & abandoned) != 0 && failure_) {
        die_of(name_, failure_);
    }
    if ((before & disowned) != 0) {
        operations_.end_value(*this);
    }
    release();
}

void Record::abandon() noexcept {
    if ((state_.fetch_or(abandoned, std::memory_order_acq_rel) & finished) != 0 && failure_) {
        die_of(name_, failure_);
    }
    const std::lock_guard lock(joining_);
    thread_.reset();  // detaches: the thread is nobody's but its own, however long its Thread is kept
}

// Before the lock, which whoever joins the thread from outside holds for as long as that takes.
inline void Record::refuse_self_join() const noexcept {
    if (current_record() == this) [[unlikely]] {
        die_of_self_join(name_);
    }
}

inline void Record::join_locked() noexcept {
    if (thread_) {
        if (!std::move(*thread_).join()) {  // in the destructor of a thread-local, where there is no record
            die_of_self_join(name_);
        }
        thread_.reset();
    }
}

void Record::join() noexcept {
    refuse_self_join();
    const std::lock_guard lock(joining_);
    join_locked();
}

void Record::await_value() {
    refuse_self_join();
    std::exception_ptr failure;
    {
        const std::lock_guard lock(joining_);
        join_locked();
        failure.swap(failure_);
    }
    if (failure) [[unlikely]] {
        std::rethrow_exception(std::move(failure));
    }
    if (!has_value_) {
        say(name_, "called pthread_exit, or was cancelled: there is no result to join\n");
        std::terminate();
    }
}

std::exception_ptr Record::take_failure() noexcept {
    const std::lock_guard lock(joining_);
    return std::exchange(failure_, nullptr);
}

}  // namespace weld::thread
