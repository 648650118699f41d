// SPDX-License-Identifier: MIT
#include "pollable.hpp"

#include "../die.hpp"
#include "../scheduler.hpp"
#include "uv_loop.hpp"

#include <green/thread.hpp>

#include <chrono>
#include <mutex>

namespace green {

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
            Scheduler::yield_to_loop(*carrier);  // who tries again at once must not keep others from making room
            return std::unexpected(loop.error());
        }
        Waiter waiter{{.deadline = deadline, .due = &expire, .task = carrier->running}, this, **loop, direction};
        carrier = &Scheduler::suspend(*carrier, &commit, &waiter);
        if (deadline != Instant::max()) {
            waiter.loop.worker().timers.remove(waiter);
        }
        if (waiter.status == 0) [[likely]] {
            // Early, its worker was removed: one more try is in vain at worst.
            return !waiter.expired || now() < deadline;
        }
        if (waiter.status != UV_EAGAIN) {
            return std::unexpected(weld::Error(operation, static_cast<weld::sys::Errno>(-waiter.status)));
        }
        // Its old home is about to let it go.
        carrier->running->sleep_until(*carrier, weld::time::deadline_after(std::chrono::microseconds(50)));
        carrier = this_carrier();
    }
}

void Pollable::commit(void* raw, Carrier& carrier) noexcept {
    Waiter& waiter = *static_cast<Waiter*>(raw);
    if (waiter.deadline != Instant::max()) {
        // Before the queue: once it is there, the frame that holds it may be gone. A deadline that passes in
        // between is not lost: only this carrier looks at the heap.
        waiter.loop.worker().timers.insert(waiter);
    }
    Task& task = *waiter.task;
    if (!waiter.pollable->enqueue(waiter)) [[unlikely]] {
        Scheduler::resume(carrier, task);
    }
}

/// Lets `waiter` wait for an event that the home's loop watches for; false when that cannot be, for its status.
bool Pollable::enqueue(Waiter& waiter) noexcept {
    const std::lock_guard lock(mutex_);
    if (home_ == nullptr) [[unlikely]] {
        // A post that is still in the list of the old home would be handled there as if by the new one.
        waiter.status = closing_ || posted_ ? UV_EAGAIN : attach(waiter.loop);
        if (waiter.status != 0) {
            return false;
        }
    }
    queue(waiter.direction).push(waiter);
    if (!is_watched(waiter.direction)) {
        if (home_ == &waiter.loop) {
            watch(watched_.load(std::memory_order_relaxed) | bit(waiter.direction));
        } else if (!std::exchange(posted_, true)) {
            home_->post(*this);
        }
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

// ---- what libuv is told, and tells --------------------------------------------------------------------

int Pollable::attach(UvLoop& loop) noexcept {
    if (!loop.tell(fd_, this)) {
        return UV_ENOMEM;
    }
    if (const int status = uv_poll_init(loop.raw(), &poll_, fd_); status != 0) {
        (void)loop.tell(fd_, nullptr);
        return status;
    }
    poll_.data = this;
    home_ = &loop;
    next_attached_ = std::exchange(loop.attached, this);
    if (next_attached_ != nullptr) {
        next_attached_->previous_attached_ = this;
    }
    return 0;
}

void Pollable::unlink() noexcept {
    (void)home_->tell(fd_, nullptr);  // has room for it
    home_->needs_run();               // for the end of the handle
    (previous_attached_ == nullptr ? home_->attached : previous_attached_->next_attached_) = next_attached_;
    if (next_attached_ != nullptr) {
        next_attached_->previous_attached_ = previous_attached_;
    }
    next_attached_ = previous_attached_ = nullptr;
}

/// The events that somebody waits for.
int Pollable::wanted() const noexcept {
    return (readers_.first != nullptr ? UV_READABLE : 0) | (writers_.first != nullptr ? UV_WRITABLE : 0);
}

void Pollable::set_watched(int events) noexcept {
    const bool was = watched_.load(std::memory_order_relaxed) != 0;
    watched_.store(events, std::memory_order_relaxed);
    const std::size_t more = (events != 0 ? 1U : 0U) - (was ? 1U : 0U);
    // Only the holder writes it.
    home_->watched.store(home_->watched.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

void Pollable::watch(int events) noexcept {
    if (events == watched_.load(std::memory_order_relaxed)) {
        return;
    }
    home_->needs_run();
    const int status = events == 0 ? uv_poll_stop(&poll_) : uv_poll_start(&poll_, events, &on_event);
    if (status == 0) {
        set_watched(events);
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

// From libuv.
void Pollable::on_event(uv_poll_t* poll, int status, int events) noexcept {
    auto& self = *static_cast<Pollable*>(poll->data);
    auto& loop = *static_cast<UvLoop*>(poll->loop->data);
    if (status < 0) {
        // An error waits in the descriptor, and whoever tries again learns of it. libuv says that it watches no more,
        // but its epoll still does, and would tell of the error without end.
        const std::lock_guard lock(self.mutex_);
        self.watch(0);
    }
    self.wake_for(loop, status < 0 ? UV_READABLE | UV_WRITABLE : events);
}

// From the kernel.
void Pollable::handle_event(weld::sys::EpollEvents found) noexcept {
    using enum weld::sys::EpollEvents;
    int events = has(found, In) ? UV_READABLE : 0;
    events |= has(found, Out) ? UV_WRITABLE : 0;
    if (has(found, Error) || has(found, Hangup)) {
        events = UV_READABLE | UV_WRITABLE;  // whoever tries again learns which
    }
    wake_for(*home_, events);
}

void Pollable::wake_for(UvLoop& loop, int events) noexcept {
    TaskList woken;
    {
        const std::lock_guard lock(mutex_);
        int keep = watched_.load(std::memory_order_relaxed);
        if ((events & UV_READABLE) != 0 && !wake(readers_, woken)) {
            keep &= ~UV_READABLE;
        }
        // Room is there nearly always, so it is not watched for longer than somebody waits for it.
        if ((events & UV_WRITABLE) != 0 && (!wake(writers_, woken) || writers_.first == nullptr)) {
            keep &= ~UV_WRITABLE;
        }
        watch(keep | wanted());
    }
    while (Task* task = woken.pop()) {
        Scheduler::resume_on(loop.worker(), *task);
    }
}

void Pollable::handle_post() noexcept {
    bool ends = false;
    {
        const std::lock_guard lock(mutex_);
        posted_ = false;
        if (closing_) {
            return;  // its handle's end does the rest
        }
        if (home_ == nullptr) {
            ends = retired_;
        } else if (retired_) {
            set_watched(0);
            unlink();
            uv_close(reinterpret_cast<uv_handle_t*>(&poll_),
                     [](uv_handle_t* handle) { delete static_cast<Pollable*>(handle->data); });
            close_descriptor();
        } else {
            watch(watched_.load(std::memory_order_relaxed) | wanted());
        }
    }
    if (ends) {
        delete this;
    }
}

// ---- the end ------------------------------------------------------------------------------------------

void Pollable::retire() noexcept {
    const Inside inside;
    {
        const std::lock_guard lock(mutex_);
        retired_ = true;
        if (closing_ || posted_) {
            return;  // who comes to it next ends it
        }
        if (home_ != nullptr) {
            const Carrier* carrier = this_carrier();
            if (carrier == nullptr || carrier->worker == nullptr || carrier->worker->io.get() != home_) {
                posted_ = true;
                home_->post(*this);
                return;
            }
        }
    }
    // At home, or without one: nobody else knows of it.
    handle_post();
}

void Pollable::detach() noexcept {
    TaskList woken;
    {
        const std::lock_guard lock(mutex_);
        set_watched(0);
        unlink();
        home_ = nullptr;
        closing_ = true;
        while (wake(readers_, woken) || wake(writers_, woken)) {
        }
        uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
            auto& self = *static_cast<Pollable*>(handle->data);
            bool ends = false;
            {
                const std::lock_guard closed(self.mutex_);
                self.closing_ = false;
                ends = self.retired_ && !self.posted_;
            }
            if (ends) {
                delete &self;
            }
        });
    }
    while (Task* task = woken.pop()) {
        task->reschedule();
    }
}

}  // namespace green
