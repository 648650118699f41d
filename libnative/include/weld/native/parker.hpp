// SPDX-License-Identifier: MIT
//
// Parker: one thread sleeps, any thread wakes it.
//
// A parker holds at most one token. `unpark` stores the token and wakes the parked thread if there is one. `park` takes
// the token, and sleeps until there is one. Everything before `unpark` is visible after the `park` that takes its token
// (release in `unpark`, acquire in `park`). Only one thread at a time may park.
//
// States: 0 empty, 1 token, 2^32-1 parked. So the fast path of `park` is one subtraction, from empty as from token.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/repr.hpp>

namespace weld::native {

class Parker {
public:
    constexpr Parker() noexcept = default;
    Parker(const Parker&) = delete;
    Parker& operator=(const Parker&) = delete;

    /// Takes the token; sleeps until there is one.
    WELD_API void park() noexcept;

    /// Takes the token; sleeps at most until `deadline`. False when there was none in time.
    [[nodiscard]] WELD_API bool park_until(Instant deadline) noexcept;

    /// Stores the token and wakes the parked thread. Any thread may call.
    WELD_API void unpark() noexcept;

private:
    static constexpr std::uint32_t empty = 0;
    static constexpr std::uint32_t token = 1;
    static constexpr std::uint32_t parked = ~std::uint32_t{0};

    bool take() noexcept;

    FutexWord word_{empty};
};

}  // namespace weld::native
