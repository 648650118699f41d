// SPDX-License-Identifier: MIT
//
// Error, Kind, Result: how functions of weld report failure.
//
// An error is sixteen bytes that can be copied freely: the operation that failed, and an error number of the operating
// system, of the name resolver or of weld itself. `kind()` maps all of them to one enum that means the same on every
// platform. The subject (a path, an address, a program) is never inside, so it costs nothing on success:
// `error.at(subject)` adds it for a message. Any thread may call.
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

/// The name of the enumerator: `"NotFound"`.
[[nodiscard]] WELD_API std::string_view name(Kind kind) noexcept;

/// Prints `name(kind)`.
template <class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, Kind kind) {
    return stream << name(kind);
}

/// The source of an error number: errno, the name resolver, or weld.
enum class Domain : std::uint8_t { Os, Resolver, Weld };

/// Failures that weld itself finds.
enum class Fault : std::int32_t {
    UnexpectedEof = 1,  ///< the input ended before all that was asked for
    InvalidData,        ///< the input is not in its format
    WriteZero,          ///< a writer took no byte and gave no error
    Cancelled,          ///< the task that waited was cancelled
    InvalidInput,       ///< an argument that no platform could serve
    NulInPath,          ///< a path with a NUL inside: the system would read only the part before it
    OutOfMemory,        ///< there is no memory for a size that the input decides
    Unsupported,        ///< this platform or file system does not support it
    TimedOut,           ///< the deadline passed

    // Which argument is invalid. The kind of all of these is InvalidInput.
    NoAccess,            ///< open options without read, write and append
    CreateWithoutWrite,  ///< create, create_new or truncate without write or append
    TruncateWithAppend,  ///< truncate and append together
    NulInText,           ///< an argument, a variable or a name with a NUL inside
    BadVariable,         ///< an environment variable whose name is empty or has a "=" inside
    BadDescriptor,       ///< a descriptor number below zero
    PipedStream,         ///< a piped standard stream where no one could hold its other end
    BadTimeout,          ///< a timeout of zero or less
    BadIpv4,             ///< a text that is not an IPv4 address
    BadIpv6,             ///< a text that is not an IPv6 address
    BadScope,            ///< a scope behind "%" that is not the number of an interface
    BadPort,             ///< a port that is not a number up to 65535
    NoPort,              ///< a socket address without a port
    NoBrackets,          ///< an IPv6 socket address without brackets around the address
};

class Error;
class ErrorAt;

/// A subject of an error that converts itself to text, such as an address.
template <class T>
concept HasToString = requires(const T& subject) {
    { subject.to_string() } -> std::convertible_to<std::string>;
};

class Error {
public:
    /// The errno `error` of the operating system for `operation`, a string literal.
    constexpr Error(const char* operation, sys::Errno error) noexcept
        : operation_(operation), code_(static_cast<std::int32_t>(error)), domain_(Domain::Os) {}

    /// The failure `fault` of weld itself for `operation`, a string literal.
    constexpr Error(const char* operation, Fault fault) noexcept
        : operation_(operation), code_(static_cast<std::int32_t>(fault)), domain_(Domain::Weld) {}

    /// The operation that failed, as this library names it: `"open"`.
    [[nodiscard]] constexpr const char* operation() const noexcept { return operation_; }

    [[nodiscard]] constexpr Domain domain() const noexcept { return domain_; }

    /// The error number. Its meaning depends on `domain()`.
    [[nodiscard]] constexpr std::int32_t code() const noexcept { return code_; }

    [[nodiscard]] WELD_API Kind kind() const noexcept;

    /// `open: No such file or directory (ENOENT)`.
    [[nodiscard]] WELD_API std::string message() const;

    /// This error with its `subject`: a path, or the name of a program, a variable or a host. Allocates: a copy of
    /// `subject`.
    [[nodiscard]] ErrorAt at(PathRef subject) const;

    /// This error with its `subject`: `error.at(address)`. Allocates: the text of `subject`.
    template <HasToString Subject>
    [[nodiscard]] ErrorAt at(const Subject& subject) const;

    /// The same error for code that uses `<system_error>`. A number of the operating system keeps its value, in
    /// `std::system_category()`; weld's own numbers have a category named "weld".
    explicit WELD_API operator std::error_code() const noexcept;

    /// Deleted: `return result.error();` does not compile in a function that returns a Result.
    template <class T>
        requires(!std::is_constructible_v<T, Error>)
    operator std::expected<T, Error>() const = delete;  // write: return std::unexpected(result.error());

    /// Prints `message()`.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, const Error& error) {
        return stream << error.message();
    }

    /// Whether this error has the kind `kind`.
    friend bool operator==(const Error& error, Kind kind) noexcept { return error.kind() == kind; }

    /// Whether this error is the POSIX error `condition`.
    friend bool operator==(const Error& error, std::errc condition) noexcept {
        return static_cast<std::error_code>(error) == condition;
    }

    /// Whether both have the same number and domain; the operation does not matter.
    friend constexpr bool operator==(const Error& left, const Error& right) noexcept {
        return left.code_ == right.code_ && left.domain_ == right.domain_;
    }

private:
    const char* operation_;
    std::int32_t code_;
    Domain domain_;
};

static_assert(sizeof(Error) == 16 && std::is_trivially_copyable_v<Error>);

/// An error with its subject, for messages: `open /etc/x: No such file or directory (ENOENT)`. Owns both.
class ErrorAt {
public:
    ErrorAt(const Error& error, std::string subject) noexcept : error_(error), subject_(std::move(subject)) {}

    [[nodiscard]] const Error& error() const noexcept { return error_; }
    [[nodiscard]] const std::string& subject() const noexcept { return subject_; }

    /// `open /etc/x: No such file or directory (ENOENT)`; an empty subject is shown as `""`.
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

/// A `T`, or the Error why there is none.
template <class T>
using Result = std::expected<T, Error>;

/// The result of a function of sys or native; adds `operation`, a string literal, to its error.
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
