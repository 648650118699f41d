// SPDX-License-Identifier: MIT
#include <weld/fs/contents.hpp>

#include "../during.hpp"

#include <weld/fs/file.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>

namespace weld::fs {

namespace {

// What is read when the buffer is full by what the file said of its size: an end is found without growing.
using Probe = std::array<std::byte, 32>;

// Files that say nothing of their size begin with this much. It is also the least that is asked for at
// first: some files of /proc give all in one read, cut to what was asked for, and nothing after.
constexpr std::size_t first_guess = 8192;

/// Grows `text` by up to `more` bytes, filled by one read that it does not clear memory for.
Result<std::size_t> read_more(const File& file, std::string& text, std::size_t more) {
    const std::size_t before = text.size();
    Result<std::size_t> count;
    text.resize_and_overwrite(before + more, [&](char* data, std::size_t) {
        count = file.read(std::as_writable_bytes(std::span(data + before, more)));
        return before + count.value_or(0);
    });
    return count;
}

/// The same; a vector clears what it grows by, so it grows by what stays in the cache.
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

template <class Contents>
Result<Contents> read_whole(const File& file) {
    Contents contents;
    const std::uint64_t said = WELD_TRY(file.metadata()).len();
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

template <class Contents>
Result<Contents> read_path(PathRef path) noexcept {
    const File file = WELD_TRY(File::open(path));
    return within_memory("read", [&] { return read_whole<Contents>(file); });
}

}  // namespace

Result<std::vector<std::byte>> read(PathRef path) noexcept { return read_path<std::vector<std::byte>>(path); }

Result<std::string> read_to_string(PathRef path) noexcept { return read_path<std::string>(path); }

Result<void> write(PathRef path, std::span<const std::byte> contents) noexcept {
    File file = WELD_TRY(File::create(path));
    while (!contents.empty()) {
        const std::size_t count = WELD_TRY(file.write(contents));
        if (count == 0) {
            return std::unexpected(Error("write", Fault::WriteZero));
        }
        contents = contents.subspan(count);
    }
    return std::move(file).close();
}

}  // namespace weld::fs
