// SPDX-License-Identifier: MIT
//
// RawHandle, BorrowedFd, OwnedFd: what a handle is on Unix.
//
// A borrowed descriptor is valid as long as its owner lives. An owned one is closed exactly once, by
// its destructor or by `close() &&`. It is not closed again when close(2) returns EINTR: on Linux
// the descriptor is closed by then, and another thread may already have got the same number.
#pragma once

#include <weld/sys/api.hpp>
#include <weld/sys/errno.hpp>

#include <cassert>
#include <utility>

namespace weld::sys {

using RawHandle = int;

class BorrowedFd {
public:
    explicit constexpr BorrowedFd(RawHandle raw) noexcept : raw_(raw) {}

    [[nodiscard]] constexpr RawHandle raw() const noexcept { return raw_; }

    friend constexpr bool operator==(BorrowedFd, BorrowedFd) noexcept = default;

private:
    RawHandle raw_;
};

class OwnedFd {
public:
    /// Takes ownership of `raw`, an open descriptor that nobody else closes.
    explicit constexpr OwnedFd(RawHandle raw) noexcept : raw_(raw) { assert(raw >= 0); }

    OwnedFd(OwnedFd&& other) noexcept : raw_(std::exchange(other.raw_, none)) {}

    OwnedFd& operator=(OwnedFd&& other) noexcept {
        OwnedFd taken(std::move(other));
        std::swap(raw_, taken.raw_);
        return *this;
    }

    OwnedFd(const OwnedFd&) = delete;
    OwnedFd& operator=(const OwnedFd&) = delete;

    ~OwnedFd() {
        if (raw_ != none) {
            drop();
        }
    }

    [[nodiscard]] BorrowedFd borrow() const noexcept { return BorrowedFd(raw_); }

    /// Gives up ownership: the caller must close the descriptor.
    [[nodiscard]] RawHandle release() && noexcept { return std::exchange(raw_, none); }

    /// close(2). An error means that data written earlier was lost. The descriptor is closed either way.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;

private:
    static constexpr RawHandle none = -1;

    WELD_API void drop() noexcept;

    RawHandle raw_;
};

using BorrowedHandle = BorrowedFd;
using OwnedHandle = OwnedFd;

/// Stands for the current directory where a call takes a directory (AT_FDCWD).
inline constexpr BorrowedFd cwd{-100};

}  // namespace weld::sys
