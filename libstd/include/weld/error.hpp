// SPDX-License-Identifier: MIT
//
// Error, Kind, Result: how everything in weld fails.
//
// An error is sixteen bytes that can be copied freely: the operation that failed, and a number of
// the operating system, of the name resolver or of weld itself. `kind()` folds all into one enum that
// means the same on every platform. The subject (a path, an address, a program) is never inside, so
// success costs nothing for it: `error.at(subject)` puts the two together when somebody wants to read
// them. Any thread may call.
#pragma once

#include <weld/path.hpp>
#include <weld/sys/api.hpp>
#include <weld/sys/errno.hpp>

#include <concepts>
#include <cstdint>
#include <expected>
#include <iosfwd>
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

/// Prints `name(kind)`.
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, Kind kind) {
    return stream << name(kind);
}

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

    // Which argument is invalid. The kind of all of these is InvalidInput.
    NoAccess,            ///< open options without read, write and append
    CreateWithoutWrite,  ///< create, create_new or truncate without write or append
    TruncateWithAppend,  ///< truncate and append together
    NulInText,           ///< an argument, a variable or a name with a NUL inside
    BadVariable,         ///< an environment variable whose name is empty or has a "=" inside
    BadDescriptor,       ///< a descriptor number below zero
    PipedStream,         ///< a piped standard stream where nobody could hold its other end
    BadTimeout,          ///< a timeout of zero or less
    BadIpv4,             ///< a text that is no IPv4 address
    BadIpv6,             ///< a text that is no IPv6 address
    BadScope,            ///< a scope behind "%" that is no number of an interface
    BadPort,             ///< a port that is no number up to 65535
    NoPort,              ///< a socket address without a port
    NoBrackets,          ///< an IPv6 socket address without brackets around the address
};

class Error;
class ErrorAt;

/// A subject of an error that says itself how it reads: an address.
template <class T>
concept HasToString = requires(const T& subject) {
    { subject.to_string() } -> std::convertible_to<std::string>;
};

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

    /// This error about `subject`: a path, the name of a program, of a variable, of a host. Allocates: a copy of it.
    [[nodiscard]] ErrorAt at(PathRef subject) const;

    /// This error about `subject`: `error.at(address)`. Allocates: its text.
    template <HasToString Subject>
    [[nodiscard]] ErrorAt at(const Subject& subject) const;

    /// The same error for code that speaks `<system_error>`. Numbers of the operating system keep theirs
    /// in `std::system_category()`; weld's own have a category named "weld".
    explicit WELD_API operator std::error_code() const noexcept;

    /// An error is no result: `return result.error();` does not compile where a Result is returned.
    template <class T>
        requires(!std::is_constructible_v<T, Error>)
    operator std::expected<T, Error>() const = delete;  // write: return std::unexpected(result.error());

    /// Prints `message()`.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, const Error& error) {
        return stream << error.message();
    }

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

/// An error and its subject, for reading: `open /etc/x: No such file or directory (ENOENT)`. Owns both.
class ErrorAt {
public:
    ErrorAt(const Error& error, std::string subject) noexcept : error_(error), subject_(std::move(subject)) {}

    [[nodiscard]] const Error& error() const noexcept { return error_; }
    [[nodiscard]] const std::string& subject() const noexcept { return subject_; }

    /// `open /etc/x: No such file or directory (ENOENT)`; an empty subject reads as `""`.
    [[nodiscard]] WELD_API std::string message() const;

    /// Prints `message()`.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream,
                                                        const ErrorAt& error) {
        return stream << error.message();
    }

private:
    Error error_;
    std::string subject_;
};

inline ErrorAt Error::at(PathRef subject) const { return {*this, std::string(subject.view())}; }

template <HasToString Subject>
ErrorAt Error::at(const Subject& subject) const {
    return {*this, subject.to_string()};
}

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
