// SPDX-License-Identifier: MIT
#include <weld/native/stdio.hpp>

#include "retry.hpp"
#include "write_without_signal.hpp"

#include <weld/sys/posix/fcntl.hpp>
#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/posix/poll.hpp>
#include <weld/sys/try.hpp>

#include <utility>

namespace weld::native {

sys::BorrowedHandle standard_handle(StandardHandle which) noexcept {
    return sys::BorrowedHandle(std::to_underlying(which));
}

sys::Result<std::size_t> read_standard_input(std::span<std::byte> target) noexcept {
    return retry([&] { return sys::read(standard_handle(StandardHandle::Input), target); });
}

sys::Result<std::size_t> write_standard_output(std::span<const std::byte> source) noexcept {
    const sys::IoSlice slice(source);
    const sys::BorrowedHandle output = standard_handle(StandardHandle::Output);
    for (;;) {
        const auto count = write_without_signal(output, {&slice, 1});
        if (count || count.error() != sys::Errno::Again || !wait_if_nonblocking(output)) {
            return count;
        }
    }
}

bool wait_if_nonblocking(sys::BorrowedHandle handle) noexcept {
    const auto flags = sys::fcntl_getfl(handle);
    if (!flags || !sys::has(*flags, sys::OpenFlags::Nonblock)) {
        return false;
    }
    sys::PollFd entry{.fd = handle.raw(), .wanted = sys::PollEvents::Out, .found = sys::PollEvents::None};
    return retry([&] { return sys::poll(std::span(&entry, 1), -1); }).has_value();
}

sys::Result<File> open_null() noexcept {
    return File::open(sys::cwd, sys::CStr("/dev/null"), {.read = true, .write = true});
}

bool is_terminal(sys::BorrowedHandle handle) noexcept { return sys::isatty(handle).has_value(); }

sys::Result<void> fill_standard_handles() noexcept {
    for (const auto which : {StandardHandle::Input, StandardHandle::Output, StandardHandle::Error}) {
        const auto open = sys::fcntl_getfl(standard_handle(which));
        if (open || open.error() != sys::Errno::Badf) {
            continue;
        }
        // open returns the lowest free number, which is this one. Without close-on-exec, as for standard handles.
        sys::OwnedHandle null =
            WELD_TRY(retry([] { return sys::openat(sys::cwd, sys::CStr("/dev/null"), sys::OpenFlags::ReadWrite, 0); }));
        if (null.borrow() != standard_handle(which)) {
            return std::unexpected(sys::Errno::Busy);  // another thread took it; `null` closes itself
        }
        (void)std::move(null).release();
    }
    return {};
}

}  // namespace weld::native
