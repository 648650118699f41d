// SPDX-License-Identifier: MIT
#include "pollable.hpp"

#include "../die.hpp"
#include "../scheduler.hpp"
#include "uv_loop.hpp"

#include <green/thread.hpp>

#include <weld/sys/posix/fcntl.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>

namespace green {

namespace {

constexpr int most_waits_away = 4;  // in a row, before the home moves

/// Whether the loop of `worker` is polled whatever its tasks do, because another carrier takes the worker from them.
bool is_attended(const Worker& worker) noexcept {
    return worker.does_all() && worker.host == nullptr && worker.scheduler->options().spare_carriers != 0;
}

}  // namespace

// ---- waiting ------------------------------------------------------------------------------------------

void Pollable::Queue::push(Waiter& waiter) noexcept {
    waiter.queued = true;
    waiter.next = nullptr;
    waiter.previous = last;
    (last == nullptr ? first : last->next) = &waiter;
    last = &waiter;
}

void Pollable::Queue::remove(Waiter& waiter) noexcept {
    waiter.queued = false;
    (waiter.previous == nullptr ? first : waiter.previous->next) = waiter.next;
    (waiter.next == nullptr ? last : waiter.next->previous) = waiter.previous;
}

weld::Result<bool> Pollable::wait(Direction direction, Instant deadline, const char* operation) noexcept {
    Carrier* carrier = &calling_carrier(operation);
    const Inside inside(carrier);
    for (;;) {
        carrier = &Scheduler::with_worker(*carrier);
        const auto loop = UvLoop::of(*carrier->worker, operation);
        if (!loop) [[unlikely]] {
            Scheduler::yield_to_loop(*carrier);  // a retry must not keep others from freeing a descriptor
            return std::unexpected(loop.error());
        }
        Waiter waiter{{.deadline = deadline, .due = &expire, .task = carrier->running}, this, **loop, direction};
        carrier = &Scheduler::suspend(*carrier, &commit, &waiter);
        if (deadline != Instant::max()) {
            waiter.loop.worker().timers.remove(waiter);
        }
        if (waiter.status == 0) [[likely]] {
            // Early, its worker was removed: at worst, one more try is useless.
            return !waiter.expired || now() < deadline;
        }
        if (waiter.status != UV_EAGAIN) {
            return std::unexpected(weld::Error(operation, static_cast<weld::sys::Errno>(-waiter.status)));
        }
        // Previous homes are about to let it go.
        if (now() >= deadline) {
            return false;
        }
        carrier->running->sleep_until(*carrier, weld::time::deadline_after(std::chrono::microseconds(50)));
        carrier = this_carrier();
    }
}

void Pollable::commit(void* raw, Carrier& carrier) noexcept {
    Waiter& waiter = *static_cast<Waiter*>(raw);
    if (waiter.deadline != Instant::max()) {
        // Before the queue: once the waiter is in the queue, the frame that holds it may be gone. A deadline that
        // passes in between is not lost, because only this carrier looks at the heap.
        waiter.loop.worker().timers.insert(waiter);
    }
    Task& task = *waiter.task;
    if (!waiter.pollable->enqueue(waiter)) [[unlikely]] {
        Scheduler::resume(carrier, task);
    }
}

/// Queues `waiter` for an event that the home's loop watches for; false when that is impossible, as its status says.
bool Pollable::enqueue(Waiter& waiter) noexcept {
    const std::lock_guard lock(mutex_);
    if (at_ == nullptr || (at_->home != &waiter.loop && moves_to(waiter.loop))) [[unlikely]] {
        const int status = attach(waiter.loop);
        if (at_ == nullptr) {
            waiter.status = status;
            return false;
        }
    }
    queue(waiter.direction).push(waiter);
    if (at_->home == &waiter.loop) {
        waits_away_ = 0;
        watch_for(*at_, at_->events | bit(waiter.direction));
    } else if (!is_watched(waiter.direction) && !std::exchange(at_->posted, true)) {
        at_->home->post(*at_);
    }
    return true;
}

Task* Pollable::expire(Timer& timer) noexcept {
    auto& waiter = static_cast<Waiter&>(timer);
    const std::lock_guard lock(waiter.pollable->mutex_);
    if (!waiter.queued) {
        return nullptr;
    }
    waiter.pollable->queue(waiter.direction).remove(waiter);
    waiter.expired = true;
    return waiter.task;
}

void Unwaited::give_way() noexcept {
    Carrier* carrier = this_carrier();
    if (carrier != nullptr && carrier->running != nullptr) {
        const Inside inside(carrier);
        Scheduler::yield_to_loop(*carrier);
    }
}

// ---- to libuv, and from libuv --------------------------------------------------------------------------

/// Whether the home moves to `loop`, where a wait begins: at once from a worker that one task can keep from its loop,
/// and never to such a worker; between others when it is worth its cost, some system calls.
bool Pollable::moves_to(const UvLoop& loop) noexcept {
    if (!is_attended(at_->home->worker())) {
        return true;
    }
    return is_attended(loop.worker()) && ++waits_away_ >= most_waits_away;
}

/// Makes `loop`, the calling holder's, the home. UV_EAGAIN while previous loops have to let the descriptor go.
int Pollable::attach(UvLoop& loop) noexcept {
    Registration* place = nullptr;
    for (Registration& each : watches_) {
        if (each.home == &loop) {
            place = &each;  // the home moved away and comes back before this loop was told
            break;
        }
        place = each.is_free() ? &each : place;
    }
    if (place == nullptr) {
        return UV_EAGAIN;
    }
    if (place->home == nullptr) {
        if (const int status = begin(*place, loop); status != 0) {
            return status;
        }
    }
    waits_away_ = 0;
    Registration* left = std::exchange(at_, place);
    watched_.store(place->events, std::memory_order_relaxed);
    watch_for(*place, wanted());  // tasks that wait already are woken from here
    if (left != nullptr && !std::exchange(left->posted, true)) {
        left->home->post(*left);
    }
    return 0;
}

/// Registers the descriptor with `loop`. uv_poll_init makes it non-blocking, which the calls made here do not need.
/// The flags are restored, because a child that is given the descriptor shares them.
int Pollable::begin(Registration& watch, UvLoop& loop) noexcept {
    const weld::sys::BorrowedFd descriptor(fd_);
    const auto flags = weld::sys::fcntl_getfl(descriptor);
    if (!flags) {
        return -static_cast<int>(flags.error());
    }
    if (!loop.tell(fd_, &watch)) {
        return UV_ENOMEM;
    }
    const int status = uv_poll_init(loop.raw(), &watch.poll, fd_);
    if (!has(*flags, weld::sys::OpenFlags::Nonblock)) {
        (void)weld::sys::fcntl_setfl(descriptor, *flags);
    }
    if (status != 0) {
        (void)loop.tell(fd_, nullptr);
        return status;
    }
    watch.poll.data = &watch;
    watch.home = &loop;
    watch.next_attached = std::exchange(loop.attached, &watch);
    if (watch.next_attached != nullptr) {
        watch.next_attached->previous_attached = &watch;
    }
    return 0;
}

/// Takes the descriptor out of the loop of `watch`, the calling holder's: the loop does not know it any more.
void Pollable::let_go(Registration& watch) noexcept {
    set_events(watch, 0);
    (void)watch.home->tell(fd_, nullptr);  // the memory is reserved
    watch.home->needs_run();               // to close the handle
    (watch.previous_attached == nullptr ? watch.home->attached : watch.previous_attached->next_attached) =
        watch.next_attached;
    if (watch.next_attached != nullptr) {
        watch.next_attached->previous_attached = watch.previous_attached;
    }
    watch.next_attached = watch.previous_attached = nullptr;
    watch.home = nullptr;
    watch.closing = true;
    at_ = at_ == &watch ? nullptr : at_;
    uv_close(reinterpret_cast<uv_handle_t*>(&watch.poll), &on_closed);
}

/// Whether a loop knows the descriptor.
bool Pollable::is_known() const noexcept {
    return std::ranges::any_of(watches_, [](const Registration& each) { return each.home != nullptr; });
}

/// Whether it has been retired, and no loop knows it any more.
bool Pollable::is_over() const noexcept { return retired_ && std::ranges::all_of(watches_, &Registration::is_free); }

/// The events for which tasks wait.
int Pollable::wanted() const noexcept {
    return (readers_.first != nullptr ? UV_READABLE : 0) | (writers_.first != nullptr ? UV_WRITABLE : 0);
}

void Pollable::set_events(Registration& watch, int events) noexcept {
    const std::size_t more = (events != 0 ? 1U : 0U) - (watch.events != 0 ? 1U : 0U);
    watch.events = events;
    if (at_ == &watch) {
        watched_.store(events, std::memory_order_relaxed);
    }
    // Only the holder writes it.
    std::atomic<std::size_t>& watched = watch.home->watched;
    watched.store(watched.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

void Pollable::watch_for(Registration& watch, int events) noexcept {
    if (events == watch.events) {
        return;
    }
    watch.home->needs_run();
    const int status = events == 0 ? uv_poll_stop(&watch.poll) : uv_poll_start(&watch.poll, events, &on_event);
    if (status == 0) {
        set_events(watch, events);
        return;
    }
    die("green: ", "libuv refuses to watch a descriptor", ", which something else of the process watches or closed\n");
}

bool Pollable::wake(Queue& queue, TaskList& woken) noexcept {
    Waiter* waiter = queue.first;
    if (waiter == nullptr) {
        return false;
    }
    queue.remove(*waiter);
    woken.push(waiter->task);
    return true;
}

// A callback of libuv.
void Pollable::on_event(uv_poll_t* poll, int status, int events) noexcept {
    auto& watch = *static_cast<Registration*>(poll->data);
    Pollable& self = watch.pollable;
    if (status < 0) {
        // The error stays in the descriptor, and the next try returns it. libuv says that it has stopped watching,
        // but its epoll still watches, and would report the error without end.
        const std::lock_guard lock(self.mutex_);
        self.watch_for(watch, 0);
    }
    self.wake_for(watch, *static_cast<UvLoop*>(poll->loop->data), status < 0 ? UV_READABLE | UV_WRITABLE : events);
}

// From an event of the kernel.
void Pollable::handle_event(Registration& watch, weld::sys::EpollEvents found) noexcept {
    using enum weld::sys::EpollEvents;
    int events = has(found, In) ? UV_READABLE : 0;
    events |= has(found, Out) ? UV_WRITABLE : 0;
    if (has(found, Error) || has(found, Hangup)) {
        events = UV_READABLE | UV_WRITABLE;  // the next try learns which
    }
    wake_for(watch, *watch.home, events);
}

void Pollable::wake_for(Registration& watch, UvLoop& loop, int events) noexcept {
    TaskList woken;
    {
        const std::lock_guard lock(mutex_);
        if (at_ != &watch) {
            watch_for(watch, 0);  // the home has moved, and reports the event as well
            return;
        }
        int keep = watch.events;
        if ((events & UV_READABLE) != 0 && !wake(readers_, woken)) {
            keep &= ~UV_READABLE;
        }
        // A socket is nearly always writable, so writability is watched only while a task waits for it.
        if ((events & UV_WRITABLE) != 0 && (!wake(writers_, woken) || writers_.first == nullptr)) {
            keep &= ~UV_WRITABLE;
        }
        watch_for(watch, keep | wanted());
    }
    while (Task* task = woken.pop()) {
        Scheduler::resume_on(loop.worker(), *task);
    }
}

void Pollable::handle_post(UvLoop& loop, Registration& watch) noexcept {
    bool ends = false;
    {
        const std::lock_guard lock(mutex_);
        watch.posted = false;
        if (watch.home == nullptr) {
            ends = is_over();  // the loop has let it go meanwhile
        } else if (retired_ || at_ != &watch) {
            let_go(watch);
        } else {
            watch_for(watch, watch.events | wanted());
        }
    }
    if (ends) {
        loop.worker().discards.push(*this);
    }
}

}  // namespace green
