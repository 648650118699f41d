// SPDX-License-Identifier: MIT
//
// task: the current Task, the Runtime boxed inside it, and how a call found its IoFactory through both.
//
// The chain of a call: thread-local pointer, taken and put back; Task; boxed Runtime; virtual local_io();
// IoFactory by reference. `local::` functions are never inlined, as then: a green task could resume on
// another thread, and a cached thread-local address would have been the wrong thread's.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "runtime_2014/rtio.hpp"

namespace runtime_2014 {

class Task;

/// The services of a scheduler. Only what a call of I/O passes through is here, and the cheap neighbours.
class Runtime {
public:
    virtual ~Runtime() = default;
    virtual void yield_now(std::unique_ptr<Task> current) = 0;
    virtual void maybe_yield(std::unique_ptr<Task> current) = 0;
    virtual rtio::IoFactory* local_io() = 0;
    virtual std::pair<std::size_t, std::size_t> stack_bounds() const = 0;
    virtual bool can_block() const = 0;
};

class Task {
public:
    void put_runtime(std::unique_ptr<Runtime> runtime) { imp_ = std::move(runtime); }
    std::unique_ptr<Runtime> take_runtime() { return std::move(imp_); }
    rtio::IoFactory* local_io() { return imp_->local_io(); }

    std::optional<std::string> name;

private:
    std::unique_ptr<Runtime> imp_;
};

namespace local {

/// Makes `task` the current one of this thread. The one before, if any, is leaked: it had an owner.
void put(std::unique_ptr<Task> task);
/// Takes the current task out of the thread-local; empty when the thread has none.
std::unique_ptr<Task> try_take();

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
