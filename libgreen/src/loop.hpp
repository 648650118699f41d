// SPDX-License-Identifier: MIT
//
// Loop: a worker sleeps in it, and learns from it what is ready.
//
// Every worker begins with a BasicLoop, which does no I/O and costs nothing; the first use of I/O on a
// worker replaces it with the libuv loop. Callbacks of a loop only schedule.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/parker.hpp>

namespace green {

using Instant = weld::native::Instant;

[[nodiscard]] inline Instant now() noexcept { return Instant(weld::native::now(weld::native::Clock::Monotonic)); }

class Loop {
public:
    Loop() noexcept = default;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    virtual ~Loop() = default;

    /// Sleeps until something is ready, the bell rings or `deadline` comes, and handles what is ready. The
    /// holder only.
    virtual void wait(Instant deadline) noexcept = 0;

    /// Handles what is ready, without sleeping. The holder only.
    virtual void look() noexcept = 0;

    /// Ends the present `wait`, or the next one. Any thread.
    virtual void ring() noexcept = 0;

    /// Resumes the tasks that wait here; they may wait elsewhere. The holder only.
    virtual void evacuate() noexcept {}

    /// Whether it has something to wait for, or to handle: a watched descriptor, a post. Any thread.
    [[nodiscard]] virtual bool awaits_anything() const noexcept { return false; }

    /// Whether there is something ready that `look` would handle. Any thread.
    [[nodiscard]] virtual bool is_ready() const noexcept { return false; }

    /// Whether `look` has work to do although nothing has become ready.
    [[nodiscard]] virtual bool needs_look() const noexcept { return false; }
};

/// A loop without I/O.
class BasicLoop final : public Loop {
public:
    void wait(Instant deadline) noexcept override {
        if (deadline == Instant::max()) {
            parker_.park();
        } else {
            (void)parker_.park_until(deadline);
        }
    }
    void look() noexcept override {}
    void ring() noexcept override { parker_.unpark(); }

private:
    weld::native::Parker parker_;
};

}  // namespace green
