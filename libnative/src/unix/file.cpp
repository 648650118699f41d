// SPDX-License-Identifier: MIT
#include <weld/native/file.hpp>

#include "file_times.hpp"
#include "retry.hpp"

#include <weld/sys/linux/fallocate.hpp>
#include <weld/sys/posix/fcntl.hpp>
#include <weld/sys/posix/flock.hpp>
#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/posix/uio.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>

namespace weld::native {

namespace {

using sys::OpenFlags;

sys::Result<OpenFlags> to_access_flags(const OpenOptions& options) noexcept {
    if (options.append) {
        return (options.read ? OpenFlags::ReadWrite : OpenFlags::WriteOnly) | OpenFlags::Append;
    }
    if (options.write) {
        return options.read ? OpenFlags::ReadWrite : OpenFlags::WriteOnly;
    }
    if (options.read) {
        return OpenFlags::ReadOnly;
    }
    return std::unexpected(sys::Errno::Inval);
}

sys::Result<OpenFlags> to_creation_flags(const OpenOptions& options) noexcept {
    const bool makes = options.truncate || options.create || options.create_new;
    if (makes && !options.write && !options.append) {
        return std::unexpected(sys::Errno::Inval);
    }
    if (options.create_new) {
        return OpenFlags::Create | OpenFlags::Exclusive;
    }
    if (options.truncate && options.append) {
        return std::unexpected(sys::Errno::Inval);
    }
    return (options.create ? OpenFlags::Create : OpenFlags::ReadOnly) |
           (options.truncate ? OpenFlags::Truncate : OpenFlags::ReadOnly);
}

sys::Whence to_whence(SeekFrom from) noexcept {
    switch (from) {
        case SeekFrom::Start: return sys::Whence::Set;
        case SeekFrom::Current: return sys::Whence::Current;
        case SeekFrom::End: break;
    }
    return sys::Whence::End;
}

template <class Slice>
std::span<const Slice> as_many_as_go(std::span<const Slice> slices) noexcept {
    return slices.first(std::min(slices.size(), sys::iov_max));
}

sys::Answer<std::optional<std::uint64_t>> seek_kind(sys::BorrowedHandle file, std::uint64_t offset,
                                                    sys::Whence kind) noexcept {
    // An offset above INT64_MAX becomes negative, which would give Nxio, as for an offset after the end.
    if (offset > std::uint64_t{INT64_MAX}) {
        return std::unexpected(sys::Errno::Inval);
    }
    const auto found = sys::lseek(file, static_cast<std::int64_t>(offset), kind);
    if (!found && found.error() == sys::Errno::Nxio) {
        return std::optional<std::uint64_t>();
    }
    return std::optional(WELD_TRY(found));
}

sys::Answer<bool> try_locking(sys::BorrowedHandle file, sys::LockOperation kind) noexcept {
    const auto done = retry([&] { return sys::flock(file, kind | sys::LockOperation::Nonblock); });
    if (!done && done.error() == sys::Errno::Again) {
        return false;
    }
    WELD_TRY(done);
    return true;
}

}  // namespace

sys::Result<File> File::open(sys::BorrowedHandle at, sys::CStr path, const OpenOptions& options) noexcept {
    const OpenFlags access = WELD_TRY(to_access_flags(options));
    const OpenFlags creation = WELD_TRY(to_creation_flags(options));
    // Opening a terminal must not make it the controlling terminal of the process.
    const auto custom = static_cast<OpenFlags>(options.custom_flags & ~std::uint32_t{03});  // O_ACCMODE
    const OpenFlags flags = access | creation | custom | OpenFlags::CloseOnExec | OpenFlags::NoCtty;
    return File(WELD_TRY(retry([&] { return sys::openat(at, path, flags, options.mode); })));
}

sys::Result<File> File::open_unnamed(sys::BorrowedHandle at, sys::CStr path, std::uint32_t mode) noexcept {
    constexpr OpenFlags flags = OpenFlags::ReadWrite | OpenFlags::Unnamed | OpenFlags::CloseOnExec;
    return File(WELD_TRY(retry([&] { return sys::openat(at, path, flags, mode); })));
}

sys::Result<File> File::open_without_waiting(sys::BorrowedHandle at, sys::CStr path, Follow follow) noexcept {
    constexpr OpenFlags flags = OpenFlags::ReadOnly | OpenFlags::Nonblock | OpenFlags::CloseOnExec | OpenFlags::NoCtty;
    const OpenFlags link = follow == Follow::Yes ? OpenFlags::ReadOnly : OpenFlags::NoFollow;
    return File(WELD_TRY(retry([&] { return sys::openat(at, path, flags | link, 0); })));
}

sys::Result<std::size_t> File::read(std::span<std::byte> target) const noexcept {
    return retry([&] { return sys::read(as_handle(), target); });
}

sys::Result<std::size_t> File::write(std::span<const std::byte> source) const noexcept {
    return retry([&] { return sys::write(as_handle(), source); });
}

sys::Result<std::size_t> File::read_at(std::span<std::byte> target, std::uint64_t offset) const noexcept {
    return retry([&] { return sys::pread(as_handle(), target, offset); });
}

sys::Result<std::size_t> File::write_at(std::span<const std::byte> source, std::uint64_t offset) const noexcept {
    return retry([&] { return sys::pwrite(as_handle(), source, offset); });
}

sys::Result<std::size_t> File::read_vectored(std::span<const sys::IoSliceMut> targets) const noexcept {
    return retry([&] { return sys::readv(as_handle(), as_many_as_go(targets)); });
}

sys::Result<std::size_t> File::write_vectored(std::span<const sys::IoSlice> sources) const noexcept {
    return retry([&] { return sys::writev(as_handle(), as_many_as_go(sources)); });
}

sys::Result<std::size_t> File::read_vectored_at(std::span<const sys::IoSliceMut> targets,
                                                std::uint64_t offset) const noexcept {
    return retry([&] { return sys::preadv(as_handle(), as_many_as_go(targets), offset); });
}

sys::Result<std::size_t> File::write_vectored_at(std::span<const sys::IoSlice> sources,
                                                 std::uint64_t offset) const noexcept {
    return retry([&] { return sys::pwritev(as_handle(), as_many_as_go(sources), offset); });
}

sys::Result<std::uint64_t> File::seek(SeekFrom from, std::int64_t offset) const noexcept {
    return sys::lseek(as_handle(), offset, to_whence(from));
}

sys::Answer<std::optional<std::uint64_t>> File::seek_data(std::uint64_t offset) const noexcept {
    return seek_kind(as_handle(), offset, sys::Whence::Data);
}

sys::Answer<std::optional<std::uint64_t>> File::seek_hole(std::uint64_t offset) const noexcept {
    return seek_kind(as_handle(), offset, sys::Whence::Hole);
}

sys::Result<void> File::set_len(std::uint64_t length) const noexcept {
    return retry([&] { return sys::ftruncate(as_handle(), length); });
}

sys::Result<void> File::sync_all() const noexcept {
    return retry([&] { return sys::fsync(as_handle()); });
}

sys::Result<void> File::sync_data() const noexcept {
    return retry([&] { return sys::fdatasync(as_handle()); });
}

sys::Result<void> File::allocate(std::uint64_t offset, std::uint64_t length) const noexcept {
    return retry([&] { return sys::fallocate(as_handle(), sys::FallocateMode::Reserve, offset, length); });
}

sys::Result<void> File::set_permissions(Permissions permissions) const noexcept {
    return retry([&] { return sys::fchmod(as_handle(), permissions.mode()); });
}

sys::Result<void> File::set_times(const FileTimes& times) const noexcept {
    return retry([&] { return sys::futimens(as_handle(), to_timespec(times.accessed), to_timespec(times.modified)); });
}

sys::Result<void> File::lock() const noexcept {
    return retry([&] { return sys::flock(as_handle(), sys::LockOperation::Exclusive); });
}

sys::Result<void> File::lock_shared() const noexcept {
    return retry([&] { return sys::flock(as_handle(), sys::LockOperation::Shared); });
}

sys::Answer<bool> File::try_lock() const noexcept { return try_locking(as_handle(), sys::LockOperation::Exclusive); }

sys::Answer<bool> File::try_lock_shared() const noexcept {
    return try_locking(as_handle(), sys::LockOperation::Shared);
}

sys::Result<void> File::unlock() const noexcept {
    return retry([&] { return sys::flock(as_handle(), sys::LockOperation::Unlock); });
}

sys::Result<File> File::try_clone() const noexcept {
    // Not a number of a standard handle: a program that closed one expects that number for its own next open.
    return File(WELD_TRY(sys::fcntl_dupfd_cloexec(as_handle(), 3)));
}

}  // namespace weld::native
