// SPDX-License-Identifier: MIT
//
// Stdio: what a standard stream of a child is connected to.
#pragma once

#include <weld/sys/repr.hpp>

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace weld::process {

class Stdio {
public:
    enum class Kind : std::uint8_t { Inherit, Null, Piped, Handle, SameAsOut, SameAsErr };

    /// The same stream of this process.
    [[nodiscard]] static Stdio inherit() noexcept { return Stdio(Kind::Inherit); }

    /// /dev/null: reading gives end of file, and writes are discarded.
    [[nodiscard]] static Stdio null() noexcept { return Stdio(Kind::Null); }

    /// A pipe. The Child has its other end.
    [[nodiscard]] static Stdio piped() noexcept { return Stdio(Kind::Piped); }

    /// The same as `out` of the same child, or as `err`: `command.err(Stdio::same_as_out())` makes one stream of both,
    /// in the order in which the child writes. The call that starts the child fails with InvalidInput for a stream that
    /// would be the same as itself, for `in`, and for two streams that refer to each other.
    [[nodiscard]] static Stdio same_as_out() noexcept { return Stdio(Kind::SameAsOut); }
    [[nodiscard]] static Stdio same_as_err() noexcept { return Stdio(Kind::SameAsErr); }

    /// `handle`, owned by this.
    Stdio(sys::OwnedHandle handle) noexcept : kind_(Kind::Handle), raw_(handle.borrow()), owned_(std::move(handle)) {}

    /// The handle of `object`: a File, the end of a pipe, a TcpStream, or anything else with `into_handle()`.
    template <class T>
        requires(!std::is_reference_v<T> && !std::is_const_v<T>) &&
                requires(T&& object) { sys::OwnedHandle(std::forward<T>(object).into_handle()); }
    Stdio(T&& object) noexcept : Stdio(std::forward<T>(object).into_handle()) {}

    /// `handle`, borrowed. Its owner keeps it open until the child runs.
    [[nodiscard]] static Stdio borrowed(sys::BorrowedHandle handle) noexcept { return Stdio(handle); }

    [[nodiscard]] Kind kind() const noexcept { return kind_; }

    /// The handle, if `kind` is Handle.
    [[nodiscard]] sys::BorrowedHandle handle() const noexcept { return raw_; }

private:
    explicit Stdio(Kind kind) noexcept : kind_(kind), raw_(sys::cwd) {}
    explicit Stdio(sys::BorrowedHandle handle) noexcept : kind_(Kind::Handle), raw_(handle) {}

    Kind kind_;
    sys::BorrowedHandle raw_;
    std::optional<sys::OwnedHandle> owned_;
};

}  // namespace weld::process
