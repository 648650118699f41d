// SPDX-License-Identifier: MIT
//
// Once: runs a closure once. The first thread runs it, the others wait until it has returned.
//
// Four bytes, constant-initialised, trivially destructible. A closure that throws does not count as run: the next call
// tries again. `once_lock.hpp` and `lazy_lock.hpp` hold a value, too.
#pragma once

#include <weld/native/once.hpp>

#include <functional>
#include <utility>

namespace weld::sync {

class Once {
public:
    constexpr Once() noexcept = default;
    Once(const Once&) = delete;
    Once& operator=(const Once&) = delete;

    /// Runs `function()` if no closure has completed yet; waits if one is running. The effects of the completed closure
    /// are visible afterwards. A call from within `function` deadlocks. Throws what `function` throws.
    template <class Function>
    void call_once(Function&& function) {
        if (!raw_.is_completed() && raw_.begin()) [[unlikely]] {
            Attempt attempt{raw_};
            std::invoke(std::forward<Function>(function));
            attempt.succeeded = true;
        }
    }

    /// As `call_once`, with a `function` that may fail: if it returns false it does not count as run, and the next call
    /// tries again. Returns whether a closure has completed.
    template <class Function>
    [[nodiscard]] bool try_call_once(Function&& function) {
        if (!raw_.is_completed() && raw_.begin()) [[unlikely]] {
            Attempt attempt{raw_};
            attempt.succeeded = std::invoke(std::forward<Function>(function));
            return attempt.succeeded;
        }
        return true;
    }

    /// Whether a closure has completed.
    [[nodiscard]] bool is_completed() const noexcept { return raw_.is_completed(); }

    /// Waits until a closure has completed.
    void wait() noexcept { raw_.wait(); }

private:
    struct Attempt {
        native::Once& once;
        bool succeeded = false;

        ~Attempt() {
            if (succeeded) {
                once.complete();
            } else {
                once.abandon();
            }
        }
    };

    native::Once raw_;
};

}  // namespace weld::sync
