// SPDX-License-Identifier: MIT
//
// Handle, Members: holding one thread, and all threads of a scope.
//
// `Record` is what the threads of a model are known by, as in `packet.hpp`; it has `join`, `is_over`, `disown`,
// `has_failure`, `take_failure` and a `next_in_scope` besides. For the implementation of spawn and scope; programs have
// no use for it.
#pragma once

#include <weld/native/mutex.hpp>
#include <weld/thread/packet.hpp>

#include <exception>
#include <mutex>
#include <type_traits>
#include <utility>

namespace weld::thread {

/// What a closure of type `F` gives when it is run by a thread.
template <class F>
using Returned = std::invoke_result_t<std::decay_t<F>>;

/// A reference to a thread that makes a `T`, and the right to it. Null once it was moved from.
template <class Record, class T>
class Handle {
public:
    /// Takes over one reference to `record`, which was started.
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

    /// What the thread made, as `Outcome::await`. Null after it.
    T await() && {
        struct Release {
            Outcome<Record, T>& record;
            ~Release() { record.release(); }  // its end awaited, there is no result to disown
        };
        const Release joined{*std::exchange(record_, nullptr)};
        return joined.record.await();
    }

private:
    Outcome<Record, T>* record_;
};

/// The threads of a scope, in the order of their spawning; those that have ended and that nobody holds are let go.
template <class Record>
class Members {
public:
    Members() noexcept = default;
    Members(const Members&) = delete;
    Members& operator=(const Members&) = delete;

    /// Joins; what the threads threw is dropped, since another exception is on its way.
    ~Members() { (void)join_all(); }

    /// Keeps a reference to `record` until it is joined. Any thread of the scope may call.
    void add(Record& record) noexcept {
        record.acquire();
        const std::lock_guard lock(adding_);
        (last_ == nullptr ? first_ : last_->next_in_scope) = &record;
        last_ = &record;
    }

    /// Lets go of members that have ended and that nobody holds, the first failure excepted: for each that is spawned,
    /// looks at two that stay and at 64 in all. So there are never more than some two for each that lives. Any thread
    /// of the scope may call, before it spawns: what a thread of the system had is then there for the next.
    void reap() noexcept {
        Record* ended = unlink_ended();
        while (ended != nullptr) {
            Record* const record = std::exchange(ended, ended->next_in_scope);
            (void)record->take_failure();  // ends here, not under the lock: it is the program's
            record->release();
        }
    }

    /// Joins all and rethrows what the first of them threw that nobody joined.
    void finish() {
        if (std::exception_ptr failure = join_all()) {
            std::rethrow_exception(std::move(failure));
        }
    }

private:
    // Twice over the list: a thread of the scope may hold the handle of another and join it late, so what was
    // thrown is nobody's but the joiner's until all have ended. A thread that spawns into its own scope does so
    // before it ends, hence before it is joined here: behind the last of the list nothing more is added. Threads of the
    // scope may reap meanwhile; the one that is joined here is held, and stays in the list.
    std::exception_ptr join_all() noexcept {
        for (Record* record = hold_next(nullptr); record != nullptr;) {
            record->join();
            // Only now, after its end, is what it may have added to be seen behind it.
            Record* const next = hold_next(record);
            record->release();  // not the last: the list has one
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

    /// Takes out of the list what may be let go, as a list. Goes on where it stopped the last time, so each round over
    /// the list is in the order of spawning: of the failures that nobody can join any more, the first of a round stays.
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
