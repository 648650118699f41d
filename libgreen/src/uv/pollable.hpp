// SPDX-License-Identifier: MIT
//
// Pollable: a descriptor, and the tasks that wait until it is ready.
//
// The task owns the descriptor and makes the calls; libuv only says when one may be worth another try. It is
// registered with one loop, its home: that of the worker on which somebody first had to wait. Any task may wait,
// wherever it is. What the loop watches is level-triggered: an event that nobody waits for ends the watching in
// that direction, and the next one who waits begins it again, so that a wake is a hint which may come in vain
// and never one that is lost.
//
// Orders: everything is under `mutex_`, but what libuv is told, which only the home's holder does; others leave
// it a post. The mutex comes before that of the posts, and after that of a timer heap.
#pragma once

#include "../task_list.hpp"
#include "../timer_heap.hpp"

#include <weld/error.hpp>
#include <weld/native/mutex.hpp>
#include <weld/sys/linux/epoll.hpp>

#include <uv.h>
#include <atomic>
#include <cstdint>
#include <utility>

namespace green {

struct Carrier;
class UvLoop;

class Pollable {
public:
    enum class Direction : std::uint8_t { Read, Write };

    explicit Pollable(int fd) noexcept : fd_(fd) {}
    Pollable(const Pollable&) = delete;
    Pollable& operator=(const Pollable&) = delete;

    /// Suspends the calling task until `fd` may be ready in `direction`; false when `deadline` came first. An error
    /// of `operation` when the system has not what a loop needs. Parks.
    [[nodiscard]] weld::Result<bool> wait(Direction direction, Instant deadline, const char* operation) noexcept;

    /// Whether an event in `direction` would be seen now.
    [[nodiscard]] bool is_watched(Direction direction) const noexcept {
        return (watched_.load(std::memory_order_relaxed) & bit(direction)) != 0;
    }

    /// Ends it, with its descriptor: at once, or as soon as its home's holder comes to it. Nobody waits. Any thread.
    void retire() noexcept;

    // Of the home's holder.
    void handle_post() noexcept;
    void handle_event(weld::sys::EpollEvents found) noexcept;
    void detach() noexcept;

    Pollable* next_post = nullptr;  // of the home, under its mutex

protected:
    virtual ~Pollable() = default;

    /// Closes the descriptor.
    virtual void close_descriptor() noexcept = 0;

private:
    /// A task that waits, in its own frame.
    struct Waiter : Timer {
        Pollable* pollable;
        UvLoop& loop;  // of the worker on which the wait begins
        Direction direction;
        bool queued = false;
        bool expired = false;
        int status = 0;
        Waiter* next = nullptr;
        Waiter* previous = nullptr;
    };

    struct Queue {
        Waiter* first = nullptr;
        Waiter* last = nullptr;

        void push(Waiter& waiter) noexcept;
        void remove(Waiter& waiter) noexcept;
    };

    static constexpr int bit(Direction direction) noexcept {
        return direction == Direction::Read ? UV_READABLE : UV_WRITABLE;
    }
    [[nodiscard]] Queue& queue(Direction direction) noexcept {
        return direction == Direction::Read ? readers_ : writers_;
    }

    // With the mutex held.
    [[nodiscard]] int attach(UvLoop& loop) noexcept;
    void unlink() noexcept;
    void watch(int events) noexcept;
    void set_watched(int events) noexcept;
    [[nodiscard]] int wanted() const noexcept;
    [[nodiscard]] static bool wake(Queue& queue, TaskList& woken) noexcept;

    [[nodiscard]] bool enqueue(Waiter& waiter) noexcept;
    static void commit(void* raw, Carrier& carrier) noexcept;
    static Task* expire(Timer& timer) noexcept;
    static void on_event(uv_poll_t* poll, int status, int events) noexcept;
    void wake_for(UvLoop& loop, int events) noexcept;

    uv_poll_t poll_{};
    const int fd_;
    std::atomic<int> watched_{0};  // what libuv was told to watch
    weld::native::Mutex mutex_;
    bool posted_ = false;
    bool retired_ = false;
    bool closing_ = false;  // the handle, on the way from a loop that ends
    UvLoop* home_ = nullptr;
    Queue readers_;
    Queue writers_;
    Pollable* next_attached_ = nullptr;
    Pollable* previous_attached_ = nullptr;
};

/// Counts the calls on a descriptor that need not wait. Whoever always finds something to do would keep its worker
/// from looking at timers and at other descriptors, which nobody else can do for it.
class Unwaited {
public:
    /// A call was made, and did not wait if `at_once`. Parks now and then.
    void count(bool at_once) noexcept {
        const std::uint32_t calls = at_once ? calls_.load(std::memory_order_relaxed) + 1 : 0;
        calls_.store(calls % most, std::memory_order_relaxed);
        if (calls == most) [[unlikely]] {
            give_way();
        }
    }

private:
    static constexpr std::uint32_t most = 128;

    static void give_way() noexcept;

    std::atomic<std::uint32_t> calls_{0};
};

/// A Pollable for `object`, of which it is the owner.
template <class Object>
class Source : public Pollable {
public:
    explicit Source(Object taken) noexcept : Pollable(taken.as_handle().raw()), object(std::move(taken)) {}

    Object object;

private:
    void close_descriptor() noexcept override { const Object gone(std::move(object)); }
};

}  // namespace green
