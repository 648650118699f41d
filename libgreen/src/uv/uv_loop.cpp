// SPDX-License-Identifier: MIT
#include "uv_loop.hpp"

#include "../scheduler.hpp"
#include "pollable.hpp"

#include <weld/sys/linux/epoll.hpp>
#include <weld/sys/linux/eventfd.hpp>
#include <weld/sys/posix/poll.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <mutex>
#include <new>
#include <span>
#include <utility>

namespace green {

namespace sys = weld::sys;
using namespace std::chrono_literals;

namespace {

/// Whether this process has had a loop.
constinit std::atomic<bool> libuv_has_begun{false};

/// Whether there are file descriptors for a loop: an epoll, and since libuv 1.45 a ring, and then the pipe that libuv
/// makes once in a process. Without the pipe libuv would end the process.
sys::Result<void> can_begin() noexcept {
    if (libuv_has_begun.load(std::memory_order_relaxed)) {
        return {};
    }
    const auto flags = sys::EventfdFlags::CloseOnExec;
    const std::array tries{sys::eventfd(0, flags), sys::eventfd(0, flags), sys::eventfd(0, flags),
                           sys::eventfd(0, flags)};
    for (const auto& tried : tries) {
        if (!tried) {
            return std::unexpected(tried.error());
        }
    }
    return {};
}

}  // namespace

// ---- its life -----------------------------------------------------------------------------------------

weld::Result<UvLoop*> UvLoop::make(Worker& worker, const char* operation) noexcept {
    auto bell = Bell::make();
    if (!bell) {
        return std::unexpected(weld::Error(operation, bell.error()));
    }
    if (const auto able = can_begin(); !able) {
        return std::unexpected(weld::Error(operation, able.error()));
    }
    std::unique_ptr<UvLoop> made(new (std::nothrow) UvLoop(worker, *std::move(bell)));
    if (made == nullptr) {
        return std::unexpected(weld::Error(operation, weld::Fault::OutOfMemory));
    }
    if (const int status = made->init(); status != 0) {
        return std::unexpected(weld::Error(operation, static_cast<sys::Errno>(-status)));
    }
    libuv_has_begun.store(true, std::memory_order_relaxed);
    UvLoop* loop = made.get();
    if (worker.host != nullptr) {
        const auto adopted = worker.host->adopt(*loop, sys::BorrowedFd(uv_backend_fd(loop->raw())));
        if (!adopted) {
            return std::unexpected(weld::Error(operation, adopted.error()));
        }
        worker.io = std::move(made);
        return loop;
    }
    worker.io = std::move(made);
    // A ring of the old bell that is on its way belongs to a sleep that has ended: no thread sleeps in that bell any
    // more.
    worker.loop.store(loop, std::memory_order_release);
    return loop;
}

int UvLoop::init() noexcept {
    if (const int status = uv_loop_init(&loop_); status != 0) {
        loop_.data = nullptr;
        return status;
    }
    loop_.data = this;
    const int status = uv_poll_init(&loop_, &watch_, bell_.descriptor().raw());
    if (status != 0) {
        uv_loop_close(&loop_);
        loop_.data = nullptr;
        return status;
    }
    watch_.data = this;
    return uv_poll_start(&watch_, UV_READABLE,
                         [](uv_poll_t* watch, int, int) { static_cast<UvLoop*>(watch->data)->bell_.answer(); });
}

bool UvLoop::tell(int fd, Registration* watch) noexcept {
    const auto index = static_cast<std::size_t>(fd);
    if (index >= by_fd_.size()) {
        try {
            by_fd_.resize(std::max(index + 1, 2 * by_fd_.size()));
        } catch (const std::bad_alloc&) {
            return false;
        }
    }
    by_fd_[index] = watch;
    return true;
}

UvLoop::~UvLoop() {
    if (loop_.data == nullptr) {
        return;
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&watch_), nullptr);
    evacuate();
    uv_run(&loop_, UV_RUN_DEFAULT);
    [[maybe_unused]] const int status = uv_loop_close(&loop_);
    assert(status == 0);
}

void UvLoop::evacuate() noexcept {
    handle_posts();
    while (attached != nullptr) {
        attached->pollable.detach(*attached);
    }
    uv_run(&loop_, UV_RUN_NOWAIT);  // closes the handles
    handle_posts();
}

// ---- waiting ------------------------------------------------------------------------------------------

void UvLoop::look() noexcept {
    handle_posts();
    if (std::exchange(needs_run_, false)) {
        uv_run(&loop_, UV_RUN_NOWAIT);
    } else {
        ask_kernel(0);
    }
}

/// Does the work of uv_run where that only has to ask the kernel and to call Pollables back.
void UvLoop::ask_kernel(std::int32_t milliseconds) noexcept {
    std::array<sys::EpollEvent, 512> events;  // on the carrier's own stack
    const auto count = sys::epoll_wait(sys::BorrowedFd(uv_backend_fd(&loop_)), events, milliseconds);
    const auto ready = std::span(events).first(count.value_or(0));
    const auto fd_of = [](const sys::EpollEvent& event) { return static_cast<int>(event.data[0]); };
    const auto watch_of = [&](int fd) {
        return static_cast<std::size_t>(fd) < by_fd_.size() ? by_fd_[static_cast<std::size_t>(fd)] : nullptr;
    };
    const int bell = bell_.descriptor().raw();
    if (std::ranges::any_of(
            ready, [&](const auto& event) { return watch_of(fd_of(event)) == nullptr && fd_of(event) != bell; })) {
        uv_run(&loop_, UV_RUN_NOWAIT);  // an event of libuv's own: libuv gets the whole batch
        return;
    }
    for (const auto& event : ready) {
        if (fd_of(event) == bell) {
            bell_.answer();
        } else {
            Registration& watch = *watch_of(fd_of(event));
            watch.pollable.handle_event(watch, static_cast<sys::EpollEvents>(event.found));
        }
    }
}

void UvLoop::wait(Instant deadline) noexcept {
    waiting_.store(true, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in post
    if (has_posts_.load(std::memory_order_relaxed) || needs_run_) {
        look();  // some event may be there already; if not, the next call waits for it
    } else if (deadline == Instant::max()) {
        ask_kernel(-1);
    } else {
        const std::chrono::nanoseconds left = deadline - now();
        if (left <= 0ns) {
            ask_kernel(0);
        } else if (left < 1ms) {
            wait_finely(left);
        } else {
            // Whole milliseconds; the next call waits for the rest of the last one.
            constexpr std::int64_t longest = std::numeric_limits<std::int32_t>::max();
            const std::int64_t whole = std::chrono::floor<std::chrono::milliseconds>(left).count();
            ask_kernel(static_cast<std::int32_t>(std::min(whole, longest)));
        }
    }
    waiting_.store(false, std::memory_order_relaxed);
}

/// Waits for less than a millisecond, which epoll_wait(2) cannot count: polls libuv's epoll descriptor itself.
void UvLoop::wait_finely(std::chrono::nanoseconds left) noexcept {
    sys::PollFd entry{.fd = uv_backend_fd(&loop_), .wanted = sys::PollEvents::In, .found = sys::PollEvents::None};
    (void)sys::ppoll(std::span(&entry, 1), sys::Timespec{.seconds = 0, .nanoseconds = left.count()});
    ask_kernel(0);
}

void UvLoop::ring() noexcept { bell_.ring(); }

bool UvLoop::is_ready() const noexcept {
    if (has_posts_.load(std::memory_order_relaxed)) {
        return true;
    }
    sys::PollFd entry{.fd = uv_backend_fd(&loop_), .wanted = sys::PollEvents::In, .found = sys::PollEvents::None};
    return sys::ppoll(std::span(&entry, 1), sys::Timespec{}).value_or(0) > 0;
}

// ---- posts --------------------------------------------------------------------------------------------

void UvLoop::post(Registration& watch) noexcept {
    {
        const std::lock_guard lock(posts_mutex_);
        watch.next_post = std::exchange(posts_, &watch);
        has_posts_.store(true, std::memory_order_relaxed);
    }
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in wait
    // A host's thread may be elsewhere, with its worker asleep but not waiting here.
    if (waiting_.load(std::memory_order_relaxed) || worker_.host != nullptr) {
        ring();
    } else {
        worker_.scheduler->monitor().ring();  // its holder may be stuck
    }
}

void UvLoop::handle_posts() noexcept {
    if (!has_posts_.load(std::memory_order_relaxed)) [[likely]] {
        return;
    }
    Registration* posts = nullptr;
    {
        const std::lock_guard lock(posts_mutex_);
        posts = std::exchange(posts_, nullptr);
        has_posts_.store(false, std::memory_order_relaxed);
    }
    while (posts != nullptr) {
        Registration* next = posts->next_post;
        posts->pollable.handle_post(*this, *posts);
        posts = next;
    }
}

}  // namespace green
