// SPDX-License-Identifier: MIT
//
// Error, Kind, Result: the meaning of each number, and the text of messages.
#include <support/words.hpp>

#include <weld/error.hpp>
#include <weld/io.hpp>
#include <weld/net/ip_addr.hpp>
#include <weld/net/socket_addr.hpp>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

using weld::Domain;
using weld::Error;
using weld::Fault;
using weld::Kind;
using weld::sys::Errno;

namespace {

struct Row {
    int number;
    Kind kind;
};

// The kinds of Rust's std::io::ErrorKind for each number, and the few that weld adds.
constexpr std::array rows = std::to_array<Row>({
    {E2BIG, Kind::ArgumentListTooLong},
    {EADDRINUSE, Kind::AddrInUse},
    {EADDRNOTAVAIL, Kind::AddrNotAvailable},
    {EBUSY, Kind::ResourceBusy},
    {ECONNABORTED, Kind::ConnectionAborted},
    {ECONNREFUSED, Kind::ConnectionRefused},
    {ECONNRESET, Kind::ConnectionReset},
    {EDEADLK, Kind::Deadlock},
    {EDQUOT, Kind::QuotaExceeded},
    {EEXIST, Kind::AlreadyExists},
    {EFBIG, Kind::FileTooLarge},
    {EHOSTUNREACH, Kind::HostUnreachable},
    {EINTR, Kind::Interrupted},
    {EINVAL, Kind::InvalidInput},
    {EISDIR, Kind::IsADirectory},
    {ELOOP, Kind::FilesystemLoop},
    {ENOENT, Kind::NotFound},
    {ENOMEM, Kind::OutOfMemory},
    {ENOSPC, Kind::StorageFull},
    {ENOSYS, Kind::Unsupported},
    {EMLINK, Kind::TooManyLinks},
    {ENAMETOOLONG, Kind::InvalidFilename},
    {ENETDOWN, Kind::NetworkDown},
    {ENETUNREACH, Kind::NetworkUnreachable},
    {ENOTCONN, Kind::NotConnected},
    {ENOTDIR, Kind::NotADirectory},
    {ENOTEMPTY, Kind::DirectoryNotEmpty},
    {EPIPE, Kind::BrokenPipe},
    {EROFS, Kind::ReadOnlyFilesystem},
    {ESPIPE, Kind::NotSeekable},
    {ESTALE, Kind::StaleNetworkFileHandle},
    {ETIMEDOUT, Kind::TimedOut},
    {ETXTBSY, Kind::ExecutableFileBusy},
    {EXDEV, Kind::CrossesDevices},
    {EINPROGRESS, Kind::InProgress},
    {EOPNOTSUPP, Kind::Unsupported},
    {ENOTSUP, Kind::Unsupported},
    {EACCES, Kind::PermissionDenied},
    {EPERM, Kind::PermissionDenied},
    {EAGAIN, Kind::WouldBlock},
    {EWOULDBLOCK, Kind::WouldBlock},
    {EMFILE, Kind::TooManyOpenFiles},
    {ENFILE, Kind::TooManyOpenFiles},
    {ECANCELED, Kind::Cancelled},
});

struct FaultRow {
    Fault fault;
    Kind kind;
    std::errc condition;
};

constexpr std::array fault_rows = std::to_array<FaultRow>({
    {Fault::UnexpectedEof, Kind::UnexpectedEof, std::errc::io_error},
    {Fault::InvalidData, Kind::InvalidData, std::errc::illegal_byte_sequence},
    {Fault::WriteZero, Kind::WriteZero, std::errc::io_error},
    {Fault::Cancelled, Kind::Cancelled, std::errc::operation_canceled},
    {Fault::InvalidInput, Kind::InvalidInput, std::errc::invalid_argument},
    {Fault::NulInPath, Kind::InvalidInput, std::errc::invalid_argument},
    {Fault::OutOfMemory, Kind::OutOfMemory, std::errc::not_enough_memory},
    {Fault::Unsupported, Kind::Unsupported, std::errc::not_supported},
    {Fault::TimedOut, Kind::TimedOut, std::errc::timed_out},
});

struct ArgumentRow {
    Fault fault;
    std::string_view message;
};

// The messages that name the invalid argument.
constexpr std::array argument_rows = std::to_array<ArgumentRow>({
    {Fault::NoAccess, "open: The options name none of read, write and append (NoAccess)"},
    {Fault::CreateWithoutWrite,
     "open: The options create, create_new and truncate need write or append (CreateWithoutWrite)"},
    {Fault::TruncateWithAppend, "open: The options truncate and append contradict each other (TruncateWithAppend)"},
    {Fault::NulInText, "open: An argument, a variable or a name has a NUL byte inside (NulInText)"},
    {Fault::BadVariable, "open: The name of a variable is empty or has a '=' inside (BadVariable)"},
    {Fault::BadDescriptor, "open: The number of a descriptor is below zero (BadDescriptor)"},
    {Fault::PipedStream, "open: A stream is piped and nobody would hold its other end (PipedStream)"},
    {Fault::BadTimeout, "open: The timeout is not above zero (BadTimeout)"},
    {Fault::BadIpv4, "open: Not an IPv4 address, which is four numbers up to 255 such as 192.0.2.1 (BadIpv4)"},
    {Fault::BadIpv6, "open: Not an IPv6 address, which is groups of hexadecimal digits such as 2001:db8::1 (BadIpv6)"},
    {Fault::BadScope, "open: The scope is not the number of an interface, such as %2 (BadScope)"},
    {Fault::BadPort, "open: The port is not a number from 0 to 65535 (BadPort)"},
    {Fault::NoPort, "open: The port is missing, as in 192.0.2.1:80 (NoPort)"},
    {Fault::NoBrackets, "open: An IPv6 address before a port needs brackets, as in [::1]:80 (NoBrackets)"},
});

/// A subject with a `to_string` of its own.
struct Celsius {
    int degrees;
    [[nodiscard]] std::string to_string() const { return std::to_string(degrees) + " C"; }
};

template <class T>
std::string printed(const T& value) {
    std::ostringstream stream;
    stream << value;
    return stream.str();
}

constexpr Error os_error(int number) { return {"test", static_cast<Errno>(number)}; }

}  // namespace

static_assert(sizeof(Error) == 16 && std::is_trivially_copyable_v<Error>);
static_assert(std::is_trivially_destructible_v<weld::Result<void>>);
static_assert(!std::is_default_constructible_v<Error>);
static_assert(!std::is_convertible_v<Error, std::error_code>);

TEST_CASE("each errno is of the kind that the table gives") {
    for (const Row& row : rows) {
        INFO(weld::sys::symbol(static_cast<Errno>(row.number)));
        CHECK(os_error(row.number).kind() == row.kind);
        CHECK(os_error(row.number) == row.kind);
    }
}

TEST_CASE("an errno that the table lacks is of the kind Other") {
    std::set<int> known;
    for (const Row& row : rows) {
        known.insert(row.number);
    }
    for (int number = 0; number < 200; ++number) {
        if (!known.contains(number)) {
            INFO(number);
            CHECK(os_error(number).kind() == Kind::Other);
        }
    }
    CHECK(os_error(-1).kind() == Kind::Other);
}

TEST_CASE("each Fault has its kind and its error condition") {
    for (const FaultRow& row : fault_rows) {
        const Error error("test", row.fault);
        INFO(error.message());
        CHECK(error.domain() == Domain::Weld);
        CHECK(error.code() == std::to_underlying(row.fault));
        CHECK(error.kind() == row.kind);
        CHECK(error == row.condition);
    }
}

TEST_CASE("the Fault of an invalid argument says which it is and what is wrong with it") {
    for (const ArgumentRow& row : argument_rows) {
        const Error error("open", row.fault);
        CHECK(error.message() == row.message);
        CHECK(error.kind() == Kind::InvalidInput);
        CHECK(error == std::errc::invalid_argument);
    }
    CHECK(std::to_underlying(argument_rows.back().fault) ==
          std::to_underlying(fault_rows.back().fault) + static_cast<int>(argument_rows.size()));
}

TEST_CASE("every kind has a name of its own") {
    std::set<std::string_view> names;
    static_assert(Kind{} == Kind::Other);
    for (int number = 0; number <= std::to_underlying(Kind::Cancelled); ++number) {
        const std::string_view name = weld::name(static_cast<Kind>(number));
        CHECK_FALSE(name.empty());
        CHECK(names.insert(name).second);
    }
    CHECK(weld::name(Kind::NotFound) == "NotFound");
    CHECK(weld::name(Kind::IsADirectory) == "IsADirectory");
    CHECK(weld::name(Kind::ReadOnlyFilesystem) == "ReadOnlyFilesystem");
    CHECK(weld::name(Kind::InvalidFilename) == "InvalidFilename");
    CHECK(weld::name(Kind::UnexpectedEof) == "UnexpectedEof");
    CHECK(weld::name(Kind::TooManyOpenFiles) == "TooManyOpenFiles");
    CHECK(weld::name(Kind::Cancelled) == "Cancelled");
    CHECK(weld::name(Kind::Other) == "Other");
}

TEST_CASE("an error keeps the operation, the domain and the number") {
    constexpr Error error("open", Errno::Noent);
    static_assert(error.domain() == Domain::Os && error.code() == ENOENT);
    CHECK(std::string_view(error.operation()) == "open");
}

TEST_CASE("an error reads as operation, text and symbol") {
    CHECK(Error("open", Errno::Noent).message() == "open: No such file or directory (ENOENT)");
    CHECK(Error("read", Errno::Isdir).message() == "read: Is a directory (EISDIR)");
    CHECK(Error("open", Fault::NulInPath).message() == "open: The path has a NUL byte inside (NulInPath)");
    CHECK(Error("read", Fault::OutOfMemory).message() == "read: Cannot allocate memory (OutOfMemory)");
    CHECK(os_error(4096).message() == "test: Unknown error (E?)");
    CHECK(Error("test", static_cast<Fault>(99)).message() == "test: Unknown fault (Fault?)");
}

TEST_CASE("an error at a path reads with the path") {
    const Error error("open", Errno::Noent);
    CHECK(error.at("/etc/x").message() == "open /etc/x: No such file or directory (ENOENT)");
    const std::string path = "a longer text, of which a part is the path";
    const auto at = error.at(std::string_view(path).substr(2, 6));
    CHECK(at.message() == "open longer: No such file or directory (ENOENT)");
    CHECK(at.subject() == "longer");
    CHECK(at.error() == error);
    const std::filesystem::path native = "/etc/y";
    CHECK(error.at(native).message() == "open /etc/y: No such file or directory (ENOENT)");
    CHECK(error.at(path).subject() == path);
    CHECK(error.at("").message() == "open \"\": No such file or directory (ENOENT)");
}

TEST_CASE("an error at an address reads with the address") {
    using namespace weld::net;
    const Error error("connect", Errno::Connrefused);
    CHECK(error.at(SocketAddr(Ipv4Addr::localhost(), 80)).message() ==
          "connect 127.0.0.1:80: Connection refused (ECONNREFUSED)");
    CHECK(error.at(SocketAddr(Ipv6Addr::localhost(), 80)).message() ==
          "connect [::1]:80: Connection refused (ECONNREFUSED)");
    CHECK(error.at(Ipv4Addr::broadcast()).subject() == "255.255.255.255");
    CHECK(error.at(Ipv6Addr::localhost()).subject() == "::1");
    CHECK(error.at(IpAddr(Ipv4Addr::localhost())).subject() == "127.0.0.1");
    CHECK(error.at(Celsius(7)).message() == "connect 7 C: Connection refused (ECONNREFUSED)");
}

TEST_CASE("an error at a subject outlives the subject") {
    const auto at = [] { return Error("spawn", Errno::Noent).at(std::string("program-of-a-longer-name")); }();
    CHECK(at.message() == "spawn program-of-a-longer-name: No such file or directory (ENOENT)");
    const weld::ErrorAt copy = at;
    CHECK(copy.subject() == at.subject());
}

TEST_CASE("an error, an error at a subject, a kind and an address are printed to a stream as they read") {
    const Error error("open", Errno::Noent);
    CHECK(printed(error) == error.message());
    CHECK(printed(error.at("/etc/x")) == "open /etc/x: No such file or directory (ENOENT)");
    CHECK(printed(Kind::NotFound) == "NotFound");
    using namespace weld::net;
    CHECK(printed(SocketAddr(Ipv6Addr::localhost(), 80)) == "[::1]:80");
    CHECK(printed(IpAddr(Ipv4Addr::localhost())) == "127.0.0.1");
    CHECK(printed(Ipv4Addr::localhost()) == "127.0.0.1");
    CHECK(printed(Ipv6Addr::localhost()) == "::1");
}

TEST_CASE("an Error does not convert to a Result") {
    static_assert(!std::is_convertible_v<Error, weld::Result<int>>);
    static_assert(!std::is_convertible_v<Error, weld::Result<void>>);
    static_assert(!std::is_convertible_v<Error, weld::Result<std::string>>);
    static_assert(!std::is_convertible_v<weld::Transfer, weld::Result<int>>);
    static_assert(std::is_convertible_v<std::unexpected<Error>, weld::Result<int>>);
    static_assert(std::is_convertible_v<std::unexpected<weld::Transfer>, weld::Result<int>>);
    const weld::Result<std::optional<Error>> value = Error("connect", Errno::Connrefused);  // a value that is an error
    REQUIRE(value.has_value());
    CHECK(**value == Kind::ConnectionRefused);
}

TEST_CASE("an error of the system converts to an error_code of system_category") {
    const auto code = static_cast<std::error_code>(os_error(ENOENT));
    CHECK(code.category() == std::system_category());
    CHECK(code.value() == ENOENT);
    CHECK(code == std::errc::no_such_file_or_directory);
    CHECK(os_error(ENOENT) == std::errc::no_such_file_or_directory);
    CHECK_FALSE(os_error(ENOENT) == std::errc::permission_denied);
    CHECK(os_error(EAGAIN) == std::errc::operation_would_block);
}

TEST_CASE("a Fault converts to an error_code of the category weld") {
    const auto code = static_cast<std::error_code>(Error("open", Fault::NulInPath));
    CHECK(std::string_view(code.category().name()) == "weld");
    CHECK(code.value() == std::to_underlying(Fault::NulInPath));
    CHECK(code.message() == "The path has a NUL byte inside");
    CHECK(code == std::errc::invalid_argument);
    CHECK_FALSE(code == std::errc::io_error);
    CHECK(code.category() == static_cast<std::error_code>(Error("x", Fault::TimedOut)).category());
    CHECK_FALSE(code.category() == std::system_category());
}

TEST_CASE("errors are equal when their domains and numbers are, whatever the operation") {
    CHECK(Error("open", Errno::Noent) == Error("read", Errno::Noent));
    CHECK_FALSE(Error("open", Errno::Noent) == Error("open", Errno::Acces));
    CHECK_FALSE(Error("open", Errno::Perm) == Error("open", Fault::UnexpectedEof));  // both are number 1
}

TEST_CASE("a result holds a value or an error") {
    const weld::Result<int> value = 3;
    CHECK(*value == 3);
    const weld::Result<int> none = std::unexpected(Error("open", Errno::Noent));
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error() == Kind::NotFound);
    CHECK(none.value_or(5) == 5);
}
