// SPDX-License-Identifier: MIT
//
// UvLoop: a worker's loop on libuv.
//
// Made by the first I/O on a worker, in place of its BasicLoop. Only the worker's holder touches it, except for `ring`
// and `post`. Callbacks only schedule tasks; they run inside `wait` and `look`, on the carrier's
// own stack.
//
// The loop asks libuv's own epoll for the descriptors that libuv watches for it: an event names the descriptor, and for
// one of a Pollable libuv is not needed to wake a task. libuv runs when it has something to tell the kernel, or when
// the kernel has an event for it. Events are level-triggered, so reading them in place of libuv loses none.
#pragma once

#include "../bell.hpp"
#include "../worker.hpp"

#include <weld/error.hpp>
#include <weld/native/mutex.hpp>
#include <weld/sys/repr.hpp>

#include <uv.h>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace green {

struct Registration;

class UvLoop final : public Loop {
public:
    /// The libuv loop of `worker`; made if there is none yet. The holder only. An error of `operation` when the
    /// system has no file descriptors for it.
    [[nodiscard]] static weld::Result<UvLoop*> of(Worker& worker, const char* operation) noexcept {
        if (worker.io != nullptr) [[likely]] {
            return static_cast<UvLoop*>(worker.io.get());
        }
        return make(worker, operation);
    }

    /// Deregisters every Pollable: the tasks that wait here resume, and may register elsewhere.
    ~UvLoop() override;

    void wait(Instant deadline) noexcept override;
    void look() noexcept override;
    void ring() noexcept override;
    void evacuate() noexcept override;
    [[nodiscard]] bool awaits_anything() const noexcept override {
        return watched.load(std::memory_order_relaxed) != 0 || has_posts_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] bool is_ready() const noexcept override;
    [[nodiscard]] bool needs_look() const noexcept override { return needs_run_; }

    /// Makes the holder handle `watch` soon. Any thread, while the watch is registered here.
    void post(Registration& watch) noexcept;

    /// The worker of this loop.
    [[nodiscard]] Worker& worker() const noexcept { return worker_; }

    [[nodiscard]] uv_loop_t* raw() noexcept { return &loop_; }

    /// Records that libuv has something to tell the kernel, or a callback to make.
    void needs_run() noexcept { needs_run_ = true; }

    /// Sends events of `fd` to `watch`, or to none; false without the memory.
    [[nodiscard]] bool tell(int fd, Registration* watch) noexcept;

    /// The registrations here, linked through themselves.
    Registration* attached = nullptr;

    /// Pollables that libuv watches.
    std::atomic<std::size_t> watched{0};

private:
    UvLoop(Worker& worker, Bell bell) noexcept : worker_(worker), bell_(std::move(bell)) {}
    [[nodiscard]] static weld::Result<UvLoop*> make(Worker& worker, const char* operation) noexcept;
    [[nodiscard]] int init() noexcept;
    void handle_posts() noexcept;
    void wait_finely(std::chrono::nanoseconds left) noexcept;
    void ask_kernel(std::int32_t milliseconds) noexcept;

    Worker& worker_;
    uv_loop_t loop_{};
    Bell bell_;
    uv_poll_t watch_{};  // of the bell
    bool needs_run_ = true;
    std::vector<Registration*> by_fd_;

    std::atomic<bool> waiting_{false};
    std::atomic<bool> has_posts_{false};
    weld::native::Mutex posts_mutex_;
    Registration* posts_ = nullptr;
};

}  // namespace green
