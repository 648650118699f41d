// SPDX-License-Identifier: MIT
//
// RawHandle, BorrowedHandle, OwnedHandle: what a handle is on Windows.
//
// A HANDLE is a pointer that is never dereferenced. Null or INVALID_HANDLE_VALUE means no handle,
// depending on the call, so an owned handle is made only from a handle that the caller has checked.
#pragma once

#include <weld/sys/api.hpp>
#include <weld/sys/errno.hpp>

#include <cassert>
#include <utility>

namespace weld::sys {

using RawHandle = void*;

class BorrowedHandle {
public:
    explicit constexpr BorrowedHandle(RawHandle raw) noexcept : raw_(raw) {}

    [[nodiscard]] constexpr RawHandle raw() const noexcept { return raw_; }

    friend constexpr bool operator==(BorrowedHandle, BorrowedHandle) noexcept = default;

private:
    RawHandle raw_;
};

class OwnedHandle {
public:
    /// Takes ownership of `raw`, an open handle that nobody else closes.
    explicit constexpr OwnedHandle(RawHandle raw) noexcept : raw_(raw) { assert(raw != nullptr); }

    OwnedHandle(OwnedHandle&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}

    OwnedHandle& operator=(OwnedHandle&& other) noexcept {
        OwnedHandle taken(std::move(other));
        std::swap(raw_, taken.raw_);
        return *this;
    }

    OwnedHandle(const OwnedHandle&) = delete;
    OwnedHandle& operator=(const OwnedHandle&) = delete;

    ~OwnedHandle() {
        if (raw_ != nullptr) {
            drop();
        }
    }

    [[nodiscard]] BorrowedHandle borrow() const noexcept { return BorrowedHandle(raw_); }

    /// Gives up ownership: the caller must close the handle.
    [[nodiscard]] RawHandle release() && noexcept { return std::exchange(raw_, nullptr); }

    /// CloseHandle. The handle is closed either way.
    [[nodiscard]] WELD_API Result<void> close() && noexcept;

private:
    WELD_API void drop() noexcept;

    RawHandle raw_;
};

/// Stands for the current directory where a call takes a directory.
inline constexpr BorrowedHandle cwd{nullptr};

}  // namespace weld::sys
