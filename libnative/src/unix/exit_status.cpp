// SPDX-License-Identifier: MIT
#include <weld/native/repr.hpp>

#include <weld/sys/posix/signal.hpp>

namespace weld::native {

namespace {

constexpr std::int32_t went_on = 0xffff;
constexpr std::int32_t core_was_dumped = 0x80;
constexpr std::int32_t is_stopped = 0x7f;

/// `signal 9 (SIGKILL)`; the number alone where the signal has no name.
std::string named(std::int32_t signal) {
    std::string text = "signal " + std::to_string(signal);
    if (const auto name = sys::abbreviation(static_cast<sys::Signal>(signal)); !name.empty()) {
        text.append(" (SIG").append(name).append(")");
    }
    return text;
}

}  // namespace

std::string ExitStatus::message() const {
    const std::int32_t low = raw_ & 0x7f;
    if (low == 0) {
        return "exited with code " + std::to_string((raw_ >> 8) & 0xff);
    }
    if (raw_ == went_on) {
        return "continued";
    }
    if (low == is_stopped) {
        return "stopped by " + named((raw_ >> 8) & 0xff);
    }
    return "killed by " + named(low) + ((raw_ & core_was_dumped) != 0 ? ", core dumped" : "");
}

}  // namespace weld::native
