// SPDX-License-Identifier: MIT
//
// Handle, Members: what holds one thread, and what holds all threads of a scope.
//
// `Record` is the type of a model's thread records, as in `packet.hpp`. It also has `join`, `is_over`, `disown`,
// `has_failure`, `take_failure` and `next_in_scope`. For the implementation of spawn and scope; programs do not need
// it.
#pragma once

#include <weld/native/mutex.hpp>
#include <weld/thread/packet.hpp>

#include <exception>
#include <mutex>
#include <type_traits>
#include <utility>

namespace weld::thread {

/// What a closure of type `F` returns when a thread runs it.
template <class F>
using Returned = std::invoke_result_t<std::decay_t<F>>;

/// A reference to a thread that returns a `T`, and the right to take that result. Null once it was moved from.
template <class Record, class T>
class Handle {
public:
    /// Takes over one reference to `record`, whose thread was started.
    explicit Handle(Outcome<Record, T>& record) noexcept : record_(&record) {}

    Handle(Handle&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
    Handle& operator=(Handle&& other) noexcept {
        Handle taken(std::move(other));
        std::swap(record_, taken.record_);
        return *this;
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    ~Handle() {
        if (record_ != nullptr) {
            record_->disown();
            record_->release();
        }
    }

    [[nodiscard]] Outcome<Record, T>* get() const noexcept { return record_; }

    /// The result of the thread, as `Outcome::await`. This is null afterwards.
    T await() && {
        struct Release {
            Outcome<Record, T>& record;
            ~Release() { record.release(); }  // the thread has ended: no result is left to disown
        };
        const Release joined{*std::exchange(record_, nullptr)};
        return joined.record.await();
    }

private:
    Outcome<Record, T>* record_;
};

/// The threads of a scope, in the order of their spawning. Threads that have ended and that no handle refers to are
/// released.
template <class Record>
class Members {
public:
    Members() noexcept = default;
    Members(const Members&) = delete;
    Members& operator=(const Members&) = delete;

    /// Joins all. Exceptions of the threads are dropped, since another exception is in flight.
    ~Members() { (void)join_all(); }

    /// Keeps a reference to `record` until it is joined. Any thread of the scope may call.
    void add(Record& record) noexcept {
        record.acquire();
        const std::lock_guard lock(adding_);
        (last_ == nullptr ? first_ : last_->next_in_scope) = &record;
        last_ = &record;
    }

    /// Releases members that have ended and that no handle refers to, except for the first failure. One call looks at
    /// no more than two members that stay, and at 64 in all. So about two ended members are kept for each living one,
    /// never more. Any thread of the scope may call this before it spawns: the resources of an ended thread are then
    /// free for the next.
    void reap() noexcept {
        Record* ended = unlink_ended();
        while (ended != nullptr) {
            Record* const record = std::exchange(ended, ended->next_in_scope);
            (void)record->take_failure();  // destroyed here, not under the lock: its destructor is the program's
            record->release();
        }
    }

    /// Joins all, and rethrows the exception of the first member that threw and was not joined.
    void finish() {
        if (std::exception_ptr failure = join_all()) {
            std::rethrow_exception(std::move(failure));
        }
    }

private:
    // Goes over the list twice: a thread of the scope may hold the handle of another and join it late, so an exception
    // belongs to that joiner until all threads have ended. A thread that spawns into its own scope does so before it
    // ends, hence before it is joined here: nothing is added behind the last member once that was joined. Threads of
    // the scope may reap meanwhile; the member that is joined here is referenced, and so stays in the list.
    std::exception_ptr join_all() noexcept {
        for (Record* record = hold_next(nullptr); record != nullptr;) {
            record->join();
            // Read the link only now: after its end all members that the thread may have added are visible behind it.
            Record* const next = hold_next(record);
            record->release();  // not the last reference: the list has one
            record = next;
        }
        std::exception_ptr first_failure;
        while (Record* ended = first_) {
            first_ = ended->next_in_scope;
            if (std::exception_ptr failure = ended->take_failure(); failure && !first_failure) {
                first_failure = std::move(failure);
            }
            ended->release();
        }
        last_ = nullptr;
        return first_failure;
    }

    [[nodiscard]] Record* hold_next(Record* record) noexcept {
        const std::lock_guard lock(adding_);
        Record* const next = record == nullptr ? first_ : record->next_in_scope;
        if (next != nullptr) {
            next->acquire();
        }
        return next;
    }

    /// Unlinks the members that may be released, and returns them as a list. Continues where the last call stopped, so
    /// each round over the list is in the order of spawning: of the failures that no handle can join any more, the
    /// first of a round stays.
    [[nodiscard]] Record* unlink_ended() noexcept {
        Record* ended = nullptr;
        const std::lock_guard lock(adding_);
        for (int looks = 64, stay = 2; looks > 0 && stay > 0 && first_ != nullptr; --looks) {
            Record*& link = looked_at_ == nullptr ? first_ : looked_at_->next_in_scope;
            Record* const record = link;
            if (record == nullptr) {
                looked_at_ = nullptr;
                round_has_failure_ = false;
            } else if (!record->is_over() || (record->has_failure() && !std::exchange(round_has_failure_, true))) {
                looked_at_ = record;
                --stay;
            } else {
                link = record->next_in_scope;
                last_ = last_ == record ? looked_at_ : last_;
                record->next_in_scope = std::exchange(ended, record);
            }
        }
        return ended;
    }

    native::Mutex adding_;
    Record* first_ = nullptr;
    Record* last_ = nullptr;
    Record* looked_at_ = nullptr;  // the last one of this round that stayed
    bool round_has_failure_ = false;
};

}  // namespace weld::thread
