// SPDX-License-Identifier: MIT
#include <weld/fs/contents.hpp>

#include "../during.hpp"
#include "at.hpp"

#include <weld/fs/file.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>

namespace weld::fs {

namespace {

// The buffer of the read that is made when the size from the metadata has been read: it finds the end without growing
// the result.
using Probe = std::array<std::byte, 32>;

// The first size for files that report none. It is also the least that is asked for at first: some files of /proc
// return everything in one read, cut to the size that was asked for, and nothing afterwards.
constexpr std::size_t first_guess = 8192;

/// Grows `text` by up to `more` bytes, which one read fills; their memory is not cleared before.
Result<std::size_t> read_more(const File& file, std::string& text, std::size_t more) {
    const std::size_t before = text.size();
    Result<std::size_t> count;
    text.resize_and_overwrite(before + more, [&](char* data, std::size_t) {
        count = file.read(std::as_writable_bytes(std::span(data + before, more)));
        return before + count.value_or(0);
    });
    return count;
}

/// The same. A vector clears the memory by which it grows, so it grows by an amount that stays in the CPU's cache.
Result<std::size_t> read_more(const File& file, std::vector<std::byte>& bytes, std::size_t more) {
    constexpr std::size_t most = 128 * 1024;
    const std::size_t before = bytes.size();
    bytes.resize(before + std::min(more, most));
    const auto count = file.read(std::span(bytes).subspan(before));
    bytes.resize(before + count.value_or(0));
    return count;
}

void append(std::string& text, std::span<const std::byte> more) {
    text.append(reinterpret_cast<const char*>(more.data()), more.size());
}

void append(std::vector<std::byte>& bytes, std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

/// The size that the metadata of `file` report.
Result<std::uint64_t> size_of(const File& file) noexcept { return WELD_TRY(file.metadata()).len(); }

/// The same, less the bytes before its position, if it has one.
Result<std::uint64_t> size_left(const File& file) noexcept {
    const std::uint64_t size = WELD_TRY(size_of(file));
    return size - std::min(size, size == 0 ? 0 : file.seek(SeekFrom::Current, 0).value_or(0));
}

template <class Contents>
Result<Contents> read_whole(const File& file, const Result<std::uint64_t>& size) {
    const std::uint64_t said = WELD_TRY(size);
    Contents contents;
    contents.reserve(said != 0 ? said : first_guess);
    for (;;) {
        if (contents.size() == contents.capacity()) {
            Probe probe;
            const std::size_t count = WELD_TRY(file.read(probe));
            if (count == 0) {
                return contents;
            }
            contents.reserve(std::max(contents.capacity() * 2, first_guess));
            append(contents, std::span(probe).first(count));
        }
        if (WELD_TRY(read_more(file, contents, contents.capacity() - contents.size())) == 0) {
            return contents;
        }
    }
}

}  // namespace

Result<std::vector<std::byte>> read(const File& file) noexcept {
    return within_memory("read", [&] { return read_whole<std::vector<std::byte>>(file, size_left(file)); });
}

Result<std::string> read_to_string(const File& file) noexcept {
    return within_memory("read", [&] { return read_whole<std::string>(file, size_left(file)); });
}

// A file that was just opened is at its start and has its whole size left, which saves an lseek.

Result<std::vector<std::byte>> read(PathRef path) noexcept {
    const File file = WELD_TRY(File::open(path));
    return within_memory("read", [&] { return read_whole<std::vector<std::byte>>(file, size_of(file)); });
}

Result<std::string> read_to_string(PathRef path) noexcept {
    const File file = WELD_TRY(File::open(path));
    return within_memory("read", [&] { return read_whole<std::string>(file, size_of(file)); });
}

Result<void> at::write_and_close(File file, std::span<const std::byte> contents) noexcept {
    while (!contents.empty()) {
        const std::size_t count = WELD_TRY(file.write(contents));
        if (count == 0) {
            return std::unexpected(Error("write", Fault::WriteZero));
        }
        contents = contents.subspan(count);
    }
    return std::move(file).close();
}

Result<void> write(PathRef path, std::span<const std::byte> contents) noexcept {
    return at::write_and_close(WELD_TRY(File::create(path)), contents);
}

Result<void> append(PathRef path, std::span<const std::byte> contents) noexcept {
    return at::write_and_close(WELD_TRY(File::open(path, {.append = true, .create = true})), contents);
}

}  // namespace weld::fs
