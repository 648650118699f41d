// SPDX-License-Identifier: MIT
//
// Rendezvous: the queue of a channel that holds no message. Each message goes directly from the sender to the receiver.
// For the implementation of channels.
//
// One mutex guards a list of waiters, which are all senders or all receivers. A thread of the other side takes the
// first waiter off the list, moves the message, and says so in the waiter's word. That store is its last access to the
// waiter, which may be gone right afterwards; the wake uses the address alone.
#pragma once

#include <weld/native/mutex.hpp>
#include <weld/sync/try_until.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace weld::sync {

template <class T>
class Rendezvous {
public:
    Rendezvous() noexcept = default;
    Rendezvous(const Rendezvous&) = delete;
    Rendezvous& operator=(const Rendezvous&) = delete;

    /// Done if a receiver waits.
    Attempt try_send(T& value) noexcept {
        std::unique_lock lock(mutex_);
        return meet(receivers_, lock, [&](Waiter& receiver) { receiver.message->emplace(std::move(value)); });
    }

    /// Done if a sender waits.
    Attempt try_recv(std::optional<T>& value) noexcept {
        std::unique_lock lock(mutex_);
        return meet(senders_, lock, [&](Waiter& sender) { value.emplace(std::move(*sender.value)); });
    }

    Attempt send(T& value, const time::Instant* deadline) noexcept {
        std::unique_lock lock(mutex_);
        const Attempt met =
            meet(receivers_, lock, [&](Waiter& receiver) { receiver.message->emplace(std::move(value)); });
        if (met != Attempt::Later) {
            return met;
        }
        Waiter self;
        self.value = &value;
        return wait(senders_, self, lock, deadline);
    }

    Attempt recv(std::optional<T>& value, const time::Instant* deadline) noexcept {
        std::unique_lock lock(mutex_);
        const Attempt met = meet(senders_, lock, [&](Waiter& sender) { value.emplace(std::move(*sender.value)); });
        if (met != Attempt::Later) {
            return met;
        }
        Waiter self;
        self.message = &value;
        return wait(receivers_, self, lock, deadline);
    }

    /// Closes the channel: nothing is sent any more. Wakes all waiters.
    void close() noexcept {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        for (List* list : {&senders_, &receivers_}) {
            while (Waiter* waiter = list->take_first()) {
                tell(*waiter, closed);
            }
        }
    }

    void discard() noexcept {}

    [[nodiscard]] std::size_t len() const noexcept { return 0; }

private:
    static constexpr std::uint32_t waiting = 0;
    static constexpr std::uint32_t asleep = 1;
    static constexpr std::uint32_t done = 2;
    static constexpr std::uint32_t closed = 3;

    /// A waiting thread; lives on its stack.
    struct Waiter {
        native::FutexWord word{waiting};
        T* value = nullptr;                   // a sender's message
        std::optional<T>* message = nullptr;  // where a receiver wants it
        Waiter* next = nullptr;
        Waiter* before = nullptr;
    };

    struct List {
        Waiter* first = nullptr;
        Waiter* last = nullptr;

        void add(Waiter& waiter) noexcept {
            waiter.before = last;
            (last == nullptr ? first : last->next) = &waiter;
            last = &waiter;
        }
        void remove(Waiter& waiter) noexcept {
            (waiter.before == nullptr ? first : waiter.before->next) = waiter.next;
            (waiter.next == nullptr ? last : waiter.next->before) = waiter.before;
        }
        Waiter* take_first() noexcept {
            Waiter* const taken = first;
            if (taken != nullptr) {
                remove(*taken);
            }
            return taken;
        }
    };

    /// The last access to `waiter`.
    static void tell(Waiter& waiter, std::uint32_t what) noexcept {
        const auto* const word = &waiter.word;
        if (waiter.word.exchange(what, std::memory_order_release) == asleep) {
            native::futex_wake(word, 1);
        }
    }

    template <class Move>
    Attempt meet(List& others, std::unique_lock<native::Mutex>& lock, Move move) noexcept {
        if (closed_) {
            return Attempt::Closed;
        }
        Waiter* const other = others.take_first();
        if (other == nullptr) {
            return Attempt::Later;
        }
        move(*other);
        lock.unlock();
        tell(*other, done);
        return Attempt::Done;
    }

    Attempt wait(List& mine, Waiter& self, std::unique_lock<native::Mutex>& lock,
                 const time::Instant* deadline) noexcept {
        mine.add(self);
        lock.unlock();
        (void)look_until([&] { return is_told(self); }, 1);
        std::uint32_t expected = waiting;
        self.word.compare_exchange_strong(expected, asleep, std::memory_order_relaxed);
        while (!is_told(self)) {
            if (deadline == nullptr) {
                native::futex_wait(self.word, asleep);
            } else if (native::futex_wait_until(self.word, asleep, *deadline) == native::Woken::TimedOut) {
                const std::lock_guard again(mutex_);
                if (is_in(mine, self)) {
                    mine.remove(self);
                    return Attempt::TimedOut;
                }
                deadline = nullptr;  // another thread took it off the list, and will write its word
            }
        }
        return self.word.load(std::memory_order_relaxed) == done ? Attempt::Done : Attempt::Closed;
    }

    static bool is_told(const Waiter& waiter) noexcept { return waiter.word.load(std::memory_order_acquire) >= done; }

    static bool is_in(const List& list, const Waiter& waiter) noexcept {
        return waiter.before != nullptr || list.first == &waiter;
    }

    native::Mutex mutex_;
    bool closed_ = false;
    List senders_;
    List receivers_;
};

}  // namespace weld::sync
