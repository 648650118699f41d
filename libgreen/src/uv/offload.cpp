// SPDX-License-Identifier: MIT
#include <green/offload.hpp>

#include "../scheduler.hpp"
#include "uv_loop.hpp"

namespace green {

weld::Result<void> offload_call(void (*call)(void* argument) noexcept, void* argument) noexcept {
    Task* task = Scheduler::current();
    if (task == nullptr) {
        die_outside_task("green::offload");
    }
    const Inside inside;
    const auto loop = UvLoop::of(Scheduler::with_worker(), "offload");
    if (!loop) {
        return std::unexpected(loop.error());
    }
    struct Work {
        uv_work_t request;
        UvLoop& loop;
        Task& task;
        void (*call)(void*) noexcept;
        void* argument;
    } work{.request = {}, .loop = **loop, .task = *task, .call = call, .argument = argument};
    work.request.data = &work;
    Scheduler::suspend(
        [](void* raw) noexcept {
            auto& begun = *static_cast<Work*>(raw);
            // Fails only without a function to call. The end is told by the loop, so never before its next turn.
            (void)uv_queue_work(
                begun.loop.raw(), &begun.request,
                [](uv_work_t* request) {
                    const auto& running = *static_cast<Work*>(request->data);
                    running.call(running.argument);
                },
                [](uv_work_t* request, int) {
                    const auto& ended = *static_cast<Work*>(request->data);
                    ended.loop.count_event();
                    ended.task.reschedule();
                });
        },
        &work);
    return {};
}

}  // namespace green
