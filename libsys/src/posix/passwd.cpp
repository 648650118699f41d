// SPDX-License-Identifier: MIT
#include <weld/sys/posix/passwd.hpp>

#include <pwd.h>
#include <unistd.h>
#include <cstring>

namespace weld::sys {

Result<void> getpwuid_directory(std::span<char> target) noexcept {
    passwd entry{};
    passwd* found = nullptr;
    if (const int error = ::getpwuid_r(::getuid(), &entry, target.data(), target.size(), &found); error != 0) {
        return std::unexpected(static_cast<Errno>(error));
    }
    if (found == nullptr) {
        return std::unexpected(Errno::Noent);
    }
    std::memmove(target.data(), found->pw_dir, std::strlen(found->pw_dir) + 1);  // pw_dir points into `target`
    return {};
}

}  // namespace weld::sys
