// SPDX-License-Identifier: MIT
#include "starter.hpp"

#include "joins.hpp"
#include "offload_pool.hpp"

#include <weld/sys/posix/signal.hpp>

#include <mutex>
#include <utility>

namespace green {

weld::sys::Result<void> Starter::start() noexcept {
    auto thread = weld::native::Thread::spawn(&thread_main, this);
    if (!thread) {
        return std::unexpected(thread.error());
    }
    thread_.emplace(*std::move(thread));
    return {};
}

void Starter::stop() noexcept {
    if (thread_) {
        stops_.store(true, std::memory_order_release);
        parker_.unpark();
        (void)std::move(*thread_).join();
        thread_.reset();
    }
}

weld::sys::Result<weld::native::Thread> Starter::spawn(weld::native::Thread::Entry entry, void* argument) noexcept {
    if (!thread_) {
        return weld::native::Thread::spawn(entry, argument);
    }
    Request request{.entry = entry, .argument = argument, .thread = {}, .done = {}};
    const std::lock_guard lock(one_at_a_time_);
    request_.store(&request, std::memory_order_release);
    parker_.unpark();
    request.done.park();
    return std::move(request.thread);
}

void Starter::look_soon() noexcept {
    if (!is_asked_.load(std::memory_order_relaxed) && !is_asked_.exchange(1, std::memory_order_seq_cst)) {
        parker_.unpark();
    }
}

void* Starter::thread_main(void* argument) {
    static_cast<Starter*>(argument)->serve();
    return nullptr;
}

void Starter::serve() noexcept {
    weld::native::set_current_thread_name("green-starter");
    const auto mask = weld::sys::pthread_sigmask_block_all();  // signals of the process are not the starter's to handle
    Instant next_look = Instant::max();
    while (!stops_.load(std::memory_order_acquire)) {
        if (Request* request = request_.exchange(nullptr, std::memory_order_acquire); request != nullptr) {
            if (mask) {
                (void)weld::sys::pthread_sigmask_restore(*mask);
            }
            request->thread = weld::native::Thread::spawn(request->entry, request->argument);
            (void)weld::sys::pthread_sigmask_block_all();
            request->done.unpark();
        } else if (next_look != Instant::max() && now() >= next_look) {
            is_asked_.store(0, std::memory_order_seq_cst);  // a request that comes after this sets it again
            const bool is_full = pool_.look();
            next_look = !joins_.look() || is_full ? now() + between_looks : Instant::max();
        } else if (next_look == Instant::max() && is_asked_.load(std::memory_order_acquire)) {
            next_look = now() + between_looks;
        } else if (next_look == Instant::max()) {
            parker_.park();
        } else {
            (void)parker_.park_until(next_look);
        }
    }
}

}  // namespace green
