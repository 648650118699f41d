// SPDX-License-Identifier: MIT
#include "offload_pool.hpp"

#include "die.hpp"
#include "line.hpp"

#include <green/offload.hpp>
#include <green/task.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t usual_limit = 4;
constexpr std::size_t most_threads = 1024;
constexpr std::size_t max_calls_named = 3;

constinit thread_local const Task* caller = nullptr;  // of the call that this thread runs

/// The limit in UV_THREADPOOL_SIZE, which users of libuv know.
std::size_t limit_of_environment() noexcept {
    const char* text = std::getenv("UV_THREADPOOL_SIZE");
    if (text == nullptr) {
        return usual_limit;
    }
    const std::string_view digits(text);
    std::size_t limit = 0;
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), limit);
    return std::clamp<std::size_t>(limit, 1, most_threads);
}

}  // namespace

void die_of_offloaded_exit() noexcept {
    die("green: a call that task '", caller != nullptr ? caller->name() : "",
        "' offloaded called pthread_exit, or was cancelled: the call ends when its function returns\n");
}

/// With the mutex held.
bool OffloadPool::needs_thread() const noexcept { return outstanding_ > count_ && (limit_ == 0 || count_ < limit_); }

weld::sys::Result<void> OffloadPool::reserve() noexcept {
    {
        const std::lock_guard lock(mutex_);
        ++outstanding_;
        if (!needs_thread()) [[likely]] {
            return {};
        }
    }
    const auto started = start_thread();
    const std::lock_guard lock(mutex_);
    if (count_ != 0) {
        return {};  // without the new thread the call takes longer, and that is all
    }
    --outstanding_;
    return started;
}

weld::sys::Result<void> OffloadPool::start_thread() noexcept {
    const std::lock_guard one_at_a_time(start_mutex_);
    {
        const std::lock_guard lock(mutex_);
        limit_ = limit_ != 0 ? limit_ : limit_of_environment();
        if (!needs_thread()) {
            return {};
        }
    }
    try {
        threads_.reserve(threads_.size() + 1);
    } catch (const std::bad_alloc&) {
        return std::unexpected(weld::sys::Errno::Nomem);
    }
    auto thread = starter_.spawn(&thread_main, this);
    if (!thread) {
        return std::unexpected(thread.error());
    }
    threads_.push_back(*std::move(thread));
    const std::lock_guard lock(mutex_);
    ++count_;
    return {};
}

void OffloadPool::push(Call& call) noexcept {
    Idle* woken = nullptr;
    bool is_full = false;
    {
        const std::lock_guard lock(mutex_);
        call.since = now();
        (last_ == nullptr ? first_ : last_->next) = &call;
        last_ = &call;
        ++queued_;
        if (woken = idle_; woken != nullptr) {
            idle_ = woken->next;
        }
        is_full = outstanding_ > count_;
    }
    if (woken != nullptr) {
        woken->parker.unpark();
    }
    if (is_full) {
        starter_.look_soon();
    }
}

// ---- a thread -----------------------------------------------------------------------------------------

void* OffloadPool::thread_main(void* argument) {
    weld::native::set_current_thread_name("green-offload");
    static_cast<OffloadPool*>(argument)->serve();
    return nullptr;
}

void OffloadPool::serve() noexcept {
    for (Idle self;;) {
        Call* call = take(self);
        if (call == nullptr) {
            return;
        }
        run(*call);
    }
}

/// The call that has waited for longest; waits for one. Null at the end.
OffloadPool::Call* OffloadPool::take(Idle& self) noexcept {
    for (;;) {
        {
            const std::lock_guard lock(mutex_);
            if (first_ != nullptr) {
                Call* call = std::exchange(first_, first_->next);
                last_ = first_ != nullptr ? last_ : nullptr;
                --queued_;
                call->since = now();
                call->next = std::exchange(running_, call);
                return call;
            }
            if (stops_) {
                return nullptr;
            }
            self.next = std::exchange(idle_, &self);
        }
        self.parker.park();  // the thread that unparks it has taken it from the list
    }
}

void OffloadPool::run(Call& call) noexcept {
    Task& task = call.task;
    caller = &task;
    call.function(call.argument);
    caller = nullptr;
    {
        const std::lock_guard lock(mutex_);
        Call** place = &running_;
        while (*place != &call) {
            place = &(*place)->next;
        }
        *place = call.next;
        --outstanding_;
        ++finished_;
    }
    task.reschedule();  // after this, the task's frame, and the call in it, may be gone
}

void OffloadPool::stop() noexcept {
    Idle* idle = nullptr;
    {
        const std::lock_guard lock(mutex_);
        stops_ = true;
        idle = std::exchange(idle_, nullptr);
    }
    while (idle != nullptr) {
        Idle* next = idle->next;  // the entry may be gone once its thread is unparked
        idle->parker.unpark();
        idle = next;
    }
    for (auto& thread : threads_) {
        (void)std::move(thread).join();
    }
    threads_.clear();
}

// ---- deadlocks between offloaded calls -----------------------------------------------------------------

bool OffloadPool::look() noexcept {
    const Instant present = now();
    const std::lock_guard lock(mutex_);
    if (queued_ == 0) {
        return false;
    }
    const bool stands_still = finished_ == std::exchange(finished_before_, finished_) &&
                              present - first_->since >= Starter::between_looks && outstanding_ - queued_ >= count_;
    if (stands_still && (said_ == Instant() || present - said_ >= between_warnings)) {
        say_limit(present);
        said_ = present;
    }
    return true;
}

/// With the mutex held, which keeps the tasks alive that are named.
void OffloadPool::say_limit(Instant present) const noexcept {
    Line line;
    line.add("green: offloaded calls use all ").add(count_).add(" threads of the pool, and ").add(queued_);
    line.add(queued_ == 1 ? " more waits; calls of tasks" : " more wait; calls of tasks");
    std::size_t named = 0;
    for (const Call* call = running_; call != nullptr && named < max_calls_named; call = call->next, ++named) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(present - call->since);
        line.add(named == 0 ? " '" : ", '").add(call->task.name().substr(0, 64)).add("' (");
        line.add(static_cast<std::size_t>(ms.count())).add(" ms)");
    }
    (void)line.add(". If these wait for the others, none can finish: see UV_THREADPOOL_SIZE\n").say();
}

}  // namespace green
