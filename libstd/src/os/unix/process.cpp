// SPDX-License-Identifier: MIT
#include <weld/os/unix/process.hpp>

#include "../../during.hpp"
#include "../../process/start.hpp"

#include <weld/native/stdio.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>

namespace weld::os {

namespace {

using process::MappedFd;
using process::Stdio;

void set_stream(Command& command, Stdio stdio, int number) noexcept {
    switch (number) {
        case 0: command.in(std::move(stdio)); break;
        case 1: command.out(std::move(stdio)); break;
        default: command.err(std::move(stdio)); break;
    }
}

void set_descriptor(Command& command, MappedFd mapped) {
    auto& all = command.as_system().descriptors;
    const int number = mapped.mapping.number;
    const auto same = std::ranges::find_if(all, [&](const MappedFd& one) { return one.mapping.number == number; });
    if (same != all.end()) {
        *same = std::move(mapped);
    } else {
        all.push_back(std::move(mapped));
    }
}

bool is_stream(int number) noexcept { return number >= 0 && number <= 2; }

/// The handle of a stream for a program that replaces this one; nullopt for an inherited stream, which needs no change.
Result<std::optional<sys::BorrowedHandle>> stream_of(const std::optional<Stdio>& stdio,
                                                     std::optional<native::File>& null) noexcept {
    using Kind = Stdio::Kind;
    if (!stdio) {
        return std::nullopt;
    }
    switch (stdio->kind()) {
        case Kind::Inherit:
        case Kind::SameAsOut:
        case Kind::SameAsErr: break;
        case Kind::Piped: return std::unexpected(Error("exec", Fault::PipedStream));
        case Kind::Null: null = WELD_TRY(during("open", native::open_null())); return null->as_handle();
        case Kind::Handle: return stdio->handle();
    }
    return std::nullopt;
}

Result<void> run_here(const Command& command) noexcept {
    std::optional<native::File> nulls[3];
    process::ChildStreams streams;
    streams.in = WELD_TRY(stream_of(command.in(), nulls[0]));
    streams.out = WELD_TRY(stream_of(command.out(), nulls[1]));
    streams.err = WELD_TRY(stream_of(command.err(), nulls[2]));
    WELD_TRY(process::join_streams(command, streams));
    return std::unexpected(process::replace(command, streams));
}

}  // namespace

Command& map_fd(Command& command, int source, int number) {
    if (is_stream(number)) {
        set_stream(command, Stdio::borrowed(sys::BorrowedHandle(source)), number);
    } else {
        set_descriptor(command, {.mapping = {.source = source, .number = number}, .owned = std::nullopt});
    }
    return command;
}

Command& map_fd(Command& command, sys::OwnedHandle source, int number) {
    if (is_stream(number)) {
        set_stream(command, Stdio(std::move(source)), number);
    } else {
        const int raw = source.borrow().raw();
        set_descriptor(command, {.mapping = {.source = raw, .number = number}, .owned = std::move(source)});
    }
    return command;
}

Command& close_other_fds(Command& command) noexcept {
    command.as_system().close_others = true;
    return command;
}

Command& uid(Command& command, std::uint32_t user) noexcept {
    command.as_system().user = user;
    return command;
}

Command& gid(Command& command, std::uint32_t group) noexcept {
    command.as_system().group = group;
    return command;
}

Command& groups(Command& command, std::span<const std::uint32_t> groups) {
    command.as_system().groups.emplace(groups.begin(), groups.end());
    return command;
}

Command& process_group(Command& command, std::int32_t group) noexcept {
    command.as_system().process_group = group;
    return command;
}

Command& setsid(Command& command) noexcept {
    command.as_system().new_session = true;
    return command;
}

Command& chroot(Command& command, PathRef path) {
    command.as_system().root.emplace(path.view());
    return command;
}

Command& arg0(Command& command, std::string_view name) {
    command.as_system().name.emplace(name);
    return command;
}

Command& pre_exec(Command& command, PreExec function, void* argument) {
    command.as_system().before_exec.push_back({.function = function, .argument = argument});
    return command;
}

Error exec(const Command& command) noexcept { return run_here(command).error(); }

Result<void> send_signal(const Child& child, int number) noexcept {
    return during("send_signal", child.as_native().signal(number));
}

Result<void> signal_group(const Child& child, int number) noexcept {
    return during("signal_group", child.as_native().signal_group(number));
}

std::uint32_t parent_id() noexcept { return native::parent_process_id(); }

}  // namespace weld::os
