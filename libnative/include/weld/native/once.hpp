// SPDX-License-Identifier: MIT
//
// Once: the first thread runs an initialisation, once; the others wait until it has completed. Four bytes.
//
// It is constant-initialised and trivially destructible, and allocates nothing. After completion, the fast path is one
// load (acquire, pairs with the release in `complete`).
#pragma once

#include <weld/native/repr.hpp>

#include <cstdint>

namespace weld::native {

class Once {
public:
    constexpr Once() noexcept = default;
    Once(const Once&) = delete;
    Once& operator=(const Once&) = delete;

    /// Whether the initialisation has completed; if so, its effects are visible.
    [[nodiscard]] bool is_completed() const noexcept { return word_.load(std::memory_order_acquire) == completed; }

    /// Returns true to the one caller that has to run the initialisation now and then call `complete` or `abandon`. The
    /// other callers wait, and get false once it has completed. A call from within the initialisation itself is a
    /// deadlock.
    [[nodiscard]] WELD_API bool begin() noexcept;

    /// The initialisation has completed: ends all waits.
    WELD_API void complete() noexcept;

    /// The initialisation has failed: the next caller of `begin` tries it.
    WELD_API void abandon() noexcept;

    /// Waits until the initialisation has completed.
    WELD_API void wait() noexcept;

private:
    static constexpr std::uint32_t incomplete = 0;
    static constexpr std::uint32_t completed = 1;
    static constexpr std::uint32_t running = 2;
    static constexpr std::uint32_t somebody_waits = 4;  // a flag, together with `incomplete` or `running`

    void end(std::uint32_t state) noexcept;
    void wait_for_change(std::uint32_t seen) noexcept;

    FutexWord word_{incomplete};
};

}  // namespace weld::native
