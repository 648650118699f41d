// SPDX-License-Identifier: MIT
#include <weld/fs/file.hpp>

#include "look_up.hpp"

#include <weld/sys/try.hpp>

namespace weld::fs {

Result<File> File::open(PathRef path) noexcept { return open(path, {.read = true}); }

Result<File> File::open(PathRef path, const OpenOptions& options) noexcept {
    return File(WELD_TRY(
        during("open", path, [&](sys::CStr c_path) { return native::File::open(sys::cwd, c_path, options); })));
}

Result<File> File::create(PathRef path) noexcept {
    return open(path, {.write = true, .truncate = true, .create = true});
}

Result<File> File::create_new(PathRef path) noexcept {
    return open(path, {.read = true, .write = true, .create_new = true});
}

Result<std::size_t> File::read(std::span<std::byte> target) const noexcept {
    return during("read", native_.read(target));
}

Result<std::size_t> File::write(std::span<const std::byte> source) const noexcept {
    return during("write", native_.write(source));
}

Result<std::size_t> File::read_at(std::span<std::byte> target, std::uint64_t offset) const noexcept {
    return during("read_at", native_.read_at(target, offset));
}

Result<std::size_t> File::write_at(std::span<const std::byte> source, std::uint64_t offset) const noexcept {
    return during("write_at", native_.write_at(source, offset));
}

Result<std::uint64_t> File::seek(SeekFrom from, std::int64_t offset) const noexcept {
    return during("seek", native_.seek(from, offset));
}

Result<Metadata> File::metadata() const noexcept {
    return look_up([&](native::Metadata& target) { return native::metadata(as_handle(), target); });
}

Result<void> File::set_len(std::uint64_t length) const noexcept { return during("set_len", native_.set_len(length)); }

Result<void> File::sync_all() const noexcept { return during("sync_all", native_.sync_all()); }

Result<void> File::sync_data() const noexcept { return during("sync_data", native_.sync_data()); }

Result<void> File::close() && noexcept { return during("close", std::move(native_).close()); }

}  // namespace weld::fs
