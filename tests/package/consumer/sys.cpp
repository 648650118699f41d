// SPDX-License-Identifier: MIT
//
// A program that uses the bindings alone.
#include <weld/sys/errno.hpp>
#include <weld/sys/posix/clock.hpp>

int main() {
    const auto now = weld::sys::clock_gettime(weld::sys::ClockId::Monotonic);
    return now && weld::sys::symbol(weld::sys::Errno::Noent) == "ENOENT" ? 0 : 1;
}
