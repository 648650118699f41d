// SPDX-License-Identifier: MIT
//
// Once: a closure that is run once, by whoever comes first; the others wait until it has.
//
// Four bytes, constant-initialised, trivially destructible. A closure that throws has not been run: the next one
// tries. `once_lock.hpp` and `lazy_lock.hpp` keep a value with it.
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

    /// Runs `function()` if none was run to its end yet, or waits for the one that is running. What it did is visible
    /// afterwards. Called from within `function` it waits for ever. Throws what `function` throws.
    template <class Function>
    void call_once(Function&& function) {
        if (!raw_.is_completed() && raw_.begin()) [[unlikely]] {
            Attempt attempt{raw_};
            std::invoke(std::forward<Function>(function));
            attempt.succeeded = true;
        }
    }

    /// As `call_once`, with a `function` that may fail: when it returns false it has not been run, and the next one
    /// tries. Whether one has been run to its end.
    template <class Function>
    [[nodiscard]] bool try_call_once(Function&& function) {
        if (!raw_.is_completed() && raw_.begin()) [[unlikely]] {
            Attempt attempt{raw_};
            attempt.succeeded = std::invoke(std::forward<Function>(function));
            return attempt.succeeded;
        }
        return true;
    }

    /// Whether a closure was run to its end.
    [[nodiscard]] bool is_completed() const noexcept { return raw_.is_completed(); }

    /// Waits until a closure was run to its end.
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
