// SPDX-License-Identifier: MIT
#include <weld/sys/posix/passwd.hpp>

#include <pwd.h>
#include <unistd.h>
#include <array>
#include <cstring>

namespace weld::sys {

Result<void> getpwuid_directory(std::span<char> target) noexcept {
    std::array<char, 16 * 1024> strings;  // a whole entry
    passwd entry{};
    passwd* found = nullptr;
    if (const int error = ::getpwuid_r(::getuid(), &entry, strings.data(), strings.size(), &found); error != 0) {
        return std::unexpected(static_cast<Errno>(error));
    }
    if (found == nullptr) {
        return std::unexpected(Errno::Noent);
    }
    const std::size_t size = std::strlen(found->pw_dir) + 1;
    if (size > target.size()) {
        return std::unexpected(Errno::Range);
    }
    std::memcpy(target.data(), found->pw_dir, size);
    return {};
}

}  // namespace weld::sys
