// SPDX-License-Identifier: MIT
//
// task: the Runtime of a native task, its thread, and the end of a program with native tasks.

#include "runtime_2014/native/task.hpp"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <cstdlib>
#include <exception>

#include "runtime_2014/args.hpp"
#include "runtime_2014/native/factory.hpp"
#include "runtime_2014/native/mutex.hpp"

namespace runtime_2014::native {
namespace {

// The number of tasks that have started and not ended: `start` waits for all of them.
class Bookkeeping {
public:
    void increment() {
        const LockGuard guard(lock_);
        ++tasks_;
    }
    void decrement() {
        const LockGuard guard(lock_);
        if (--tasks_ == 0) {
            lock_.signal();
        }
    }
    void wait_for_other_tasks() {
        const LockGuard guard(lock_);
        while (tasks_ > 0) {
            lock_.wait();
        }
    }

    static Bookkeeping& get() {
        static Bookkeeping* const bookkeeping = new Bookkeeping;  // threads may outlive the destructors at exit
        return *bookkeeping;
    }

private:
    NativeMutex lock_;
    std::size_t tasks_ = 0;
};

struct Start {
    std::unique_ptr<Task> task;
    std::function<void()> body;
};

void* run_thread(void* raw) {
    const std::unique_ptr<Start> start(static_cast<Start*>(raw));
    Task::run(std::move(start->task), start->body);
    Bookkeeping::get().decrement();
    return nullptr;
}

void start_thread(std::unique_ptr<Task> task, std::function<void()> body) {
    auto start = std::make_unique<Start>(std::move(task), std::move(body));
    Bookkeeping::get().increment();
    pthread_t thread;
    if (pthread_create(&thread, nullptr, &run_thread, start.get()) != 0) {
        std::abort();  // as in 2014: there was no way to report it
    }
    (void)start.release();  // the thread owns it now
    pthread_detach(thread);
}

// One block for each task: the data of its scheduler, with the factory inside.
class Ops final : public Runtime {
public:
    void yield_now(std::unique_ptr<Task> current) override {
        local::put(std::move(current));
        ::sched_yield();
    }
    void maybe_yield(std::unique_ptr<Task> current) override { local::put(std::move(current)); }

    void deschedule(std::unique_ptr<Task> current, const std::function<bool(Task&)>& publish) override {
        {
            const LockGuard guard(lock_);
            awoken_ = false;
            if (publish(*current)) {
                while (!awoken_) {
                    lock_.wait();
                }
            }
        }
        local::put(std::move(current));
    }
    void reawaken() override {
        const LockGuard guard(lock_);
        awoken_ = true;
        lock_.signal();
    }

    void spawn_sibling(std::unique_ptr<Task> current, std::optional<std::string> name,
                       std::function<void()> body) override {
        local::put(std::move(current));
        spawn(std::move(name), std::move(body));
    }

    IoFactory* local_io() override { return &io_; }
    std::pair<std::size_t, std::size_t> stack_bounds() const override { return stack_bounds_; }
    bool can_block() const override { return true; }

private:
    NativeMutex lock_;
    bool awoken_ = false;
    NativeIo io_;
    std::pair<std::size_t, std::size_t> stack_bounds_;
};

}  // namespace

std::unique_ptr<Task> new_task() {
    auto task = std::make_unique<Task>();
    task->put_runtime(std::make_unique<Ops>());
    return task;
}

void spawn(std::optional<std::string> name, std::function<void()> body) {
    auto task = new_task();
    task->name = std::move(name);
    start_thread(std::move(task), std::move(body));
}

int start(int argc, char** argv, std::function<void()> main) {
    args::put(argc, argv);
    ::signal(SIGPIPE, SIG_IGN);
    auto task = new_task();
    task->name = "<main>";
    const bool succeeded = Task::run(std::move(task), main);
    Bookkeeping::get().wait_for_other_tasks();
    return succeeded ? exit_status() : failed_status;
}

}  // namespace runtime_2014::native
