// SPDX-License-Identifier: MIT
#include "uv_loop.hpp"

#include "pollable.hpp"

#include <weld/sys/linux/eventfd.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/posix/poll.hpp>

#include <array>
#include <cassert>
#include <mutex>
#include <new>
#include <span>
#include <utility>

namespace green {

namespace sys = weld::sys;
using namespace std::chrono_literals;

namespace {

Instant now() noexcept { return Instant(weld::native::now(weld::native::Clock::Monotonic)); }

/// Whether there was a loop in this process.
constinit std::atomic<bool> libuv_has_begun{false};

/// Whether there are descriptors for what libuv makes once in a process, a pipe, and before it for a loop. Without
/// the pipe it would end the process.
sys::Result<void> can_begin() noexcept {
    if (libuv_has_begun.load(std::memory_order_relaxed)) {
        return {};
    }
    const auto flags = sys::EventfdFlags::CloseOnExec;
    const std::array tries{sys::eventfd(0, flags), sys::eventfd(0, flags), sys::eventfd(0, flags)};
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
    auto bell = sys::eventfd(0, sys::EventfdFlags::Nonblock | sys::EventfdFlags::CloseOnExec);
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
    worker.io = std::move(made);
    // A ring of the old bell that is on its way is for a sleep that has ended: nobody sleeps in it any more.
    worker.loop.store(loop, std::memory_order_release);
    return loop;
}

int UvLoop::init() noexcept {
    if (const int status = uv_loop_init(&loop_); status != 0) {
        loop_.data = nullptr;
        return status;
    }
    loop_.data = this;
    uv_timer_init(&loop_, &alarm_);
    const int status = uv_poll_init(&loop_, &watch_, bell_.borrow().raw());
    if (status != 0) {
        uv_close(reinterpret_cast<uv_handle_t*>(&alarm_), nullptr);
        uv_run(&loop_, UV_RUN_DEFAULT);
        uv_loop_close(&loop_);
        loop_.data = nullptr;
        return status;
    }
    watch_.data = this;
    return uv_poll_start(&watch_, UV_READABLE, [](uv_poll_t* watch, int, int) {
        auto& loop = *static_cast<UvLoop*>(watch->data);
        std::uint64_t rings = 0;
        (void)sys::read(loop.bell_.borrow(), std::as_writable_bytes(std::span(&rings, 1)));
        loop.count_event();
    });
}

UvLoop::~UvLoop() {
    if (loop_.data == nullptr) {
        return;
    }
    handle_posts();
    while (attached != nullptr) {
        attached->detach();
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&alarm_), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&watch_), nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    handle_posts();
    [[maybe_unused]] const int status = uv_loop_close(&loop_);
    assert(status == 0);
}

// ---- waiting ------------------------------------------------------------------------------------------

void UvLoop::look() noexcept {
    handle_posts();
    uv_run(&loop_, UV_RUN_NOWAIT);
}

void UvLoop::wait(Instant deadline) noexcept {
    waiting_.store(true, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in post
    if (has_posts_.load(std::memory_order_relaxed)) {
        waiting_.store(false, std::memory_order_relaxed);
        return look();
    }
    if (deadline == Instant::max()) {
        uv_run(&loop_, UV_RUN_ONCE);
    } else {
        const std::chrono::nanoseconds left = deadline - now();
        if (left <= 0ns) {
            uv_run(&loop_, UV_RUN_NOWAIT);
        } else if (left < 1ms) {
            wait_finely(left);
        } else {
            // libuv counts milliseconds; what is left of the last one is waited for finely, the next time.
            uv_update_time(&loop_);
            const auto whole = std::chrono::floor<std::chrono::milliseconds>(left);
            uv_timer_start(&alarm_, [](uv_timer_t*) {}, static_cast<std::uint64_t>(whole.count()), 0);
            uv_run(&loop_, UV_RUN_ONCE);
            uv_timer_stop(&alarm_);
        }
    }
    waiting_.store(false, std::memory_order_relaxed);
}

/// Less than a millisecond, which libuv cannot count: its own descriptor is waited for, from outside.
void UvLoop::wait_finely(std::chrono::nanoseconds left) noexcept {
    const unsigned before = events_;
    uv_run(&loop_, UV_RUN_NOWAIT);  // tells the kernel what is watched
    if (events_ != before) {
        return;
    }
    sys::PollFd entry{.fd = uv_backend_fd(&loop_), .wanted = sys::PollEvents::In, .found = sys::PollEvents::None};
    (void)sys::ppoll(std::span(&entry, 1), sys::Timespec{.seconds = 0, .nanoseconds = left.count()});
    uv_run(&loop_, UV_RUN_NOWAIT);
}

void UvLoop::ring() noexcept {
    const std::uint64_t one = 1;
    (void)sys::write(bell_.borrow(), std::as_bytes(std::span(&one, 1)));
}

// ---- posts --------------------------------------------------------------------------------------------

void UvLoop::post(Pollable& pollable) noexcept {
    {
        const std::lock_guard lock(posts_mutex_);
        pollable.next_post = std::exchange(posts_, &pollable);
        has_posts_.store(true, std::memory_order_relaxed);
    }
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in wait
    if (waiting_.load(std::memory_order_relaxed)) {
        ring();
    }
}

void UvLoop::handle_posts() noexcept {
    if (!has_posts_.load(std::memory_order_relaxed)) [[likely]] {
        return;
    }
    Pollable* posts = nullptr;
    {
        const std::lock_guard lock(posts_mutex_);
        posts = std::exchange(posts_, nullptr);
        has_posts_.store(false, std::memory_order_relaxed);
    }
    while (posts != nullptr) {
        Pollable* next = posts->next_post;
        posts->handle_post();
        posts = next;
    }
}

}  // namespace green
