// SPDX-License-Identifier: MIT
//
// Error, Kind, Result: how everything in weld fails.
//
// An error is sixteen bytes that can be copied freely: the operation that failed, and a number of
// the operating system, of the name resolver or of weld itself. `kind()` folds all into one enum that
// means the same on every platform. The path is never inside, so success costs nothing for it:
// `error.at(path)` puts the two together when somebody wants to read them. Any thread may call.
#pragma once

#include <weld/path.hpp>
#include <weld/sys/api.hpp>
#include <weld/sys/errno.hpp>

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace weld {

/// What went wrong, the same on every platform.
enum class Kind : std::uint8_t {
    Other,  ///< none of the following; new kinds are added at the end
    NotFound,
    PermissionDenied,
    ConnectionRefused,
    ConnectionReset,
    HostUnreachable,
    NetworkUnreachable,
    ConnectionAborted,
    NotConnected,
    AddrInUse,
    AddrNotAvailable,
    NetworkDown,
    BrokenPipe,
    AlreadyExists,
    WouldBlock,
    NotADirectory,
    IsADirectory,
    DirectoryNotEmpty,
    ReadOnlyFilesystem,
    FilesystemLoop,
    StaleNetworkFileHandle,
    InvalidInput,
    InvalidData,
    TimedOut,
    WriteZero,
    StorageFull,
    NotSeekable,
    QuotaExceeded,
    FileTooLarge,
    ResourceBusy,
    ExecutableFileBusy,
    Deadlock,
    CrossesDevices,
    TooManyLinks,
    InvalidFilename,
    ArgumentListTooLong,
    Interrupted,
    Unsupported,
    UnexpectedEof,
    OutOfMemory,
    InProgress,
    TooManyOpenFiles,
    Cancelled,
};

/// The enumerator's own name, `"NotFound"`.
[[nodiscard]] WELD_API std::string_view name(Kind kind) noexcept;

/// Whose number an error carries.
enum class Domain : std::uint8_t { Os, Resolver, Weld };

/// What weld itself finds wrong.
enum class Fault : std::int32_t {
    UnexpectedEof = 1,  ///< the input ended inside what was asked for
    InvalidData,        ///< the input is not what its format says
    WriteZero,          ///< a writer took nothing and gave no error
    Cancelled,          ///< the task that waited was cancelled
    InvalidInput,       ///< an argument that no platform could serve
    NulInPath,          ///< a path with a NUL inside: the system would read it cut short
    OutOfMemory,        ///< memory whose size the input decides was not to be had
    Unsupported,        ///< this platform or file system has no such thing
    TimedOut,           ///< the deadline passed
};

class Error;

/// An error and the path it is about, for reading: `open /etc/x: No such file or directory (ENOENT)`.
/// Borrows the path.
class ErrorAt;

class Error {
public:
    /// What the operating system said to `operation`, a string literal.
    constexpr Error(const char* operation, sys::Errno error) noexcept
        : operation_(operation), code_(static_cast<std::int32_t>(error)), domain_(Domain::Os) {}

    /// What weld says to `operation`, a string literal.
    constexpr Error(const char* operation, Fault fault) noexcept
        : operation_(operation), code_(static_cast<std::int32_t>(fault)), domain_(Domain::Weld) {}

    /// The call that failed, in the words of this library: `"open"`.
    [[nodiscard]] constexpr const char* operation() const noexcept { return operation_; }

    [[nodiscard]] constexpr Domain domain() const noexcept { return domain_; }

    /// The number, which means something only with `domain()`.
    [[nodiscard]] constexpr std::int32_t code() const noexcept { return code_; }

    [[nodiscard]] WELD_API Kind kind() const noexcept;

    /// `open: No such file or directory (ENOENT)`.
    [[nodiscard]] WELD_API std::string message() const;

    /// This error about `path`, which must outlive what is returned.
    [[nodiscard]] ErrorAt at(PathRef path) const noexcept;

    /// The same error for code that speaks `<system_error>`. Numbers of the operating system keep theirs
    /// in `std::system_category()`; weld's own have a category named "weld".
    explicit WELD_API operator std::error_code() const noexcept;

    /// Whether this error is `kind`.
    friend bool operator==(const Error& error, Kind kind) noexcept { return error.kind() == kind; }

    /// Whether this error is what POSIX calls `condition`.
    friend bool operator==(const Error& error, std::errc condition) noexcept {
        return static_cast<std::error_code>(error) == condition;
    }

    /// Whether both carry the same number; the operation does not matter.
    friend constexpr bool operator==(const Error& left, const Error& right) noexcept {
        return left.code_ == right.code_ && left.domain_ == right.domain_;
    }

private:
    const char* operation_;
    std::int32_t code_;
    Domain domain_;
};

static_assert(sizeof(Error) == 16 && std::is_trivially_copyable_v<Error>);

class ErrorAt {
public:
    ErrorAt(Error error, PathRef path) noexcept : error_(error), path_(path.view()) {}

    [[nodiscard]] const Error& error() const noexcept { return error_; }
    [[nodiscard]] std::string_view path() const noexcept { return path_; }

    /// `open /etc/x: No such file or directory (ENOENT)`.
    [[nodiscard]] WELD_API std::string message() const;

private:
    Error error_;
    std::string_view path_;
};

inline ErrorAt Error::at(PathRef path) const noexcept { return {*this, path}; }

/// A `T`, or why there is none.
template <class T>
using Result = std::expected<T, Error>;

/// What a function of sys or native gave, with `operation`, a string literal, beside its error.
template <class T>
[[nodiscard]] constexpr Result<T> during(const char* operation, sys::Result<T> result) noexcept {
    if (!result) [[unlikely]] {
        return std::unexpected(Error(operation, result.error()));
    }
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return *std::move(result);
    }
}

}  // namespace weld
