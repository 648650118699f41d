// SPDX-License-Identifier: MIT
//
// timer: one helper thread for the timers of all tasks, which sleeps in poll(2) until the next of them.
//
// Requests go through a list under a lock, and a byte in a pipe wakes the thread. The first timer with a callback
// starts it, and it runs until the process ends. `sleep` is nanosleep(2) and does not use the thread.

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
#include <algorithm>
#include <ctime>
#include <memory>
#include <vector>

#include "runtime_2014/native/calls.hpp"
#include "runtime_2014/native/factory.hpp"
#include "runtime_2014/native/mutex.hpp"

namespace runtime_2014::native {
namespace {

struct Alarm {
    std::size_t id;
    std::uint64_t target;
    std::uint64_t interval;
    bool repeats;
    std::unique_ptr<Callback> callback;
};

class Helper {
public:
    static Helper& get() {
        static Helper* const helper = new Helper;  // as long as its thread: as long as the process
        return *helper;
    }

    std::size_t new_id() {
        const LockGuard guard(lock_);
        return ++last_id_;
    }

    void add(Alarm alarm) {
        const LockGuard guard(lock_);
        added_.push_back(std::move(alarm));
        wake();
    }

    /// Returns when the callback of `id` neither runs nor will run again.
    void remove(std::size_t id) {
        const LockGuard guard(lock_);
        removed_.push_back(id);
        wake();
        while (std::ranges::count(removed_, id) != 0) {
            lock_.wait();
        }
    }

private:
    Helper() {
        pthread_t thread;
        if (::pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) == -1 || pthread_create(&thread, nullptr, &run, this) != 0) {
            std::abort();
        }
        pthread_detach(thread);
    }

    void wake() {
        const char byte = 0;
        (void)!::write(pipe_[1], &byte, 1);  // a full pipe wakes as well
    }

    static void* run(void* self) {
        static_cast<Helper*>(self)->serve();
        return nullptr;
    }

    [[noreturn]] void serve() {
        for (;;) {
            const std::uint64_t next = active_.empty() ? 0 : std::max<std::uint64_t>(active_.front().target, 1);
            (void)await(pipe_[0], POLLIN, next);
            char bytes[64];
            while (::read(pipe_[0], bytes, sizeof bytes) > 0) {
            }
            take_requests();
            fire(now());
        }
    }

    void take_requests() {
        const LockGuard guard(lock_);
        for (auto& alarm : added_) {
            insert(std::move(alarm));
        }
        added_.clear();
        for (const auto id : removed_) {
            std::erase_if(active_, [id](const Alarm& alarm) { return alarm.id == id; });
        }
        removed_.clear();
        lock_.signal_all();
    }

    void fire(std::uint64_t time) {
        while (!active_.empty() && active_.front().target <= time) {
            Alarm alarm = std::move(active_.front());
            active_.erase(active_.begin());
            alarm.callback->call();
            if (alarm.repeats) {
                alarm.target += std::max<std::uint64_t>(alarm.interval, 1);
                insert(std::move(alarm));
            }
        }
    }

    void insert(Alarm alarm) {
        const auto place = std::ranges::upper_bound(active_, alarm.target, {}, &Alarm::target);
        active_.insert(place, std::move(alarm));
    }

    NativeMutex lock_;
    std::size_t last_id_ = 0;
    std::vector<Alarm> added_;
    std::vector<std::size_t> removed_;
    std::vector<Alarm> active_;  // used by the helper alone, the next alarm first
    int pipe_[2];
};

class Timer final : public RtioTimer {
public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() override { cancel(); }

    void sleep(std::uint64_t milliseconds) override {
        cancel();
        timespec left{.tv_sec = static_cast<time_t>(milliseconds / 1000),
                      .tv_nsec = static_cast<long>(milliseconds % 1000) * 1000000};
        while (::nanosleep(&left, &left) == -1 && errno == EINTR) {
        }
    }

    void oneshot(std::uint64_t milliseconds, std::unique_ptr<Callback> callback) override {
        begin(milliseconds, false, std::move(callback));
    }
    void period(std::uint64_t milliseconds, std::unique_ptr<Callback> callback) override {
        begin(milliseconds, true, std::move(callback));
    }

private:
    void begin(std::uint64_t milliseconds, bool repeats, std::unique_ptr<Callback> callback) {
        cancel();
        id_ = Helper::get().new_id();
        Helper::get().add({id_, now() + milliseconds, milliseconds, repeats, std::move(callback)});
    }

    void cancel() {
        if (id_ != 0) {
            Helper::get().remove(std::exchange(id_, 0));
        }
    }

    std::size_t id_ = 0;
};

}  // namespace

std::unique_ptr<RtioTimer> timer() { return std::make_unique<Timer>(); }

}  // namespace runtime_2014::native
