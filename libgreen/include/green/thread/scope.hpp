// SPDX-License-Identifier: MIT
//
// scope: tasks that end before the block does, and may therefore use its variables.
//
//     thread::scope([&](thread::Scope& scope) { … scope.spawn([&] { … }); … });
//
// All tasks of a scope are joined before `scope` returns or throws, whatever happens. If tasks threw and were not
// joined, `scope` rethrows one exception at its end: that of the first such task in the order of spawning. An exception
// of the body takes precedence.
//
// A scope may be long-lived, as for the connections of a server: a task that has ended and whose handle is gone is
// freed while the scope lasts. For each live task the scope keeps at most about two that have ended, until the next
// spawn.
#pragma once

#include <green/thread/spawn.hpp>

#include <cassert>
#include <functional>
#include <type_traits>
#include <utility>

namespace green::thread {

/// Owns the right to join one task of a scope. If it is dropped, the scope joins the task.
template <class T>
class ScopedJoinHandle {
public:
    explicit ScopedJoinHandle(Handle<Task, T> handle) noexcept : handle_(std::move(handle)) {}

    /// As `JoinHandle::join`. The scope then rethrows nothing for this task. Parks.
    T join() && {
        assert(handle_.get() != nullptr);
        return std::move(handle_).await();
    }
    void join() const& = delete;  // joining consumes: std::move(handle).join(), std::move(*result).join()

    [[nodiscard]] bool is_finished() const noexcept { return handle_.get()->is_finished(); }

    [[nodiscard]] Thread thread() const noexcept { return Thread::of(*handle_.get()); }

private:
    Handle<Task, T> handle_;
};

class Scope {
public:
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    /// Starts a task of this scope, as `thread::spawn` does. Tasks of the scope may call it too.
    template <class F>
    [[nodiscard]] auto spawn(F&& function, const Options& options = {}) -> weld::Result<ScopedJoinHandle<Returned<F>>> {
        members_.reap();
        auto started = thread::start(std::forward<F>(function), options);
        if (!started) {
            return std::unexpected(started.error());
        }
        members_.add(*started->get());
        return ScopedJoinHandle<Returned<F>>(*std::move(started));
    }

private:
    template <class Body>
    friend auto scope(Body&& body) -> std::invoke_result_t<Body, Scope&>;

    Scope() noexcept = default;

    weld::thread::Members<Task> members_;
};

/// Runs `body(scope)`, joins all tasks of the scope, and returns what the body returned. Parks.
template <class Body>
auto scope(Body&& body) -> std::invoke_result_t<Body, Scope&> {
    using Value = std::invoke_result_t<Body, Scope&>;
    Scope scope;
    if constexpr (std::is_void_v<Value>) {
        std::invoke(std::forward<Body>(body), scope);
        scope.members_.finish();
    } else {
        Value value = std::invoke(std::forward<Body>(body), scope);
        scope.members_.finish();
        return static_cast<Value&&>(value);
    }
}

}  // namespace green::thread
