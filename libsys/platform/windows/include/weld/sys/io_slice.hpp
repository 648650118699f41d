// SPDX-License-Identifier: MIT
//
// IoSlice, IoSliceMut: one of several buffers that a call reads or writes together, laid out as WSABUF.
//
// They borrow their bytes, are as cheap to copy as a span, and convert from and to a span.
#pragma once

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace weld::sys {

/// Bytes to write.
class IoSlice {
public:
    constexpr IoSlice() noexcept : IoSlice(std::span<const std::byte>()) {}
    constexpr IoSlice(std::span<const std::byte> bytes) noexcept
        : size_(static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), 0xffffffffU))),
          data_(const_cast<std::byte*>(bytes.data())) {}
    template <class T, std::size_t extent>
        requires std::same_as<std::remove_const_t<T>, std::byte>
    constexpr IoSlice(std::span<T, extent> bytes) noexcept : IoSlice(std::span<const std::byte>(bytes)) {}

    [[nodiscard]] constexpr const std::byte* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    constexpr operator std::span<const std::byte>() const noexcept { return {data_, size_}; }

    /// Drops the first `count` bytes; `count` must not exceed the size.
    constexpr void advance(std::size_t count) noexcept {
        assert(count <= size_);
        data_ += count;
        size_ -= static_cast<std::uint32_t>(count);
    }

private:
    std::uint32_t size_;
    std::byte* data_;
};

/// Bytes to fill.
class IoSliceMut {
public:
    constexpr IoSliceMut() noexcept : IoSliceMut(std::span<std::byte>()) {}
    constexpr IoSliceMut(std::span<std::byte> bytes) noexcept
        : size_(static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), 0xffffffffU))),
          data_(const_cast<std::byte*>(bytes.data())) {}
    template <std::size_t extent>
    constexpr IoSliceMut(std::span<std::byte, extent> bytes) noexcept : IoSliceMut(std::span<std::byte>(bytes)) {}

    [[nodiscard]] constexpr std::byte* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    constexpr operator std::span<std::byte>() const noexcept { return {data_, size_}; }

    /// Drops the first `count` bytes; `count` must not exceed the size.
    constexpr void advance(std::size_t count) noexcept {
        assert(count <= size_);
        data_ += count;
        size_ -= static_cast<std::uint32_t>(count);
    }

private:
    std::uint32_t size_;
    std::byte* data_;
};

/// Drops the first `count` bytes of all `slices` together: whole slices, then the front of the next.
template <class Slice>
constexpr void advance_slices(std::span<Slice>& slices, std::size_t count) noexcept {
    while (!slices.empty() && count >= slices.front().size()) {
        count -= slices.front().size();
        slices = slices.subspan(1);
    }
    if (!slices.empty()) {
        slices.front().advance(count);
    }
    assert(!slices.empty() || count == 0);
}

}  // namespace weld::sys
