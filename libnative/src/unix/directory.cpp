// SPDX-License-Identifier: MIT
#include <weld/native/directory.hpp>

#include "file_times.hpp"
#include "retry.hpp"

#include <weld/sys/linux/getdents.hpp>
#include <weld/sys/posix/fcntl.hpp>
#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace weld::native {

namespace {

FileType to_file_type(sys::DirentType type) noexcept {
    switch (type) {
        case sys::DirentType::Fifo: return FileType::Fifo;
        case sys::DirentType::CharDevice: return FileType::CharDevice;
        case sys::DirentType::Directory: return FileType::Directory;
        case sys::DirentType::BlockDevice: return FileType::BlockDevice;
        case sys::DirentType::Regular: return FileType::File;
        case sys::DirentType::Symlink: return FileType::Symlink;
        case sys::DirentType::Socket: return FileType::Socket;
        case sys::DirentType::Unknown: break;
    }
    return FileType::Unknown;
}

bool is_dot(const char* name) noexcept {
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

}  // namespace

sys::Result<Directory> Directory::open(sys::BorrowedHandle at, sys::CStr path, Follow follow) noexcept {
    using sys::OpenFlags;
    const OpenFlags link = follow == Follow::Yes ? OpenFlags::ReadOnly : OpenFlags::NoFollow;
    const OpenFlags flags = OpenFlags::ReadOnly | OpenFlags::Directory | OpenFlags::CloseOnExec | link;
    return Directory(WELD_TRY(retry([&] { return sys::openat(at, path, flags, 0); })));
}

sys::Result<Directory> Directory::open_to_search(sys::BorrowedHandle at, sys::CStr path, Follow follow) noexcept {
    using sys::OpenFlags;
    const OpenFlags link = follow == Follow::Yes ? OpenFlags::ReadOnly : OpenFlags::NoFollow;
    const OpenFlags flags = OpenFlags::Path | OpenFlags::Directory | OpenFlags::CloseOnExec | link;
    return Directory(WELD_TRY(retry([&] { return sys::openat(at, path, flags, 0); })));
}

sys::Result<std::size_t> Directory::read(std::span<std::byte> buffer) const noexcept {
    const auto filled = retry([&] { return sys::getdents64(as_handle(), buffer); });
    // A directory that was removed meanwhile has no entries left.
    return !filled && filled.error() == sys::Errno::Noent ? sys::Result<std::size_t>(0) : filled;
}

sys::Result<std::uint64_t> Directory::position() const noexcept {
    return sys::lseek(as_handle(), 0, sys::Whence::Current);
}

sys::Result<void> Directory::set_position(std::uint64_t position) const noexcept {
    // Some file systems have positions with the highest bit set, which lseek takes as negative offsets.
    (void)WELD_TRY(sys::lseek(as_handle(), static_cast<std::int64_t>(position), sys::Whence::Set));
    return {};
}

sys::Result<void> Directory::sync_all() const noexcept {
    const auto done = retry([&] { return sys::fsync(as_handle()); });
    if (done || done.error() != sys::Errno::Badf) {
        return done;
    }
    const Directory readable = WELD_TRY(open(as_handle(), sys::CStr("."), Follow::No));
    return retry([&] { return sys::fsync(readable.as_handle()); });
}

sys::Result<Directory> Directory::try_clone() const noexcept {
    return Directory(WELD_TRY(sys::fcntl_dupfd_cloexec(as_handle(), 3)));  // as File's
}

bool DirectoryRecords::next(DirectoryEntry& entry) noexcept {
    while (!rest_.empty()) {
        const sys::Dirent64 record = sys::first_dirent(rest_);
        rest_ = rest_.subspan(record.record_size);
        if (is_dot(record.name.c_str())) {
            continue;
        }
        entry = {.text = record.name.c_str(), .file_id = record.ino, .file_type = to_file_type(record.type)};
        return true;
    }
    return false;
}

sys::Result<void> create_dir(sys::BorrowedHandle at, sys::CStr path, std::uint32_t mode) noexcept {
    return retry([&] { return sys::mkdirat(at, path, mode); });
}

sys::Result<void> remove_file(sys::BorrowedHandle at, sys::CStr path) noexcept {
    return retry([&] { return sys::unlinkat(at, path, sys::AtFlags::None); });
}

sys::Result<void> remove_dir(sys::BorrowedHandle at, sys::CStr path) noexcept {
    return retry([&] { return sys::unlinkat(at, path, sys::AtFlags::RemoveDirectory); });
}

sys::Result<void> rename(sys::BorrowedHandle from_at, sys::CStr from, sys::BorrowedHandle to_at,
                         sys::CStr to) noexcept {
    return retry([&] { return sys::renameat(from_at, from, to_at, to); });
}

sys::Result<void> hard_link(sys::BorrowedHandle from_at, sys::CStr from, sys::BorrowedHandle to_at,
                            sys::CStr to) noexcept {
    return retry([&] { return sys::linkat(from_at, from, to_at, to, sys::AtFlags::None); });
}

sys::Result<void> symlink(sys::CStr target, sys::BorrowedHandle at, sys::CStr path) noexcept {
    return retry([&] { return sys::symlinkat(target, at, path); });
}

sys::Result<std::size_t> read_link(sys::BorrowedHandle at, sys::CStr path, std::span<char> target) noexcept {
    return retry([&] { return sys::readlinkat(at, path, target); });
}

sys::Result<std::size_t> canonicalize(sys::CStr path, std::span<char, 4096> target) noexcept {
    return retry([&] { return sys::realpath(path, target); });
}

sys::Result<std::size_t> path_of(sys::BorrowedHandle handle, std::span<char> target) noexcept {
    constexpr std::string_view prefix = "/proc/self/fd/";
    std::array<char, prefix.size() + std::numeric_limits<sys::RawHandle>::digits10 + 3> link{};
    char* const number = std::ranges::copy(prefix, link.begin()).out;
    std::to_chars(number, link.end() - 1, handle.raw());
    const sys::CStr path(link.data());
    const auto found = read_link(sys::cwd, path, target);
    if (!found && found.error() == sys::Errno::Nametoolong) {
        return path.view().copy(target.data(), target.size());
    }
    return found;
}

sys::Result<void> set_permissions(sys::BorrowedHandle at, sys::CStr path, Follow follow,
                                  Permissions permissions) noexcept {
    const auto link = follow == Follow::Yes ? sys::AtFlags::None : sys::AtFlags::SymlinkNoFollow;
    return retry([&] { return sys::fchmodat(at, path, permissions.mode(), link); });
}

sys::Result<void> set_times(sys::BorrowedHandle at, sys::CStr path, Follow follow, const FileTimes& times) noexcept {
    const auto link = follow == Follow::Yes ? sys::AtFlags::None : sys::AtFlags::SymlinkNoFollow;
    return retry(
        [&] { return sys::utimensat(at, path, to_timespec(times.accessed), to_timespec(times.modified), link); });
}

}  // namespace weld::native
