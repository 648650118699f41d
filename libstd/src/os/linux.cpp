// SPDX-License-Identifier: MIT
#include <weld/os/linux.hpp>

#include <utility>

namespace weld::os {

Command& death_signal(Command& command, int number) noexcept {
    command.as_system().death_signal = number;
    return command;
}

std::optional<int> pidfd(const Child& child) noexcept {
    const int raw = child.as_native().as_handle().pidfd;
    return raw >= 0 ? std::optional(raw) : std::nullopt;
}

std::optional<sys::OwnedHandle> into_pidfd(Child&& child) noexcept {
    const int raw = std::move(child).into_native().release().pidfd;
    return raw >= 0 ? std::optional<sys::OwnedHandle>(std::in_place, raw) : std::nullopt;
}

}  // namespace weld::os
