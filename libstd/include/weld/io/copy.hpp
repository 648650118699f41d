// SPDX-License-Identifier: MIT
//
// copy: all bytes of a reader, to a writer.
//
// From file to file it copies inside the kernel, copy_file_range(2), and only there: bytes that the kernel moves from a
// file to a pipe or a socket may still change with the file. A type of your own is always called itself.
#pragma once

#include <weld/fs/file.hpp>
#include <weld/io.hpp>
#include <weld/io/lines.hpp>
#include <weld/io/take.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace weld::io {

/// Copies the bytes of `from` from its position, at most `most`, to the position of `to`.
[[nodiscard]] WELD_API std::expected<std::uint64_t, Transfer> copy_file(const fs::File& from, const fs::File& to,
                                                                        std::uint64_t most) noexcept;

/// Writes all bytes of `reader` until its end to `writer`, and returns how many. Bytes that were read and could not be
/// written are lost; a buffered reader keeps them. Allocates: 32 KiB for a reader without a buffer.
template <Reader R, Writer W>
[[nodiscard]] std::expected<std::uint64_t, Transfer> copy(R&& reader, W&& writer) {
    using From = std::remove_cvref_t<R>;
    constexpr bool to_file = std::is_same_v<std::remove_cvref_t<W>, fs::File>;
    if constexpr (to_file && std::is_same_v<From, fs::File>) {
        return copy_file(reader, writer, std::numeric_limits<std::uint64_t>::max());
    } else if constexpr (to_file &&
                         (std::is_same_v<From, Take<fs::File>> || std::is_same_v<From, Take<const fs::File&>>)) {
        const auto count = copy_file(reader.reader(), writer, reader.limit());
        reader.set_limit(reader.limit() - (count ? *count : count.error().count));
        return count;
    } else if constexpr (BufferedReader<std::remove_reference_t<R>>) {
        for (std::uint64_t copied = 0;;) {
            const Result<std::span<const std::byte>> filled = reader.fill();
            if (!filled) {
                return std::unexpected(Transfer{copied, filled.error()});
            }
            if (filled->empty()) {
                return copied;
            }
            const std::size_t there = filled->size();
            const auto written = write_all(writer, *filled);
            const std::size_t count = written ? there : written.error().count;
            reader.consume(count);
            copied += count;
            if (!written) {
                return std::unexpected(Transfer{copied, written.error().error});
            }
        }
    } else {
        // On the heap, since the stack may be a task's, of 16 KiB.
        constexpr std::size_t size = 32 * 1024;
        const std::unique_ptr<std::byte[]> memory(new (std::nothrow) std::byte[size]);
        if (memory == nullptr) {
            return std::unexpected(Transfer{0, Error("copy", Fault::OutOfMemory)});
        }
        const std::span buffer(memory.get(), size);
        for (std::uint64_t copied = 0;;) {
            const Result<std::size_t> count = reader.read(buffer);
            if (!count) {
                if (count.error().kind() == Kind::Interrupted) {
                    continue;
                }
                return std::unexpected(Transfer{copied, count.error()});
            }
            if (*count == 0) {
                return copied;
            }
            const auto written = write_all(writer, buffer.first(*count));
            copied += written ? *count : written.error().count;
            if (!written) {
                return std::unexpected(Transfer{copied, written.error().error});
            }
        }
    }
}

}  // namespace weld::io
