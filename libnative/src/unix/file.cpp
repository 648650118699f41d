// SPDX-License-Identifier: MIT
#include <weld/native/file.hpp>

#include "retry.hpp"

#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/try.hpp>

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

}  // namespace

sys::Result<File> File::open(sys::BorrowedHandle at, sys::CStr path, const OpenOptions& options) noexcept {
    const OpenFlags access = WELD_TRY(to_access_flags(options));
    const OpenFlags creation = WELD_TRY(to_creation_flags(options));
    // Opening a terminal must not make it the process's own.
    const OpenFlags flags = access | creation | OpenFlags::CloseOnExec | OpenFlags::NoCtty;
    return File(WELD_TRY(retry([&] { return sys::openat(at, path, flags, options.mode); })));
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

sys::Result<std::uint64_t> File::seek(SeekFrom from, std::int64_t offset) const noexcept {
    return sys::lseek(as_handle(), offset, to_whence(from));
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

}  // namespace weld::native
