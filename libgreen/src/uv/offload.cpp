// SPDX-License-Identifier: MIT
#include <green/offload.hpp>

#include "../scheduler.hpp"
#include "uv_loop.hpp"

#include <weld/native/mutex.hpp>
#include <weld/native/thread.hpp>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace green {

namespace {

/// Whether the threads can be had that libuv makes for its pool, once in a process. Without them it would end it.
weld::sys::Result<void> can_have_pool() noexcept {
    static constinit std::atomic<bool> has_pool{false};
    if (has_pool.load(std::memory_order_relaxed)) {
        return {};
    }
    constexpr std::size_t threads = 4;
    std::array<std::optional<weld::native::Thread>, threads> tries;
    weld::native::Mutex all_tried;  // so that they are there at one time
    weld::sys::Result<void> result;
    {
        const std::lock_guard lock(all_tried);
        for (auto& tried : tries) {
            const auto wait = [](void* mutex) -> void* {
                const std::lock_guard waited(*static_cast<weld::native::Mutex*>(mutex));
                return nullptr;
            };
            auto thread = weld::native::Thread::spawn(wait, &all_tried, {.stack_size = 8 * 1024 * 1024});
            if (!thread) {
                result = std::unexpected(thread.error());
                break;
            }
            tried.emplace(*std::move(thread));
        }
    }
    for (auto& tried : tries) {
        if (tried) {
            (void)std::move(*tried).join();
        }
    }
    has_pool.store(result.has_value(), std::memory_order_relaxed);
    return result;
}

}  // namespace

weld::Result<void> offload_call(void (*call)(void* argument) noexcept, void* argument) noexcept {
    Carrier* carrier = &calling_carrier("green::offload");
    const Inside inside(carrier);
    carrier = &Scheduler::with_worker(*carrier);
    const auto loop = UvLoop::of(*carrier->worker, "offload");
    if (!loop) {
        return std::unexpected(loop.error());
    }
    if (const auto able = can_have_pool(); !able) {
        return std::unexpected(weld::Error("offload", able.error()));
    }
    struct Work {
        uv_work_t request;
        UvLoop& loop;
        Task& task;
        void (*call)(void*) noexcept;
        void* argument;
    } work{.request = {}, .loop = **loop, .task = *carrier->running, .call = call, .argument = argument};
    work.request.data = &work;
    Scheduler::suspend(
        *carrier,
        [](void* raw, Carrier&) noexcept {
            auto& begun = *static_cast<Work*>(raw);
            begun.loop.requests.fetch_add(1, std::memory_order_relaxed);
            // Fails only without a function to call. The end is told by the loop, so never before its next turn.
            (void)uv_queue_work(
                begun.loop.raw(), &begun.request,
                [](uv_work_t* request) {
                    const auto& running = *static_cast<Work*>(request->data);
                    running.call(running.argument);
                },
                [](uv_work_t* request, int) {
                    const auto& ended = *static_cast<Work*>(request->data);
                    ended.loop.requests.fetch_sub(1, std::memory_order_relaxed);
                    Scheduler::resume_on(ended.loop.worker(), ended.task);
                });
        },
        &work);
    return {};
}

}  // namespace green
