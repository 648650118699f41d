// SPDX-License-Identifier: MIT
//
// Empty, Repeat, Sink: a reader without bytes, a reader without end, and a writer that accepts everything.
#pragma once

#include <weld/error.hpp>
#include <weld/io/seek.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::io {

/// As a reader it ends at once, as a writer it accepts everything, and every seek returns position zero.
struct Empty {
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte>) const noexcept { return std::size_t{0}; }
    [[nodiscard]] Result<std::span<const std::byte>> fill() const noexcept { return std::span<const std::byte>(); }
    void consume(std::size_t) const noexcept {}
    void put_back(std::span<const std::byte>) const noexcept {}
    [[nodiscard]] Result<std::uint64_t> seek(SeekFrom, std::int64_t) const noexcept { return std::uint64_t{0}; }
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> source) const noexcept { return source.size(); }
};

/// Returns `value` forever.
struct Repeat {
    std::byte value{};

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> target) const noexcept {
        std::ranges::fill(target, value);
        return target.size();
    }
};

/// Accepts everything that is written.
struct Sink {
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> source) const noexcept { return source.size(); }
};

}  // namespace weld::io
