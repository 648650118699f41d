// SPDX-License-Identifier: MIT
//
// How a Pollable ends: it leaves the loops that know it, and then its descriptor is closed, or given back.
#include "../scheduler.hpp"
#include "pollable.hpp"
#include "uv_loop.hpp"

#include <weld/sys/posix/fcntl.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

namespace green {

namespace {

constexpr weld::sys::RawHandle first_number = 3;  // of a duplicate: not the number of a standard stream

}  // namespace

/// A callback of libuv, when it no longer needs the handle.
void Pollable::on_closed(uv_handle_t* handle) noexcept {
    auto& watch = *static_cast<Registration*>(handle->data);
    Pollable& self = watch.pollable;
    bool ends = false;
    {
        const std::lock_guard lock(self.mutex_);
        watch.closing = false;
        ends = self.is_over();
    }
    if (ends) {
        static_cast<UvLoop*>(handle->loop->data)->worker().discards.push(self);
    }
}

/// Makes each loop that knows the descriptor let it go: the calling holder's at once, others by a post.
void Pollable::leave_loops() noexcept {
    retired_ = true;
    const Carrier* carrier = this_carrier();
    const Loop* own = carrier == nullptr || carrier->worker == nullptr ? nullptr : carrier->worker->io.get();
    for (Registration& each : watches_) {
        if (each.home == nullptr) {
            continue;
        }
        if (each.home == own) {
            let_go(each);
        } else if (!std::exchange(each.posted, true)) {
            each.home->post(each);
        }
    }
}

void Pollable::retire() noexcept {
    std::optional<weld::sys::OwnedHandle> closed;  // closed in user code, after everything else
    bool ends = false;
    {
        const Inside inside;
        const std::lock_guard lock(mutex_);
        leave_loops();
        ends = is_over();
        if (!ends && !is_known()) {
            closed.emplace(take_descriptor());
        }
    }
    if (ends) {
        delete this;  // no loop knows it any more
    }
}

weld::sys::Result<weld::sys::OwnedHandle> Pollable::give_back() noexcept {
    std::optional<weld::sys::OwnedHandle> given;
    bool ends = false;
    {
        const Inside inside;
        const std::lock_guard lock(mutex_);
        // The number must not be given to another file while a loop knows the descriptor by it.
        const Carrier* carrier = this_carrier();
        const Loop* own = carrier == nullptr || carrier->worker == nullptr ? nullptr : carrier->worker->io.get();
        if (std::ranges::any_of(watches_,
                                [&](const Registration& each) { return each.home != nullptr && each.home != own; })) {
            given.emplace(WELD_TRY(weld::sys::fcntl_dupfd_cloexec(weld::sys::BorrowedFd(fd_), first_number)));
        }
        leave_loops();
        if (!given) {
            given.emplace(take_descriptor());
        }
        ends = is_over();
    }
    if (ends) {
        delete this;
    }
    return *std::move(given);
}

void Pollable::detach(Registration& watch) noexcept {
    TaskList woken;
    {
        const std::lock_guard lock(mutex_);
        const bool was_home = at_ == &watch;
        let_go(watch);
        while (was_home && (wake(readers_, woken) || wake(writers_, woken))) {
        }
    }
    while (Task* task = woken.pop()) {
        task->reschedule();
    }
}

}  // namespace green
