// SPDX-License-Identifier: MIT
//
// scope: threads that end before the block does, and may therefore use its variables.
//
//     thread::scope([&](thread::Scope& scope) { … scope.spawn([&] { … }); … });
//
// All threads of a scope are joined before `scope` returns or throws, whatever happens. What a thread
// threw and nobody joined is rethrown at the end, the first in the order of spawning; an exception of
// the body wins over those.
#pragma once

#include <weld/native/mutex.hpp>
#include <weld/thread/spawn.hpp>

#include <cassert>
#include <exception>
#include <functional>
#include <type_traits>
#include <utility>

namespace weld::thread {

/// A thread of a scope. Dropping it leaves the joining to the scope.
template <class T>
class ScopedJoinHandle {
public:
    explicit ScopedJoinHandle(Handle<T> handle) noexcept : handle_(std::move(handle)) {}

    /// As `JoinHandle::join`; the scope has then nothing to rethrow for this thread.
    T join() && {
        assert(handle_.get() != nullptr);
        const Handle<T> joined = std::move(handle_);
        return joined.get()->await();
    }

    [[nodiscard]] bool is_finished() const noexcept { return handle_.get()->is_finished(); }

    [[nodiscard]] Thread thread() const noexcept { return handle_.thread(); }

private:
    Handle<T> handle_;
};

class Scope {
public:
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    /// Starts a thread of this scope, as `thread::spawn` does. Threads of the scope may call it too.
    template <class F>
    [[nodiscard]] auto spawn(F&& function, const Options& options = {}) -> Result<ScopedJoinHandle<Returned<F>>> {
        auto started = start(std::forward<F>(function), options);
        if (!started) {
            return std::unexpected(started.error());
        }
        add(*started->get());
        return ScopedJoinHandle<Returned<F>>(*std::move(started));
    }

private:
    template <class Body>
    friend auto scope(Body&& body) -> std::invoke_result_t<Body, Scope&>;

    Scope() noexcept = default;

    /// Joins; what the threads threw is dropped, since the body's own exception is on its way.
    ~Scope() { (void)join_all(); }

    /// Joins all and rethrows the first failure.
    WELD_API void finish();

    WELD_API void add(Record& record) noexcept;
    WELD_API std::exception_ptr join_all() noexcept;

    native::Mutex adding_;
    Record* first_ = nullptr;
    Record* last_ = nullptr;
};

/// Runs `body(scope)` and returns what it returns, all threads of the scope joined.
template <class Body>
auto scope(Body&& body) -> std::invoke_result_t<Body, Scope&> {
    using Value = std::invoke_result_t<Body, Scope&>;
    Scope scope;
    if constexpr (std::is_void_v<Value>) {
        std::invoke(std::forward<Body>(body), scope);
        scope.finish();
    } else {
        Value value = std::invoke(std::forward<Body>(body), scope);
        scope.finish();
        return static_cast<Value&&>(value);
    }
}

}  // namespace weld::thread
