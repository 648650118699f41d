// SPDX-License-Identifier: MIT
#include <weld/process/command.hpp>

#include "../during.hpp"
#include "start.hpp"

#include <weld/native/stdio.hpp>
#include <weld/sys/try.hpp>

namespace weld::process {

namespace {

using Kind = Stdio::Kind;

/// A stream of a child that is being started: the child's end, and for a pipe the other end.
struct Stream {
    std::optional<sys::BorrowedHandle> child;
    std::optional<sys::OwnedHandle> opened;  ///< what `child` is, where it was opened for it
    std::optional<io::PipeReader> reader;
    std::optional<io::PipeWriter> writer;
};

enum class Flow : std::uint8_t { ToChild, FromChild };

void give(Stream& stream, sys::OwnedHandle handle) noexcept {
    stream.child = handle.borrow();
    stream.opened = std::move(handle);
}

Result<Stream> open_stream(const std::optional<Stdio>& stdio, Kind by_default, Flow flow) noexcept {
    Stream stream;
    if (stdio && stdio->kind() == Kind::Handle) {
        stream.child = stdio->handle();
        return stream;
    }
    switch (stdio ? stdio->kind() : by_default) {
        case Kind::Inherit:
        case Kind::Handle:
        case Kind::SameAsOut:
        case Kind::SameAsErr: break;
        case Kind::Null: give(stream, WELD_TRY(during("open", native::open_null())).into_handle()); break;
        case Kind::Piped: {
            io::Pipe pipe = WELD_TRY(io::pipe());
            if (flow == Flow::ToChild) {
                give(stream, std::move(pipe.reader).into_handle());
                stream.writer = std::move(pipe.writer);
            } else {
                give(stream, std::move(pipe.writer).into_handle());
                stream.reader = std::move(pipe.reader);
            }
            break;
        }
    }
    return stream;
}

Result<Child> spawn_with(const Command& command, Kind in, Kind others) noexcept {
    Stream input = WELD_TRY(open_stream(command.in(), in, Flow::ToChild));
    Stream output = WELD_TRY(open_stream(command.out(), others, Flow::FromChild));
    Stream error = WELD_TRY(open_stream(command.err(), others, Flow::FromChild));
    ChildStreams streams{.in = input.child, .out = output.child, .err = error.child};
    WELD_TRY(join_streams(command, streams));
    Child child(WELD_TRY(start(command, streams)));
    child.in = std::move(input.writer);
    child.out = std::move(output.reader);
    child.err = std::move(error.reader);
    return child;
}

bool is(const std::optional<Stdio>& stdio, Kind kind) noexcept { return stdio && stdio->kind() == kind; }

std::unexpected<Error> invalid(const char* option) noexcept {
    return std::unexpected(Error(option, Fault::InvalidInput));
}

}  // namespace

Result<void> join_streams(const Command& command, ChildStreams& streams) noexcept {
    using Standard = native::StandardHandle;
    const bool out_is_err = is(command.out(), Kind::SameAsErr);
    const bool err_is_out = is(command.err(), Kind::SameAsOut);
    if (is(command.in(), Kind::SameAsOut) || is(command.in(), Kind::SameAsErr)) {
        return invalid("in");
    }
    if (is(command.out(), Kind::SameAsOut) || (out_is_err && err_is_out)) {
        return invalid("out");
    }
    if (is(command.err(), Kind::SameAsErr)) {
        return invalid("err");
    }
    if (out_is_err) {
        streams.out = streams.err.value_or(native::standard_handle(Standard::Error));
    }
    if (err_is_out) {
        streams.err = streams.out.value_or(native::standard_handle(Standard::Output));
    }
    return {};
}

Result<Child> Command::spawn() const noexcept { return spawn_with(*this, Kind::Inherit, Kind::Inherit); }

Result<Output> Command::output() const noexcept {
    return WELD_TRY(spawn_with(*this, Kind::Null, Kind::Piped)).wait_with_output();
}

Result<Output> Command::output(const OutputOptions& options) const noexcept {
    return WELD_TRY(spawn_with(*this, Kind::Null, Kind::Piped)).wait_with_output(options);
}

Result<ExitStatus> Command::status() const noexcept {
    if (is(in_, Kind::Piped) || is(out_, Kind::Piped) || is(err_, Kind::Piped)) {
        return std::unexpected(Error("status", Fault::PipedStream));
    }
    return WELD_TRY(spawn()).wait();
}

}  // namespace weld::process
