// SPDX-License-Identifier: MIT
#include <weld/native/environment.hpp>

#include <weld/native/file.hpp>
#include <weld/sys/posix/environ.hpp>
#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/passwd.hpp>
#include <weld/sys/try.hpp>

namespace weld::native {

const char* const* variables() noexcept { return sys::environ(); }

sys::Result<void> current_directory(std::span<char> target) noexcept {
    WELD_TRY(sys::getcwd(target));
    // Linux returns "(unreachable)/…" for a directory that is outside of the root.
    return target.front() == '/' ? sys::Result<void>() : std::unexpected(sys::Errno::Noent);
}

sys::Result<void> set_current_directory(sys::CStr path) noexcept { return sys::chdir(path); }

sys::Result<std::size_t> executable(std::span<char> target) noexcept {
    const std::size_t count = WELD_TRY(sys::readlinkat(sys::cwd, sys::CStr("/proc/self/exe"), target));
    if (count == target.size()) {
        return std::unexpected(sys::Errno::Range);  // the kernel may have cut it
    }
    return count;
}

sys::Result<std::size_t> arguments(std::span<std::byte> target, std::size_t offset) noexcept {
    const File file = WELD_TRY(File::open(sys::cwd, sys::CStr("/proc/self/cmdline"), {.read = true}));
    return file.read_at(target, offset);
}

sys::Result<void> home_directory(std::span<char> target) noexcept { return sys::getpwuid_directory(target); }

sys::Result<void> host_name(std::span<char> target) noexcept { return sys::gethostname(target); }

}  // namespace weld::native
