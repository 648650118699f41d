// SPDX-License-Identifier: MIT
#include "thread_state.hpp"

#include "annotate.hpp"

#include <weld/sys/posix/clock.hpp>
#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/try.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace green {

namespace sys = weld::sys;

namespace {

/// Reads the beginning of a file of proc(5) about `thread`.
sys::Result<std::string_view> read_of(sys::ThreadId thread, std::string_view name, std::span<char> target) noexcept {
    std::array<char, 64> path{};
    constexpr std::string_view folder = "/proc/self/task/";
    char* end = path.data() + folder.copy(path.data(), folder.size());
    end = std::to_chars(end, path.data() + 40, std::to_underlying(thread)).ptr;
    *end++ = '/';
    name.copy(end, name.size());
    [[maybe_unused]] const annotate::Files files;  // until the file is closed
    const sys::OwnedFd file = WELD_TRY(
        sys::openat(sys::cwd, sys::CStr(path.data()), sys::OpenFlags::ReadOnly | sys::OpenFlags::CloseOnExec, 0));
    const std::size_t size = WELD_TRY(sys::read(file.borrow(), std::as_writable_bytes(target)));
    return std::string_view(target.data(), size);
}

}  // namespace

sys::Result<std::chrono::nanoseconds> cpu_time_of(sys::ThreadId thread) noexcept {
    const sys::Timespec time = WELD_TRY(sys::clock_gettime(sys::cpu_clock_of(thread)));
    return std::chrono::seconds(time.seconds) + std::chrono::nanoseconds(time.nanoseconds);
}

sys::Result<char> state_of(sys::ThreadId thread) noexcept {
    std::array<char, 128> text{};
    const std::string_view said = WELD_TRY(read_of(thread, "stat", text));
    // "NUMBER (NAME) STATE ...", and the name may have parentheses of its own.
    const std::size_t name_end = said.rfind(") ");
    return name_end == std::string_view::npos || name_end + 2 >= said.size() ? '?' : said[name_end + 2];
}

sys::Result<std::uintptr_t> blocked_stack_of(sys::ThreadId thread) noexcept {
    std::array<char, 256> text{};
    const std::string_view said = WELD_TRY(read_of(thread, "syscall", text));
    // "NUMBER ARGUMENT... STACK_POINTER PROGRAM_COUNTER", or "-1 STACK_POINTER PROGRAM_COUNTER", or "running".
    std::uintptr_t stack_pointer = 0;
    const std::size_t last = said.rfind(" 0x");
    const std::size_t before = last == std::string_view::npos ? last : said.rfind(" 0x", last - 1);
    if (before != std::string_view::npos) {
        (void)std::from_chars(said.data() + before + 3, said.data() + last, stack_pointer, 16);
    }
    return stack_pointer;
}

}  // namespace green
