// SPDX-License-Identifier: MIT
#include <weld/error.hpp>

#include "kind.hpp"

#include <array>
#include <cstddef>
#include <new>
#include <utility>

namespace weld {

namespace {

constexpr std::array kind_names = std::to_array<std::string_view>({
    "Other",
    "NotFound",
    "PermissionDenied",
    "ConnectionRefused",
    "ConnectionReset",
    "HostUnreachable",
    "NetworkUnreachable",
    "ConnectionAborted",
    "NotConnected",
    "AddrInUse",
    "AddrNotAvailable",
    "NetworkDown",
    "BrokenPipe",
    "AlreadyExists",
    "WouldBlock",
    "NotADirectory",
    "IsADirectory",
    "DirectoryNotEmpty",
    "ReadOnlyFilesystem",
    "FilesystemLoop",
    "StaleNetworkFileHandle",
    "InvalidInput",
    "InvalidData",
    "TimedOut",
    "WriteZero",
    "StorageFull",
    "NotSeekable",
    "QuotaExceeded",
    "FileTooLarge",
    "ResourceBusy",
    "ExecutableFileBusy",
    "Deadlock",
    "CrossesDevices",
    "TooManyLinks",
    "InvalidFilename",
    "ArgumentListTooLong",
    "Interrupted",
    "Unsupported",
    "UnexpectedEof",
    "OutOfMemory",
    "InProgress",
    "TooManyOpenFiles",
    "Cancelled",
});
static_assert(kind_names.size() == std::size_t{std::to_underlying(Kind::Cancelled)} + 1);

struct FaultText {
    Kind kind;
    std::errc condition;
    std::string_view name;
    std::string_view text;
};

/// The text for an invalid argument: what is wrong, and what to write instead.
FaultText text_of_argument(Fault fault) noexcept {
    const auto invalid = [](std::string_view name, std::string_view text) {
        return FaultText{Kind::InvalidInput, std::errc::invalid_argument, name, text};
    };
    switch (fault) {
        case Fault::NoAccess: return invalid("NoAccess", "The options name none of read, write and append");
        case Fault::CreateWithoutWrite:
            return invalid("CreateWithoutWrite", "The options create, create_new and truncate need write or append");
        case Fault::TruncateWithAppend:
            return invalid("TruncateWithAppend", "The options truncate and append contradict each other");
        case Fault::NulInText: return invalid("NulInText", "An argument, a variable or a name has a NUL byte inside");
        case Fault::BadVariable: return invalid("BadVariable", "The name of a variable is empty or has a '=' inside");
        case Fault::BadDescriptor: return invalid("BadDescriptor", "The number of a descriptor is below zero");
        case Fault::PipedStream: return invalid("PipedStream", "A stream is piped and nobody would hold its other end");
        case Fault::BadTimeout: return invalid("BadTimeout", "The timeout is not above zero");
        case Fault::BadIpv4:
            return invalid("BadIpv4", "Not an IPv4 address, which is four numbers up to 255 such as 192.0.2.1");
        case Fault::BadIpv6:
            return invalid("BadIpv6", "Not an IPv6 address, which is groups of hexadecimal digits such as 2001:db8::1");
        case Fault::BadScope: return invalid("BadScope", "The scope is not the number of an interface, such as %2");
        case Fault::BadPort: return invalid("BadPort", "The port is not a number from 0 to 65535");
        case Fault::NoPort: return invalid("NoPort", "The port is missing, as in 192.0.2.1:80");
        case Fault::NoBrackets:
            return invalid("NoBrackets", "An IPv6 address before a port needs brackets, as in [::1]:80");
        default: return {Kind::Other, std::errc::io_error, "Fault?", "Unknown fault"};
    }
}

FaultText text_of(Fault fault) noexcept {
    switch (fault) {
        case Fault::UnexpectedEof:
            return {Kind::UnexpectedEof, std::errc::io_error, "UnexpectedEof", "The input ended too early"};
        case Fault::InvalidData:
            return {Kind::InvalidData, std::errc::illegal_byte_sequence, "InvalidData",
                    "The data is not in its format"};
        case Fault::WriteZero: return {Kind::WriteZero, std::errc::io_error, "WriteZero", "The writer takes no more"};
        case Fault::Cancelled: return {Kind::Cancelled, std::errc::operation_canceled, "Cancelled", "Cancelled"};
        case Fault::InvalidInput:
            return {Kind::InvalidInput, std::errc::invalid_argument, "InvalidInput", "Invalid argument"};
        case Fault::NulInPath:
            return {Kind::InvalidInput, std::errc::invalid_argument, "NulInPath", "The path has a NUL byte inside"};
        case Fault::OutOfMemory:
            return {Kind::OutOfMemory, std::errc::not_enough_memory, "OutOfMemory", "Cannot allocate memory"};
        case Fault::Unsupported:
            return {Kind::Unsupported, std::errc::not_supported, "Unsupported", "Not supported here"};
        case Fault::TimedOut: return {Kind::TimedOut, std::errc::timed_out, "TimedOut", "The deadline passed"};
        default: return text_of_argument(fault);
    }
}

class FaultCategory final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weld"; }

    [[nodiscard]] std::string message(int code) const override {
        return std::string(text_of(static_cast<Fault>(code)).text);
    }

    [[nodiscard]] std::error_condition default_error_condition(int code) const noexcept override {
        return std::make_error_condition(text_of(static_cast<Fault>(code)).condition);
    }
};

// Never destroyed: its destructor would be registered to run at exit, without the host's knowledge.
const std::error_category& fault_category() noexcept {
    alignas(FaultCategory) static std::byte place[sizeof(FaultCategory)];
    static const FaultCategory* const category = ::new (place) FaultCategory;
    return *category;
}

/// `subject` is null for an error without a subject.
std::string describe(const Error& error, const std::string* subject) {
    std::string_view text;
    std::string_view symbol;
    if (error.domain() == Domain::Os) {
        const auto number = static_cast<sys::Errno>(error.code());
        text = sys::message(number);
        symbol = sys::symbol(number);
    } else {
        const FaultText fault = text_of(static_cast<Fault>(error.code()));
        text = fault.text;
        symbol = fault.name;
    }
    std::string line = error.operation();
    if (subject != nullptr) {
        line.append(" ").append(subject->empty() ? "\"\"" : *subject);
    }
    return line.append(": ").append(text).append(" (").append(symbol).append(")");
}

}  // namespace

std::string_view name(Kind kind) noexcept { return kind_names[std::to_underlying(kind)]; }

Kind Error::kind() const noexcept {
    return domain_ == Domain::Os ? kind_of(static_cast<sys::Errno>(code_)) : text_of(static_cast<Fault>(code_)).kind;
}

std::string Error::message() const { return describe(*this, nullptr); }

std::string ErrorAt::message() const { return describe(error_, &subject_); }

Error::operator std::error_code() const noexcept {
    if (domain_ == Domain::Os) {
        return {code_, std::system_category()};
    }
    return {code_, fault_category()};
}

}  // namespace weld
