// SPDX-License-Identifier: MIT
//
// Once: something is done once, by whoever comes first; the others wait until it is done. Four bytes.
//
// Constant-initialised, trivially destructible, no allocation. Once done, a look costs one load (acquire, pairs with
// the release in `complete`).
#pragma once

#include <weld/native/repr.hpp>

#include <cstdint>

namespace weld::native {

class Once {
public:
    constexpr Once() noexcept = default;
    Once(const Once&) = delete;
    Once& operator=(const Once&) = delete;

    /// Whether it is done, and what it did visible.
    [[nodiscard]] bool is_completed() const noexcept { return word_.load(std::memory_order_acquire) == completed; }

    /// True for the one who has to do it now, and then calls `complete` or `abandon`; false when it is done, which is
    /// waited for. From within what is done it waits for ever.
    [[nodiscard]] WELD_API bool begin() noexcept;

    /// It is done.
    WELD_API void complete() noexcept;

    /// It is not done: the next one tries.
    WELD_API void abandon() noexcept;

    /// Waits until it is done.
    WELD_API void wait() noexcept;

private:
    static constexpr std::uint32_t incomplete = 0;
    static constexpr std::uint32_t completed = 1;
    static constexpr std::uint32_t running = 2;
    static constexpr std::uint32_t somebody_waits = 4;  // beside `incomplete` or `running`

    void end(std::uint32_t state) noexcept;
    void wait_for_change(std::uint32_t seen) noexcept;

    FutexWord word_{incomplete};
};

}  // namespace weld::native
