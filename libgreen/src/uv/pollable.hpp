// SPDX-License-Identifier: MIT
//
// Pollable: a descriptor, and the tasks that wait until it is ready.
//
// The task owns the descriptor and makes the calls; libuv only says when a call may be worth another try. The
// descriptor is registered with one loop, its home: that of the worker on which a task first had to wait. Any task may
// wait, on any worker; the home moves to a waiter's worker, see `moves_to`. The loop watches level-triggered: an event
// for which no task waits ends the watch in that direction, and the next waiter begins it again. So a wake is a hint
// that may be spurious, and is never lost.
//
// The descriptor is closed when no loop knows it any more, in user code, and without the mutex: close(2) may block.
//
// Order of locks: everything is under `mutex_`, except the calls to libuv, which only the home's holder makes; other
// threads leave it a post. The mutex comes before that of the posts, and after that of a timer heap.
#pragma once

#include "../discards.hpp"
#include "../task_list.hpp"
#include "../timer_heap.hpp"

#include <weld/error.hpp>
#include <weld/native/mutex.hpp>
#include <weld/sys/errno.hpp>
#include <weld/sys/linux/epoll.hpp>
#include <weld/sys/repr.hpp>

#include <uv.h>
#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

namespace green {

struct Carrier;
class UvLoop;

class Pollable;

/// A registration of a Pollable with a loop. Under the Pollable's mutex; only the loop's holder writes the members,
/// except where they say otherwise.
struct Registration {
    explicit Registration(Pollable& owner) noexcept : pollable(owner) {}

    uv_poll_t poll{};
    Pollable& pollable;
    UvLoop* home = nullptr;  // the loop, while libuv has the descriptor there
    int events = 0;          // what libuv was told to watch
    bool closing = false;    // the handle is leaving libuv
    bool posted = false;     // written by any thread: it is in the list of the loop's posts
    Registration* next_post = nullptr;
    Registration* next_attached = nullptr;  // for the loop
    Registration* previous_attached = nullptr;

    [[nodiscard]] bool is_free() const noexcept { return home == nullptr && !closing && !posted; }
};

class Pollable : public Discarded {
public:
    enum class Direction : std::uint8_t { Read, Write };

    explicit Pollable(int fd) noexcept : fd_(fd) {}

    /// Suspends the calling task until `fd` may be ready in `direction`; false when `deadline` came first. An error
    /// of `operation` when the system lacks a resource that a loop needs. Parks.
    [[nodiscard]] weld::Result<bool> wait(Direction direction, Instant deadline, const char* operation) noexcept;

    /// Whether the loop of the home watches for events in `direction` now.
    [[nodiscard]] bool is_watched(Direction direction) const noexcept {
        return (watched_.load(std::memory_order_relaxed) & bit(direction)) != 0;
    }

    /// Ends the Pollable and its descriptor: at once, or as soon as the holders of the loops that know it have let it
    /// go. No task may wait. In user code, on any thread. May block, as close(2).
    void retire() noexcept;

    /// As `retire`, but gives a descriptor back: this one, or, where another worker's loop knows this one, a duplicate.
    /// When no descriptor can be had, nothing has happened.
    [[nodiscard]] weld::sys::Result<weld::sys::OwnedHandle> give_back() noexcept;

    // For the holder of the watch's loop.
    void handle_post(UvLoop& loop, Registration& watch) noexcept;
    void handle_event(Registration& watch, weld::sys::EpollEvents found) noexcept;
    void detach(Registration& watch) noexcept;

protected:
    ~Pollable() override = default;

    /// Gives up the descriptor: the object does not own it any more.
    [[nodiscard]] virtual weld::sys::OwnedHandle take_descriptor() noexcept = 0;

private:
    /// A task that waits; in the task's own frame.
    struct Waiter : Timer {
        Pollable* pollable;
        UvLoop& loop;  // of the worker on which the wait began
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
    [[nodiscard]] bool moves_to(const UvLoop& loop) noexcept;
    [[nodiscard]] int attach(UvLoop& loop) noexcept;
    [[nodiscard]] int begin(Registration& watch, UvLoop& loop) noexcept;
    void let_go(Registration& watch) noexcept;
    void leave_loops() noexcept;
    void watch_for(Registration& watch, int events) noexcept;
    void set_events(Registration& watch, int events) noexcept;
    [[nodiscard]] int wanted() const noexcept;
    [[nodiscard]] bool is_known() const noexcept;
    [[nodiscard]] bool is_over() const noexcept;
    [[nodiscard]] static bool wake(Queue& queue, TaskList& woken) noexcept;

    [[nodiscard]] bool enqueue(Waiter& waiter) noexcept;
    static void commit(void* raw, Carrier& carrier) noexcept;
    static Task* expire(Timer& timer) noexcept;
    static void on_event(uv_poll_t* poll, int status, int events) noexcept;
    static void on_closed(uv_handle_t* handle) noexcept;
    void wake_for(Registration& watch, UvLoop& loop, int events) noexcept;

    const int fd_;
    std::atomic<int> watched_{0};  // what the home was told to watch
    weld::native::Mutex mutex_;
    bool retired_ = false;
    int waits_away_ = 0;          // waits in a row that began on another worker than its home
    Registration* at_ = nullptr;  // the home's registration; null without a home
    std::array<Registration, 2> watches_{Registration(*this),
                                         Registration(*this)};  // the other is of the previous home until it is told
    Queue readers_;
    Queue writers_;
};

/// Counts the calls on a descriptor that need not wait. A task that always finds data would keep its worker from
/// looking at timers and at other descriptors, and no other thread looks at those.
class Unwaited {
public:
    /// Records a call, which did not wait if `at_once`. Parks now and then.
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

/// A Pollable for `object`, which it owns.
template <class Object>
class Source : public Pollable {
public:
    explicit Source(Object taken) noexcept : Pollable(taken.as_handle().raw()), object(std::move(taken)) {}

    Object object;

private:
    weld::sys::OwnedHandle take_descriptor() noexcept override { return std::move(object).into_handle(); }
};

}  // namespace green
