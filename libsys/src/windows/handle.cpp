// SPDX-License-Identifier: MIT
#include <weld/sys/windows/handle.hpp>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

namespace weld::sys {

Result<void> CloseHandle(RawHandle handle) noexcept {
    if (::CloseHandle(handle) == 0) {
        return std::unexpected(static_cast<Errno>(::GetLastError()));
    }
    return {};
}

Result<void> OwnedHandle::close() && noexcept { return CloseHandle(std::exchange(raw_, nullptr)); }

void OwnedHandle::drop() noexcept { (void)CloseHandle(raw_); }

}  // namespace weld::sys
