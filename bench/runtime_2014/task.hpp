// SPDX-License-Identifier: MIT
//
// task: the current Task, the Runtime boxed inside it, and how a call found its IoFactory through both.
//
// The chain of a call: thread-local pointer, taken and put back; Task; boxed Runtime; virtual local_io();
// IoFactory by reference. `local::` functions are never inlined, as in 2014: a green task could resume on
// another thread, and a cached thread-local address would have been the other thread's.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "runtime_2014/local_data.hpp"
#include "runtime_2014/rtio.hpp"

namespace runtime_2014 {

class Task;

/// The services of a scheduler. A function that takes the current task puts it back before it returns.
class Runtime {
public:
    virtual ~Runtime() = default;
    virtual void yield_now(std::unique_ptr<Task> current) = 0;
    virtual void maybe_yield(std::unique_ptr<Task> current) = 0;
    /// Publishes the task to its possible wakers by `publish`, and waits until one wakes it; false: it does not wait.
    virtual void deschedule(std::unique_ptr<Task> current, const std::function<bool(Task&)>& publish) = 0;
    virtual void reawaken() = 0;
    virtual void spawn_sibling(std::unique_ptr<Task> current, std::optional<std::string> name,
                               std::function<void()> body) = 0;
    virtual rtio::IoFactory* local_io() = 0;
    virtual std::pair<std::size_t, std::size_t> stack_bounds() const = 0;
    virtual bool can_block() const = 0;
};

/// The failure of a task, an exception that unwinds its stack.
struct Failure {
    std::string message;
};

struct Unwinder {
    bool unwinding = false;
    std::optional<Failure> cause;
};

/// Receives the outcome of a task.
struct Death {
    std::function<void(bool succeeded)> on_exit;
};

class Task {
public:
    /// Runs `body` as `task` on this thread, destroys its values, reports its end, and returns whether it succeeded.
    static bool run(std::unique_ptr<Task> task, const std::function<void()>& body);

    void put_runtime(std::unique_ptr<Runtime> runtime) { imp_ = std::move(runtime); }
    std::unique_ptr<Runtime> take_runtime() { return std::move(imp_); }
    Runtime& runtime() { return *imp_; }
    rtio::IoFactory* local_io() { return imp_->local_io(); }

    std::optional<local_data::Map> storage;
    Unwinder unwinder;
    Death death;
    std::optional<std::string> name;

private:
    std::unique_ptr<Runtime> imp_;
};

/// Prints the failure of the current task to standard error, and ends the task; without a task, the process.
[[noreturn]] void fail(std::string message);

namespace local {

/// Makes `task` the current one of this thread. The one before, if any, is leaked, since it has another owner.
void put(std::unique_ptr<Task> task);
/// Takes the current task out of the thread-local; empty when the thread has none.
std::unique_ptr<Task> try_take();
/// The current task without taking it, or null.
Task* unsafe_borrow();

}  // namespace local

namespace rtio {

/// The current task's I/O services, or null on a thread without a task.
IoFactory* borrow_local_io();

/// Calls `f` with the current task's I/O services; an error when the thread has no task.
template <class F>
auto maybe_raise(F&& f) -> decltype(f(std::declval<IoFactory&>())) {
    if (auto* io = borrow_local_io()) {
        return f(*io);
    }
    return std::unexpected(IoError{.code = 22, .extra = 0, .detail = std::nullopt});  // EINVAL
}

}  // namespace rtio
}  // namespace runtime_2014
