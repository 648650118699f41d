// SPDX-License-Identifier: MIT
#include <green/fs/file.hpp>

#include "in_mode.hpp"

namespace green::fs {

using weld::Result;

namespace {

/// Makes a File of the native file that `open()` opens.
template <class Open>
Result<File> opened(Mode mode, Open open) noexcept {
    auto native = in_mode(mode, open);
    if (!native) {
        return std::unexpected(native.error());
    }
    return File::from_native(*std::move(native), mode);
}

}  // namespace

Result<File> File::open(weld::PathRef path, Mode mode) noexcept {
    return opened(mode, [&] { return weld::fs::File::open(path); });
}

Result<File> File::open(weld::PathRef path, const OpenOptions& options, Mode mode) noexcept {
    return opened(mode, [&] { return weld::fs::File::open(path, options); });
}

Result<File> File::create(weld::PathRef path, Mode mode) noexcept {
    return opened(mode, [&] { return weld::fs::File::create(path); });
}

Result<File> File::create_new(weld::PathRef path, Mode mode) noexcept {
    return opened(mode, [&] { return weld::fs::File::create_new(path); });
}

Result<std::size_t> File::read(std::span<std::byte> target) const noexcept {
    return in_mode(mode_, [&] { return native_.read(target); });
}

Result<std::size_t> File::write(std::span<const std::byte> source) const noexcept {
    return in_mode(mode_, [&] { return native_.write(source); });
}

Result<std::size_t> File::read_at(std::span<std::byte> target, std::uint64_t offset) const noexcept {
    return in_mode(mode_, [&] { return native_.read_at(target, offset); });
}

Result<std::size_t> File::write_at(std::span<const std::byte> source, std::uint64_t offset) const noexcept {
    return in_mode(mode_, [&] { return native_.write_at(source, offset); });
}

Result<std::uint64_t> File::seek(SeekFrom from, std::int64_t offset) const noexcept {
    return native_.seek(from, offset);
}

Result<Metadata> File::metadata() const noexcept {
    return in_mode(mode_, [&] { return native_.metadata(); });
}

Result<void> File::set_len(std::uint64_t length) const noexcept {
    return in_mode(mode_, [&] { return native_.set_len(length); });
}

Result<void> File::sync_all() const noexcept {
    return in_mode(mode_, [&] { return native_.sync_all(); });
}

Result<void> File::sync_data() const noexcept {
    return in_mode(mode_, [&] { return native_.sync_data(); });
}

Result<void> File::close() && noexcept {
    return in_mode(mode_, [&] { return std::move(native_).close(); });
}

}  // namespace green::fs
