// SPDX-License-Identifier: MIT
//
// scope: threads that end before a block does, and may therefore use its variables.
//
//     thread::scope([&](thread::Scope& scope) { … scope.spawn([&] { … }); … });
//
// All threads of a scope are joined before `scope` returns or throws, whatever happens. If threads threw and were not
// joined, the exception of the first of them, in the order of spawning, is rethrown at the end. An exception of the
// body takes precedence.
//
// A thread that has ended and whose handle is gone leaves nothing behind while the scope continues, so a scope may hold
// a server's connections. For each living thread it keeps at most about two that have ended, until the next spawn.
#pragma once

#include <weld/thread/spawn.hpp>

#include <cassert>
#include <functional>
#include <type_traits>
#include <utility>

namespace weld::thread {

/// The handle of a thread of a scope. If it is dropped, the scope joins the thread.
template <class T>
class ScopedJoinHandle {
public:
    explicit ScopedJoinHandle(Handle<Record, T> handle) noexcept : handle_(std::move(handle)) {}

    /// As `JoinHandle::join`. The scope then has nothing to rethrow for this thread.
    T join() && {
        assert(handle_.get() != nullptr);
        return std::move(handle_).await();
    }
    void join() const& = delete;  // joining consumes: std::move(handle).join(), std::move(*result).join()

    [[nodiscard]] bool is_finished() const noexcept { return handle_.get()->is_finished(); }

    [[nodiscard]] Thread thread() const noexcept { return Thread::of(*handle_.get()); }

private:
    Handle<Record, T> handle_;
};

class Scope {
public:
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    /// Starts a thread of this scope, as `thread::spawn` does. Threads of the scope may call it too.
    template <class F>
    [[nodiscard]] auto spawn(F&& function, const Options& options = {}) -> Result<ScopedJoinHandle<Returned<F>>> {
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

    Members<Record> members_;
};

/// Calls `body(scope)`, joins all threads of the scope, and returns what `body` returned.
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

}  // namespace weld::thread
